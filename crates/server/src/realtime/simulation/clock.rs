//! A clock that stands still until the simulation moves it, and knows for what it is waited.

use crate::clock::Clock;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};
use types::time::Timestamp;

#[derive(Clone)]
pub(super) struct SimulatedClock(Arc<Mutex<Time>>);

struct Time {
    now: Timestamp,
    /// Those who wait, by their moment and then in the order in which they came.
    waits: BTreeMap<(Timestamp, u64), Option<Waker>>,
    count: u64,
}

impl SimulatedClock {
    pub(super) fn starting_at(now: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(Time { now, waits: BTreeMap::new(), count: 0 })))
    }

    /// The next moment for which the server waits. One that has come already, and that nobody has looked at since, is none: a socket
    /// that waits for its frame to leave does not look whether it was silent for too long.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        let time = self.time();
        time.waits.keys().map(|(at, _)| *at).find(|at| *at > time.now)
    }

    /// Moves on and wakes those whose moment has come, in its order.
    pub(super) fn advance_to(&self, to: Timestamp) {
        let mut time = self.time();
        time.now = time.now.max(to);
        let now = time.now;
        let due = time.waits.range_mut(..=(now, u64::MAX)).filter_map(|(_, waker)| waker.take());
        let due: Vec<Waker> = due.collect();
        drop(time);
        due.into_iter().for_each(Waker::wake);
    }

    fn time(&self) -> MutexGuard<'_, Time> {
        self.0.lock().unwrap()
    }
}

impl Clock for SimulatedClock {
    fn now(&self) -> Timestamp {
        self.time().now
    }

    fn sleep_until(&self, at: Timestamp) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let mut time = self.time();
        time.count += 1;
        let place = (at, time.count);
        time.waits.insert(place, None);
        drop(time);
        Box::pin(Wait { clock: self.clone(), place })
    }
}

struct Wait {
    clock: SimulatedClock,
    place: (Timestamp, u64),
}

impl Future for Wait {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut time = self.clock.time();
        if time.now >= self.place.0 {
            return Poll::Ready(());
        }
        time.waits.insert(self.place, Some(cx.waker().clone()));
        Poll::Pending
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.clock.time().waits.remove(&self.place);
    }
}
