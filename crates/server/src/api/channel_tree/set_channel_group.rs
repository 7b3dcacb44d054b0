//! `PUT /api/v1/channels/{channel_id}/group`.

use crate::actions::channel_tree;
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::{PathId, ValidJson};
use crate::state::AppState;
use actix_web::put;
use actix_web::web::{Data, Json};
use types::channel_tree::{ChannelTree, SetChannelGroup};
use types::id::ChannelId;

/// Puts a channel into a group, behind its channels, or at the end of the top level. Where it is there already it keeps its place.
#[utoipa::path(
    tag = "channels",
    security(("agent" = [])),
    params(("channel_id" = ChannelId, Path, description = "The channel.")),
    request_body = SetChannelGroup,
    responses((status = 200, description = "The tree as it is now.", body = ChannelTree), Forbidden, NotFound),
)]
#[put("/api/v1/channels/{channel_id}/group")]
pub(crate) async fn set_channel_group(
    state: Data<AppState>,
    admin: Admin,
    PathId(channel_id): PathId<ChannelId>,
    ValidJson(request): ValidJson<SetChannelGroup>,
) -> ApiResult<Json<ChannelTree>> {
    channel_tree::set_channel_group(&state, &admin, channel_id, request).await.map(Json)
}
