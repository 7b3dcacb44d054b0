//! `PUT /api/v1/conversations/{conversation_id}/snooze`.

use crate::actions::snoozing;
use crate::api::problems::{Conflict, Forbidden, NotFound};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::{PathId, ValidJson};
use crate::state::AppState;
use actix_web::put;
use actix_web::web::{Data, Json};
use types::assignment::SnoozeConversation;
use types::conversations::Conversation;
use types::id::ConversationId;

/// Puts an open conversation off until a time, at most a year ahead, for its assignee, supervisors and admins. It does not count to what
/// its agent may have meanwhile; at its time, or with the visitor's next message, it is back before them. 409 when it is closed or
/// nobody's, or when its agent has put off as many as they may. Setting another time is allowed.
#[utoipa::path(
    tag = "conversations",
    security(("agent" = [])),
    params(("conversation_id" = ConversationId, Path, description = "The conversation.")),
    request_body = SnoozeConversation,
    responses(
        (status = 200, description = "The conversation as it is now.", body = Conversation),
        Conflict,
        Forbidden,
        NotFound,
    ),
)]
#[put("/api/v1/conversations/{conversation_id}/snooze")]
pub(crate) async fn snooze_conversation(
    state: Data<AppState>,
    caller: AnyAgent,
    PathId(conversation_id): PathId<ConversationId>,
    ValidJson(request): ValidJson<SnoozeConversation>,
) -> ApiResult<Json<Conversation>> {
    snoozing::snooze_conversation(&state, &caller, conversation_id, request).await.map(Json)
}
