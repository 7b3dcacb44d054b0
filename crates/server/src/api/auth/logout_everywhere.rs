//! `DELETE /api/v1/auth/sessions`.

use super::cookie;
use crate::actions::me;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, delete};

/// Signs out everywhere: ends every session of the agent, this one included.
#[utoipa::path(
    tag = "auth",
    security(("agent" = [])),
    responses((status = 204, description = "Signed out everywhere; the cookie is cleared.")),
)]
#[delete("/api/v1/auth/sessions")]
pub(crate) async fn logout_everywhere(state: Data<AppState>, agent: AnyAgent) -> ApiResult<HttpResponse> {
    me::end_all_sessions(&state, &agent).await?;
    Ok(HttpResponse::NoContent().cookie(cookie::clear(&state.config)).finish())
}
