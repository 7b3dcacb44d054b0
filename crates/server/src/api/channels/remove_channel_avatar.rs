//! `DELETE /api/v1/channels/{channel_id}/avatar`.

use crate::actions::avatars;
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, delete};
use types::id::ChannelId;

/// Removes a channel's picture; without one there is nothing to do.
#[utoipa::path(
    tag = "channels",
    security(("agent" = [])),
    params(("channel_id" = ChannelId, Path, description = "The channel.")),
    responses((status = 204, description = "There is none any more."), Forbidden, NotFound),
)]
#[delete("/api/v1/channels/{channel_id}/avatar")]
pub(crate) async fn remove_channel_avatar(
    state: Data<AppState>,
    admin: Admin,
    PathId(channel_id): PathId<ChannelId>,
) -> ApiResult<HttpResponse> {
    avatars::remove_channel_avatar(&state, &admin, channel_id).await?;
    Ok(HttpResponse::NoContent().finish())
}
