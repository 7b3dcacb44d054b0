//! How much one socket may say.

use crate::limits::Allowance;
use types::time::Timestamp;

/// Lets `burst` things through at once, and as many again spread over each further `window`.
#[derive(Debug, Clone)]
pub(super) struct Meter {
    allowance: Allowance,
    whole_at: i64,
}

impl Meter {
    /// A meter of `burst` things per `window_millis`.
    pub(super) fn new(burst: u32, window_millis: i64) -> Self {
        Self { allowance: Allowance::new(burst, window_millis), whole_at: 0 }
    }

    /// Takes one; or says how many milliseconds to wait.
    pub(super) fn take(&mut self, now: Timestamp) -> Result<(), i64> {
        self.allowance.take(&mut self.whole_at, now).refused_for.map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_then_the_rate_holds() {
        let mut meter = Meter::new(20, 10_000);
        let start = Timestamp(1_000_000);
        for _ in 0..20 {
            assert_eq!(meter.take(start), Ok(()));
        }
        assert_eq!(meter.take(start), Err(500));
        assert_eq!(meter.take(start.plus_millis(499)), Err(1));
        assert_eq!(meter.take(start.plus_millis(500)), Ok(()));
        assert_eq!(meter.take(start.plus_millis(500)), Err(500));
        let later = start.plus_millis(20_000);
        assert!((0..20).all(|_| meter.take(later).is_ok()));
        assert!(meter.take(later).is_err());
    }

    #[test]
    fn a_clock_that_goes_back_locks_nobody_out() {
        let mut meter = Meter::new(2, 1000);
        assert_eq!(meter.take(Timestamp(5_000_000)), Ok(()));
        assert_eq!(meter.take(Timestamp(5_000_000)), Ok(()));
        let wait = meter.take(Timestamp(1_000_000)).unwrap_err();
        assert!(wait <= 500, "{wait}");
        assert_eq!(meter.take(Timestamp(1_000_000 + wait)), Ok(()));
    }
}
