//! `GET /api/v1/channel-tree`.

use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use store::channel_tree;
use types::channel_tree::ChannelTree;

/// Gets the groups of channels and the order of everything: first the channels of no group, then the groups.
#[utoipa::path(
    tag = "channels",
    security(("agent" = [])),
    responses((status = 200, description = "The tree.", body = ChannelTree)),
)]
#[get("/api/v1/channel-tree")]
pub(crate) async fn get_channel_tree(state: Data<AppState>, agent: AnyAgent) -> ApiResult<Json<ChannelTree>> {
    Ok(Json(channel_tree::read(state.db.reader(), agent.scope()).await?))
}
