//! The form before the chat: whether the visitor is to answer it first.

use super::{Command, Machine};
use crate::live::Link;
use types::visitors::VisitorChannel;

impl Machine {
    /// Whether the visitor is to answer the channel's form before they write. With a conversation, which another tab may have begun
    /// meanwhile, nobody is asked.
    #[must_use]
    pub fn asks(&self) -> bool {
        self.asks && self.chat.after_seq().is_none() && self.link() != Link::Closed
    }

    /// The channel was edited. What this visitor is asked, only a session knows: it is asked for anew by who may be asked otherwise now.
    pub(super) fn follow_form(&mut self, edited: &VisitorChannel, out: &mut Vec<Command>) {
        let is_another = self.channel.as_ref().is_some_and(|channel| channel.form != edited.form);
        if is_another && self.chat.after_seq().is_none() {
            self.open_session(out);
        }
    }
}
