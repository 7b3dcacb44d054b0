//! `POST /api/v1/api-tokens`.

use crate::actions::api_tokens;
use crate::api::problems::{Conflict, Forbidden};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::ValidJson;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use types::api_tokens::{CreateApiToken, CreatedApiToken};

/// Makes a token, which acts as one agent and within its scopes. Its secret is in this answer and never again. An organisation has at
/// most 50. It is in the audit log.
#[utoipa::path(
    tag = "api_tokens",
    security(("agent" = [])),
    request_body = CreateApiToken,
    responses((status = 201, description = "The token with its secret.", body = CreatedApiToken), Conflict, Forbidden),
)]
#[post("/api/v1/api-tokens")]
pub(crate) async fn create_api_token(
    state: Data<AppState>,
    admin: Admin,
    ValidJson(request): ValidJson<CreateApiToken>,
) -> ApiResult<HttpResponse> {
    let created = api_tokens::create_api_token(&state, &admin, request).await?;
    Ok(HttpResponse::Created().json(created))
}
