//! `POST /api/v1/webhooks/{webhook_id}/secret`.

use crate::actions::webhooks;
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::post;
use actix_web::web::{Data, Json};
use types::id::WebhookId;
use types::webhooks::CreatedWebhook;

/// Gives a webhook a new secret. It is in the answer and is shown nowhere else; for 24 hours everything is signed with the old one as
/// well.
#[utoipa::path(
    tag = "webhooks",
    security(("agent" = [])),
    params(("webhook_id" = WebhookId, Path, description = "The webhook.")),
    responses((status = 200, description = "The webhook and its new secret.", body = CreatedWebhook), Forbidden, NotFound),
)]
#[post("/api/v1/webhooks/{webhook_id}/secret")]
pub(crate) async fn rotate_webhook_secret(
    state: Data<AppState>,
    agent: AnyAgent,
    PathId(webhook_id): PathId<WebhookId>,
) -> ApiResult<Json<CreatedWebhook>> {
    webhooks::rotate_webhook_secret(&state, &agent, webhook_id).await.map(Json)
}
