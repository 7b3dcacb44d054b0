//! `PATCH /api/v1/agents/{agent_id}`.

use super::seen_one;
use crate::actions::people;
use crate::api::problems::{Conflict, Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::{PathId, ValidJson};
use crate::state::AppState;
use actix_web::patch;
use actix_web::web::{Data, Json};
use types::agents::Agent;
use types::id::AgentId;
use types::people::AgentPatch;

/// Edits an agent: who they are, how they are reached, what they may do, and what is set of them. Their consoles follow at once. 409
/// for one's own role, and for that of the last admin who can sign in. It is in the audit log.
#[utoipa::path(
    tag = "agents",
    security(("agent" = [])),
    params(("agent_id" = AgentId, Path, description = "The agent.")),
    request_body = AgentPatch,
    responses((status = 200, description = "The agent as they are now.", body = Agent), Forbidden, NotFound, Conflict),
)]
#[patch("/api/v1/agents/{agent_id}")]
pub(crate) async fn update_agent(
    state: Data<AppState>,
    admin: Admin,
    PathId(agent_id): PathId<AgentId>,
    ValidJson(patch): ValidJson<AgentPatch>,
) -> ApiResult<Json<Agent>> {
    let agent = people::update_agent(&state, &admin, agent_id, patch).await?;
    seen_one(&admin, &state, agent).await.map(Json)
}
