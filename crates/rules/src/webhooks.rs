//! When a delivery to a webhook is tried again, and when a webhook is paused.

use types::time::Timestamp;

/// Seconds until the next attempt, after so many: a day and a moment in all.
const WAITS: [i64; 10] = [5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 30_000];
/// A webhook is paused whose attempts have all failed for so long.
const PATIENCE_MILLIS: i64 = 24 * 3_600 * 1_000;
/// The most that chance adds to a wait, in percent.
const JITTER_PERCENT: i64 = 10;
/// So many values [`wait_millis`] takes for chance.
pub const CHANCES: u32 = 1_000;

/// Milliseconds until the next attempt after this one has failed, the first being 1; `None` when there is none. `chance`, evenly spread
/// below [`CHANCES`], keeps what failed together from coming back together.
#[must_use]
pub fn wait_millis(attempt: i64, chance: u32) -> Option<i64> {
    let index = usize::try_from(attempt.saturating_sub(1)).ok()?;
    let wait = WAITS.get(index)?.saturating_mul(1_000);
    let part = i64::from(chance.min(CHANCES)).saturating_mul(JITTER_PERCENT);
    let added = wait.saturating_mul(part).div_euclid(i64::from(CHANCES).saturating_mul(100));
    Some(wait.saturating_add(added))
}

/// A webhook that has failed since this time, or longer, is to be paused.
#[must_use]
pub fn hopeless_since(now: Timestamp) -> Timestamp {
    now.plus_millis(PATIENCE_MILLIS.saturating_neg())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_fails_is_tried_for_a_day_and_pauses_its_webhook_with_the_last_attempt() {
        let began = Timestamp(1_795_334_400_000);
        let (mut now, mut attempts) = (began, 1);
        while let Some(wait) = wait_millis(attempts, 0) {
            assert!(began > hopeless_since(now), "after {attempts} attempts it may still come back");
            now = now.plus_millis(wait);
            attempts += 1;
        }
        assert_eq!(attempts, 11);
        assert!(began <= hopeless_since(now));
        assert!(now.millis_since(began) < 25 * 3_600 * 1_000);
    }

    proptest! {
        #[test]
        fn chance_adds_a_tenth_at_most_and_never_takes_any(attempt in 1_i64..=10, chance in 0..CHANCES) {
            let least = wait_millis(attempt, 0).unwrap();
            let wait = wait_millis(attempt, chance).unwrap();
            prop_assert!(wait >= least && wait <= least + least / 10);
        }

        #[test]
        fn no_number_panics(attempt in any::<i64>(), chance in any::<u32>()) {
            prop_assert_eq!(wait_millis(attempt, chance).is_some(), (1..=10).contains(&attempt));
        }
    }
}
