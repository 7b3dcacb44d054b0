//! `PUT /api/v1/channels/{channel_id}/style-version`.

use crate::actions::channel_styles;
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::{PathId, ValidJson};
use crate::state::AppState;
use actix_web::put;
use actix_web::web::{Data, Json};
use types::channel_style::SetStyleVersion;
use types::channels::Channel;
use types::id::ChannelId;

/// Publishes an earlier style anew, as the newest version. Open widgets follow.
#[utoipa::path(
    tag = "channels",
    security(("agent" = [])),
    params(("channel_id" = ChannelId, Path, description = "The channel.")),
    request_body = SetStyleVersion,
    responses((status = 200, description = "The channel as it is now.", body = Channel), Forbidden, NotFound),
)]
#[put("/api/v1/channels/{channel_id}/style-version")]
pub(crate) async fn set_style_version(
    state: Data<AppState>,
    admin: Admin,
    PathId(channel_id): PathId<ChannelId>,
    ValidJson(request): ValidJson<SetStyleVersion>,
) -> ApiResult<Json<Channel>> {
    channel_styles::restore_style_version(&state, &admin, channel_id, request.revision).await.map(Json)
}
