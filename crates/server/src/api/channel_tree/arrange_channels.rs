//! `PUT /api/v1/channel-tree`.

use crate::actions::channel_tree;
use crate::api::problems::{Conflict, Forbidden};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::ValidJson;
use crate::state::AppState;
use actix_web::put;
use actix_web::web::{Data, Json};
use types::channel_tree::{ArrangeChannels, ChannelTree};

/// Sets the order of all channels and groups, and which channels are in which group. The body names every one of them once, and the
/// revision that it was made from: 409 when somebody else has arranged them meanwhile.
#[utoipa::path(
    tag = "channels",
    security(("agent" = [])),
    request_body = ArrangeChannels,
    responses((status = 200, description = "The tree as it is now.", body = ChannelTree), Forbidden, Conflict),
)]
#[put("/api/v1/channel-tree")]
pub(crate) async fn arrange_channels(
    state: Data<AppState>,
    admin: Admin,
    ValidJson(request): ValidJson<ArrangeChannels>,
) -> ApiResult<Json<ChannelTree>> {
    channel_tree::arrange_channels(&state, &admin, request).await.map(Json)
}
