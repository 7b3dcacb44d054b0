//! The form before the chat: whether the visitor is to answer it first.

use super::{Command, Machine};
use crate::live::Link;
use types::time::Timestamp;
use types::visitors::VisitorChannel;

/// Over how many milliseconds the visitors spread who hear that the form is another: all of them would ask in the same moment.
const SPREAD_MS: i64 = 3_000;

/// What is known of the form.
#[derive(Debug, Default)]
pub(super) struct Form {
    /// The session says that the visitor is to answer it first.
    asks: bool,
    /// A message was refused for lack of its answers, which no session has asked for since.
    refused: bool,
    /// When to ask what it asks for now.
    pub(super) again_at: Option<Timestamp>,
}

impl Form {
    /// The session is called, or will be.
    pub(super) fn asked(&mut self) {
        self.again_at = None;
    }

    /// The session answered.
    pub(super) fn answered(&mut self, asks: bool) {
        self.asks = asks;
        self.refused &= !asks;
    }

    /// A message was refused for lack of its answers. Says whether it waits for them: where no session asks for any, it would be sent
    /// and refused for ever.
    pub(super) fn refuses(&mut self) -> bool {
        !std::mem::replace(&mut self.refused, true)
    }
}

impl Machine {
    /// Whether the visitor is to answer the channel's form before they write. With a conversation, which another tab may have begun
    /// meanwhile, nobody is asked.
    #[must_use]
    pub fn asks(&self) -> bool {
        self.form.asks && self.chat.after_seq().is_none() && self.link() != Link::Closed
    }

    /// Whether messages are sent. What was written before the form came waits for its answers, and what was refused for lack of them
    /// for the session that asks for them.
    pub(super) fn may_send(&self) -> bool {
        self.link() == Link::Live && !self.asks() && !(self.form.refused && self.opening)
    }

    /// The channel was edited. What this visitor is asked, only a session knows: it is asked for anew by who may be asked otherwise now.
    pub(super) fn follow_form(&mut self, edited: &VisitorChannel, now: Timestamp) {
        let is_another = self.channel.as_ref().is_some_and(|channel| channel.form != edited.form);
        if is_another && self.chat.after_seq().is_none() {
            let wait = self.connection.draw(SPREAD_MS);
            self.form.again_at.get_or_insert(now.plus_millis(wait));
        }
    }

    /// Asks for the session anew, however the connection stands: where no socket can be had, sessions may.
    pub(super) fn renew(&mut self, now: Timestamp, out: &mut Vec<Command>) {
        match self.link() {
            Link::Lost | Link::Closed => self.reconnect(now, out),
            Link::Connecting | Link::Live => self.open_session(out),
        }
    }
}
