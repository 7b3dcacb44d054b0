//! `Idempotency-Key`: a request that creates something may be repeated, and creates it once.
//!
//! **Invariants**: a row for the key is stored before the request is answered, and its primary key lets one of two in; what was created
//! is kept as it was answered before anybody is told, so that every repetition within a day gets the same, after a restart and from
//! another server too. A request that created nothing leaves its key free. Where nobody knows (the server died, the database was
//! away), the key says so and is not used again.
//!
//! Whoever asks and goes away does not stop what was begun: going away is why one repeats.

use crate::auth::actor::Shown;
use crate::error::{ApiError, ApiResult};
use crate::extract;
use crate::metrics::Task;
use crate::openapi::Routes;
use crate::state::AppState;
use crate::telemetry;
use actix_web::body::{BoxBody, EitherBody, MessageBody, to_bytes};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpMessage, HttpResponse, ResponseError};
use futures_util::future::{BoxFuture, ready};
use futures_util::stream;
use store::OrgScope;
use store::idempotency::{self, Begun, Keyed};
use tracing::Instrument;
use types::error::{ErrorCode, Problem};
use types::limits::IDEMPOTENCY_KEY_MAX;

/// The header that names the key.
pub const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// The header that says that an answer is the first one's.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// Seconds between two looks for answers that are too old.
const SWEEP_SECONDS: i64 = 3600;

/// Middleware: answers a request with a key once, and its repetitions with the same.
///
/// # Errors
/// Those of the services inside.
pub async fn answer_once<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, actix_web::Error> {
    let state = request.app_data::<Data<AppState>>().cloned().filter(|_| takes_key(&request));
    let (Some(state), Some(key)) = (state, request.headers().get(KEY).cloned()) else {
        return Ok(next.call(request).await?.map_into_left_body());
    };
    // Whoever is nobody is told that where everybody is.
    let Ok(shown) = Shown::of(&state, request.request()) else {
        return Ok(next.call(request).await?.map_into_left_body());
    };
    let response = match begin(&state, &shown, &key, &mut request).await {
        Err(error) => refuse(request, &error),
        Ok((_, _, Begun::Answered(status, body))) => replay(request, status, body),
        Ok((_, _, Begun::InProgress)) => refuse(request, &in_progress()),
        Ok((_, _, Begun::Another)) => refuse(request, &reused()),
        Ok((scope, keyed, Begun::First)) => {
            let answering = answer(state, scope, keyed, request, next).in_current_span();
            let answering = match telemetry::request_id() {
                Some(id) => actix_web::rt::spawn(telemetry::within(id, answering)),
                None => actix_web::rt::spawn(answering),
            };
            answering.await.map_err(ApiError::internal)??
        }
    };
    Ok(response.map_into_right_body())
}

fn takes_key(request: &ServiceRequest) -> bool {
    let routes = request.app_data::<Data<Routes>>();
    *request.method() == Method::POST
        && routes.is_some_and(|routes| {
            let route = routes.of(&Method::POST, extract::path_of(request.request()));
            route.is_some_and(|route| route.takes_key)
        })
}

/// Reads the request, and finds out who asks and whether for the first time.
async fn begin(
    state: &Data<AppState>,
    shown: &Shown,
    key: &HeaderValue,
    request: &mut ServiceRequest,
) -> ApiResult<(OrgScope, Keyed, Begun)> {
    let payload = request.take_payload();
    let body = extract::read_in_time(state, payload).await;
    // Who may not do it is told that, whatever they have said.
    let (identity, token) = shown.identify(state).await?;
    let body = body?.freeze();
    let key = key.to_str().ok().map(str::trim).filter(|key| (1..=IDEMPOTENCY_KEY_MAX).contains(&key.len()));
    let malformed = || {
        let detail = format!("Idempotency-Key: expected 1 to {IDEMPOTENCY_KEY_MAX} visible characters");
        ApiError::new(ErrorCode::MalformedRequest, detail)
    };
    let key = key.ok_or_else(malformed)?;
    // Keyed hashes: a body may hold a password, and a fast hash of one could be searched.
    let hash = |parts: &[&[u8]]| hex::encode(state.keys.idempotency.sign(&parts.join(&0)));
    let keyed = Keyed {
        caller_id: token.map_or(identity.agent_id.0, |token| token.id.0),
        key_hash: hash(&[b"key", key.as_bytes()]),
        request_hash: hash(&[b"request", extract::path_of(request.request()).as_bytes(), &body]),
    };
    request.set_payload(Payload::from(as_stream(body)));
    let (scope, at, wanted) = (OrgScope::new(identity.org_id), state.clock.now(), keyed.clone());
    let begun =
        state.write(move |tx| Box::pin(async move { Ok(idempotency::begin(tx.conn(), scope, &wanted, at).await?) }));
    Ok((scope, keyed, begun.await?))
}

