//! `GET /api/v1/channels/{channel_id}/domains`.

use crate::actions::domains;
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use types::domains::ChannelDomains;
use types::id::ChannelId;

/// Gets the sites on whose pages a channel's chat may stand.
#[utoipa::path(
    tag = "channels",
    security(("agent" = [])),
    params(("channel_id" = ChannelId, Path, description = "The channel.")),
    responses((status = 200, description = "The sites.", body = ChannelDomains), Forbidden, NotFound),
)]
#[get("/api/v1/channels/{channel_id}/domains")]
pub(crate) async fn get_channel_domains(
    state: Data<AppState>,
    admin: Admin,
    PathId(channel_id): PathId<ChannelId>,
) -> ApiResult<Json<ChannelDomains>> {
    domains::get_channel_domains(&state, &admin, channel_id).await.map(Json)
}
