//! Connections that are laid aside between questions.

use sea_orm::sqlx::{Database, Pool};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Idle for longer than this, a connection over a network may be forgotten by whatever stands in between (firewalls, load
/// balancers), without a word; whoever asks on it would wait for nothing. Below what any of them is known to allow.
pub(crate) const IDLE: Duration = Duration::from_secs(60);

/// Connections laid aside, the last one first.
#[derive(Debug)]
pub(crate) struct Kept<T> {
    inner: Mutex<Inner<T>>,
    /// After how long one is not to be trusted, and what to do with it then.
    retire: Option<(Duration, fn(T))>,
}

#[derive(Debug)]
struct Inner<T> {
    connections: Vec<(T, Instant)>,
    closed: bool,
}

impl<T> Kept<T> {
    /// Keeps them however long they are idle.
    pub(crate) fn forever() -> Self {
        Self { inner: Mutex::new(Inner { connections: Vec::new(), closed: false }), retire: None }
    }

    /// Gives up those that were idle for longer than that.
    pub(crate) fn retiring(after: Duration, retire: fn(T)) -> Self {
        Self { retire: Some((after, retire)), ..Self::forever() }
    }

    /// The one that was laid aside last.
    pub(crate) fn take(&self) -> Option<T> {
        let (connection, since) = self.inner().connections.pop()?;
        match self.retire {
            Some((after, retire)) if since.elapsed() > after => {
                // The others have been idle for even longer.
                self.give_up();
                retire(connection);
                None
            }
            _ => Some(connection),
        }
    }

    /// Gives up all of them.
    pub(crate) fn give_up(&self) {
        let all = std::mem::take(&mut self.inner().connections);
        match self.retire {
            Some((_, retire)) => all.into_iter().for_each(|(connection, _)| retire(connection)),
            None => drop(all),
        }
    }

    /// Lays one aside; after [`close`](Self::close) it is dropped instead.
    pub(crate) fn keep(&self, connection: T) {
        let mut inner = self.inner();
        if !inner.closed {
            inner.connections.push((connection, Instant::now()));
        }
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.inner().connections.len()
    }

    /// Drops them all.
    pub(crate) fn clear(&self) {
        let dropped = std::mem::take(&mut self.inner().connections);
        drop(dropped);
    }

    /// Drops them all, and whatever is laid aside from now on: a question that ends after this does not keep its connection.
    pub(crate) fn close(&self) {
        self.inner().closed = true;
        self.clear();
    }

    fn inner(&self) -> MutexGuard<'_, Inner<T>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gives up every connection that a pool has idle. A network that has gone silent is silent for all of them, and the pool, who
/// asks each whether it lives before handing it out, would wait for the answer.
pub(crate) fn give_up_idle<DB: Database>(pool: &Pool<DB>) {
    while let Some(idle) = pool.try_acquire() {
        drop(idle.detach());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn the_last_one_comes_back_first_and_none_after_closing() {
        let (kept, connection) = (Kept::forever(), Arc::new(1));
        kept.keep(Arc::new(0));
        kept.keep(Arc::clone(&connection));
        assert_eq!((kept.len(), kept.take()), (2, Some(Arc::clone(&connection))));
        kept.close();
        assert_eq!(kept.take(), None);
        kept.keep(Arc::clone(&connection));
        assert_eq!((kept.len(), Arc::strong_count(&connection)), (0, 1), "a late one is dropped");
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_idle_for_too_long_is_given_up_with_all_that_were_idle_for_longer() {
        static RETIRED: Mutex<Vec<u32>> = Mutex::new(Vec::new());
        let kept = Kept::retiring(IDLE, |number| RETIRED.lock().unwrap().push(number));
        kept.keep(1);
        kept.keep(2);
        tokio::time::advance(IDLE).await;
        assert_eq!(kept.take(), Some(2), "not for longer");
        kept.keep(2);
        kept.keep(3);
        tokio::time::advance(IDLE * 2).await;
        assert_eq!(kept.take(), None);
        assert_eq!(*RETIRED.lock().unwrap(), [1, 2, 3]);
    }
}
