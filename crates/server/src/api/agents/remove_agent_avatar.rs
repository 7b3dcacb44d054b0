//! `DELETE /api/v1/agents/{agent_id}/avatar`.

use crate::actions::avatars;
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, delete};
use types::id::AgentId;

/// Removes a colleague's picture; without one there is nothing to do. It is in the audit log.
#[utoipa::path(
    tag = "agents",
    security(("agent" = [])),
    params(("agent_id" = AgentId, Path, description = "The agent.")),
    responses((status = 204, description = "There is none any more."), Forbidden, NotFound),
)]
#[delete("/api/v1/agents/{agent_id}/avatar")]
pub(crate) async fn remove_agent_avatar(
    state: Data<AppState>,
    admin: Admin,
    PathId(agent_id): PathId<AgentId>,
) -> ApiResult<HttpResponse> {
    avatars::remove_agent_avatar(&state, &admin, agent_id).await?;
    Ok(HttpResponse::NoContent().finish())
}
