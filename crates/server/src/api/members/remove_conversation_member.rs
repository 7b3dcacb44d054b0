//! `DELETE /api/v1/conversations/{conversation_id}/members/{agent_id}`.

use crate::actions::members;
use crate::api::problems::{Conflict, Forbidden, NotFound};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::PathIds;
use crate::state::AppState;
use actix_web::HttpResponse;
use actix_web::delete;
use actix_web::web::Data;
use types::id::{AgentId, ConversationId};

/// Removes an agent from a conversation, for its assignee, supervisors and admins; members may remove themselves. Every device of the
/// agent loses it at once. Removing somebody who does not take part changes nothing. 409 for the assignee.
#[utoipa::path(
    tag = "conversations",
    security(("agent" = [])),
    params(
        ("conversation_id" = ConversationId, Path, description = "The conversation."),
        ("agent_id" = AgentId, Path, description = "Who is removed."),
    ),
    responses((status = 204, description = "They take part no more."), Forbidden, NotFound, Conflict),
)]
#[delete("/api/v1/conversations/{conversation_id}/members/{agent_id}")]
pub(crate) async fn remove_conversation_member(
    state: Data<AppState>,
    caller: AnyAgent,
    PathIds(conversation_id, agent_id): PathIds<ConversationId, AgentId>,
) -> ApiResult<HttpResponse> {
    members::remove_conversation_member(&state, &caller, conversation_id, agent_id).await?;
    Ok(HttpResponse::NoContent().finish())
}
