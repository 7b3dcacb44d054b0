//! `PUT /api/v1/conversations/{conversation_id}/members/{agent_id}`.

use crate::actions::members;
use crate::api::problems::{Conflict, Forbidden, NotFound};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::PathIds;
use crate::state::AppState;
use actix_web::put;
use actix_web::web::{Data, Json};
use types::conversations::Conversation;
use types::id::{AgentId, ConversationId};

/// Adds an agent to a conversation, for its assignee, supervisors and admins: the agent sees it with its history and hears what is
/// said from now on. Adding somebody who has it already changes nothing. 409 when as many take part as there may be.
#[utoipa::path(
    tag = "conversations",
    security(("agent" = [])),
    params(
        ("conversation_id" = ConversationId, Path, description = "The conversation."),
        ("agent_id" = AgentId, Path, description = "Who is added."),
    ),
    responses(
        (status = 200, description = "The conversation as it is now.", body = Conversation),
        Forbidden,
        NotFound,
        Conflict,
    ),
)]
#[put("/api/v1/conversations/{conversation_id}/members/{agent_id}")]
pub(crate) async fn add_conversation_member(
    state: Data<AppState>,
    caller: AnyAgent,
    PathIds(conversation_id, agent_id): PathIds<ConversationId, AgentId>,
) -> ApiResult<Json<Conversation>> {
    members::add_conversation_member(&state, &caller, conversation_id, agent_id).await.map(Json)
}
