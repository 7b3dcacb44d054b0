//! `POST /api/v1/webhooks/{webhook_id}/replay`.

use crate::actions::webhooks;
use crate::api::problems::{Conflict, Forbidden, NotFound};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::{PathId, ValidJson};
use crate::state::AppState;
use actix_web::post;
use actix_web::web::{Data, Json};
use types::id::WebhookId;
use types::webhooks::{ReplayFailedDeliveries, ReplayedDeliveries};

/// Sends again what has failed and came about since a time, the oldest first and at most 1,000 at once. 409 while the webhook is paused.
#[utoipa::path(
    tag = "webhooks",
    security(("agent" = [])),
    params(("webhook_id" = WebhookId, Path, description = "The webhook.")),
    request_body = ReplayFailedDeliveries,
    responses((status = 200, description = "How many are sent again.", body = ReplayedDeliveries), Conflict, Forbidden, NotFound),
)]
#[post("/api/v1/webhooks/{webhook_id}/replay")]
pub(crate) async fn replay_failed_webhook_deliveries(
    state: Data<AppState>,
    agent: AnyAgent,
    PathId(webhook_id): PathId<WebhookId>,
    ValidJson(request): ValidJson<ReplayFailedDeliveries>,
) -> ApiResult<Json<ReplayedDeliveries>> {
    webhooks::replay_failed(&state, &agent, webhook_id, request).await.map(Json)
}
