//! `GET /api/v1/me/push-subscription`.

use crate::actions::push;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use types::push::PushState;

/// Tells what a browser needs to subscribe to Web Push, and what this sign-in has set.
#[utoipa::path(
    tag = "me",
    security(("agent" = [])),
    responses((status = 200, description = "The server's key, and the sign-in's subscription.", body = PushState)),
)]
#[get("/api/v1/me/push-subscription")]
pub(crate) async fn get_push_subscription(state: Data<AppState>, agent: AnyAgent) -> ApiResult<Json<PushState>> {
    push::push_state(&state, &agent).await.map(Json)
}
