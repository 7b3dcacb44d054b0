//! `POST /api/v1/conversations/{conversation_id}/reopen`.

use crate::actions::assigning;
use crate::api::problems::{Conflict, Forbidden, NotFound};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::post;
use actix_web::web::{Data, Json};
use types::conversations::Conversation;
use types::id::ConversationId;

/// Opens a closed conversation again, for its assignee, supervisors and admins. Nobody's waits in the queue. 409 when whoever has it has
/// as many others as they may have. Opening an open one changes nothing.
#[utoipa::path(
    tag = "conversations",
    security(("agent" = [])),
    params(("conversation_id" = ConversationId, Path, description = "The conversation.")),
    responses(
        (status = 200, description = "The conversation as it is now.", body = Conversation),
        Conflict,
        Forbidden,
        NotFound,
    ),
)]
#[post("/api/v1/conversations/{conversation_id}/reopen")]
pub(crate) async fn reopen_conversation(
    state: Data<AppState>,
    caller: AnyAgent,
    PathId(conversation_id): PathId<ConversationId>,
) -> ApiResult<Json<Conversation>> {
    assigning::reopen_conversation(&state, &caller, conversation_id).await.map(Json)
}
