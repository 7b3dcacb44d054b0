//! Ids and randomness from injected sources.

use crate::clock::Clock;
use rand::{CryptoRng, SeedableRng, rngs::StdRng};
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// Makes ids and random bytes. Cheap to clone; clones share one generator.
#[derive(Clone)]
pub struct Ids {
    clock: Arc<dyn Clock>,
    generator: Arc<Mutex<Box<dyn CryptoRng + Send>>>,
    /// The time and the count of the last id that was made in order.
    last: Arc<Mutex<(u64, u16)>>,
}

impl Ids {
    /// Ids from this clock and this generator.
    pub fn new(clock: Arc<dyn Clock>, generator: impl CryptoRng + Send + 'static) -> Self {
        Self { clock, generator: Arc::new(Mutex::new(Box::new(generator))), last: Arc::default() }
    }

    /// Ids whose randomness comes from the operating system.
    pub fn from_os(clock: Arc<dyn Clock>) -> Self {
        Self::new(clock, StdRng::from_os_rng())
    }

    /// Ids that are the same for the same seed: for tests.
    pub fn from_seed(clock: Arc<dyn Clock>, seed: u64) -> Self {
        Self::new(clock, StdRng::seed_from_u64(seed))
    }

    /// A fresh UUID version 7.
    #[must_use]
    pub fn uuid(&self) -> Uuid {
        let millis = u64::try_from(self.clock.now().0).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }

    /// A fresh id of the wanted type: `ids.make(MessageId)`.
    pub fn make<T>(&self, wrap: impl FnOnce(Uuid) -> T) -> T {
        wrap(self.uuid())
    }

    /// A fresh id that is greater than all that this server has made in order before: for what is listed by time and then by id. In the
    /// place of twelve random bits it has a count within its millisecond (RFC 9562, 6.2, method 1).
    pub fn make_in_order<T>(&self, wrap: impl FnOnce(Uuid) -> T) -> T {
        let now = u64::try_from(self.clock.now().0).unwrap_or(0);
        let mut bytes: [u8; 10] = self.bytes();
        let (millis, count) = {
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            *last = match *last {
                (millis, _) if now > millis => (now, 0),
                (millis, count) if count < 0xfff => (millis, count.saturating_add(1)),
                (millis, _) => (millis.saturating_add(1), 0),
            };
            *last
        };
        let [high, low] = count.to_be_bytes();
        let [first, second, ..] = &mut bytes;
        (*first, *second) = (high, low);
        wrap(uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid())
    }

    /// Random bytes, fit for secrets.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        // A panic while the lock was held cannot leave a generator half-written.
        self.generator.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        bytes
    }

    /// A number from 0 to `bound - 1`, evenly spread.
    #[must_use]
    pub fn below(&self, bound: u32) -> u32 {
        // Of 64 random bits the remainder's bias is below 2^-32, which no caller can observe.
        let drawn = u64::from_be_bytes(self.bytes()) % u64::from(bound.max(1));
        u32::try_from(drawn).unwrap_or(0)
    }
}

impl std::fmt::Debug for Ids {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ids")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

    #[test]
    fn what_is_made_in_order_is_in_order_within_a_millisecond_and_beyond() {
        let ids = Ids::from_os(Arc::new(SystemClock));
        // More than a millisecond has places for.
        let made: Vec<Uuid> = (0..10_000).map(|_| ids.make_in_order(|id| id)).collect();
        assert!(made.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(made.iter().all(|id| id.get_version_num() == 7));
    }
}
