//! `PUT /api/v1/agents/{agent_id}/password`.

use crate::actions::people;
use crate::api::problems::{Conflict, Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::{PathId, ValidJson};
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, put};
use types::id::AgentId;
use types::people::SetAgentPassword;

/// Gives a colleague another password, which ends every session of theirs at once. 409 for one's own: `change_password` asks for the
/// old one. It is in the audit log.
#[utoipa::path(
    tag = "agents",
    security(("agent" = [])),
    params(("agent_id" = AgentId, Path, description = "The agent.")),
    request_body = SetAgentPassword,
    responses((status = 204, description = "They sign in with it from now on."), Forbidden, NotFound, Conflict),
)]
#[put("/api/v1/agents/{agent_id}/password")]
pub(crate) async fn set_agent_password(
    state: Data<AppState>,
    admin: Admin,
    PathId(agent_id): PathId<AgentId>,
    ValidJson(request): ValidJson<SetAgentPassword>,
) -> ApiResult<HttpResponse> {
    people::set_agent_password(&state, &admin, agent_id, request).await?;
    Ok(HttpResponse::NoContent().finish())
}
