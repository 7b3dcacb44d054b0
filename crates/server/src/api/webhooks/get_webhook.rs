//! `GET /api/v1/webhooks/{webhook_id}`.

use crate::actions::webhooks;
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use types::id::WebhookId;
use types::webhooks::Webhook;

/// Reads a webhook.
#[utoipa::path(
    tag = "webhooks",
    security(("agent" = [])),
    params(("webhook_id" = WebhookId, Path, description = "The webhook.")),
    responses((status = 200, description = "The webhook.", body = Webhook), Forbidden, NotFound),
)]
#[get("/api/v1/webhooks/{webhook_id}")]
pub(crate) async fn get_webhook(
    state: Data<AppState>,
    agent: AnyAgent,
    PathId(webhook_id): PathId<WebhookId>,
) -> ApiResult<Json<Webhook>> {
    webhooks::get_webhook(&state, &agent, webhook_id).await.map(Json)
}
