//! `DELETE /api/v1/agent-groups/{agent_group_id}`.

use crate::actions::agent_groups;
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, delete};
use types::id::AgentGroupId;

/// Deletes a group of agents; who was in it stays. It is in the audit log.
#[utoipa::path(
    tag = "agents",
    security(("agent" = [])),
    params(("agent_group_id" = AgentGroupId, Path, description = "The group.")),
    responses((status = 204, description = "It is gone."), Forbidden, NotFound),
)]
#[delete("/api/v1/agent-groups/{agent_group_id}")]
pub(crate) async fn delete_agent_group(
    state: Data<AppState>,
    admin: Admin,
    PathId(group_id): PathId<AgentGroupId>,
) -> ApiResult<HttpResponse> {
    agent_groups::delete_agent_group(&state, &admin, group_id).await?;
    Ok(HttpResponse::NoContent().finish())
}
