//! `GET /api/v1/channels/{channel_id}`.

use crate::actions::channels::channel_of;
use crate::api::problems::NotFound;
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use store::channels;
use types::channels::Channel;
use types::id::ChannelId;

/// Gets a channel.
#[utoipa::path(
    tag = "channels",
    security(("agent" = [])),
    params(("channel_id" = ChannelId, Path, description = "The channel.")),
    responses((status = 200, description = "The channel.", body = Channel), NotFound),
)]
#[get("/api/v1/channels/{channel_id}")]
pub(crate) async fn get_channel(
    state: Data<AppState>,
    agent: AnyAgent,
    PathId(channel_id): PathId<ChannelId>,
) -> ApiResult<Json<Channel>> {
    let row = channels::get(state.db.reader(), agent.scope(), channel_id).await?;
    let row = row.ok_or_else(|| ApiError::not_found("channel"))?;
    Ok(Json(channel_of(row, &state.config)))
}
