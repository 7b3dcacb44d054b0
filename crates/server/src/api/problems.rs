//! The problems that operations name in their documentation; those that every operation can have, `openapi` adds.

use types::error::Problem;
use utoipa::IntoResponses;

/// 403.
#[derive(IntoResponses)]
#[response(
    status = 403,
    description = "Known, but the role does not allow it.",
    content_type = "application/problem+json"
)]
#[expect(dead_code, reason = "documentation: the fields tell utoipa the body's schema")]
pub struct Forbidden(Problem);

/// 404.
#[derive(IntoResponses)]
#[response(status = 404, description = "Not there, or not yours.", content_type = "application/problem+json")]
#[expect(dead_code, reason = "documentation: the fields tell utoipa the body's schema")]
pub struct NotFound(Problem);

/// 409.
#[derive(IntoResponses)]
#[response(status = 409, description = "It clashes with the present state.", content_type = "application/problem+json")]
#[expect(dead_code, reason = "documentation: the fields tell utoipa the body's schema")]
pub struct Conflict(Problem);

/// 502.
#[derive(IntoResponses)]
#[response(
    status = 502,
    description = "A service that it needs has failed.",
    content_type = "application/problem+json"
)]
#[expect(dead_code, reason = "documentation: the fields tell utoipa the body's schema")]
pub struct Upstream(Problem);

/// 403 and 404 of the widget's operations.
#[derive(IntoResponses)]
pub enum ChannelClosed {
    /// 403.
    #[response(
        status = 403,
        description = "The channel is disabled: `channel_disabled`.",
        content_type = "application/problem+json"
    )]
    Disabled(Problem),
    /// 404.
    #[response(
        status = 404,
        description = "There is no such channel any more.",
        content_type = "application/problem+json"
    )]
    Gone(Problem),
}

/// 403 of what only our own pages may ask for.
#[derive(IntoResponses)]
#[response(
    status = 403,
    description = "A page of another origin asks (`Origin`).",
    content_type = "application/problem+json"
)]
#[expect(dead_code, reason = "documentation: the fields tell utoipa the body's schema")]
pub struct ForeignPage(Problem);

/// What a socket's address answers instead of opening one.
#[derive(IntoResponses)]
pub enum NoSocket {
    /// 400.
    #[response(status = 400, description = "Not a WebSocket request.", content_type = "application/problem+json")]
    NotWebSocket(Problem),
    /// 503.
    #[response(
        status = 503,
        description = "The server stops, or its database does not answer.",
        content_type = "application/problem+json"
    )]
    Stopping(Problem),
}
