//! Futures that are polled by hand: nothing of the server moves unless the simulation says so.

use futures_util::future::{LocalBoxFuture, poll_fn};
use futures_util::task::AtomicWaker;
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// A future, and the bell that rings when it could get on.
pub(super) struct Task {
    future: LocalBoxFuture<'static, ()>,
    bell: Arc<Bell>,
}

struct Bell {
    rung: AtomicBool,
    /// Whoever drives the task: a database answers from a thread of its own.
    driver: AtomicWaker,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.rung.store(true, Ordering::Release);
        self.driver.wake();
    }
}

impl Task {
    pub(super) fn new(future: LocalBoxFuture<'static, ()>) -> Self {
        Self { future, bell: Arc::new(Bell { rung: AtomicBool::new(true), driver: AtomicWaker::new() }) }
    }

    pub(super) fn is_rung(&self) -> bool {
        self.bell.rung.load(Ordering::Acquire)
    }

    /// Lets it get on as far as it can. Whether it has finished.
    pub(super) fn poll(&mut self) -> bool {
        self.bell.rung.store(false, Ordering::Release);
        let waker = Waker::from(Arc::clone(&self.bell));
        self.future.as_mut().poll(&mut Context::from_waker(&waker)).is_ready()
    }

    /// Lets it get on, waiting for the database where it does, until it has finished or got as far as this. Nothing else moves
    /// meanwhile, which is what makes the order of everything the simulation's.
    pub(super) async fn drive(&mut self, mut reached: impl FnMut() -> bool) -> bool {
        poll_fn(|cx| {
            loop {
                self.bell.driver.register(cx.waker());
                if !self.is_rung() {
                    return Poll::Pending;
                }
                if self.poll() {
                    return Poll::Ready(true);
                }
                if reached() {
                    return Poll::Ready(false);
                }
            }
        })
        .await
    }
}

/// A place where a task stops until it is let through.
#[derive(Default)]
pub(super) struct Gate {
    waiting: Cell<bool>,
    open: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Gate {
    /// Stops here.
    pub(super) async fn stop(&self) {
        self.waiting.set(true);
        poll_fn(|cx| {
            if self.open.replace(false) {
                return Poll::Ready(());
            }
            *self.waker.borrow_mut() = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
        self.waiting.set(false);
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.waiting.get() && !self.open.get()
    }

    pub(super) fn open(&self) {
        self.open.set(true);
        if let Some(waker) = self.waker.borrow_mut().take() {
            waker.wake();
        }
    }
}
