//! `POST /api/v1/agents/{agent_id}/view`.

use crate::actions::views;
use crate::api::problems::{Conflict, Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use types::id::AgentId;
use types::people::AgentView;

/// Opens a colleague's console to look at, for an hour at most: what is asked by its token is answered as to them, and whatever would
/// change something is refused, `read_only_view`. Nobody sees that they are there, and nothing is read by it.
///
/// It ends with the session that asks, and when its agent may not manage colleagues any more or the colleague cannot sign in. 409 for
/// oneself and for whoever cannot sign in. Its beginning and its end are in the audit log.
#[utoipa::path(
    tag = "agents",
    security(("agent" = [])),
    params(("agent_id" = AgentId, Path, description = "Whose console.")),
    responses((status = 201, description = "The view.", body = AgentView), Forbidden, NotFound, Conflict),
)]
#[post("/api/v1/agents/{agent_id}/view")]
pub(crate) async fn begin_agent_view(
    state: Data<AppState>,
    admin: Admin,
    PathId(agent_id): PathId<AgentId>,
) -> ApiResult<HttpResponse> {
    Ok(HttpResponse::Created().json(views::begin_agent_view(&state, &admin, agent_id).await?))
}
