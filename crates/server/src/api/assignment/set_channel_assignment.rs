//! `PUT /api/v1/channels/{channel_id}/assignment`.

use crate::actions::assigning;
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::{PathId, ValidJson};
use crate::state::AppState;
use actix_web::put;
use actix_web::web::{Data, Json};
use types::assignment::{ChannelAssignment, SetChannelAssignment};
use types::id::ChannelId;

/// Sets to whom a channel's conversations come: to everybody, to groups, or to nobody by themselves. What somebody has stays theirs, and
/// what waits is assigned if it can be now. It is in the audit log.
#[utoipa::path(
    tag = "channels",
    security(("agent" = [])),
    params(("channel_id" = ChannelId, Path, description = "The channel.")),
    request_body = SetChannelAssignment,
    responses((status = 200, description = "As it is now.", body = ChannelAssignment), Forbidden, NotFound),
)]
#[put("/api/v1/channels/{channel_id}/assignment")]
pub(crate) async fn set_channel_assignment(
    state: Data<AppState>,
    admin: Admin,
    PathId(channel_id): PathId<ChannelId>,
    ValidJson(request): ValidJson<SetChannelAssignment>,
) -> ApiResult<Json<ChannelAssignment>> {
    assigning::set_channel_assignment(&state, &admin, channel_id, request).await.map(Json)
}
