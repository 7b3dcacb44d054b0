//! `GET /api/v1/conversations/{conversation_id}`.

use crate::api::problems::NotFound;
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use store::conversations;
use types::conversations::Conversation;
use types::id::ConversationId;

/// Gets a conversation as the caller sees it.
#[utoipa::path(
    tag = "conversations",
    security(("agent" = [])),
    params(("conversation_id" = ConversationId, Path, description = "The conversation.")),
    responses((status = 200, description = "The conversation.", body = Conversation), NotFound),
)]
#[get("/api/v1/conversations/{conversation_id}")]
pub(crate) async fn get_conversation(
    state: Data<AppState>,
    agent: AnyAgent,
    PathId(conversation_id): PathId<ConversationId>,
) -> ApiResult<Json<Conversation>> {
    let found = conversations::get(state.db.reader(), agent.viewer(), conversation_id).await?;
    found.map(Json).ok_or_else(|| ApiError::not_found("conversation"))
}
