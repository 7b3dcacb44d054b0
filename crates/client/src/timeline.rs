//! The messages of a conversation that a client holds: one stretch without gaps that ends at the newest known message.
//!
//! **Invariant**: the `seq`s are consecutive. A message that would leave a gap is not taken; the answer says from where to
//! fetch.

use types::messages::{Content, Message, MessageWindow};
use types::time::Timestamp;

/// Messages of one author stand together when they come within this time.
const TOGETHER_MILLIS: i64 = 5 * 60 * 1_000;

/// Whether two messages of one author, written at these times, stand together as a group.
#[must_use]
pub fn stand_together(earlier: Timestamp, later: Timestamp) -> bool {
    later.millis_since(earlier) < TOGETHER_MILLIS
}

/// What became of messages offered to a [`Timeline`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placed {
    /// The timeline changed.
    Added,
    /// Nothing new.
    Known,
    /// Messages are missing in between: fetch those after this `seq`.
    Gap {
        /// The newest `seq` that the timeline holds.
        after: i64,
    },
}

/// A stretch of messages without gaps.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Timeline {
    messages: Vec<Message>,
    has_earlier: bool,
    /// Up to here the messages were cleared: the stretch may begin after it, and nothing earlier comes.
    cleared_seq: i64,
    /// How many messages of the conversation had been recalled when what is held was true.
    recalls: i64,
}

impl Timeline {
    /// A timeline that begins with the newest messages as fetched.
    #[must_use]
    pub fn new(newest: MessageWindow) -> Self {
        let MessageWindow { items, has_earlier, cleared_seq, recalls, .. } = newest;
        Self { messages: items, has_earlier, cleared_seq, recalls }
    }

    /// The messages, oldest first.
    #[must_use]
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// Whether there are earlier messages to fetch.
    #[must_use]
    pub fn has_earlier(&self) -> bool {
        self.has_earlier
    }

    /// The newest `seq`; while there is no message, the one after which they begin.
    #[must_use]
    pub fn last_seq(&self) -> i64 {
        self.messages.last().map_or(self.cleared_seq, |message| message.seq)
    }

    /// The oldest `seq` held; 0 while there is no message.
    #[must_use]
    pub fn first_seq(&self) -> i64 {
        self.messages.first().map_or(0, |message| message.seq)
    }

    /// Up to which `seq` the messages were cleared.
    #[must_use]
    pub fn cleared_seq(&self) -> i64 {
        self.cleared_seq
    }

    /// The messages up to this `seq` were cleared. Returns whether that is news.
    pub fn clear(&mut self, seq: i64) -> bool {
        if seq <= self.cleared_seq {
            return false;
        }
        self.cleared_seq = seq;
        // Of a stretch that ends before it nothing is left, and it goes on from there.
        self.messages.retain(|message| message.seq > seq);
        self.has_earlier = self.has_earlier && self.first_seq() > seq.saturating_add(1);
        true
    }

    /// A message was recalled, as the conversation's recall of this number. Whoever has missed one before stays
    /// [outdated](Self::is_outdated). Returns whether anything that is held has changed.
    pub fn recall(&mut self, seq: i64, recalls: i64) -> bool {
        if recalls == self.recalls.saturating_add(1) {
            self.recalls = recalls;
        }
        let mut changed = false;
        for message in self.messages.iter_mut().rev().take_while(|message| message.seq >= seq) {
            if message.seq > seq {
                changed |= message.content.quoted_was_recalled(seq);
            } else if message.content != (Content::Recalled {}) {
                message.content = Content::Recalled {};
                changed = true;
            }
        }
        changed
    }

    /// How many messages of the conversation had been recalled when what is held was true.
    #[must_use]
    pub fn recalls(&self) -> i64 {
        self.recalls
    }

    /// Whether messages have been recalled, of so many in all, that what is held may still show.
    #[must_use]
    pub fn is_outdated(&self, recalls: i64) -> bool {
        self.recalls < recalls
    }

    /// Whether messages that were fetched are from before a recall that is known here, and are not taken.
    #[must_use]
    pub fn is_ahead_of(&self, fetched: &MessageWindow) -> bool {
        fetched.recalls < self.recalls
    }

    /// Whether a message with this `seq` is held.
    #[must_use]
    pub fn contains(&self, seq: i64) -> bool {
        !self.messages.is_empty() && (self.first_seq()..=self.last_seq()).contains(&seq)
    }

