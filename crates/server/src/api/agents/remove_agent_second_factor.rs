//! `DELETE /api/v1/agents/{agent_id}/second-factor`.

use crate::actions::second_factor;
use crate::api::problems::{Conflict, Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, delete};
use types::id::AgentId;

/// Takes a colleague's second factor off, who has lost it with their recovery codes. Without one there is nothing to do.
///
/// One's own asks for both factors: 409 here. It is in the audit log, and the owner is told by email, where the server sends mail.
#[utoipa::path(
    tag = "agents",
    security(("agent" = [])),
    params(("agent_id" = AgentId, Path, description = "The agent.")),
    responses((status = 204, description = "They have none any more."), Forbidden, NotFound, Conflict),
)]
#[delete("/api/v1/agents/{agent_id}/second-factor")]
pub(crate) async fn remove_agent_second_factor(
    state: Data<AppState>,
    admin: Admin,
    agent_id: PathId<AgentId>,
) -> ApiResult<HttpResponse> {
    second_factor::remove_agent_second_factor(&state, &admin, agent_id.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
