//! Somebody else's conversation that the person watches, unnoticed: a strip that says so.

use crate::i18n::{lang, t};
use crate::stores::agents::use_agents;
use crate::stores::composing::use_composing;
use crate::stores::inbox::{Inbox, use_inbox};
use crate::ui::{Icon, IconView};
use leptos::prelude::*;
use types::id::{AgentId, ConversationId};

/// Whose conversation is watched; nobody's while it is the person's own, or waits for somebody.
pub fn watched(inbox: Inbox, id: ConversationId) -> Option<AgentId> {
    let conversation = inbox.conversation(id)?;
    conversation.assignee_id.filter(|_| !conversation.belongs_to(inbox.me()))
}

/// That the person watches, and the way to whisper.
#[component]
pub fn WatchingStrip(
    /// The open conversation.
    id: Signal<ConversationId>,
) -> impl IntoView {
    let (inbox, agents, composing) = (use_inbox(), use_agents(), use_composing());
    let agent = Memo::new(move |_| watched(inbox, id.get()));
    view! {
        {move || agent.get().map(|agent| view! {
            <p class="chat-window__offline" role="note">
                <IconView icon=Icon::Eye size=14 />
                {move || lang().watching(&agents.name(agent))}
                <button
                    type="button"
                    class="link-button"
                    on:click=move |_| {
                        let id = id.get_untracked();
                        inbox.writes(id, false);
                        composing.set_noting(id, true);
                    }
                >
                    {t!(whisper)}
                </button>
            </p>
        })}
    }
}
