//! Recalling messages.

use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use rules::permissions::{Permission, can};
use rules::recalling::{NotRecalled, may_recall};
use store::{messages, recalling};
use types::error::ErrorCode;
use types::id::{ConversationId, MessageId};
use types::messages::{Content, Message};

/// Recalls a message of the agent's own, for everybody; the answer means that nobody is shown its words any more. What is
/// recalled already stays so.
///
/// # Errors
/// Not found when it is not there, or not for them; forbidden when somebody else wrote it; a conflict when it is too late.
pub async fn recall_message(
    state: &AppState,
    agent: &AnyAgent,
    conversation_id: ConversationId,
    message_id: MessageId,
) -> ApiResult<Message> {
    can(agent.role, Permission::AnswerConversations)?;
    let (viewer, reader, now) = (agent.viewer(), state.db.reader(), state.clock.now());
    let found = messages::get(reader, viewer, conversation_id, message_id).await?;
    let message = found.ok_or_else(|| ApiError::not_found("message"))?;
    // Also too late, and whoever asks twice: it is as they want it.
    if message.content == (Content::Recalled {}) {
        may_recall(agent.agent_id, &message.author, now, now).map_err(refused)?;
        return Ok(message);
    }
    may_recall(agent.agent_id, &message.author, message.created_at, now).map_err(refused)?;
    let told = recalling::told(reader, viewer.scope(), &message).await?;
    let recalled = state
        .write_alone(move |tx| Box::pin(async move { Ok(recalling::recall(tx, viewer, &message, &told, now).await?) }));
    let recalled = recalled.await?;
    state.translation.forget(message_id).await;
    Ok(recalled)
}

fn refused(why: NotRecalled) -> ApiError {
    let code = match why {
        NotRecalled::NotTheAuthor => ErrorCode::Forbidden,
        NotRecalled::TooLate => ErrorCode::Conflict,
    };
    ApiError::new(code, why.to_string())
}
