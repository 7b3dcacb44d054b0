//! `POST /api/v1/conversations/{conversation_id}/notes`.

use crate::actions::notes;
use crate::api::problems::{Conflict, Forbidden, NotFound};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::{PathId, ValidJson};
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use types::id::ConversationId;
use types::notes::{CreateNote, Note};

/// Writes an internal note beside a conversation: agents who may see that read it, and no visitor ever does. Whom it mentions is
/// told, also where the conversation is muted. A whisper is one for whoever has the conversation, who is told as well: by those who see
/// all conversations, 409 where nobody else has it.
#[utoipa::path(
    tag = "notes",
    security(("agent" = [])),
    params(("conversation_id" = ConversationId, Path, description = "The conversation.")),
    request_body = CreateNote,
    responses(
        (status = 201, description = "The note.", body = Note),
        (status = 200, description = "The note that this nonce made before.", body = Note),
        Conflict,
        Forbidden,
        NotFound,
    ),
)]
#[post("/api/v1/conversations/{conversation_id}/notes")]
pub(crate) async fn create_note(
    state: Data<AppState>,
    agent: AnyAgent,
    PathId(conversation_id): PathId<ConversationId>,
    ValidJson(request): ValidJson<CreateNote>,
) -> ApiResult<HttpResponse> {
    let (note, duplicate) = notes::create_note(&state, &agent, conversation_id, request).await?;
    let mut response = if duplicate { HttpResponse::Ok() } else { HttpResponse::Created() };
    Ok(response.json(note))
}
