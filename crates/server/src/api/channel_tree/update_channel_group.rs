//! `PATCH /api/v1/channel-groups/{channel_group_id}`.

use crate::actions::channel_tree;
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::{PathId, ValidJson};
use crate::state::AppState;
use actix_web::patch;
use actix_web::web::{Data, Json};
use types::channel_tree::{ChannelGroup, ChannelGroupPatch};
use types::id::ChannelGroupId;

/// Renames a group of channels.
#[utoipa::path(
    tag = "channels",
    security(("agent" = [])),
    params(("channel_group_id" = ChannelGroupId, Path, description = "The group.")),
    request_body = ChannelGroupPatch,
    responses((status = 200, description = "The group as it is now.", body = ChannelGroup), Forbidden, NotFound),
)]
#[patch("/api/v1/channel-groups/{channel_group_id}")]
pub(crate) async fn update_channel_group(
    state: Data<AppState>,
    admin: Admin,
    PathId(group_id): PathId<ChannelGroupId>,
    ValidJson(patch): ValidJson<ChannelGroupPatch>,
) -> ApiResult<Json<ChannelGroup>> {
    channel_tree::update_channel_group(&state, &admin, group_id, patch).await.map(Json)
}
