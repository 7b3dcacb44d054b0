//! `POST /api/v1/agents`.

use super::seen_by;
use crate::actions::agents;
use crate::api::problems::{Conflict, Forbidden};
use crate::auth::actor::Admin;
use crate::error::{ApiError, ApiResult};
use crate::extract::ValidJson;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use types::agents::{Agent, CreateAgent};

/// Adds an agent or a supervisor, who can sign in with the account and the password at once. An organisation has at most 1,000
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
    let seen = seen_by(&admin, &state, vec![agent]).pop().ok_or_else(|| ApiError::not_found("agent"))?;
    Ok(HttpResponse::Created().json(seen))
}
