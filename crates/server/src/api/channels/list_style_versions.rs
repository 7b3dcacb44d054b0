//! `GET /api/v1/channels/{channel_id}/style-versions`.

use crate::actions::channel_styles;
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use types::channel_style::StyleVersions;
use types::id::ChannelId;

/// Lists the published styles of a channel, newest first; the newest 50 are kept.
#[utoipa::path(
    tag = "channels",
    security(("agent" = [])),
    params(("channel_id" = ChannelId, Path, description = "The channel.")),
    responses((status = 200, description = "The versions.", body = StyleVersions), Forbidden, NotFound),
)]
#[get("/api/v1/channels/{channel_id}/style-versions")]
pub(crate) async fn list_style_versions(
    state: Data<AppState>,
    admin: Admin,
    PathId(channel_id): PathId<ChannelId>,
) -> ApiResult<Json<StyleVersions>> {
    channel_styles::style_versions(&state, &admin, channel_id).await.map(Json)
}
