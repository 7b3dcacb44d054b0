//! `DELETE /api/v1/me/sessions`.

use crate::actions::me;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, delete};

/// Signs out every other device of one's own; their sockets close at once.
#[utoipa::path(
    tag = "me",
    security(("agent" = [])),
    responses((status = 204, description = "Only this one is signed in.")),
)]
#[delete("/api/v1/me/sessions")]
pub(crate) async fn revoke_other_sessions(state: Data<AppState>, agent: AnyAgent) -> ApiResult<HttpResponse> {
    me::end_other_sessions(&state, &agent).await?;
    Ok(HttpResponse::NoContent().finish())
}
