//! `PUT /api/v1/agents/{agent_id}/disabled`.

use super::seen_one;
use crate::actions::people;
use crate::api::problems::{Conflict, Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::{PathId, ValidJson};
use crate::state::AppState;
use actix_web::put;
use actix_web::web::{Data, Json};
use types::agents::Agent;
use types::id::AgentId;
use types::people::SetAgentDisabled;

/// Keeps a colleague from signing in, or lets them again. Whoever is disabled is signed out everywhere at once, and what they have is
/// handed on: many conversations step by step, beyond the answer. 409 for oneself and for the last admin who can sign in. It is in the
/// audit log.
#[utoipa::path(
    tag = "agents",
    security(("agent" = [])),
    params(("agent_id" = AgentId, Path, description = "The agent.")),
    request_body = SetAgentDisabled,
    responses((status = 200, description = "The agent as they are now.", body = Agent), Forbidden, NotFound, Conflict),
)]
#[put("/api/v1/agents/{agent_id}/disabled")]
pub(crate) async fn set_agent_disabled(
    state: Data<AppState>,
    admin: Admin,
    PathId(agent_id): PathId<AgentId>,
    ValidJson(request): ValidJson<SetAgentDisabled>,
) -> ApiResult<Json<Agent>> {
    let agent = people::set_agent_disabled(&state, &admin, agent_id, request).await?;
    seen_one(&admin, &state, agent).await.map(Json)
}
