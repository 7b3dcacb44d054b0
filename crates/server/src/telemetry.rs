//! Logs: one line per request with its id, never a secret, a message's text or a query string.

use crate::config::{LogConfig, LogFormat};
use crate::error::ApiError;
use crate::extract;
use crate::state::AppState;
use actix_web::HttpRequest;
use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use std::io::{BufWriter, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use tracing::Instrument;
use tracing_appender::non_blocking::{ErrorCounter, NonBlocking, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;
use types::id::RequestId;

tokio::task_local! {
    /// The request that the running task serves, or that opened the socket it serves.
    static REQUEST_ID: RequestId;
}

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The id of the request being served, or of the one that opened the socket being served; elsewhere none.
#[must_use]
pub fn request_id() -> Option<RequestId> {
    REQUEST_ID.try_with(|id| *id).ok()
}

/// The same for a log line.
pub(crate) fn shown_id() -> Option<tracing::field::DisplayValue<RequestId>> {
    request_id().map(tracing::field::display)
}

/// Does something under an id. A socket gets no span of its own: ten thousand idle ones would each hold its fields in memory.
pub(crate) fn within<F: Future>(id: RequestId, work: F) -> impl Future<Output = F::Output> {
    REQUEST_ID.scope(id, work)
}

/// Lines that wait at most for whoever reads standard error: a burst of some seconds, and some megabytes.
const LINES_WAITING: usize = 10_000;

/// Writes what is logged. Dropping it writes what still waits, and waits a second at most for a reader who takes nothing.
#[must_use = "what still waits is written when this is dropped"]
pub struct Logging {
    dropped: ErrorCounter,
    told: AtomicUsize,
    _writes: WorkerGuard,
}

impl Logging {
    /// Logs how many lines have been dropped since this was asked last, if any.
    pub fn tell_dropped(&self) {
        let dropped = self.dropped.dropped_lines();
        let lines = dropped.saturating_sub(self.told.swap(dropped, Ordering::Relaxed));
        if lines > 0 {
            tracing::warn!(lines, "lines of this log were dropped: nobody took them from standard error in time");
        }
    }
}

/// The counter of the log that was started.
static DROPPED: OnceLock<ErrorCounter> = OnceLock::new();

/// Lines of the log that were dropped since it was started.
pub(crate) fn dropped_lines() -> u64 {
    DROPPED.get().map_or(0, |counter| u64::try_from(counter.dropped_lines()).unwrap_or(u64::MAX))
}

/// Starts logging. Later calls in the same process change nothing.
///
/// Lines are written by a thread of their own: a pipe that nobody reads would otherwise hold up every worker in the middle of
/// whatever it logs. What does not fit into the queue is dropped and counted.
pub fn start(config: &LogConfig) -> Logging {
    // Lines that come together are written together: the thread flushes when none waits.
    let (writer, guard) = non_blocking(BufWriter::new(std::io::stderr()));
    let logging = Logging { dropped: writer.error_counter(), told: AtomicUsize::new(0), _writes: guard };
    let filter = EnvFilter::builder().parse_lossy(&config.filter);
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
    let started = match config.format {
        LogFormat::Text => subscriber.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init(),
        LogFormat::Json => subscriber.json().flatten_event(true).try_init(),
    };
    if started.is_err() || DROPPED.set(logging.dropped.clone()).is_err() {
        tracing::debug!("logging had been started before");
    }
    logging
}

fn non_blocking(target: impl Write + Send + 'static) -> (NonBlocking, WorkerGuard) {
    NonBlockingBuilder::default().buffered_lines_limit(LINES_WAITING).lossy(true).thread_name("log").finish(target)
}

/// Middleware: names the request, serves it, logs and counts how it went.
///
/// # Errors
/// Those of the services inside.
pub async fn observe<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let Some(state) = request.app_data::<Data<AppState>>().cloned() else {
        return next.call(request).await;
    };
    let id = named_by_proxy(&state, request.request()).unwrap_or_else(|| state.ids.make(RequestId));
    let method = request.method().clone();
    let client = extract::client_ip(&state, request.request()).0;
    let in_flight = state.metrics.http.begin();
    let begun = Instant::now();
    // What is logged on the way carries the id as well.
    let span = tracing::info_span!("request", request.id = %id);
    let mut response = REQUEST_ID.scope(id, next.call(request).instrument(span)).await?;
    let took = begun.elapsed();
    drop(in_flight);
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(HEADER, value);
    }

    // The pattern and not the path: ids are noise and tickets are secrets.
    let route = response.request().match_pattern().unwrap_or_else(|| "-".to_owned());
    let status = response.status().as_u16();
    state.metrics.http.answered(&method, &route, status, took);
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    let bytes = match response.response().body().size() {
        BodySize::None => Some(0),
        BodySize::Sized(bytes) => Some(bytes),
        BodySize::Stream => None,
    };
    let error = response.response().error().and_then(|error| error.as_error::<ApiError>());
    let cause = error.and_then(ApiError::causes);
    match (status, cause) {
        (500.., cause) => tracing::error!(
            request.id = %id, client.address = %client, http.method = %method, http.route = route, http.status = status,
            http.bytes = bytes, duration.us = micros, error.cause = cause.as_deref().unwrap_or("-"), "request failed"
        ),
        (_, Some(cause)) => tracing::warn!(
            request.id = %id, client.address = %client, http.method = %method, http.route = route, http.status = status,
            http.bytes = bytes, duration.us = micros, error.cause = cause, "request refused"
        ),
        (_, None) => tracing::info!(
            request.id = %id, client.address = %client, http.method = %method, http.route = route, http.status = status,
            http.bytes = bytes, duration.us = micros, "request"
        ),
    }
    Ok(response)
}

