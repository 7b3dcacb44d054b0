//! `PATCH /api/v1/channels/{channel_id}`.

use crate::actions::channels;
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::{PathId, ValidJson};
use crate::state::AppState;
use actix_web::patch;
use actix_web::web::{Data, Json};
use types::channels::{Channel, ChannelPatch};
use types::id::ChannelId;

/// Edits a channel; what the body leaves out stays. Disabling it ends its visitors' connections.
#[utoipa::path(
    tag = "channels",
    security(("agent" = [])),
    params(("channel_id" = ChannelId, Path, description = "The channel.")),
    request_body = ChannelPatch,
    responses((status = 200, description = "The channel as it is now.", body = Channel), Forbidden, NotFound),
)]
#[patch("/api/v1/channels/{channel_id}")]
pub(crate) async fn update_channel(
    state: Data<AppState>,
    admin: Admin,
    PathId(channel_id): PathId<ChannelId>,
    ValidJson(patch): ValidJson<ChannelPatch>,
) -> ApiResult<Json<Channel>> {
    channels::update_channel(&state, &admin, channel_id, patch).await.map(Json)
}
