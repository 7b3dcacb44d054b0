//! `POST /api/v1/conversations/{conversation_id}/close`.

use crate::actions::assigning;
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::post;
use actix_web::web::{Data, Json};
use types::conversations::Conversation;
use types::id::ConversationId;

/// Closes a conversation, for its assignee, supervisors and admins. It stays whose it was, and counts no more against what they may
/// have; the visitor's next message opens it again. Closing a closed one changes nothing.
#[utoipa::path(
    tag = "conversations",
    security(("agent" = [])),
    params(("conversation_id" = ConversationId, Path, description = "The conversation.")),
    responses(
        (status = 200, description = "The conversation as it is now.", body = Conversation),
        Forbidden,
        NotFound,
    ),
)]
#[post("/api/v1/conversations/{conversation_id}/close")]
pub(crate) async fn close_conversation(
    state: Data<AppState>,
    caller: AnyAgent,
    PathId(conversation_id): PathId<ConversationId>,
) -> ApiResult<Json<Conversation>> {
    assigning::close_conversation(&state, &caller, conversation_id).await.map(Json)
}
