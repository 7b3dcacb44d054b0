//! Counts what happened, over many seeds: an invariant that was never put to the test holds by itself.

use types::agents::LoginState;
use types::error::ErrorCode;
use types::events::Event;
use types::ws::ServerFrame;

/// How often each trouble that the simulation is about came up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// A socket was told that something was left out.
    pub(super) resyncs: u64,
    /// A message was refused because the writer's queue was full.
    pub(super) busy: u64,
    /// The process died after a commit of which nobody heard.
    pub(super) deaths_after_a_commit: u64,
    /// An agent's socket heard that they are suspended.
    pub(super) suspensions: u64,
}

/// Seeds below which nothing is asked: whoever replays a few chooses which.
const ENOUGH: u64 = 100;

impl Tally {
    pub(super) fn heard(&mut self, frame: &ServerFrame) {
        match frame {
            ServerFrame::Resync {} => self.resyncs += 1,
            ServerFrame::Rejected { problem, .. } if problem.code == ErrorCode::Busy => self.busy += 1,
            ServerFrame::Event { event: Event::MeUpdated { me }, .. } if me.login_state == LoginState::Suspended => {
                self.suspensions += 1;
            }
            _ => {}
        }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.resyncs += other.resyncs;
        self.busy += other.busy;
        self.deaths_after_a_commit += other.deaths_after_a_commit;
        self.suspensions += other.suspensions;
    }

    /// Each must have come up often enough in so many seeds: about a third of what the dice give, which is 23, 350, 6 and 8 times
    /// in a hundred.
    pub(super) fn expect_trouble(self, seeds: u64) {
        println!("{seeds} seeds: {self:?}");
        let Self { resyncs, busy, deaths_after_a_commit, suspensions } = self;
        for (what, times, in_a_hundred) in [
            ("resync", resyncs, 8),
            ("busy", busy, 100),
            ("a death after a commit", deaths_after_a_commit, 2),
            ("a suspension", suspensions, 3),
        ] {
            let least = if seeds < ENOUGH { 0 } else { seeds * in_a_hundred / 100 };
            assert!(times >= least, "{what} came up {times} times in {seeds} seeds, {least} are due: {self:?}");
        }
    }
}

#[test]
#[should_panic(expected = "a suspension came up 0 times in 100 seeds")]
fn trouble_that_never_comes_up_is_noticed() {
    Tally { resyncs: 99, busy: 999, deaths_after_a_commit: 99, suspensions: 0 }.expect_trouble(100);
}
