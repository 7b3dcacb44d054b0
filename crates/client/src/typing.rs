//! That somebody writes: when to say so, and for how long to believe it.
//!
//! Nothing of this is stored or fetched. What is not said again goes by itself, so a lost frame, a closed page and a full queue
//! need no care.

use types::time::Timestamp;

/// When the other side is to be told that one writes: at once, then every so often while it goes on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pulse {
    told_at: Option<Timestamp>,
    /// The other side has been told that one writes, and not that it is over.
    active: bool,
    /// Something has changed since.
    behind: bool,
}

impl Pulse {
    /// The field was edited; `has_text`: something stands in it. Says whether to tell so now, having told nothing for
    /// `again_millis`; whoever also wants to tell the last of several edits comes back at [`Self::due`].
    pub fn edited(&mut self, has_text: bool, again_millis: i64, now: Timestamp) -> bool {
        if !has_text {
            return self.stop();
        }
        let early = self.told_at.is_some_and(|at| (0..again_millis).contains(&now.millis_since(at)));
        self.behind = self.active && early;
        if !self.behind {
            (self.told_at, self.active) = (Some(now), true);
        }
        !self.behind
    }

    /// When to tell what has changed since the last time.
    #[must_use]
    pub fn due(&self, again_millis: i64) -> Option<Timestamp> {
        self.told_at.filter(|_| self.behind).map(|at| at.plus_millis(again_millis))
    }

    /// It is over: what was written is gone, or has been sent. Says whether the other side believes otherwise.
    pub fn stop(&mut self) -> bool {
        self.behind = false;
        std::mem::take(&mut self.active)
    }
}

#[cfg(feature = "console")]
pub use typists::{Typist, Typists};

#[cfg(feature = "console")]
mod typists {
    use std::collections::BTreeMap;
    use types::id::{AgentId, ConversationId};
    use types::limits::{TYPING_SHOWN_MILLIS, UNSENT_SHOWN_MILLIS};
    use types::messages::Author;
    use types::time::Timestamp;

