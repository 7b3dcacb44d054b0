//! `DELETE /api/v1/conversations/{conversation_id}/messages`.

use crate::actions::conversations;
use crate::api::problems::NotFound;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, delete};
use types::id::ConversationId;

/// Clears a conversation's history, for everybody and for good; the next message goes on with the next `seq`. It is in the
/// audit log.
#[utoipa::path(
    tag = "conversations",
    security(("agent" = [])),
    params(("conversation_id" = ConversationId, Path, description = "The conversation.")),
    responses((status = 204, description = "There is no message any more."), NotFound),
)]
#[delete("/api/v1/conversations/{conversation_id}/messages")]
pub(crate) async fn clear_conversation(
    state: Data<AppState>,
    agent: AnyAgent,
    PathId(conversation_id): PathId<ConversationId>,
) -> ApiResult<HttpResponse> {
    conversations::clear_conversation(&state, &agent, conversation_id).await?;
    Ok(HttpResponse::NoContent().finish())
}
