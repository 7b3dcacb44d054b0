//! What the visitor is greeted with before they have written anything.

use super::Machine;
use types::id::Nonce;
use types::messages::Author;
use types::time::Timestamp;
use types::visitors::VisitorSession;

/// A welcome that is shown although it is not stored yet.
#[derive(Debug)]
pub struct Welcome {
    /// The nonce of the message that it will be.
    pub nonce: Nonce,
    /// What it says.
    pub text: String,
    /// Since when it is shown.
    pub at: Timestamp,
}

impl Machine {
    /// What greets the visitor; nothing as soon as there is, or was, a message: the conversation's first one is the welcome itself.
    #[must_use]
    pub fn welcome(&self) -> Option<&Welcome> {
        self.welcome.as_ref().filter(|_| self.chat.after_seq().is_none())
    }

    /// Whether the visitor reads a welcome at the top of what was said.
    #[must_use]
    pub fn is_welcomed(&self) -> bool {
        let first = self.chat.messages().first();
        self.welcome().is_some() || first.is_some_and(|first| matches!(first.author, Author::Automatic))
    }

    /// Takes the welcome of an opened session. One that is shown already stays where it stands.
    pub(super) fn take_welcome(&mut self, session: &mut VisitorSession, now: Timestamp) {
        let at = self.welcome.as_ref().map_or(now, |shown| shown.at);
        let nonce = Nonce(session.contact_id.0);
        self.welcome = session.welcome.take().map(|text| Welcome { nonce, text, at });
    }
}
