//! `GET /api/v1/conversations/{conversation_id}/file-access`.

use crate::actions::attachments;
use crate::api::problems::NotFound;
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::extract::PathId;
use crate::files::pass::PassReader;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use store::channels;
use types::attachments::FileAccess;
use types::id::ConversationId;

/// Gets the beginning of the addresses under which a conversation's files are for an hour or two, and how large a new one may be.
#[utoipa::path(
    tag = "attachments",
    security(("agent" = [])),
    params(("conversation_id" = ConversationId, Path, description = "The conversation.")),
    responses((status = 200, description = "How its files are reached.", body = FileAccess), NotFound),
)]
#[get("/api/v1/conversations/{conversation_id}/file-access")]
pub(crate) async fn get_file_access(
    state: Data<AppState>,
    agent: AnyAgent,
    PathId(conversation_id): PathId<ConversationId>,
) -> ApiResult<Json<FileAccess>> {
    let owner = store::attachments::owner(state.db.reader(), agent.viewer(), conversation_id).await?;
    let owner = owner.ok_or_else(|| ApiError::not_found("conversation"))?;
    let of_channel = channels::file_limit(state.db.reader(), agent.scope(), owner.channel_id).await?;
    let view = agent.viewed_by.map(|_| agent.session_id);
    let reader = PassReader { agent_id: agent.agent_id, view };
    Ok(Json(attachments::access_of(&state, owner.org_id, owner.contact_id, Some(reader), of_channel)))
}
