//! How long to wait before connecting again.

use types::time::Timestamp;

const FIRST_MILLIS: i64 = 500;
const MOST_MILLIS: i64 = 30_000;

/// Exponential back-off with full jitter: many clients that lost the same server do not come back in step.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    pub(super) fn reset(&mut self) {
        self.failures = 0;
    }

    pub(super) fn failures(&self) -> u32 {
        self.failures
    }

    /// When to try again. `jitter` is random over the whole range of its type.
    pub(super) fn next(&mut self, now: Timestamp, jitter: u16) -> Timestamp {
        let ceiling = FIRST_MILLIS.saturating_mul(2_i64.saturating_pow(self.failures.min(16))).min(MOST_MILLIS);
        self.failures = self.failures.saturating_add(1);
        now.plus_millis(ceiling.saturating_mul(i64::from(jitter)) / i64::from(u16::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_doubles_up_to_half_a_minute_and_spreads_over_the_whole_range() {
        let mut backoff = Backoff::default();
        let waits: Vec<i64> = (0..8).map(|_| backoff.next(Timestamp(0), u16::MAX).0).collect();
        assert_eq!(waits, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
        assert_eq!(backoff.next(Timestamp(7), 0), Timestamp(7));
        assert_eq!(backoff.next(Timestamp(0), u16::MAX / 2).0 / 1_000, 14);
    }
}
