//! `POST /api/v1/agent-groups`.

use crate::actions::agent_groups;
use crate::api::problems::{Conflict, Forbidden};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::ValidJson;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use types::people::{AgentGroup, CreateAgentGroup};

/// Adds a group of agents, behind the others. An organisation has at most 50. It is in the audit log.
#[utoipa::path(
    tag = "agents",
    security(("agent" = [])),
    request_body = CreateAgentGroup,
    responses((status = 201, description = "The new group.", body = AgentGroup), Forbidden, Conflict),
)]
#[post("/api/v1/agent-groups")]
pub(crate) async fn create_agent_group(
    state: Data<AppState>,
    admin: Admin,
    ValidJson(request): ValidJson<CreateAgentGroup>,
) -> ApiResult<HttpResponse> {
    let group = agent_groups::create_agent_group(&state, &admin, request).await?;
    Ok(HttpResponse::Created().json(group))
}
