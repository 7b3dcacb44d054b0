//! `GET /api/v1/conversations/{conversation_id}/notes`.

use crate::api::problems::NotFound;
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::extract::{PathId, ValidQuery};
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use serde::Deserialize;
use store::notes;
use types::id::ConversationId;
use types::notes::Notes;

/// Which notes.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListNotes {
    /// Those before this number; the newest when absent.
    before: Option<i64>,
}

/// Lists the internal notes beside a conversation, oldest first, at most 100. Visitors never hear of any.
#[utoipa::path(
    tag = "notes",
    security(("agent" = [])),
    params(("conversation_id" = ConversationId, Path, description = "The conversation."), ListNotes),
    responses((status = 200, description = "The notes.", body = Notes), NotFound),
)]
#[get("/api/v1/conversations/{conversation_id}/notes")]
pub(crate) async fn list_notes(
    state: Data<AppState>,
    agent: AnyAgent,
    PathId(conversation_id): PathId<ConversationId>,
    ValidQuery(query): ValidQuery<ListNotes>,
) -> ApiResult<Json<Notes>> {
    let found = notes::list(state.db.reader(), agent.viewer(), conversation_id, query.before).await?;
    found.map(Json).ok_or_else(|| ApiError::not_found("conversation"))
}