    /// Somebody who writes, or has left something unsent.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Typist {
        /// Who.
        pub author: Author,
        /// Whether they write at this moment.
        pub active: bool,
        /// What stands in a visitor's field, as far as it is shown.
        pub text: Option<String>,
        heard_at: Timestamp,
    }

    impl Typist {
        fn active_until(&self) -> Timestamp {
            self.heard_at.plus_millis(TYPING_SHOWN_MILLIS)
        }

        fn shown_until(&self) -> Timestamp {
            match self.text {
                Some(_) => self.heard_at.plus_millis(UNSENT_SHOWN_MILLIS),
                None => self.active_until(),
            }
        }
    }

    /// Everybody who writes.
    #[derive(Debug, Clone, Default, PartialEq, Eq)]
    pub struct Typists(BTreeMap<(ConversationId, Option<AgentId>), Typist>);

    fn key(conversation: ConversationId, author: &Author) -> (ConversationId, Option<AgentId>) {
        match author {
            Author::Visitor | Author::Automatic => (conversation, None),
            Author::Agent { id, .. } => (conversation, Some(*id)),
        }
    }

    impl Typists {
        /// Who writes in a conversation: the visitor before the agents.
        pub fn of(&self, conversation: ConversationId) -> impl Iterator<Item = &Typist> {
            self.0.range((conversation, None)..).take_while(move |((of, _), _)| *of == conversation).map(|(_, who)| who)
        }

        /// Somebody says that they write, or have stopped to.
        pub fn heard(
            &mut self,
            conversation: ConversationId,
            author: Author,
            active: bool,
            text: Option<String>,
            now: Timestamp,
        ) {
            let key = key(conversation, &author);
            if active {
                self.0.insert(key, Typist { author, active, text, heard_at: now });
            } else {
                self.0.remove(&key);
            }
        }

        /// Somebody has sent what they wrote. Says whether that changes anything.
        pub fn sent(&mut self, conversation: ConversationId, author: &Author) -> bool {
            self.0.remove(&key(conversation, author)).is_some()
        }

        /// Forgets everybody of a conversation. Says whether that changes anything.
        pub fn leave(&mut self, conversation: ConversationId) -> bool {
            let before = self.0.len();
            self.0.retain(|(of, _), _| *of != conversation);
            self.0.len() != before
        }

        /// Forgets everybody. Says whether that changes anything.
        pub fn clear(&mut self) -> bool {
            !std::mem::take(&mut self.0).is_empty()
        }

        /// Lets go what is too old. Says whether that changes anything.
        pub fn expire(&mut self, now: Timestamp) -> bool {
            let mut changed = false;
            self.0.retain(|_, typist| {
                let active = typist.active && now < typist.active_until();
                changed |= active != typist.active;
                typist.active = active;
                let kept = now < typist.shown_until();
                changed |= !kept;
                kept
            });
            changed
        }

        /// When something has to be let go.
        #[must_use]
        pub fn next(&self) -> Option<Timestamp> {
            let next = |typist: &Typist| if typist.active { typist.active_until() } else { typist.shown_until() };
            self.0.values().map(next).min()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGAIN: i64 = 3_000;

    #[test]
    fn it_is_told_at_once_and_again_while_it_goes_on() {
        let mut pulse = Pulse::default();
        let told: Vec<i64> = (0..10_000).step_by(200).filter(|at| pulse.edited(true, AGAIN, Timestamp(*at))).collect();
        assert_eq!(told, [0, 3_000, 6_000, 9_000]);
    }

    #[test]
    fn the_last_of_several_edits_is_due_when_the_next_may_be_told() {
        let mut pulse = Pulse::default();
        assert!(pulse.edited(true, AGAIN, Timestamp(0)));
        assert_eq!(pulse.due(AGAIN), None, "all is told");
        assert!(!pulse.edited(true, AGAIN, Timestamp(500)));
        assert_eq!(pulse.due(AGAIN), Some(Timestamp(3_000)));
        assert!(pulse.edited(true, AGAIN, Timestamp(3_000)));
        assert_eq!(pulse.due(AGAIN), None);
    }

    #[test]
    fn an_end_is_told_once_and_what_comes_after_at_once() {
        let mut pulse = Pulse::default();
        assert!(!pulse.edited(false, AGAIN, Timestamp(0)), "nobody thinks so");
        assert!(pulse.edited(true, AGAIN, Timestamp(0)));
        assert!(pulse.edited(false, AGAIN, Timestamp(10)));
        assert!(!pulse.edited(false, AGAIN, Timestamp(20)));
        assert!(pulse.edited(true, AGAIN, Timestamp(30)));
        // A clock that goes back must not silence anybody.
        assert!(pulse.edited(true, AGAIN, Timestamp(-60_000)));
    }

    #[cfg(feature = "console")]
    #[test]
    fn whoever_writes_is_believed_for_a_while_and_a_text_that_lies_there_longer() {
        use crate::samples;
        use types::messages::Author;
        let (one, other) = (samples::conversation_id(1), samples::conversation_id(2));
        let mut typists = Typists::default();
        typists.heard(one, samples::agent(9), true, None, Timestamp(0));
        typists.heard(one, Author::Visitor, true, Some("请问".to_owned()), Timestamp(1_000));
        typists.heard(other, Author::Visitor, true, None, Timestamp(2_000));
        let seen =
            |typists: &Typists, id| typists.of(id).map(|who| (who.active, who.text.is_some())).collect::<Vec<_>>();
        assert_eq!(seen(&typists, one), [(true, true), (true, false)], "the visitor comes first");
        assert_eq!(typists.next(), Some(Timestamp(8_000)));
        assert!(!typists.expire(Timestamp(7_999)));
        assert!(typists.expire(Timestamp(8_000)));
        assert_eq!(seen(&typists, one), [(true, true)]);
        assert!(typists.expire(Timestamp(9_000)));
        assert_eq!(seen(&typists, one), [(false, true)], "the text lies there");
        assert_eq!(seen(&typists, other), [(true, false)]);
        assert!(typists.expire(Timestamp(10_000)));
        assert_eq!(typists.next(), Some(Timestamp(61_000)));
        let mut left = typists.clone();
        assert!(left.leave(one) && !left.leave(one) && !left.leave(other));
        assert_eq!(seen(&left, one), []);
        assert!(typists.sent(one, &Author::Visitor));
        assert!(!typists.sent(one, &Author::Visitor) && !typists.clear());
        assert_eq!(typists.next(), None);
    }
}
