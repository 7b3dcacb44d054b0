//! `POST /api/v1/conversations/{conversation_id}/messages/{message_id}/recall`.

use crate::actions::recalling;
use crate::api::problems::{Conflict, Forbidden, NotFound};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::PathIds;
use crate::state::AppState;
use actix_web::post;
use actix_web::web::{Data, Json};
use types::id::{ConversationId, MessageId};
use types::messages::Message;

/// Recalls a message of one's own, within two minutes of sending it. It keeps its place and says nothing any more, on every
/// device of both sides; its text or file is gone for good.
#[utoipa::path(
    tag = "messages",
    security(("agent" = [])),
    params(
        ("conversation_id" = ConversationId, Path, description = "The conversation."),
        ("message_id" = MessageId, Path, description = "The message."),
    ),
    responses(
        (status = 200, description = "The message as it is now.", body = Message),
        Forbidden,
        NotFound,
        Conflict,
    ),
)]
#[post("/api/v1/conversations/{conversation_id}/messages/{message_id}/recall")]
pub(crate) async fn recall_message(
    state: Data<AppState>,
    agent: AnyAgent,
    PathIds(conversation_id, message_id): PathIds<ConversationId, MessageId>,
) -> ApiResult<Json<Message>> {
    recalling::recall_message(&state, &agent, conversation_id, message_id).await.map(Json)
}
