//! `POST /api/v1/channels`.

use crate::actions::channels;
use crate::api::problems::{Conflict, Forbidden};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::ValidJson;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use types::channels::{Channel, CreateChannel};

/// Adds a channel. An organisation has at most 500.
#[utoipa::path(
    tag = "channels",
    security(("agent" = [])),
    request_body = CreateChannel,
    responses((status = 201, description = "The new channel.", body = Channel), Forbidden, Conflict),
)]
#[post("/api/v1/channels")]
pub(crate) async fn create_channel(
    state: Data<AppState>,
    admin: Admin,
    ValidJson(request): ValidJson<CreateChannel>,
) -> ApiResult<HttpResponse> {
    let channel = channels::create_channel(&state, &admin, request).await?;
    Ok(HttpResponse::Created().json(channel))
}
