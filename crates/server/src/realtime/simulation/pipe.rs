//! A socket's wire inside the simulation: what has arrived, and a window of what may be on its way out.

use super::super::session::{Gone, Incoming, Outgoing, Reader, Writer};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

/// Frames that the network takes before the sender has to wait for the reader.
const WINDOW: usize = 4;

/// Both ends of a wire; clones are the same one.
#[derive(Clone, Default)]
pub(super) struct Pipe(Rc<RefCell<Ends>>);

#[derive(Default)]
struct Ends {
    arrived: VecDeque<Incoming>,
    leaving: VecDeque<Outgoing>,
    gone: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

impl Pipe {
    /// The server's ends.
    pub(super) fn server_side(&self) -> (PipeReader, PipeWriter) {
        (PipeReader(self.clone()), PipeWriter(self.clone()))
    }

    /// Something arrives at the server.
    pub(super) fn arrive(&self, incoming: Incoming) {
        let mut ends = self.0.borrow_mut();
        ends.arrived.push_back(incoming);
        if let Some(waker) = ends.reader.take() {
            waker.wake();
        }
    }

    /// The next thing arrives at the client.
    pub(super) fn take(&self) -> Option<Outgoing> {
        let mut ends = self.0.borrow_mut();
        let next = ends.leaving.pop_front();
        if let Some(waker) = ends.writer.take() {
            waker.wake();
        }
        next
    }

    pub(super) fn has_something_for_the_client(&self) -> bool {
        !self.0.borrow().leaving.is_empty()
    }

    /// Whether nothing more will come.
    pub(super) fn is_over(&self) -> bool {
        let ends = self.0.borrow();
        ends.gone && ends.leaving.is_empty()
    }

    /// The connection breaks, and the server notices. What is on its way to the client is lost or still gets there.
    pub(super) fn break_off(&self, lost: bool) {
        let mut ends = self.0.borrow_mut();
        ends.gone = true;
        ends.arrived.clear();
        if lost {
            ends.leaving.clear();
        }
        let wakers = [ends.reader.take(), ends.writer.take()];
        drop(ends);
        wakers.into_iter().flatten().for_each(Waker::wake);
    }
}

pub(super) struct PipeReader(Pipe);

impl Reader for PipeReader {
    async fn next(&mut self) -> Incoming {
        poll_fn(|cx| {
            let mut ends = self.0.0.borrow_mut();
            if let Some(incoming) = ends.arrived.pop_front() {
                return Poll::Ready(incoming);
            }
            if ends.gone {
                return Poll::Ready(Incoming::Gone);
            }
            ends.reader = Some(cx.waker().clone());
            Poll::Pending
        })
        .await
    }
}

/// The server hangs up by dropping its end; what it has sent before still arrives.
impl Drop for PipeReader {
    fn drop(&mut self) {
        self.0.0.borrow_mut().gone = true;
    }
}

pub(super) struct PipeWriter(Pipe);

impl Writer for PipeWriter {
    async fn send(&mut self, out: Outgoing) -> Result<(), Gone> {
        let mut out = Some(out);
        poll_fn(|cx| {
            let mut ends = self.0.0.borrow_mut();
            if ends.gone {
                return Poll::Ready(Err(Gone));
            }
            if ends.leaving.len() < WINDOW {
                ends.leaving.extend(out.take());
                return Poll::Ready(Ok(()));
            }
            ends.writer = Some(cx.waker().clone());
            Poll::Pending
        })
        .await
    }
}
