//! How much one socket may say: a generic cell rate algorithm over the injected clock.

use types::time::Timestamp;

/// Lets `burst` things through at once, and as many again spread over each further `window`.
///
/// It counts in microseconds: at a high rate there is less than a millisecond between two things.
#[derive(Debug, Clone)]
pub(super) struct Meter {
    window: i64,
    step: i64,
    /// When the meter would be empty again.
    empty_at: i64,
}

const MICROS: i64 = 1000;

impl Meter {
    /// A meter of `burst` things per `window_millis`.
    pub(super) fn new(burst: u32, window_millis: i64) -> Self {
        let window = window_millis.saturating_mul(MICROS);
        Self { window, step: window / i64::from(burst.max(1)), empty_at: 0 }
    }

    /// Takes one; or says how many milliseconds to wait.
    pub(super) fn take(&mut self, now: Timestamp) -> Result<(), i64> {
        let now = now.0.saturating_mul(MICROS);
        // A clock that was set back must not lock anybody out for longer than a window.
        self.empty_at = self.empty_at.clamp(now, now.saturating_add(self.window));
        let after = self.empty_at.saturating_add(self.step);
        let over = after.saturating_sub(now).saturating_sub(self.window);
        if over > 0 {
            return Err(over.saturating_add(MICROS - 1) / MICROS);
        }
        self.empty_at = after;
        Ok(())
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
