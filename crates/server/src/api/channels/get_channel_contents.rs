//! `GET /api/v1/channels/{channel_id}/contents`.

use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::{ApiError, ApiResult};
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use store::channels;
use types::channels::ChannelContents;
use types::id::ChannelId;

/// Counts what goes when the channel is deleted.
#[utoipa::path(
    tag = "channels",
    security(("agent" = [])),
    params(("channel_id" = ChannelId, Path, description = "The channel.")),
    responses((status = 200, description = "The counts.", body = ChannelContents), Forbidden, NotFound),
)]
#[get("/api/v1/channels/{channel_id}/contents")]
pub(crate) async fn get_channel_contents(
    state: Data<AppState>,
    admin: Admin,
    PathId(channel_id): PathId<ChannelId>,
) -> ApiResult<Json<ChannelContents>> {
    let contents = channels::contents(state.db.reader(), admin.scope(), channel_id).await?;
    contents.map(Json).ok_or_else(|| ApiError::not_found("channel"))
}