type BodyStream = std::pin::Pin<Box<dyn futures_util::Stream<Item = Result<Bytes, actix_web::error::PayloadError>>>>;

fn as_stream(body: Bytes) -> BodyStream {
    Box::pin(stream::once(ready(Ok(body))))
}

/// Answers the first request with its key, and keeps what was answered.
async fn answer<B: MessageBody + 'static>(
    state: Data<AppState>,
    scope: OrgScope,
    keyed: Keyed,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let (request, response) = next.call(request).await?.into_parts();
    let (response, body) = response.into_parts();
    let body = to_bytes(body).await.map_err(|error| ApiError::internal(error.into().to_string()))?;
    if let Err(error) = keep(&state, scope, keyed, response.status(), &body).await {
        // Its key says that nobody knows.
        tracing::warn!(%error, error.cause = error.causes(), "an answer could not be kept for its repetitions");
    }
    Ok(ServiceResponse::new(request, response.set_body(BoxBody::new(body))))
}

async fn keep(state: &AppState, scope: OrgScope, keyed: Keyed, status: StatusCode, body: &Bytes) -> ApiResult<()> {
    let code = || serde_json::from_slice::<Problem>(body).ok().map(|problem| problem.code);
    if status.is_success() {
        let (status, body) = (status.as_u16(), String::from_utf8_lossy(body).into_owned());
        let keep = state.write(move |tx| {
            Box::pin(async move { Ok(idempotency::answer(tx.conn(), scope, &keyed, status, body).await?) })
        });
        keep.await
    } else if status.is_client_error() || code() == Some(ErrorCode::Busy) {
        let release =
            state.write(move |tx| Box::pin(async move { Ok(idempotency::release(tx.conn(), scope, &keyed).await?) }));
        release.await
    } else {
        Ok(())
    }
}

fn replay(request: ServiceRequest, status: u16, body: String) -> ServiceResponse<BoxBody> {
    let mut response = HttpResponse::build(StatusCode::from_u16(status).unwrap_or(StatusCode::OK));
    response.insert_header((header::CONTENT_TYPE, "application/json"));
    response.insert_header((REPLAYED, HeaderValue::from_static("true")));
    request.into_response(response.body(body))
}

fn refuse(request: ServiceRequest, error: &ApiError) -> ServiceResponse<BoxBody> {
    request.into_response(error.error_response())
}

fn in_progress() -> ApiError {
    let detail = "The first request with this Idempotency-Key is not answered yet. Should it stay so for a minute, its outcome is not \
                  known: look whether what it creates is there, and use another key";
    ApiError::new(ErrorCode::IdempotencyInProgress, detail)
}

fn reused() -> ApiError {
    let detail = "The Idempotency-Key was used for another request within a day";
    ApiError::new(ErrorCode::IdempotencyKeyReused, detail)
}

/// Forgets, for as long as the server runs, answers that are older than a day.
pub fn forget_old_answers(state: AppState) -> BoxFuture<'static, ()> {
    // The first wait begins here, and not when the task is first run.
    let mut next = state.clock.sleep_until(state.clock.now().plus_seconds(SWEEP_SECONDS));
    Box::pin(async move {
        loop {
            next.await;
            let swept = sweep(&state).await;
            state.metrics.tasks.ran(Task::OldAnswers, swept.is_ok(), state.clock.now());
            if let Err(error) = swept {
                tracing::warn!(%error, error.cause = error.causes(), "old answers could not be forgotten; it is tried again");
            }
            next = state.clock.sleep_until(state.clock.now().plus_seconds(SWEEP_SECONDS));
        }
    })
}

async fn sweep(state: &AppState) -> ApiResult<()> {
    let now = state.clock.now();
    for org_id in idempotency::overdue(state.db.reader(), now).await? {
        let scope = OrgScope::new(org_id);
        let forget =
            state.write(move |tx| Box::pin(async move { Ok(idempotency::forget(tx.conn(), scope, now).await?) }));
        forget.await?;
    }
    Ok(())
}
