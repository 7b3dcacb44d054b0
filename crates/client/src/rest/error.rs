//! Why a call failed.

use crate::rest::{Response, TransportError};
use types::error::{ErrorCode, Problem};

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// The server answered with a problem.
    #[error("{} ({})", .0.detail, .0.code.as_str())]
    Problem(Box<Problem>),
    /// There was no answer: no network, or a server that is gone.
    #[error("no answer: {0}")]
    Network(String),
    /// The answer is not what the operation gives.
    #[error("unreadable answer: {0}")]
    Unreadable(String),
}

impl ApiError {
    /// The problem's code, when the server answered with one.
    #[must_use]
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Problem(problem) => Some(problem.code),
            Self::Network(_) | Self::Unreadable(_) => None,
        }
    }

    /// Whether the same call may succeed later without anybody doing anything about it.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Network(_) => true,
            Self::Problem(problem) => crate::outbox::is_transient(problem.code),
            Self::Unreadable(_) => false,
        }
    }

    /// The error of an answer that is not a success. What is between us and the server (a proxy) may answer without a
    /// problem.
    pub(crate) fn of(response: &Response) -> Self {
        match types::json::from_str::<Problem>(&response.body) {
            Ok(problem) => Self::Problem(Box::new(problem)),
            Err(_) if matches!(response.status, 502..=504) => Self::Network(format!("status {}", response.status)),
            Err(error) => Self::Unreadable(format!("status {}: {error}", response.status)),
        }
    }
}

impl From<TransportError> for ApiError {
    fn from(error: TransportError) -> Self {
        Self::Network(error.0)
    }
}
