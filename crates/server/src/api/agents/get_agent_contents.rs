//! `GET /api/v1/agents/{agent_id}/contents`.

use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::{ApiError, ApiResult};
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use store::people;
use types::id::AgentId;
use types::people::AgentContents;

/// Counts what is handed on when the agent is disabled or removed.
#[utoipa::path(
    tag = "agents",
    security(("agent" = [])),
    params(("agent_id" = AgentId, Path, description = "The agent.")),
    responses((status = 200, description = "The counts.", body = AgentContents), Forbidden, NotFound),
)]
#[get("/api/v1/agents/{agent_id}/contents")]
pub(crate) async fn get_agent_contents(
    state: Data<AppState>,
    admin: Admin,
    PathId(agent_id): PathId<AgentId>,
) -> ApiResult<Json<AgentContents>> {
    let contents = people::contents_of(state.db.reader(), admin.scope(), agent_id).await?;
    contents.map(Json).ok_or_else(|| ApiError::not_found("agent"))
}
