//! The runtime's own clock as a [`Clock`], so that unit tests run on paused time.

use crate::clock::Clock;
use std::future::Future;
use std::pin::Pin;
use tokio::time::Instant;
use types::time::Timestamp;

pub(super) struct TokioClock(Instant);

impl TokioClock {
    pub(super) fn new() -> Self {
        Self(Instant::now())
    }
}

impl Clock for TokioClock {
    fn now(&self) -> Timestamp {
        Timestamp(1_800_000_000_000).plus_millis(i64::try_from(self.0.elapsed().as_millis()).unwrap())
    }

    fn sleep_until(&self, at: Timestamp) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let millis = u64::try_from(at.millis_since(self.now())).unwrap_or(0);
        Box::pin(tokio::time::sleep(std::time::Duration::from_millis(millis)))
    }
}