    /// Lets go of all but the oldest messages, and returns those, at least one and at most `newest`, that end the stretch.
    /// `None`, and nothing is changed, unless at least one message is let go of in between.
    pub fn split(&mut self, oldest: usize, newest: usize) -> Option<Self> {
        let rest = self.messages.len().checked_sub(newest.max(1)).filter(|rest| *rest > oldest)?;
        let end = Self {
            messages: self.messages.split_off(rest),
            has_earlier: true,
            cleared_seq: self.cleared_seq,
            recalls: self.recalls,
        };
        self.keep_oldest(oldest);
        Some(end)
    }

    /// Lets go of all but the oldest messages.
    pub fn keep_oldest(&mut self, count: usize) {
        self.messages.truncate(count);
    }

    /// Lets go of all but the newest messages.
    pub fn keep_newest(&mut self, count: usize) {
        let surplus = self.messages.len().saturating_sub(count);
        if surplus > 0 {
            self.messages.drain(..surplus);
            self.has_earlier = true;
        }
    }

    /// The stretch as it would be fetched.
    #[must_use]
    pub fn as_window(&self) -> MessageWindow {
        MessageWindow {
            items: self.messages.clone(),
            has_earlier: self.has_earlier,
            has_later: true,
            cleared_seq: self.cleared_seq,
            recalls: self.recalls,
        }
    }

    /// Takes a message that happened.
    pub fn push(&mut self, message: Message) -> Placed {
        let last = self.last_seq();
        if message.seq <= last {
            return Placed::Known;
        }
        if message.seq > last.saturating_add(1) {
            return Placed::Gap { after: last };
        }
        self.messages.push(message);
        Placed::Added
    }

    /// Takes messages fetched because they come after what is held. When the server says that there are still more, the
    /// answer is a gap at the new end. Messages from before a recall that is known here are not taken: that leaves a gap, too.
    pub fn extend(&mut self, later: MessageWindow) -> Placed {
        if self.is_ahead_of(&later) {
            return Placed::Gap { after: self.last_seq() };
        }
        let mut outcome = if self.clear(later.cleared_seq) { Placed::Added } else { Placed::Known };
        for message in later.items {
            match self.push(message) {
                Placed::Known => {}
                Placed::Added => outcome = Placed::Added,
                gap @ Placed::Gap { .. } => return gap,
            }
        }
        if later.has_later { Placed::Gap { after: self.last_seq() } } else { outcome }
    }

    /// Takes messages fetched because they come before what is held. Returns how many were new.
    pub fn prepend(&mut self, earlier: MessageWindow) -> usize {
        // From before a recall that is known here: it may be of one of these.
        if self.is_ahead_of(&earlier) {
            return 0;
        }
        self.clear(earlier.cleared_seq);
        let first = self.first_seq();
        let mut items = earlier.items;
        items.retain(|message| message.seq < first);
        // An answer to a question that was asked of another stretch: taking it would leave a gap.
        if items.last().is_some_and(|message| message.seq != first.saturating_sub(1)) {
            return 0;
        }
        if items.is_empty() && first > 1 && earlier.has_earlier {
            return 0;
        }
        self.has_earlier = earlier.has_earlier;
        let count = items.len();
        self.messages.splice(0..0, items);
        count
    }

