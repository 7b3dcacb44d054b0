//! `POST /api/v1/webhooks/{webhook_id}/test`.

use crate::actions::webhooks;
use crate::api::problems::{Conflict, Forbidden, NotFound};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use types::id::WebhookId;
use types::webhooks::WebhookDelivery;

/// Sends `webhook_test` to a webhook. How it went is in its log. 409 while it is paused.
#[utoipa::path(
    tag = "webhooks",
    security(("agent" = [])),
    params(("webhook_id" = WebhookId, Path, description = "The webhook.")),
    responses((status = 201, description = "The delivery, which is sent at once.", body = WebhookDelivery), Conflict, Forbidden, NotFound),
)]
#[post("/api/v1/webhooks/{webhook_id}/test")]
pub(crate) async fn send_webhook_test(
    state: Data<AppState>,
    agent: AnyAgent,
    PathId(webhook_id): PathId<WebhookId>,
) -> ApiResult<HttpResponse> {
    let created = webhooks::test_webhook(&state, &agent, webhook_id).await?;
    Ok(HttpResponse::Created().json(created))
}
