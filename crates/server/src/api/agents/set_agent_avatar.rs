//! `PUT /api/v1/agents/{agent_id}/avatar`.

use super::seen_one;
use crate::actions::avatars;
use crate::api::attachments::{FileBytes, take_bytes};
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::web::{Data, Json, Payload};
use actix_web::{HttpRequest, put};
use types::agents::Agent;
use types::id::AgentId;
use types::limits::AVATAR_BYTES_MAX;

/// Sets a colleague's picture: a JPEG, PNG or WebP of at most 5 MB. The square in its middle is kept, at most 512 pixels wide, as a JPEG
/// of which nothing else is left. The one before is gone. It is in the audit log.
#[utoipa::path(
    tag = "agents",
    security(("agent" = [])),
    params(("agent_id" = AgentId, Path, description = "The agent.")),
    request_body(content = FileBytes, content_type = "application/octet-stream", description = "The picture's bytes."),
    responses((status = 200, description = "The agent as they are now.", body = Agent), Forbidden, NotFound),
)]
#[put("/api/v1/agents/{agent_id}/avatar")]
pub(crate) async fn set_agent_avatar(
    state: Data<AppState>,
    admin: Admin,
    PathId(agent_id): PathId<AgentId>,
    request: HttpRequest,
    payload: Payload,
) -> ApiResult<Json<Agent>> {
    let received = take_bytes(&state, &request, payload, AVATAR_BYTES_MAX).await?;
    // It can have been a good while on its way.
    let admin = admin.as_of_now(&state).await?;
    let agent = avatars::set_agent_avatar(&state, &admin, agent_id, received).await?;
    seen_one(&admin, &state, agent).await.map(Json)
}
