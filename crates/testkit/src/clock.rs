//! A clock that moves only when a test moves it.

use server::clock::Clock;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::watch;
use types::time::Timestamp;

/// A clock that stands still until it is moved. Clones are the same clock.
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<watch::Sender<i64>>);

impl ManualClock {
    /// Where every test begins: 2026-11-22T08:00:00Z.
    pub const BEGIN: Timestamp = Timestamp(1_795_334_400_000);

    /// Moves on by so many milliseconds and wakes whoever waited for a moment within.
    pub fn advance(&self, millis: i64) {
        self.0.send_modify(|now| *now = now.saturating_add(millis));
    }

    /// How many waits for a moment are under way: a test can tell that a wait has begun before it moves the clock.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.0.receiver_count()
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Self::BEGIN.0)))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(*self.0.borrow())
    }

    fn sleep_until(&self, at: Timestamp) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let mut moved = self.0.subscribe();
        Box::pin(async move {
            // The sender lives as long as the clock; without a clock nothing is ever due again.
            if moved.wait_for(|now| *now >= at.0).await.is_err() {
                std::future::pending::<()>().await;
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_wait_ends_when_its_moment_has_come() {
        let clock = ManualClock::default();
        let mut wait = clock.sleep_until(ManualClock::BEGIN.plus_seconds(2));
        clock.advance(1999);
        assert!(futures_util::poll!(&mut wait).is_pending());
        clock.advance(1);
        wait.await;
    }
}
