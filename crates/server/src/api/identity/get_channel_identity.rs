//! `GET /api/v1/channels/{channel_id}/identity`.

use crate::actions::identity;
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use types::id::ChannelId;
use types::identity::ChannelIdentity;

/// Gets whether a channel's visitors can be identified: whether it has an identity secret. The secret itself is shown once, when it is
/// made.
#[utoipa::path(
    tag = "channels",
    security(("agent" = [])),
    params(("channel_id" = ChannelId, Path, description = "The channel.")),
    responses((status = 200, description = "Whether, and since when.", body = ChannelIdentity), Forbidden, NotFound),
)]
#[get("/api/v1/channels/{channel_id}/identity")]
pub(crate) async fn get_channel_identity(
    state: Data<AppState>,
    admin: Admin,
    PathId(channel_id): PathId<ChannelId>,
) -> ApiResult<Json<ChannelIdentity>> {
    identity::get_channel_identity(&state, &admin, channel_id).await.map(Json)
}
