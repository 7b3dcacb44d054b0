//! What the visitor has read, and that the server knows it.

use super::{Command, Machine};
use crate::live::link::Link;
use types::time::Timestamp;

/// After how many milliseconds a read mark that was not confirmed is said again.
const MARK_AGAIN_MS: i64 = 10_000;

impl Machine {
    pub(super) fn report_reading(&mut self, now: Timestamp, out: &mut Vec<Command>) {
        if self.watching
            && self.chat.unread() > 0
            && self.chat.mark_read().is_some()
            && self.connection.link == Link::Live
        {
            self.mark_read(now, out);
        }
        if self.chat.unconfirmed_read().is_none() {
            self.mark_again_at = None;
        }
    }

    /// Says what was read, and says it again later unless it is confirmed: a busy server drops read marks without a word.
    pub(super) fn mark_read(&mut self, now: Timestamp, out: &mut Vec<Command>) {
        if let Some(frame) = self.chat.unconfirmed_read() {
            self.mark_again_at = Some(now.plus_millis(MARK_AGAIN_MS));
            out.push(Command::Send(frame));
        }
    }
}
