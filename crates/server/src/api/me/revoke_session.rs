//! `DELETE /api/v1/me/sessions/{session_id}`.

use crate::actions::me;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, delete};
use types::error::Problem;
use types::id::SessionId;

/// Signs out one device; its sockets close at once.
#[utoipa::path(
    tag = "me",
    security(("agent" = [])),
    params(("session_id" = SessionId, Path, description = "The session.")),
    responses(
        (status = 204, description = "Signed out."),
        (status = 404, description = "Not a session of yours.", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[delete("/api/v1/me/sessions/{session_id}")]
pub(crate) async fn revoke_session(
    state: Data<AppState>,
    agent: AnyAgent,
    session_id: PathId<SessionId>,
) -> ApiResult<HttpResponse> {
    me::end_own_session(&state, &agent, session_id.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
