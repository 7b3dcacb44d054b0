//! Where a visitor who waits for an agent stands in the queue.

use super::Machine;
use client::visitor::Change;

/// The place, as it was told last.
#[derive(Debug, Default)]
pub(super) struct Place {
    ahead: Option<i64>,
    /// It was told while the session call was under way: its answer may be older.
    told: bool,
}

impl Place {
    /// The session is called.
    pub(super) fn asked(&mut self) {
        self.told = false;
    }

    /// The session answered.
    pub(super) fn answered(&mut self, ahead: Option<i64>) {
        if !self.told {
            self.ahead = ahead;
        }
    }

    /// A frame told it.
    pub(super) fn told(&mut self, ahead: Option<i64>) -> Change {
        (self.ahead, self.told) = (ahead, true);
        Change::Shown
    }
}

impl Machine {
    /// How many visitors wait before this one for an agent; nothing while this one does not wait.
    #[must_use]
    pub fn ahead(&self) -> Option<i64> {
        self.place.ahead
    }
}
