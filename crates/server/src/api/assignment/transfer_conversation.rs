//! `POST /api/v1/conversations/{conversation_id}/transfer`.

use crate::actions::assigning;
use crate::api::problems::{Conflict, Forbidden, NotFound};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::{PathId, ValidJson};
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use types::assignment::TransferConversation;
use types::id::ConversationId;

/// Hands a conversation on, for its assignee, supervisors and admins: to an agent, or to a group, of which whoever's turn it is gets it,
/// and for whom it waits in the queue while nobody can. The caller may see it no more. 409 when the agent has as many as they may have.
#[utoipa::path(
    tag = "conversations",
    security(("agent" = [])),
    params(("conversation_id" = ConversationId, Path, description = "The conversation.")),
    request_body = TransferConversation,
    responses((status = 204, description = "It is theirs, or waits for them."), Conflict, Forbidden, NotFound),
)]
#[post("/api/v1/conversations/{conversation_id}/transfer")]
pub(crate) async fn transfer_conversation(
    state: Data<AppState>,
    caller: AnyAgent,
    PathId(conversation_id): PathId<ConversationId>,
    ValidJson(request): ValidJson<TransferConversation>,
) -> ApiResult<HttpResponse> {
    assigning::transfer_conversation(&state, &caller, conversation_id, request).await?;
    Ok(HttpResponse::NoContent().finish())
}
