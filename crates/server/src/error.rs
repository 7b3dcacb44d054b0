//! The one error that leaves the server: problem+json (RFC 9457).

use crate::telemetry;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use std::error::Error;
use std::fmt;
use store::StoreError;
use types::api_tokens::Scope;
use types::error::{ErrorCode, FieldCode, FieldError, Problem};
use types::validate::Fault;

/// What went wrong with a request: what the caller is told, and what only the log is told.
#[derive(Debug)]
pub struct ApiError {
    problem: Box<Problem>,
    /// The scope that an API token has not got.
    scope: Option<Scope>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// What every fallible step of a request answers.
pub type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    /// An error of this code.
    #[must_use]
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Problem::new(code, detail).into()
    }

    /// 500. The caller learns nothing but the request id, the log has the cause.
    pub fn internal(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let problem = Problem::new(ErrorCode::Internal, "The log has more under this request id");
        Self { problem: Box::new(problem), scope: None, source: Some(source.into()) }
    }

    /// 502. The caller learns that `service` failed, the log has the cause.
    pub fn upstream(service: &str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let problem = Problem::new(ErrorCode::Upstream, format!("{service} did not take it; try again later"));
        Self { problem: Box::new(problem), scope: None, source: Some(source.into()) }
    }

    /// 404, also for what belongs to somebody else.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(ErrorCode::NotFound, format!("There is no such {what}"))
    }

    /// 403 for visitors: nothing is received from them here.
    #[must_use]
    pub fn channel_closed() -> Self {
        Self::new(ErrorCode::ChannelDisabled, "This channel takes no messages at present")
    }

    /// 401 without saying why: an attacker would learn from it.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::new(ErrorCode::Unauthenticated, "A valid identity is needed")
    }

    /// 403 for an API token without this scope.
    #[must_use]
    pub fn insufficient_scope(scope: Scope) -> Self {
        let detail = format!("The token needs the scope {}", scope.as_str());
        Self { scope: Some(scope), ..Self::new(ErrorCode::InsufficientScope, detail) }
    }

    /// 403 for whoever looks at a colleague's console.
    #[must_use]
    pub fn read_only_view() -> Self {
        Self::new(ErrorCode::ReadOnlyView, "This is a view of a colleague's console, in which nothing is changed")
    }

    /// 422 for one field.
    #[must_use]
    pub fn field(field: &str, code: FieldCode, detail: &str) -> Self {
        Problem::invalid(vec![Fault::new(code, detail).of(field)]).into()
    }

    /// 422 for these fields.
    #[must_use]
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        Problem::invalid(errors).into()
    }

    /// 429, to be tried again after so many milliseconds.
    #[must_use]
    pub fn rate_limited(millis: i64) -> Self {
        // Rounded up, so that whoever obeys is not refused again.
        let seconds = u32::try_from(millis.max(0).saturating_add(999) / 1000).unwrap_or(u32::MAX);
        Problem::rate_limited(seconds.max(1)).into()
    }

    /// 503: nothing was stored, try again soon.
    #[must_use]
    pub fn busy() -> Self {
        let mut problem = Problem::new(ErrorCode::Busy, "Nothing was stored; try again in a moment");
        problem.retry_after = Some(1);
        problem.into()
    }

    /// 503: the database is away, or its answer was lost. Whether something was stored is not known.
    #[must_use]
    pub fn unavailable() -> Self {
        let detail = "Whether anything was stored is not known; try again in a moment, messages with the same nonce";
        let mut problem = Problem::new(ErrorCode::Unavailable, detail);
        problem.retry_after = Some(1);
        problem.into()
    }

    /// 503: the server is about to stop; another one, or the next start of this one, answers.
    #[must_use]
    pub fn stopping() -> Self {
        let mut problem = Problem::new(ErrorCode::Busy, "The server is about to stop");
        problem.retry_after = Some(1);
        problem.into()
    }

    /// What the caller is told, without the request's id: sockets put it into a frame.
    #[must_use]
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// The same error with its cause for the log.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The cause and its causes, for the log.
    #[must_use]
    pub fn causes(&self) -> Option<String> {
        self.source().map(store::chain)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.problem.code.as_str(), self.problem.detail)
    }
}

impl Error for ApiError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let source: &(dyn Error + 'static) = self.source.as_deref()?;
        Some(source)
    }
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        Self { problem: Box::new(problem), scope: None, source: None }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => Self::busy(),
            StoreError::NotFound => Self::new(ErrorCode::NotFound, "It is not there, or not yours"),
            // In the words for a disabled channel: whoever is on the blacklist does not learn it.
            StoreError::Blocked => Self::channel_closed(),
            StoreError::Unanswered => {
                Self::new(ErrorCode::FormRequired, "Before the first message the channel's form has to be answered")
            }
            // Constraints that a caller can do something about are mapped by the action that knows the field.
            StoreError::Conflict { .. } => Self::new(ErrorCode::Conflict, "Clashes with what is there").because(error),
            away if away.is_away() => Self::unavailable().because(away),
            StoreError::Locked
            | StoreError::Unrouted
            | StoreError::Interrupted
            | StoreError::Corrupt { .. }
            | StoreError::Db(_) => Self::internal(error),
        }
    }
}

impl From<rules::permissions::Denied> for ApiError {
    fn from(denied: rules::permissions::Denied) -> Self {
        Self::new(ErrorCode::Forbidden, denied.to_string())
    }
}

impl From<actix_web::error::BlockingError> for ApiError {
    fn from(error: actix_web::error::BlockingError) -> Self {
        Self::internal(error)
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let problem = Problem { request_id: telemetry::request_id(), ..(*self.problem).clone() };
        let mut response = HttpResponse::build(self.status_code());
        if let Some(seconds) = problem.retry_after {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        if self.status_code() == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
        }
        if let Some(scope) = self.scope {
            // As RFC 6750 has it.
            let needed = format!("Bearer error=\"insufficient_scope\", scope=\"{}\"", scope.as_str());
            response.insert_header((header::WWW_AUTHENTICATE, needed));
        }
        response.insert_header((header::CONTENT_TYPE, "application/problem+json"));
        response.body(serde_json::to_vec(&problem).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_is_for_the_log_only() {
        let error = ApiError::internal(std::io::Error::other("password of the database"));
        assert!(!error.to_string().contains("password"));
        assert!(!serde_json::to_string(error.problem()).unwrap().contains("password"));
        assert_eq!(error.causes().as_deref(), Some("password of the database"));
    }

    #[test]
    fn a_wait_is_rounded_up() {
        assert_eq!(ApiError::rate_limited(1).problem().retry_after, Some(1));
        assert_eq!(ApiError::rate_limited(1001).problem().retry_after, Some(2));
    }
}
