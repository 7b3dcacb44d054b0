//! Counts what happened, over many seeds: an invariant that was never put to the test holds by itself.

use std::collections::BTreeMap;
use types::agents::LoginState;
use types::error::ErrorCode;
use types::events::Event;
use types::messages::Content;
use types::ws::ServerFrame;

/// How often each thing that the simulation is about came up, by its name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tally(BTreeMap<&'static str, u64>);

/// Seeds below which nothing is asked: whoever replays a few chooses which.
const ENOUGH: u64 = 100;

/// What must have come up, and how often in a hundred seeds: about a third of what the dice give.
const DUE: [(&str, u64); 23] = [
    ("a resync", 8),
    ("a message refused as busy", 100),
    ("a death after a commit", 2),
    ("a suspension", 3),
    ("an answer heard", 500),
    ("a message refused for good", 4),
    ("a recall", 30),
    ("a recall heard", 50),
    ("a recall refused as late", 15),
    ("a recall refused otherwise", 8),
    ("a note", 25),
    ("a note heard", 50),
    ("a note refused", 10),
    ("adding a member", 12),
    ("a member heard of", 15),
    ("removing a member", 9),
    ("a change of members refused", 12),
    ("a withdrawal heard", 2),
    ("clearing", 5),
    ("a clearing heard", 12),
    ("a deletion", 4),
    ("a deletion heard", 6),
    ("an end refused", 1),
];

impl Tally {
    pub(super) fn count(&mut self, what: &'static str) {
        *self.0.entry(what).or_default() += 1;
    }

    pub(super) fn heard(&mut self, frame: &ServerFrame) {
        match frame {
            ServerFrame::Resync {} => self.count("a resync"),
            ServerFrame::Rejected { problem, .. } if problem.code == ErrorCode::Busy => {
                self.count("a message refused as busy");
            }
            ServerFrame::Event { event, .. } => self.happened(event),
            _ => {}
        }
    }

    fn happened(&mut self, event: &Event) {
        match event {
            Event::MeUpdated { me } if me.login_state == LoginState::Suspended => self.count("a suspension"),
            Event::MessageCreated { message } if matches!(message.content, Content::Reply { .. }) => {
                self.count("an answer heard");
            }
            Event::MessageRecalled { .. } => self.count("a recall heard"),
            Event::NoteCreated { .. } => self.count("a note heard"),
            Event::AgentJoined { .. } => self.count("a member heard of"),
            Event::ConversationWithdrawn { .. } => self.count("a withdrawal heard"),
            Event::ConversationCleared { .. } => self.count("a clearing heard"),
            Event::ConversationDeleted { .. } => self.count("a deletion heard"),
            _ => {}
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (what, times) in &other.0 {
            *self.0.entry(what).or_default() += times;
        }
    }

    /// Each must have come up often enough in so many seeds.
    pub(super) fn expect_trouble(&self, seeds: u64) {
        println!("{seeds} seeds: {:?}", self.0);
        for (what, in_a_hundred) in DUE {
            let times = self.0.get(what).copied().unwrap_or_default();
            let least = if seeds < ENOUGH { 0 } else { seeds * in_a_hundred / 100 };
            assert!(times >= least, "{what} came up {times} times in {seeds} seeds, {least} are due: {self:?}");
        }
    }
}

#[test]
#[should_panic(expected = "a suspension came up 0 times in 100 seeds")]
fn trouble_that_never_comes_up_is_noticed() {
    let often = DUE.iter().map(|(what, _)| (*what, 999)).filter(|(what, _)| *what != "a suspension");
    Tally(often.collect()).expect_trouble(100);
}
