//! `PATCH /api/v1/conversations/{conversation_id}/personal`.

use crate::actions::conversations;
use crate::api::problems::{Conflict, NotFound};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::{PathId, ValidJson};
use crate::state::AppState;
use actix_web::patch;
use actix_web::web::{Data, Json};
use types::conversations::{Conversation, PersonalPatch};
use types::id::ConversationId;

/// Pins, mutes or marks a conversation, for the caller alone; what the body leaves out stays. 409 when as many are pinned as
/// there may be.
#[utoipa::path(
    tag = "conversations",
    security(("agent" = [])),
    params(("conversation_id" = ConversationId, Path, description = "The conversation.")),
    request_body = PersonalPatch,
    responses((status = 200, description = "The conversation as it is now.", body = Conversation), NotFound, Conflict),
)]
#[patch("/api/v1/conversations/{conversation_id}/personal")]
pub(crate) async fn personalise_conversation(
    state: Data<AppState>,
    agent: AnyAgent,
    PathId(conversation_id): PathId<ConversationId>,
    ValidJson(patch): ValidJson<PersonalPatch>,
) -> ApiResult<Json<Conversation>> {
    conversations::personalise_conversation(&state, &agent, conversation_id, patch).await.map(Json)
}
