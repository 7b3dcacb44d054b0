//! `DELETE /api/v1/agents/{agent_id}`.

use crate::actions::people;
use crate::api::problems::{Conflict, Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::{PathId, ValidQuery};
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, delete};
use serde::Deserialize;
use types::id::AgentId;

/// Who gets what the agent has.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HandingOn {
    /// A colleague who can sign in; absent: nobody, the conversations wait for whoever takes them.
    heir_id: Option<AgentId>,
}

/// Removes a colleague for good: they are signed out everywhere at once, what they have is handed on as when somebody is disabled, and
/// the account is free. What they wrote stays, under their name. 409 for oneself and for the last admin who can sign in. It is in the
/// audit log.
#[utoipa::path(
    tag = "agents",
    security(("agent" = [])),
    params(("agent_id" = AgentId, Path, description = "The agent."), HandingOn),
    responses((status = 204, description = "They are nobody's colleague any more."), Forbidden, NotFound, Conflict),
)]
#[delete("/api/v1/agents/{agent_id}")]
pub(crate) async fn remove_agent(
    state: Data<AppState>,
    admin: Admin,
    PathId(agent_id): PathId<AgentId>,
    ValidQuery(query): ValidQuery<HandingOn>,
) -> ApiResult<HttpResponse> {
    people::remove_agent(&state, &admin, agent_id, query.heir_id).await?;
    Ok(HttpResponse::NoContent().finish())
}
