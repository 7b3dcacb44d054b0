//! `POST /api/v1/conversations/{conversation_id}/take-over`.

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

/// Makes a conversation the caller's: one that nobody has for everybody who sees it, any for supervisors and admins. Whoever had it sees
/// it no more, unless they see all. 409 when the caller has as many as they may have.
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
#[post("/api/v1/conversations/{conversation_id}/take-over")]
pub(crate) async fn take_over_conversation(
    state: Data<AppState>,
    caller: AnyAgent,
    PathId(conversation_id): PathId<ConversationId>,
) -> ApiResult<Json<Conversation>> {
    assigning::take_over_conversation(&state, &caller, conversation_id).await.map(Json)
}
