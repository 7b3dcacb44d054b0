//! `DELETE /api/v1/me/avatar`.

use crate::actions::avatars;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, delete};

/// Removes one's own picture; without one there is nothing to do.
#[utoipa::path(
    tag = "me",
    security(("agent" = [])),
    responses((status = 204, description = "There is none any more.")),
)]
#[delete("/api/v1/me/avatar")]
pub(crate) async fn remove_avatar(state: Data<AppState>, agent: AnyAgent) -> ApiResult<HttpResponse> {
    avatars::remove_avatar(&state, &agent).await?;
    Ok(HttpResponse::NoContent().finish())
}