    /// Whether a message with this nonce is held.
    #[must_use]
    pub fn holds(&self, nonce: types::id::Nonce) -> bool {
        // What one looks for is nearly always near the end.
        self.messages.iter().rev().any(|message| message.nonce == nonce)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;
    use proptest::prelude::*;

    fn window(range: std::ops::RangeInclusive<i64>, newest: i64) -> MessageWindow {
        MessageWindow {
            has_earlier: *range.start() > 1,
            has_later: *range.end() < newest,
            items: range.map(samples::message).collect(),
            cleared_seq: 0,
            recalls: 0,
        }
    }

    #[test]
    fn a_gap_is_named_and_not_taken() {
        let mut timeline = Timeline::new(window(3..=5, 5));
        assert_eq!(timeline.push(samples::message(7)), Placed::Gap { after: 5 });
        assert_eq!(timeline.last_seq(), 5);
        assert_eq!(timeline.extend(window(6..=6, 7)), Placed::Gap { after: 6 });
        assert_eq!(timeline.extend(window(7..=7, 7)), Placed::Added);
        assert_eq!(timeline.push(samples::message(7)), Placed::Known);
    }

    #[test]
    fn what_was_cleared_is_gone_and_the_stretch_goes_on_from_there() {
        let mut timeline = Timeline::new(window(3..=5, 5));
        assert!(timeline.clear(5));
        assert_eq!((timeline.messages(), timeline.last_seq(), timeline.has_earlier()), ([].as_slice(), 5, false));
        assert!(!timeline.clear(4), "clearing does not go back");
        assert_eq!(timeline.push(samples::message(5)), Placed::Known, "an event from before the clearing");
        assert_eq!(timeline.push(samples::message(7)), Placed::Gap { after: 5 });
        assert_eq!(timeline.push(samples::message(6)), Placed::Added);
        // One that was away learns of it from what it fetches.
        let mut behind = Timeline::new(window(3..=5, 5));
        assert_eq!(behind.extend(MessageWindow { cleared_seq: 9, ..window(10..=11, 11) }), Placed::Added);
        assert_eq!((behind.first_seq(), behind.last_seq(), behind.has_earlier()), (10, 11, false));
    }

    #[test]
    fn what_was_recalled_keeps_its_place_and_nothing_from_before_brings_it_back() {
        let mut timeline = Timeline::new(window(3..=5, 5));
        assert!(timeline.recall(4, 1));
        assert!(!timeline.recall(4, 1), "once");
        assert_eq!(timeline.messages()[1].content, Content::Recalled {});
        assert_eq!((timeline.first_seq(), timeline.last_seq()), (3, 5));
        assert_eq!(timeline.prepend(window(1..=2, 5)), 0, "read before the recall");
        assert_eq!(timeline.extend(window(6..=6, 6)), Placed::Gap { after: 5 });
        assert_eq!(timeline.prepend(MessageWindow { recalls: 1, ..window(1..=2, 5) }), 2);
        // Of a message that is not held it is good to know all the same.
        assert!(!timeline.recall(9, 2) && !timeline.is_outdated(2));
        // What answers to one of them says no more what that said.
        let mut reply = samples::message(6);
        let quote = Box::new(samples::message(3).to_quote());
        reply.content = Content::Reply { text: "words".to_owned(), quote };
        timeline.push(reply);
        assert!(timeline.recall(3, 3));
        assert_eq!(timeline.messages().last().unwrap().content.quote().unwrap().content, Content::Recalled {});
        // One was missed: what is held may still show it.
        assert!(timeline.recall(5, 5) && timeline.is_outdated(5));
    }

    #[test]
    fn earlier_messages_join_only_where_they_fit() {
        let mut timeline = Timeline::new(window(10..=12, 12));
        assert_eq!(timeline.prepend(window(2..=4, 12)), 0);
        assert_eq!(timeline.prepend(window(5..=9, 12)), 5);
        assert!(timeline.has_earlier());
        assert_eq!(timeline.prepend(window(1..=6, 12)), 4);
        assert!(!timeline.has_earlier());
        assert_eq!((timeline.first_seq(), timeline.last_seq()), (1, 12));
    }

    #[test]
    fn a_long_stretch_is_let_go_of_in_the_middle_or_at_its_beginning() {
        let mut timeline = Timeline::new(window(1..=30, 30));
        assert_eq!(timeline.split(25, 5), None, "nothing would go");
        let end = timeline.split(10, 5).unwrap();
        assert_eq!((timeline.first_seq(), timeline.last_seq(), timeline.has_earlier()), (1, 10, false));
        assert_eq!((end.first_seq(), end.last_seq(), end.has_earlier()), (26, 30, true));
        timeline.keep_newest(10);
        assert!(!timeline.has_earlier(), "nothing went");
        timeline.keep_newest(4);
        assert_eq!((timeline.first_seq(), timeline.last_seq(), timeline.has_earlier()), (7, 10, true));
        assert_eq!(timeline.prepend(window(1..=6, 30)), 6, "and comes back");
    }

    proptest! {
        /// Whatever is offered in whatever order, the stretch has no gap and never loses what it held.
        #[test]
        fn it_never_has_a_gap(offers in proptest::collection::vec((0u8..3, 1i64..30, 0i64..6), 0..60)) {
            let mut timeline = Timeline::new(window(10..=12, 12));
            for (kind, start, count) in offers {
                let (first, last) = (timeline.first_seq(), timeline.last_seq());
                match kind {
                    0 => { timeline.push(samples::message(start)); }
                    1 => { timeline.extend(window(start..=start + count, 40)); }
                    _ => { timeline.prepend(window(start..=start + count, 40)); }
                }
                prop_assert!(timeline.first_seq() <= first && timeline.last_seq() >= last);
                for (place, message) in timeline.messages().iter().enumerate() {
                    prop_assert_eq!(message.seq, timeline.first_seq() + i64::try_from(place).unwrap());
                }
            }
        }
    }
}
