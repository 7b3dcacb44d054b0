//! `DELETE /api/v1/me/push-subscription`.

use crate::actions::push;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, delete};

/// Removes the Web Push subscription of this sign-in, if it has one.
#[utoipa::path(
    tag = "me",
    security(("agent" = [])),
    responses((status = 204, description = "Nothing is pushed there any more.")),
)]
#[delete("/api/v1/me/push-subscription")]
pub(crate) async fn remove_push_subscription(state: Data<AppState>, agent: AnyAgent) -> ApiResult<HttpResponse> {
    push::remove_subscription(&state, &agent).await?;
    Ok(HttpResponse::NoContent().finish())
}
