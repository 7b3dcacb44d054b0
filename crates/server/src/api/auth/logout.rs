//! `DELETE /api/v1/auth/sessions/current`.

use super::cookie;
use crate::actions::me;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, delete};

/// Signs out: ends the session; its sockets close at once.
#[utoipa::path(
    tag = "auth",
    security(("agent" = [])),
    responses((status = 204, description = "Signed out; the cookie is cleared.")),
)]
#[delete("/api/v1/auth/sessions/current")]
pub(crate) async fn logout(state: Data<AppState>, agent: AnyAgent) -> ApiResult<HttpResponse> {
    me::sign_out(&state, &agent).await?;
    Ok(HttpResponse::NoContent().cookie(cookie::clear(&state.config)).finish())
}
