//! `DELETE /api/v1/channel-groups/{channel_group_id}`.

use crate::actions::channel_tree;
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, delete};
use types::id::ChannelGroupId;

/// Deletes a group of channels. The channels stay: they go to the end of the top level.
#[utoipa::path(
    tag = "channels",
    security(("agent" = [])),
    params(("channel_group_id" = ChannelGroupId, Path, description = "The group.")),
    responses((status = 204, description = "It is gone."), Forbidden, NotFound),
)]
#[delete("/api/v1/channel-groups/{channel_group_id}")]
pub(crate) async fn delete_channel_group(
    state: Data<AppState>,
    admin: Admin,
    PathId(group_id): PathId<ChannelGroupId>,
) -> ApiResult<HttpResponse> {
    channel_tree::delete_channel_group(&state, &admin, group_id).await?;
    Ok(HttpResponse::NoContent().finish())
}
