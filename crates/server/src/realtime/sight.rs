//! What an agent's sockets see, and how that follows when their role changes, or what is set of them.

use super::hub::{Connection, Hub};
use super::registry::Change;
use rules::permissions::{Permission, Rights, can};
use types::id::AgentId;

/// What an agent sees, as their role and what is set of them have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    /// Every conversation.
    pub all: bool,
    /// Contacts' details.
    pub details: bool,
}

impl From<Rights> for Sight {
    fn from(rights: Rights) -> Self {
        let may = |permission| can(rights, permission).is_ok();
        Self { all: may(Permission::SeeAllConversations), details: may(Permission::SeeContactDetails) }
    }
}

impl Hub {
    /// Lets an agent's sockets hear what they see from now on. Whoever sees something else has to fetch.
    pub(crate) fn set_sight(&self, agent: AgentId, sight: Sight) {
        for queue in self.lock().registry.set_sight(agent, sight) {
            queue.resync();
        }
    }

    /// The same as it was looked up, unless something else was heard since there were so many changes.
    pub(crate) fn correct_sight_of(&self, agent: AgentId, sight: Sight, asked_after: Change) {
        for queue in self.lock().registry.correct_sight_of(agent, sight, asked_after) {
            queue.resync();
        }
    }
}

impl Connection {
    /// Says what the agent sees, as looked up after the socket was registered.
    pub(super) fn correct_sight(&self, sight: Sight) {
        if let Some(queue) = self.hub.lock().registry.correct_sight(self.key, sight) {
            queue.resync();
        }
    }
}
