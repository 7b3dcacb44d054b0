//! `POST /api/v1/conversations/{conversation_id}/messages`.

use crate::actions::messages;
use crate::api::problems::NotFound;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::{PathId, ValidJson};
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use types::id::ConversationId;
use types::messages::{Message, SendMessage};

/// Sends a message. The answer means that it is on disk.
#[utoipa::path(
    tag = "messages",
    security(("agent" = [])),
    params(("conversation_id" = ConversationId, Path, description = "The conversation.")),
    request_body = SendMessage,
    responses(
        (status = 201, description = "The message.", body = Message),
        (status = 200, description = "The message that this nonce made before.", body = Message),
        NotFound,
    ),
)]
#[post("/api/v1/conversations/{conversation_id}/messages")]
pub(crate) async fn send_message(
    state: Data<AppState>,
    agent: AnyAgent,
    PathId(conversation_id): PathId<ConversationId>,
    ValidJson(request): ValidJson<SendMessage>,
) -> ApiResult<HttpResponse> {
    messages::send_message(&state, &agent, conversation_id, request).await.map(super::stored)
}
