//! How long to wait before something is asked or said again over a connection that works.

use types::time::Timestamp;

/// How long to leave something alone after it could not be fetched for the first time.
const FETCH_FIRST_MILLIS: i64 = 3_000;
/// After how long without a confirmation a read mark is said again for the first time.
const MARK_FIRST_MILLIS: i64 = 10_000;
/// The longest wait of either.
const MOST_MILLIS: i64 = 60_000;

/// Doubles the first wait with every time before.
fn wait(first_millis: i64, times_before: u32) -> i64 {
    first_millis.saturating_mul(2_i64.saturating_pow(times_before.min(16))).min(MOST_MILLIS)
}

/// Something could not be fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Setback {
    times: u32,
    until: Timestamp,
}

impl Setback {
    /// It failed, perhaps not for the first time.
    pub(super) fn after(before: Option<Self>, now: Timestamp) -> Self {
        let times = before.map_or(0, |setback| setback.times);
        Self { times: times.saturating_add(1), until: now.plus_millis(wait(FETCH_FIRST_MILLIS, times)) }
    }

    /// When to ask again.
    pub(super) fn until(self) -> Timestamp {
        self.until
    }
}

/// A read mark that was said and not confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    seq: i64,
    said_at: Timestamp,
    repeats: u32,
}

impl Mark {
    /// A mark at this `seq`, said just now.
    pub(super) fn new(seq: i64, now: Timestamp) -> Self {
        Self { seq, said_at: now, repeats: 0 }
    }

    /// Up to where the agent has read.
    pub(super) fn seq(self) -> i64 {
        self.seq
    }

    /// When to say it again.
    pub(super) fn again_at(self) -> Timestamp {
        self.said_at.plus_millis(wait(MARK_FIRST_MILLIS, self.repeats))
    }

    /// It is said again; returns its `seq`.
    pub(super) fn repeat(&mut self, now: Timestamp) -> i64 {
        self.said_at = now;
        self.repeats = self.repeats.saturating_add(1);
        self.seq
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_again_and_again_is_asked_for_ever_more_seldom() {
        let mut setback = None;
        let waits: Vec<i64> = (0..6)
            .map(|_| {
                let next = Setback::after(setback, Timestamp(0));
                setback = Some(next);
                next.until().0
            })
            .collect();
        assert_eq!(waits, [3_000, 6_000, 12_000, 24_000, 48_000, 60_000]);
    }

    #[test]
    fn an_unconfirmed_mark_is_said_again_ever_more_seldom() {
        let mut mark = Mark::new(5, Timestamp(0));
        let mut times = Vec::new();
        for _ in 0..5 {
            let at = mark.again_at();
            times.push(at.0);
            assert_eq!(mark.repeat(at), 5);
        }
        assert_eq!(times, [10_000, 30_000, 70_000, 130_000, 190_000]);
    }
}
