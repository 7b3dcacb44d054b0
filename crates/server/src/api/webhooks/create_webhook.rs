//! `POST /api/v1/webhooks`.

use crate::actions::webhooks;
use crate::api::problems::{Conflict, Forbidden};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::ValidJson;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use types::webhooks::{CreateWebhook, CreatedWebhook};

/// Adds a webhook, which is told what happens from now on. The secret that its deliveries are signed with is in the answer and is
/// shown nowhere else. An organisation has at most 20.
#[utoipa::path(
    tag = "webhooks",
    security(("agent" = [])),
    request_body = CreateWebhook,
    responses((status = 201, description = "The webhook and its secret.", body = CreatedWebhook), Conflict, Forbidden),
)]
#[post("/api/v1/webhooks")]
pub(crate) async fn create_webhook(
    state: Data<AppState>,
    agent: AnyAgent,
    ValidJson(request): ValidJson<CreateWebhook>,
) -> ApiResult<HttpResponse> {
    let created = webhooks::create_webhook(&state, &agent, request).await?;
    Ok(HttpResponse::Created().json(created))
}
