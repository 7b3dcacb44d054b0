//! `POST /api/v1/conversations/{conversation_id}/messages/{message_id}/translation`.

use crate::actions::translating;
use crate::api::problems::{Conflict, NotFound, Upstream};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::{PathIds, ValidJson};
use crate::state::AppState;
use actix_web::post;
use actix_web::web::{Data, Json};
use types::id::{ConversationId, MessageId};
use types::translation::{TranslateMessage, Translation};

/// Translates the words of a message for whoever asks, by the service that the server's operator has chosen: it gets the text and
/// nothing else. Nothing is stored. Where there is no such service (`translation` in the server's info) the answer is 404.
#[utoipa::path(
    tag = "messages",
    security(("agent" = [])),
    params(
        ("conversation_id" = ConversationId, Path, description = "The conversation."),
        ("message_id" = MessageId, Path, description = "The message."),
    ),
    request_body = TranslateMessage,
    responses((status = 200, description = "The translation.", body = Translation), NotFound, Conflict, Upstream),
)]
#[post("/api/v1/conversations/{conversation_id}/messages/{message_id}/translation")]
pub(crate) async fn translate_message(
    state: Data<AppState>,
    agent: AnyAgent,
    PathIds(conversation_id, message_id): PathIds<ConversationId, MessageId>,
    ValidJson(request): ValidJson<TranslateMessage>,
) -> ApiResult<Json<Translation>> {
    translating::translate_message(&state, &agent, conversation_id, message_id, request).await.map(Json)
}
