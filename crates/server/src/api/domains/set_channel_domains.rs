//! `PUT /api/v1/channels/{channel_id}/domains`.

use crate::actions::domains;
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::{PathId, ValidJson};
use crate::state::AppState;
use actix_web::put;
use actix_web::web::{Data, Json};
use types::domains::{ChannelDomains, SetChannelDomains};
use types::id::ChannelId;

/// Sets the sites on whose pages a channel's chat may stand: all of them; an empty list allows every page. A page of another site cannot
/// open the chat, nor frame the chat's own page. It is in the audit log.
#[utoipa::path(
    tag = "channels",
    security(("agent" = [])),
    params(("channel_id" = ChannelId, Path, description = "The channel.")),
    request_body = SetChannelDomains,
    responses((status = 200, description = "The sites as they are now.", body = ChannelDomains), Forbidden, NotFound),
)]
#[put("/api/v1/channels/{channel_id}/domains")]
pub(crate) async fn set_channel_domains(
    state: Data<AppState>,
    admin: Admin,
    PathId(channel_id): PathId<ChannelId>,
    ValidJson(request): ValidJson<SetChannelDomains>,
) -> ApiResult<Json<ChannelDomains>> {
    domains::set_channel_domains(&state, &admin, channel_id, request).await.map(Json)
}
