//! `GET /api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}`.

use crate::actions::webhooks;
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::PathIds;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use types::id::{WebhookDeliveryId, WebhookId};
use types::webhooks::WebhookDeliveryContents;

/// Reads a delivery with what was sent and the beginning of what was answered.
#[utoipa::path(
    tag = "webhooks",
    security(("agent" = [])),
    params(
        ("webhook_id" = WebhookId, Path, description = "The webhook."),
        ("delivery_id" = WebhookDeliveryId, Path, description = "The delivery."),
    ),
    responses((status = 200, description = "The delivery.", body = WebhookDeliveryContents), Forbidden, NotFound),
)]
#[get("/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}")]
pub(crate) async fn get_webhook_delivery(
    state: Data<AppState>,
    agent: AnyAgent,
    PathIds(webhook_id, delivery_id): PathIds<WebhookId, WebhookDeliveryId>,
) -> ApiResult<Json<WebhookDeliveryContents>> {
    webhooks::get_delivery(&state, &agent, webhook_id, delivery_id).await.map(Json)
}
