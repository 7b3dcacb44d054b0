//! `DELETE /api/v1/channels/{channel_id}`.

use crate::actions::channels;
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::{PathId, ValidJson};
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, delete};
use types::channels::DeleteChannel;
use types::id::ChannelId;

/// Deletes a channel with its contacts, conversations and messages. The body must name it.
#[utoipa::path(
    tag = "channels",
    security(("agent" = [])),
    params(("channel_id" = ChannelId, Path, description = "The channel.")),
    request_body = DeleteChannel,
    responses((status = 204, description = "It is gone."), Forbidden, NotFound),
)]
#[delete("/api/v1/channels/{channel_id}")]
pub(crate) async fn delete_channel(
    state: Data<AppState>,
    admin: Admin,
    PathId(channel_id): PathId<ChannelId>,
    ValidJson(request): ValidJson<DeleteChannel>,
) -> ApiResult<HttpResponse> {
    channels::delete_channel(&state, &admin, channel_id, request).await?;
    Ok(HttpResponse::NoContent().finish())
}
