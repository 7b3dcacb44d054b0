//! `DELETE /api/v1/api-tokens/{api_token_id}`.

use crate::actions::api_tokens;
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, delete};
use types::id::ApiTokenId;

/// Takes a token away. Nothing is done by it from then on, and its sockets close. It is in the audit log.
#[utoipa::path(
    tag = "api_tokens",
    security(("agent" = [])),
    params(("api_token_id" = ApiTokenId, Path, description = "The token.")),
    responses((status = 204, description = "It is gone."), Forbidden, NotFound),
)]
#[delete("/api/v1/api-tokens/{api_token_id}")]
pub(crate) async fn revoke_api_token(
    state: Data<AppState>,
    admin: Admin,
    PathId(token_id): PathId<ApiTokenId>,
) -> ApiResult<HttpResponse> {
    api_tokens::revoke_api_token(&state, &admin, token_id).await?;
    Ok(HttpResponse::NoContent().finish())
}
