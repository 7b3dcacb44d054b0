//! `DELETE /api/v1/conversations/{conversation_id}/snooze`.

use crate::actions::snoozing;
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::delete;
use actix_web::web::{Data, Json};
use types::conversations::Conversation;
use types::id::ConversationId;

/// Brings a conversation back that is put off, for its assignee, supervisors and admins. One that is not put off stays as it is.
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
#[delete("/api/v1/conversations/{conversation_id}/snooze")]
pub(crate) async fn wake_conversation(
    state: Data<AppState>,
    caller: AnyAgent,
    PathId(conversation_id): PathId<ConversationId>,
) -> ApiResult<Json<Conversation>> {
    snoozing::wake_conversation(&state, &caller, conversation_id).await.map(Json)
}
