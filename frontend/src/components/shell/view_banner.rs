//! Says that a colleague's console is looked at, for as long as that is so.

use crate::{
    i18n::{lang, t},
    stores::{
        agent_view::{self, Over},
        session::use_session,
    },
    ui::{Button, ButtonSize, Icon, IconView},
};
use leptos::prelude::*;

/// Says whose console it is, with the way back to one's own. It looks like what says that one is suspended.
#[component]
pub fn ViewBanner() -> impl IntoView {
    use_session().view().map(|agent_view::AgentView { agent_id, name, .. }| {
        view! {
            <div class="suspended" role="region" aria-label=t!(view_as)>
                <IconView icon=Icon::Eye />
                <p class="suspended__text">{move || lang().view_of(&name)}</p>
                <Button size=ButtonSize::Small on:click=move |_| agent_view::leave(Over::Left(agent_id))>
                    {t!(view_end)}
                </Button>
            </div>
        }
    })
}
