//! `PUT /api/v1/me/push-subscription`.

use crate::actions::push;
use crate::api::problems::NotFound;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::ValidJson;
use crate::state::AppState;
use actix_web::put;
use actix_web::web::{Data, Json};
use types::push::{PushSubscription, SetPushSubscription};

/// Sets the Web Push subscription of this sign-in: from now on what visitors write is pushed there while no console of the agent is
/// open. It takes the place of an earlier one, and goes when the sign-in ends.
#[utoipa::path(
    tag = "me",
    security(("agent" = [])),
    request_body = SetPushSubscription,
    responses((status = 200, description = "The subscription as it is now.", body = PushSubscription), NotFound),
)]
#[put("/api/v1/me/push-subscription")]
pub(crate) async fn set_push_subscription(
    state: Data<AppState>,
    agent: AnyAgent,
    body: ValidJson<SetPushSubscription>,
) -> ApiResult<Json<PushSubscription>> {
    push::set_subscription(&state, &agent, body.0).await.map(Json)
}
