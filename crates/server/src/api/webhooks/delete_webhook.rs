//! `DELETE /api/v1/webhooks/{webhook_id}`.

use crate::actions::webhooks;
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, delete};
use types::id::WebhookId;

/// Deletes a webhook with its log. What waits is not sent any more.
#[utoipa::path(
    tag = "webhooks",
    security(("agent" = [])),
    params(("webhook_id" = WebhookId, Path, description = "The webhook.")),
    responses((status = 204, description = "It is gone."), Forbidden, NotFound),
)]
#[delete("/api/v1/webhooks/{webhook_id}")]
pub(crate) async fn delete_webhook(
    state: Data<AppState>,
    agent: AnyAgent,
    PathId(webhook_id): PathId<WebhookId>,
) -> ApiResult<HttpResponse> {
    webhooks::delete_webhook(&state, &agent, webhook_id).await?;
    Ok(HttpResponse::NoContent().finish())
}
