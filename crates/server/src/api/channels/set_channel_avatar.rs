//! `PUT /api/v1/channels/{channel_id}/avatar`.

use crate::actions::avatars;
use crate::api::attachments::{FileBytes, take_bytes};
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::web::{Data, Json, Payload};
use actix_web::{HttpRequest, put};
use types::channels::Channel;
use types::id::ChannelId;
use types::limits::AVATAR_BYTES_MAX;

/// Sets a channel's picture: a JPEG, PNG or WebP of at most 5 MB. The square in its middle is kept, at most 512 pixels wide, as a JPEG
/// of which nothing else is left. The one before is gone.
#[utoipa::path(
    tag = "channels",
    security(("agent" = [])),
    params(("channel_id" = ChannelId, Path, description = "The channel.")),
    request_body(content = FileBytes, content_type = "application/octet-stream", description = "The picture's bytes."),
    responses((status = 200, description = "The channel as it is now.", body = Channel), Forbidden, NotFound),
)]
#[put("/api/v1/channels/{channel_id}/avatar")]
pub(crate) async fn set_channel_avatar(
    state: Data<AppState>,
    admin: Admin,
    PathId(channel_id): PathId<ChannelId>,
    request: HttpRequest,
    payload: Payload,
) -> ApiResult<Json<Channel>> {
    let received = take_bytes(&state, &request, payload, AVATAR_BYTES_MAX).await?;
    // It can have been a good while on its way.
    let agent = admin.as_of_now(&state).await?;
    avatars::set_channel_avatar(&state, &agent, channel_id, received).await.map(Json)
}
