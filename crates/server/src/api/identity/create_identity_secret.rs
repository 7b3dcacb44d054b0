//! `POST /api/v1/channels/{channel_id}/identity/secret`.

use crate::actions::identity;
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use types::id::ChannelId;
use types::identity::IdentitySecret;

/// Gives a channel a new identity secret, by which the company's own server proves who a visitor is. It is shown this once. The one
/// before is good for another day, so that nobody is turned away while the new one is put in its place. It is in the audit log.
#[utoipa::path(
    tag = "channels",
    security(("agent" = [])),
    params(("channel_id" = ChannelId, Path, description = "The channel.")),
    responses((status = 201, description = "The secret.", body = IdentitySecret), Forbidden, NotFound),
)]
#[post("/api/v1/channels/{channel_id}/identity/secret")]
pub(crate) async fn create_identity_secret(
    state: Data<AppState>,
    admin: Admin,
    PathId(channel_id): PathId<ChannelId>,
) -> ApiResult<HttpResponse> {
    let secret: IdentitySecret = identity::create_identity_secret(&state, &admin, channel_id).await?;
    Ok(HttpResponse::Created().json(secret))
}
