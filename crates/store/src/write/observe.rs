//! What the write path tells of itself: how long jobs waited, how many went into a commit, how long it took.

use std::time::Duration;

/// Hears of the writer's work. Called on the write path: an implementation counts and returns.
pub trait WriteObserver: Send + Sync + 'static {
    /// A job was refused, because the queue was full or the writer had stopped.
    fn refused(&self);

    /// A job was taken from the queue in which it had waited so long.
    fn waited(&self, wait: Duration);

    /// So many jobs were committed together: `whole` from the beginning of their transaction to the end of its commit,
    /// which itself took `commit`.
    fn committed(&self, jobs: usize, whole: Duration, commit: Duration);

    /// So many jobs were not stored, because their transaction failed.
    fn failed(&self, jobs: usize);
}

/// Nobody listens.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unobserved;

impl WriteObserver for Unobserved {
    fn refused(&self) {}

    fn waited(&self, _: Duration) {}

    fn committed(&self, _: usize, _: Duration, _: Duration) {}

    fn failed(&self, _: usize) {}
}
