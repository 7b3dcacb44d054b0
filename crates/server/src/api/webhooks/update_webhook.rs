//! `PATCH /api/v1/webhooks/{webhook_id}`.

use crate::actions::webhooks;
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::{PathId, ValidJson};
use crate::state::AppState;
use actix_web::patch;
use actix_web::web::{Data, Json};
use types::id::WebhookId;
use types::webhooks::{Webhook, WebhookPatch};

/// Edits a webhook, pauses it, or takes it up again. What is absent stays.
#[utoipa::path(
    tag = "webhooks",
    security(("agent" = [])),
    params(("webhook_id" = WebhookId, Path, description = "The webhook.")),
    request_body = WebhookPatch,
    responses((status = 200, description = "The webhook as it is now.", body = Webhook), Forbidden, NotFound),
)]
#[patch("/api/v1/webhooks/{webhook_id}")]
pub(crate) async fn update_webhook(
    state: Data<AppState>,
    agent: AnyAgent,
    PathId(webhook_id): PathId<WebhookId>,
    ValidJson(request): ValidJson<WebhookPatch>,
) -> ApiResult<Json<Webhook>> {
    webhooks::update_webhook(&state, &agent, webhook_id, request).await.map(Json)
}
