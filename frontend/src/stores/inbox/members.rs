//! What the person is to a conversation, and what stays of one that is theirs no more.

use super::Inbox;
use types::agents::Role;
use types::conversations::Conversation;
use types::id::{ConversationId, Nonce};
use types::messages::Content;

impl Inbox {
    /// What the agent may do.
    pub fn my_role(self) -> Role {
        self.live.now(|machine| machine.state().me().role)
    }

    /// How many conversations wait in the queue, of those that are known.
    pub fn queued(self) -> usize {
        self.live.on_state(|machine| {
            let waits = |one: &&Conversation| one.queued_at.is_some() && !one.contact.blocked;
            machine.state().conversations().filter(waits).count()
        })
    }

    /// How many conversations the agent has put off.
    pub fn snoozed(self) -> usize {
        self.live.on_state(|machine| {
            let state = machine.state();
            let me = state.me().id;
            let mine = |one: &&Conversation| {
                one.snoozed_until.is_some() && one.assignee_id == Some(me) && !one.contact.blocked
            };
            state.conversations().filter(mine).count()
        })
    }

    /// Whether a conversation was the agent's and is not any more.
    pub fn is_withdrawn(self, id: ConversationId) -> bool {
        self.live.on_state(|machine| machine.state().is_withdrawn(id))
    }

    /// The texts that were written to a conversation and never reached it, with their names.
    pub fn unsent_texts(self, id: ConversationId) -> Vec<(Nonce, Content)> {
        self.live.on_messages(|machine| machine.outgoing(id).map(|one| (one.nonce, one.content.clone())).collect())
    }
}
