//! `GET /api/v1/agent-groups`.

use crate::api::problems::Forbidden;
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use store::agent_groups;
use types::people::AgentGroups;

/// Lists the groups of agents in their order, with who is in them.
#[utoipa::path(
    tag = "agents",
    security(("agent" = [])),
    responses((status = 200, description = "Every group.", body = AgentGroups), Forbidden),
)]
#[get("/api/v1/agent-groups")]
pub(crate) async fn list_agent_groups(state: Data<AppState>, admin: Admin) -> ApiResult<Json<AgentGroups>> {
    let items = agent_groups::list(state.db.reader(), admin.scope()).await?;
    Ok(Json(AgentGroups { items }))
}
