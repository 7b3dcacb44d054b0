//! Holds an answer back that does not know of the visitor's newest message.
//!
//! What is being written *knows* a message when it was there before the writing began, or has since been before the person's
//! eyes for a moment: at the bottom of the open conversation, or in the bar that shows what the answer does not know. The rule
//! is the same for both, so whoever presses "send" once more after a look sends.

use types::time::Timestamp;

/// For how long something has to be before the person's eyes: shorter, and it may have come as the key was pressed.
pub const MOMENT_MILLIS: i64 = 1_000;

/// What an answer that is being written knows of its conversation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReplyGuard {
    /// Messages up to this `seq` are known.
    known: i64,
    /// Up to which `seq` messages are in sight without a break, and since when; ascending.
    sights: Vec<(i64, Timestamp)>,
}

impl ReplyGuard {
    /// For an answer that knows the messages up to `known`.
    #[must_use]
    pub fn new(known: i64) -> Self {
        Self { known, sights: Vec::new() }
    }

    /// Messages up to `newest` are before the person's eyes from now on; nothing: none are.
    pub fn look(&mut self, newest: Option<i64>, now: Timestamp) {
        self.settle(now);
        match newest {
            None => self.sights.clear(),
            Some(newest) => {
                let seen = self.sights.last().map_or(self.known, |(seq, _)| *seq);
                if newest > seen {
                    self.sights.push((newest, now));
                }
            }
        }
    }

    /// Up to which `seq` the answer knows the messages at this moment.
    pub fn known(&mut self, now: Timestamp) -> i64 {
        self.settle(now);
        self.known
    }

    /// The writing begins, or goes on although the person was told: whatever is there is known.
    pub fn acknowledge(&mut self, newest: i64) {
        self.known = self.known.max(newest);
    }

    /// What has been looked at for a moment is known.
    fn settle(&mut self, now: Timestamp) {
        let seen = self.sights.iter().take_while(|(_, since)| now.millis_since(*since) >= MOMENT_MILLIS).count();
        for (seq, _) in self.sights.drain(..seen) {
            self.known = self.known.max(seq);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: fn(i64) -> Timestamp = Timestamp;

    #[test]
    fn what_was_there_before_the_writing_began_is_known() {
        let mut guard = ReplyGuard::default();
        guard.acknowledge(5);
        assert_eq!(guard.known(AT(0)), 5);
        guard.acknowledge(3);
        assert_eq!(guard.known(AT(0)), 5, "nobody forgets");
    }

    #[test]
    fn a_message_that_came_as_the_key_was_pressed_is_not_known_and_a_moment_later_it_is() {
        let mut guard = ReplyGuard::new(5);
        guard.look(Some(5), AT(0));
        guard.look(Some(6), AT(10_000));
        assert_eq!(guard.known(AT(10_000 + MOMENT_MILLIS - 1)), 5);
        assert_eq!(guard.known(AT(10_000 + MOMENT_MILLIS)), 6);
    }

    #[test]
    fn each_of_several_messages_has_a_moment_of_its_own() {
        let mut guard = ReplyGuard::new(5);
        guard.look(Some(6), AT(0));
        guard.look(Some(7), AT(900));
        guard.look(Some(7), AT(950));
        assert_eq!(guard.known(AT(1_000)), 6);
        assert_eq!(guard.known(AT(1_899)), 6);
        assert_eq!(guard.known(AT(1_900)), 7);
    }

    #[test]
    fn a_look_that_is_broken_off_is_none() {
        let mut guard = ReplyGuard::new(5);
        guard.look(Some(6), AT(0));
        guard.look(None, AT(999));
        assert_eq!(guard.known(AT(60_000)), 5);
        // One that was long enough stays one.
        guard.look(Some(6), AT(60_000));
        guard.look(None, AT(61_000));
        assert_eq!(guard.known(AT(61_000)), 6);
    }

    #[test]
    fn whoever_scrolls_up_and_writes_knows_nothing_of_what_comes_below() {
        let mut guard = ReplyGuard::new(5);
        guard.look(None, AT(0));
        assert_eq!(guard.known(AT(60_000)), 5);
    }

    #[test]
    fn a_clock_that_goes_back_makes_nothing_known() {
        let mut guard = ReplyGuard::new(5);
        guard.look(Some(6), AT(5_000));
        assert_eq!(guard.known(AT(1_000)), 5);
        assert_eq!(guard.known(AT(6_000)), 6);
    }
}
