//! `GET /api/v1/conversations/{conversation_id}/messages`.

use super::ListMessages;
use crate::api::problems::NotFound;
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::extract::{PathId, ValidQuery};
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use store::messages;
use types::id::ConversationId;
use types::messages::MessageWindow;

/// Lists a stretch of a conversation's messages, oldest first.
#[utoipa::path(
    tag = "messages",
    security(("agent" = [])),
    params(("conversation_id" = ConversationId, Path, description = "The conversation."), ListMessages),
    responses((status = 200, description = "The messages.", body = MessageWindow), NotFound),
)]
#[get("/api/v1/conversations/{conversation_id}/messages")]
pub(crate) async fn list_messages(
    state: Data<AppState>,
    agent: AnyAgent,
    PathId(conversation_id): PathId<ConversationId>,
    ValidQuery(query): ValidQuery<ListMessages>,
) -> ApiResult<Json<MessageWindow>> {
    let (window, limit) = query.window()?;
    let found = messages::for_viewer(state.db.reader(), agent.viewer(), conversation_id, window, limit).await?;
    found.map(Json).ok_or_else(|| ApiError::not_found("conversation"))
}
