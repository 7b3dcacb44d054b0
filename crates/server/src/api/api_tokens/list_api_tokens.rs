//! `GET /api/v1/api-tokens`.

use crate::api::problems::Forbidden;
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use rules::permissions::{Permission, can};
use store::api_tokens;
use types::api_tokens::ApiTokens;

/// Every token of the organisation, newest first, without their secrets.
#[utoipa::path(
    tag = "api_tokens",
    security(("agent" = [])),
    responses((status = 200, description = "The tokens.", body = ApiTokens), Forbidden),
)]
#[get("/api/v1/api-tokens")]
pub(crate) async fn list_api_tokens(state: Data<AppState>, admin: Admin) -> ApiResult<HttpResponse> {
    can(admin.rights(), Permission::ManageIntegrations)?;
    let items = api_tokens::list(state.db.reader(), admin.scope(), state.clock.now()).await?;
    Ok(HttpResponse::Ok().json(ApiTokens { items }))
}
