//! `PUT /api/v1/conversations/{conversation_id}/read`.

use crate::actions::conversations;
use crate::api::problems::NotFound;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::{PathId, ValidJson};
use crate::state::AppState;
use actix_web::put;
use actix_web::web::{Data, Json};
use types::conversations::{MarkRead, ReadState};
use types::id::ConversationId;

/// Moves the caller's read mark forward. "Needs reply" stays: only an answer clears it.
#[utoipa::path(
    tag = "conversations",
    security(("agent" = [])),
    params(("conversation_id" = ConversationId, Path, description = "The conversation.")),
    request_body = MarkRead,
    responses((status = 200, description = "Where reading stands now.", body = ReadState), NotFound),
)]
#[put("/api/v1/conversations/{conversation_id}/read")]
pub(crate) async fn mark_conversation_read(
    state: Data<AppState>,
    agent: AnyAgent,
    PathId(conversation_id): PathId<ConversationId>,
    ValidJson(request): ValidJson<MarkRead>,
) -> ApiResult<Json<ReadState>> {
    conversations::mark_read(&state, &agent, conversation_id, request.seq).await.map(Json)
}
