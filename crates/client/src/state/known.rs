//! Which conversations are known not to be there, and which are asked after.

use crate::state::ConsoleState;
use types::id::ConversationId;

impl ConsoleState {
    /// Whether the conversation was asked for and is not there, or not ours.
    #[must_use]
    pub fn is_missing(&self, id: ConversationId) -> bool {
        self.missing.contains(&id)
    }

    /// Whether the conversation was ours and is not any more.
    #[must_use]
    pub fn is_withdrawn(&self, id: ConversationId) -> bool {
        self.withdrawn.contains_key(&id)
    }

    /// Whether the conversation was here, or was heard to go: then what was written to it has a place where it can be shown.
    pub(crate) fn was_here(&self, id: ConversationId) -> bool {
        self.met.contains(&id) || self.gone.contains(&id) || self.is_withdrawn(id)
    }

    /// Asks after a conversation that only what is kept from before speaks of: it may be there, or not.
    pub(crate) fn ask_after(&mut self, id: ConversationId) {
        if !self.was_here(id) {
            self.awaited.entry(id).or_default();
        }
    }

    /// More is said in a conversation than is known here, and nobody will tell of it.
    pub(crate) fn fetch_anew(&mut self, id: ConversationId) {
        self.awaited.entry(id).or_default();
    }
}
