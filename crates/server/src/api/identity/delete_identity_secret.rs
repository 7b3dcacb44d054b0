//! `DELETE /api/v1/channels/{channel_id}/identity/secret`.

use crate::actions::identity;
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, delete};
use types::id::ChannelId;

/// Takes a channel's identity secret away, and the one before it: nobody is identified from then on, at once. Whoever was identified
/// before keeps their conversation. Done again it changes nothing. It is in the audit log.
#[utoipa::path(
    tag = "channels",
    security(("agent" = [])),
    params(("channel_id" = ChannelId, Path, description = "The channel.")),
    responses((status = 204, description = "There is none."), Forbidden, NotFound),
)]
#[delete("/api/v1/channels/{channel_id}/identity/secret")]
pub(crate) async fn delete_identity_secret(
    state: Data<AppState>,
    admin: Admin,
    PathId(channel_id): PathId<ChannelId>,
) -> ApiResult<HttpResponse> {
    identity::delete_identity_secret(&state, &admin, channel_id).await?;
    Ok(HttpResponse::NoContent().finish())
}
