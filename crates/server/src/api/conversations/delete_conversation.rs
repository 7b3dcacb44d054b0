//! `DELETE /api/v1/conversations/{conversation_id}`.

use crate::actions::conversations;
use crate::api::problems::NotFound;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, delete};
use types::id::ConversationId;

/// Deletes a conversation with its messages, for everybody and for good; the visitor's next message begins a new one. It is in
/// the audit log.
#[utoipa::path(
    tag = "conversations",
    security(("agent" = [])),
    params(("conversation_id" = ConversationId, Path, description = "The conversation.")),
    responses((status = 204, description = "It is gone."), NotFound),
)]
#[delete("/api/v1/conversations/{conversation_id}")]
pub(crate) async fn delete_conversation(
    state: Data<AppState>,
    agent: AnyAgent,
    PathId(conversation_id): PathId<ConversationId>,
) -> ApiResult<HttpResponse> {
    conversations::delete_conversation(&state, &agent, conversation_id).await?;
    Ok(HttpResponse::NoContent().finish())
}
