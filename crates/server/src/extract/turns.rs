//! The order in which the arguments of a handler come to an answer.
//!
//! They are extracted at the same time, and the first that fails is the answer. A body may take its time, on purpose too, and
//! whoever looked up at its beginning what the caller may do would act on what was true half a minute ago: the caller is looked
//! up when the body has come. And who may not do a thing at all is told that, and not what is wrong with their body: a bad body
//! is told when the caller has been looked up.
//!
//! All arguments have begun before the first is waited for, so the order in which a handler names them does not matter.

use actix_web::{HttpMessage, HttpRequest};
use futures_util::FutureExt;
use futures_util::future::Shared;
use tokio::sync::oneshot;

/// Lasts until one argument has come to its end, good or bad.
pub(crate) struct UntilDropped {
    _told: oneshot::Sender<()>,
}

type End = Shared<oneshot::Receiver<()>>;

struct Body(End);
struct Caller(End);

/// To be dropped when the body has come to an end.
pub(crate) fn body_comes(request: &HttpRequest) -> UntilDropped {
    begin(request, Body)
}

/// To be dropped when the caller is known, or known to be nobody.
pub(crate) fn caller_is_looked_up(request: &HttpRequest) -> UntilDropped {
    begin(request, Caller)
}

fn begin<K: 'static>(request: &HttpRequest, kind: impl FnOnce(End) -> K) -> UntilDropped {
    let (told, end) = oneshot::channel();
    request.extensions_mut().insert(kind(end.shared()));
    UntilDropped { _told: told }
}

/// Another argument's turn; over at once where the handler has no such argument.
pub(crate) struct Turn {
    request: HttpRequest,
    end: fn(&HttpRequest) -> Option<End>,
}

impl Turn {
    /// The body's.
    pub(crate) fn of_body(request: &HttpRequest) -> Self {
        Self { request: request.clone(), end: |request| Some(request.extensions().get::<Body>()?.0.clone()) }
    }

    /// That of whatever says who calls.
    pub(crate) fn of_caller(request: &HttpRequest) -> Self {
        Self { request: request.clone(), end: |request| Some(request.extensions().get::<Caller>()?.0.clone()) }
    }

    /// Waits until it is over. To be called when every argument has begun.
    pub(crate) async fn over(self) {
        let end = (self.end)(&self.request);
        drop(self);
        if let Some(end) = end {
            // Told or dropped is the same: nothing more is waited for.
            let _told = end.await;
        }
    }
}
