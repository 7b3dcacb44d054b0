//! Messages before those that are shown.

use super::{Command, Machine};

impl Machine {
    pub(super) fn want_earlier(&mut self, out: &mut Vec<Command>) {
        if let Some(before_seq) = self.chat.earlier_before().filter(|_| !self.fetching_earlier) {
            self.fetching_earlier = true;
            self.earlier_failed = false;
            out.push(Command::FetchEarlier { before_seq });
        }
    }
}
