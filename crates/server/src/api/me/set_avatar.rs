//! `PUT /api/v1/me/avatar`.

use crate::actions::avatars;
use crate::api::attachments::{FileBytes, take_bytes};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::state::AppState;
use actix_web::web::{Data, Json, Payload};
use actix_web::{HttpRequest, put};
use types::agents::Me;
use types::limits::AVATAR_BYTES_MAX;

/// Sets one's own picture: a JPEG, PNG or WebP of at most 5 MB. The square in its middle is kept, at most 512 pixels wide, as a JPEG
/// of which nothing else is left. The one before is gone.
#[utoipa::path(
    tag = "me",
    security(("agent" = [])),
    request_body(content = FileBytes, content_type = "application/octet-stream", description = "The picture's bytes."),
    responses((status = 200, description = "The account as it is now.", body = Me)),
)]
#[put("/api/v1/me/avatar")]
pub(crate) async fn set_avatar(
    state: Data<AppState>,
    agent: AnyAgent,
    request: HttpRequest,
    payload: Payload,
) -> ApiResult<Json<Me>> {
    let received = take_bytes(&state, &request, payload, AVATAR_BYTES_MAX).await?;
    // It can have been a good while on its way.
    let agent = agent.as_of_now(&state).await?;
    avatars::set_avatar(&state, &agent, received).await.map(Json)
}
