//! `GET /api/v1/agents/{agent_id}`.

use super::seen_by;
use crate::api::problems::NotFound;
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use store::agents;
use types::agents::Agent;
use types::id::AgentId;

/// Gets an agent of the organisation as the caller sees them.
#[utoipa::path(
    tag = "agents",
    security(("agent" = [])),
    params(("agent_id" = AgentId, Path, description = "The agent.")),
    responses((status = 200, description = "The agent.", body = Agent), NotFound),
)]
#[get("/api/v1/agents/{agent_id}")]
pub(crate) async fn get_agent(
    state: Data<AppState>,
    caller: AnyAgent,
    PathId(agent_id): PathId<AgentId>,
) -> ApiResult<Json<Agent>> {
    let found = agents::get(state.db.reader(), caller.scope(), agent_id).await?;
    let mut seen = seen_by(&caller, &state, found.into_iter().collect()).await?;
    seen.pop().map(Json).ok_or_else(|| ApiError::not_found("agent"))
}
