//! `POST /api/v1/agents`.

use super::seen_one;
use crate::actions::agents;
use crate::api::problems::{Conflict, Forbidden};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::ValidJson;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use types::agents::{Agent, CreateAgent};

/// Adds an agent, a supervisor or an admin, who can sign in with the account and the password at once. An organisation has at most 1,000
/// agents. It is in the audit log.
#[utoipa::path(
    tag = "agents",
    security(("agent" = [])),
    request_body = CreateAgent,
    responses((status = 201, description = "The new agent.", body = Agent), Forbidden, Conflict),
)]
#[post("/api/v1/agents")]
pub(crate) async fn create_agent(
    state: Data<AppState>,
    admin: Admin,
    ValidJson(request): ValidJson<CreateAgent>,
) -> ApiResult<HttpResponse> {
    let agent = agents::create_agent(&state, &admin, request).await?;
    Ok(HttpResponse::Created().json(seen_one(&admin, &state, agent).await?))
}
