//! `POST /api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay`.

use crate::actions::webhooks;
use crate::api::problems::{Conflict, Forbidden, NotFound};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::PathIds;
use crate::state::AppState;
use actix_web::post;
use actix_web::web::{Data, Json};
use types::id::{WebhookDeliveryId, WebhookId};
use types::webhooks::WebhookDelivery;

/// Sends a delivery again, the same under the same id. 409 while the webhook is paused.
#[utoipa::path(
    tag = "webhooks",
    security(("agent" = [])),
    params(
        ("webhook_id" = WebhookId, Path, description = "The webhook."),
        ("delivery_id" = WebhookDeliveryId, Path, description = "The delivery."),
    ),
    responses((status = 200, description = "The delivery, which waits again.", body = WebhookDelivery), Conflict, Forbidden, NotFound),
)]
#[post("/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay")]
pub(crate) async fn replay_webhook_delivery(
    state: Data<AppState>,
    agent: AnyAgent,
    PathIds(webhook_id, delivery_id): PathIds<WebhookId, WebhookDeliveryId>,
) -> ApiResult<Json<WebhookDelivery>> {
    webhooks::replay_delivery(&state, &agent, webhook_id, delivery_id).await.map(Json)
}
