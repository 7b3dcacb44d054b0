//! Says in place what keeps new messages from being told: notifications that the browser wants to be asked for, or refuses, and a sound
//! that it holds back.

use crate::i18n::{Lang, lang, t};
use crate::stores::alerts::{Permission, use_alerts};
use crate::ui::{Button, ButtonSize, Icon, IconButton, IconView, focus_instead};
use leptos::prelude::*;

/// Says that the browser wants to be asked for notifications, with a button that asks, or what stands in the way of them; and a button
/// that leaves it.
#[component]
pub fn AskPermission() -> impl IntoView {
    let alerts = use_alerts();
    let shown = Memo::new(move |_| alerts.to_say());
    view! {
        {move || shown.get().map(|permission| {
            let (icon, words): (Icon, fn(Lang) -> &'static str) = match permission {
                Permission::Denied => (Icon::Alert, Lang::alerts_denied),
                Permission::Insecure => (Icon::Info, Lang::alerts_insecure),
                _ => (Icon::Bell, Lang::alerts_offer),
            };
            view! {
                <div class="ask-permission" role="region" aria-label=t!(alerts_title)>
                    <IconView icon />
                    <p class="ask-permission__text">{move || words(lang())}</p>
                    {(permission == Permission::Unasked).then(|| view! {
                        <Button size=ButtonSize::Small on:click=move |_| {
                            alerts.ask();
                            focus_instead(&["#content"]);
                        }>
                            {t!(alerts_allow)}
                        </Button>
                    })}
                    <IconButton small=true icon=Icon::Close label=t!(dismiss) on:click=move |_| {
                        alerts.do_not_ask();
                        focus_instead(&["#content"]);
                    } />
                </div>
            }
        })}
    }
}

/// Says that a sound was due which the browser did not allow. A touch brings it back, and takes this away.
#[component]
pub fn SoundBlocked() -> impl IntoView {
    let alerts = use_alerts();
    move || {
        alerts.is_sound_blocked().then(|| {
            view! {
                <div class="ask-permission" role="status">
                    <IconView icon=Icon::Mute />
                    <p class="ask-permission__text">{t!(sound_blocked)}</p>
                </div>
            }
        })
    }
}
