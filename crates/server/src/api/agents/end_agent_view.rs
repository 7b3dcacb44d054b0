//! `DELETE /api/v1/agents/{agent_id}/view`.

use crate::actions::views;
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, delete};
use types::id::AgentId;

/// Ends the views of a colleague's console that were opened from this session; without one there is nothing to do. The view's own token
/// cannot: it changes nothing.
#[utoipa::path(
    tag = "agents",
    security(("agent" = [])),
    params(("agent_id" = AgentId, Path, description = "Whose console.")),
    responses((status = 204, description = "There is none any more."), Forbidden, NotFound),
)]
#[delete("/api/v1/agents/{agent_id}/view")]
pub(crate) async fn end_agent_view(
    state: Data<AppState>,
    admin: Admin,
    PathId(agent_id): PathId<AgentId>,
) -> ApiResult<HttpResponse> {
    views::end_agent_view(&state, &admin, agent_id).await?;
    Ok(HttpResponse::NoContent().finish())
}
