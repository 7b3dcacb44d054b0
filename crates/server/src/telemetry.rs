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
use std::time::Instant;
use tracing::Instrument;
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

/// Starts logging. Later calls in the same process change nothing.
pub fn start(config: &LogConfig) {
    let filter = EnvFilter::builder().parse_lossy(&config.filter);
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match config.format {
        LogFormat::Text => subscriber.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init(),
        LogFormat::Json => subscriber.json().flatten_event(true).try_init(),
    };
    if started.is_err() {
        tracing::debug!("logging had been started before");
    }
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