/// The id that a proxy has given the request already. Only trusted ones are believed, and only a UUID, with or without
/// hyphens: anything else could be made to look like another request, or like another line of the log.
fn named_by_proxy(state: &AppState, request: &HttpRequest) -> Option<RequestId> {
    let peer = request.peer_addr()?.ip().to_canonical();
    if !state.config.trusted_proxies.iter().any(|network| network.contains(peer)) {
        return None;
    }
    request.headers().get(HEADER)?.to_str().ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Receiver, Sender, channel};

    /// Sends on every line that is written.
    struct Lines(Sender<String>);

    impl Write for Lines {
        fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
            let _heard = self.0.send(String::from_utf8_lossy(line).into_owned());
            Ok(line.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// A standard error that takes nothing until the other end is dropped.
    struct Stuck(Receiver<()>, Lines);

    impl Write for Stuck {
        fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
            let _let_go = self.0.recv();
            self.1.write(line)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_who_stops_holds_nobody_up_and_what_fits_is_written_at_the_end() {
        let (go, let_go) = channel();
        let (written, lines) = channel();
        let (mut writer, guard) = non_blocking(Stuck(let_go, Lines(written)));
        let counter = writer.error_counter();
        // One more than may wait is being written, or waits to be.
        for _ in 0..LINES_WAITING + 100 {
            writer.write_all(b"line\n").unwrap();
        }
        let dropped = counter.dropped_lines();
        assert!((99..=100).contains(&dropped), "{dropped}");
        drop(go);
        drop((writer, guard));
        assert_eq!(lines.iter().count(), LINES_WAITING + 100 - dropped);
    }

    #[test]
    fn lines_that_were_dropped_are_told_once() {
        let (go, let_go) = channel();
        let (mut writer, guard) = non_blocking(Stuck(let_go, Lines(channel().0)));
        let logging = Logging { dropped: writer.error_counter(), told: AtomicUsize::new(0), _writes: guard };
        let (sender, told) = channel();
        let subscriber = tracing_subscriber::fmt().with_writer(move || Lines(sender.clone())).finish();
        tracing::subscriber::with_default(subscriber, || {
            logging.tell_dropped();
            for _ in 0..LINES_WAITING + 100 {
                writer.write_all(b"line\n").unwrap();
            }
            logging.tell_dropped();
            logging.tell_dropped();
        });
        assert_eq!(told.try_iter().filter(|line| line.contains("were dropped")).count(), 1);
        drop(go);
    }
}
