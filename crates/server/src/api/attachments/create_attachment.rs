//! `POST /api/v1/conversations/{conversation_id}/attachments`.

use super::{FileBytes, NameFile, take_agents_file};
use crate::actions::attachments;
use crate::api::problems::NotFound;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::{PathId, ValidQuery};
use crate::state::AppState;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, post};
use types::id::ConversationId;
use types::messages::Content;

/// Uploads a file to a conversation. Send a message with its id within a day, or it is removed.
#[utoipa::path(
    tag = "attachments",
    security(("agent" = [])),
    params(("conversation_id" = ConversationId, Path, description = "The conversation."), NameFile),
    request_body(content = FileBytes, content_type = "application/octet-stream", description = "The file's bytes."),
    responses((status = 201, description = "What a message with the file says.", body = Content), NotFound),
)]
#[post("/api/v1/conversations/{conversation_id}/attachments")]
pub(crate) async fn create_attachment(
    state: Data<AppState>,
    agent: AnyAgent,
    PathId(conversation_id): PathId<ConversationId>,
    ValidQuery(named): ValidQuery<NameFile>,
    request: HttpRequest,
    payload: Payload,
) -> ApiResult<HttpResponse> {
    let (owner, received) = take_agents_file(&state, &agent, conversation_id, &request, payload).await?;
    let content = attachments::create_attachment(&state, owner, &named.name, received).await?;
    Ok(HttpResponse::Created().json(content))
}
