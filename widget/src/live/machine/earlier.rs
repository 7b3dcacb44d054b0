//! Messages before those that are shown.

use super::{Command, Machine};
use types::messages::MessageWindow;

impl Machine {
    pub(super) fn want_earlier(&mut self, out: &mut Vec<Command>) {
        if let Some(before_seq) = self.chat.earlier_before().filter(|_| !self.fetching_earlier) {
            self.fetching_earlier = true;
            self.earlier_failed = false;
            out.push(Command::FetchEarlier { before_seq });
        }
    }

    /// Earlier messages came, or did not.
    pub(super) fn take_earlier(&mut self, window: Option<MessageWindow>) {
        self.fetching_earlier = false;
        self.earlier_failed = window.is_none();
        self.chat.earlier(window.unwrap_or(MessageWindow {
            items: Vec::new(),
            has_earlier: true,
            has_later: true,
            cleared_seq: 0,
            recalls: 0,
        }));
    }
}
