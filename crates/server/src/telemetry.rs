//! Logs: one line per request with its id, never a secret, a message's text or a query string.

use crate::config::{LogConfig, LogFormat};
use crate::error::ApiError;
use crate::state::AppState;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use tracing_subscriber::EnvFilter;
use types::id::RequestId;

tokio::task_local! {
    /// The request that the running task serves.
    static REQUEST_ID: RequestId;
}

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The id of the request being served, outside of requests none.
#[must_use]
pub fn request_id() -> Option<RequestId> {
    REQUEST_ID.try_with(|id| *id).ok()
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

/// Middleware: names the request, serves it, logs how it went.
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
    let id = state.ids.make(RequestId);
    let method = request.method().clone();
    let begun = state.clock.now();
    let mut response = REQUEST_ID.scope(id, next.call(request)).await?;
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(HEADER, value);
    }

    // The pattern and not the path: ids are noise and tickets are secrets.
    let route = response.request().match_pattern().unwrap_or_else(|| "-".to_owned());
    let status = response.status().as_u16();
    let millis = state.clock.now().millis_since(begun);
    let error = response.response().error().and_then(|error| error.as_error::<ApiError>());
    let cause = error.and_then(ApiError::causes);
    match (status, cause) {
        (500.., cause) => tracing::error!(
            request.id = %id, http.method = %method, http.route = route, http.status = status, duration.ms = millis,
            error.cause = cause.as_deref().unwrap_or("-"), "request failed"
        ),
        (_, Some(cause)) => tracing::warn!(
            request.id = %id, http.method = %method, http.route = route, http.status = status, duration.ms = millis,
            error.cause = cause, "request refused"
        ),
        (_, None) => tracing::info!(
            request.id = %id, http.method = %method, http.route = route, http.status = status, duration.ms = millis,
            "request"
        ),
    }
    Ok(response)
}
