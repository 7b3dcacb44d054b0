//! `GET /api/v1/channels/{channel_id}/assignment`.

use crate::actions::assigning;
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use types::assignment::ChannelAssignment;
use types::id::ChannelId;

/// Gets to whom a channel's conversations come.
#[utoipa::path(
    tag = "channels",
    security(("agent" = [])),
    params(("channel_id" = ChannelId, Path, description = "The channel.")),
    responses((status = 200, description = "The groups that serve it, and those that there are.", body = ChannelAssignment), Forbidden, NotFound),
)]
#[get("/api/v1/channels/{channel_id}/assignment")]
pub(crate) async fn get_channel_assignment(
    state: Data<AppState>,
    admin: Admin,
    PathId(channel_id): PathId<ChannelId>,
) -> ApiResult<Json<ChannelAssignment>> {
    assigning::channel_assignment(&state, &admin, channel_id).await.map(Json)
}
