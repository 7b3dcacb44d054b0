//! Offers to be told of new messages also while the agent is elsewhere, once.

use crate::i18n::t;
use crate::stores::alerts::use_alerts;
use crate::ui::{Button, ButtonSize, Icon, IconButton, IconView, focus_instead};
use leptos::prelude::*;

/// Says that the browser wants to be asked for notifications, with a button that asks and one that leaves it.
#[component]
pub fn AskPermission() -> impl IntoView {
    let alerts = use_alerts();
    let shown = Memo::new(move |_| alerts.should_ask());
    view! {
        {move || shown.get().then(|| view! {
            <div class="ask-permission" role="region" aria-label=t!(alerts_title)>
                <IconView icon=Icon::Bell />
                <p class="ask-permission__text">{t!(alerts_offer)}</p>
                <Button size=ButtonSize::Small on:click=move |_| {
                    alerts.ask();
                    focus_instead(&["#content"]);
                }>
                    {t!(alerts_allow)}
                </Button>
                <IconButton small=true icon=Icon::Close label=t!(dismiss) on:click=move |_| {
                    alerts.do_not_ask();
                    focus_instead(&["#content"]);
                } />
            </div>
        })}
    }
}
