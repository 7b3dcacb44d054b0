//! `POST /api/v1/channel-groups`.

use crate::actions::channel_tree;
use crate::api::problems::{Conflict, Forbidden};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::ValidJson;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use types::channel_tree::{ChannelGroup, CreateChannelGroup};

/// Adds a group of channels, behind the others. An organisation has at most 100.
#[utoipa::path(
    tag = "channels",
    security(("agent" = [])),
    request_body = CreateChannelGroup,
    responses((status = 201, description = "The new group.", body = ChannelGroup), Forbidden, Conflict),
)]
#[post("/api/v1/channel-groups")]
pub(crate) async fn create_channel_group(
    state: Data<AppState>,
    admin: Admin,
    ValidJson(request): ValidJson<CreateChannelGroup>,
) -> ApiResult<HttpResponse> {
    let group = channel_tree::create_channel_group(&state, &admin, request).await?;
    Ok(HttpResponse::Created().json(group))
}
