//! `PATCH /api/v1/agent-groups/{agent_group_id}`.

use crate::actions::agent_groups;
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::{PathId, ValidJson};
use crate::state::AppState;
use actix_web::patch;
use actix_web::web::{Data, Json};
use types::id::AgentGroupId;
use types::people::{AgentGroup, AgentGroupPatch};

/// Renames a group of agents, moves it among the groups, or sets who is in it. It is in the audit log.
#[utoipa::path(
    tag = "agents",
    security(("agent" = [])),
    params(("agent_group_id" = AgentGroupId, Path, description = "The group.")),
    request_body = AgentGroupPatch,
    responses((status = 200, description = "The group as it is now.", body = AgentGroup), Forbidden, NotFound),
)]
#[patch("/api/v1/agent-groups/{agent_group_id}")]
pub(crate) async fn update_agent_group(
    state: Data<AppState>,
    admin: Admin,
    PathId(group_id): PathId<AgentGroupId>,
    ValidJson(patch): ValidJson<AgentGroupPatch>,
) -> ApiResult<Json<AgentGroup>> {
    agent_groups::update_agent_group(&state, &admin, group_id, patch).await.map(Json)
}
