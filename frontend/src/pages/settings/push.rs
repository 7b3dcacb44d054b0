//! Web Push on this browser: a switch, and where it stands.

use crate::i18n::{Lang, lang, t};
use crate::stores::alerts::use_alerts;
use crate::stores::web_push::{Standing, use_web_push};
use crate::ui::{Button, ButtonSize, Icon, IconView, Spinner, Switch};
use leptos::prelude::*;

/// The switch; below it what became of it.
#[component]
pub fn PushSwitch(
    /// Whether it is wanted.
    checked: RwSignal<bool>,
    /// New messages are not told at all.
    #[prop(into)]
    off: Signal<bool>,
) -> impl IntoView {
    let (alerts, push) = (use_alerts(), use_web_push());
    let standing = Memo::new(move |_| push.standing());
    let disabled = Signal::derive(move || {
        off.get()
            || matches!(standing.get(), Standing::Unsupported)
            || (standing.get() == Standing::Blocked && !checked.get())
    });
    // Whoever switches it on is asked for the browser's permission at once.
    Effect::new(move |before: Option<bool>| {
        let on = checked.get();
        if before == Some(false) && on && untrack(|| standing.get()) != Standing::Blocked {
            alerts.ask();
        }
        on
    });
    view! {
        <Switch label=t!(push_enabled) note=t!(push_note) checked disabled />
        {move || {
            let standing = standing.get();
            let wanted = checked.get() && !off.get();
            let words: fn(Lang) -> &'static str = match standing {
                Standing::Off => return ().into_any(),
                Standing::Unsupported => Lang::push_unsupported,
                Standing::Blocked => Lang::push_blocked,
                _ if !wanted => return ().into_any(),
                Standing::Busy => Lang::push_busy,
                Standing::On => Lang::push_on,
                Standing::Failed => Lang::push_failed,
                Standing::Unasked => Lang::push_unasked,
                Standing::Unavailable => Lang::push_unavailable,
            };
            let icon = match standing {
                Standing::On => Icon::CheckCircle,
                Standing::Failed | Standing::Blocked => Icon::Alert,
                _ => Icon::Info,
            };
            view! {
                <div class="account__allowed" role="status">
                    {if standing == Standing::Busy {
                        view! { <Spinner /> }.into_any()
                    } else {
                        view! { <IconView icon size=16 /> }.into_any()
                    }}
                    <p class="account__allowed-text">{move || words(lang())}</p>
                    {(standing == Standing::Failed).then(|| view! {
                        <Button size=ButtonSize::Small on:click=move |_| push.try_again()>
                            {t!(retry)}
                        </Button>
                    })}
                </div>
            }
            .into_any()
        }}
    }
}
