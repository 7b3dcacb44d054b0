//! The bounded queue in front of one socket.
//!
//! **Invariants**: putting something in never waits. A queue that is full is emptied, and its reader is told once to fetch
//! what it missed, so a slow reader costs itself a fetch and nobody else anything. What is only passing takes no room from
//! what must arrive: it is left out first, and its loss is told to nobody.

use bytestring::ByteString;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use types::time::Timestamp;
use types::ws::CloseCode;

/// Frames that may wait for one socket.
pub(super) const QUEUE_MAX: usize = 64;
/// With so many waiting, what is only passing is left out: the reader is behind as it is.
const PASSING_MAX: usize = 16;

/// What a socket has to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    /// Send this frame.
    Frame(ByteString),
    /// Say that events were left out.
    Resync,
    /// Close, for good.
    Close(CloseCode),
}

/// A frame that waits.
#[derive(Debug)]
struct Waiting {
    frame: ByteString,
    passing: bool,
}

#[derive(Debug, Default)]
struct State {
    /// Events were dropped before everything in `frames`.
    resync: bool,
    frames: VecDeque<Waiting>,
    close: Option<CloseCode>,
}

/// The queue: many writers, one reader.
#[derive(Debug, Default)]
pub(super) struct SocketQueue {
    state: Mutex<State>,
    wake: Notify,
    /// When the other side was heard last, in Unix milliseconds.
    heard_at: AtomicI64,
}

impl SocketQueue {
    /// The other side has said something.
    pub(super) fn heard(&self, at: Timestamp) {
        self.heard_at.store(at.0, Ordering::Relaxed);
    }

    /// When it was heard last: whoever sleeps keeps a socket open for a while without saying anything.
    pub(super) fn heard_at(&self) -> Timestamp {
        Timestamp(self.heard_at.load(Ordering::Relaxed))
    }

    /// Adds a frame, or drops everything and leaves a resync.
    pub(super) fn push(&self, frame: ByteString) {
        let mut state = self.lock();
        if state.close.is_some() {
            return;
        }
        if state.frames.len() >= QUEUE_MAX {
            state.frames.retain(|waiting| !waiting.passing);
        }
        if state.frames.len() < QUEUE_MAX {
            state.frames.push_back(Waiting { frame, passing: false });
        } else {
            // The memory goes back as well: it may be long until this reader needs a full queue again.
            state.frames = VecDeque::new();
            state.resync = true;
        }
        drop(state);
        self.wake.notify_one();
    }

    /// Adds a frame that is only passing, if the reader is not behind.
    pub(super) fn offer(&self, frame: ByteString) {
        let mut state = self.lock();
        if state.close.is_some() || state.frames.len() >= PASSING_MAX {
            return;
        }
        state.frames.push_back(Waiting { frame, passing: true });
        drop(state);
        self.wake.notify_one();
    }

    /// Leaves a resync in place of what waits.
    pub(super) fn resync(&self) {
        let mut state = self.lock();
        state.frames.clear();
        state.resync = true;
        drop(state);
        self.wake.notify_one();
    }

    /// Ends the socket; what waits is not sent any more. The first reason stays.
    pub(super) fn close(&self, code: CloseCode) {
        let mut state = self.lock();
        state.close.get_or_insert(code);
        state.frames = VecDeque::new();
        drop(state);
        self.wake.notify_one();
    }

    /// Waits for the next thing to do. Dropping the future loses nothing.
    pub(super) async fn next(&self) -> Next {
        loop {
            if let Some(next) = self.take() {
                return next;
            }
            self.wake.notified().await;
        }
    }

    /// Waits until the socket has to close, whatever else waits.
    pub(super) async fn closed(&self) -> CloseCode {
        loop {
            if let Some(code) = self.lock().close {
                return code;
            }
            self.wake.notified().await;
        }
    }

    /// Frames that wait.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.lock().frames.len()
    }

    fn take(&self) -> Option<Next> {
        let mut state = self.lock();
        if let Some(code) = state.close {
            return Some(Next::Close(code));
        }
        if std::mem::take(&mut state.resync) {
            return Some(Next::Resync);
        }
        let Waiting { frame, .. } = state.frames.pop_front()?;
        if state.frames.is_empty() {
            // An idle socket holds no buffer.
            state.frames = VecDeque::new();
        }
        Some(Next::Frame(frame))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn frames_come_out_in_order() {
        let queue = SocketQueue::default();
        for n in 0..QUEUE_MAX {
            queue.push(n.to_string().into());
        }
        for n in 0..QUEUE_MAX {
            assert_eq!(queue.next().await, Next::Frame(n.to_string().into()));
        }
    }

    #[tokio::test]
    async fn a_full_queue_is_emptied_and_leaves_one_resync_before_what_comes_later() {
        let queue = SocketQueue::default();
        for n in 0..=QUEUE_MAX {
            queue.push(n.to_string().into());
        }
        for n in 0..=QUEUE_MAX {
            queue.push(format!("again {n}").into());
        }
        queue.push("later".into());
        assert_eq!(queue.next().await, Next::Resync);
        assert_eq!(queue.next().await, Next::Frame("later".into()));
    }

    #[tokio::test]
    async fn what_is_passing_keeps_its_place_and_takes_no_room_from_what_must_arrive() {
        let queue = SocketQueue::default();
        queue.push("first".into());
        for n in 0..QUEUE_MAX {
            queue.offer(format!("passing {n}").into());
        }
        assert_eq!(queue.len(), PASSING_MAX, "whoever is behind is not told everything");
        for n in 1..QUEUE_MAX {
            queue.push(n.to_string().into());
        }
        assert_eq!(queue.next().await, Next::Frame("first".into()));
        for n in 1..QUEUE_MAX {
            assert_eq!(queue.next().await, Next::Frame(n.to_string().into()), "and no resync");
        }
        queue.offer("now".into());
        queue.push("then".into());
        assert_eq!(queue.next().await, Next::Frame("now".into()));
        assert_eq!(queue.next().await, Next::Frame("then".into()));
    }

    #[tokio::test]
    async fn closing_overtakes_everything_and_is_final() {
        let queue = SocketQueue::default();
        queue.push("one".into());
        queue.close(CloseCode::Revoked);
        queue.close(CloseCode::GoingAway);
        queue.push("two".into());
        assert_eq!(queue.next().await, Next::Close(CloseCode::Revoked));
        assert_eq!(queue.next().await, Next::Close(CloseCode::Revoked));
        assert_eq!(queue.closed().await, CloseCode::Revoked);
    }

    #[tokio::test]
    async fn a_waiting_reader_wakes() {
        let queue = std::sync::Arc::new(SocketQueue::default());
        let reader = tokio::spawn({
            let queue = queue.clone();
            async move { queue.next().await }
        });
        tokio::task::yield_now().await;
        queue.push("hello".into());
        assert_eq!(reader.await.unwrap(), Next::Frame("hello".into()));
    }
}
