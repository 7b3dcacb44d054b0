//! Who takes part in a conversation.

use crate::actions::conversations::auditor;
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use rules::permissions::{Permission, can, can_add_members, can_remove_member};
use store::members::{self, Added, Held, Member};
use store::{Tx, agents, conversations};
use types::conversations::Conversation;
use types::error::ErrorCode;
use types::id::{AgentId, ConversationId};
use types::limits;

/// Adds an agent to a conversation: they see it with its history and hear what is said from now on. Who has it already stays.
///
/// # Errors
/// Not found when the conversation is not the caller's, or there is no such agent who works here; forbidden for callers who neither
/// have it nor lead; a conflict when as many take part as there may be.
pub async fn add_conversation_member(
    state: &AppState,
    caller: &AnyAgent,
    conversation_id: ConversationId,
    agent_id: AgentId,
) -> ApiResult<Conversation> {
    let (viewer, role, auditor) = (caller.viewer(), caller.role, auditor(state, caller));
    let added = state.write(move |tx| {
        Box::pin(async move {
            let held = Held::lock(tx, viewer, conversation_id).await?.ok_or_else(conversation_missing)?;
            can_add_members(role, held.assignee_id() == Some(viewer.agent_id))?;
            let (member, works) = member(tx, viewer, agent_id).await?;
            if !works {
                return Err(ApiError::not_found("agent"));
            }
            match members::add(tx, viewer, held, member, auditor).await? {
                Added::Done => {
                    conversations::get(tx.conn(), viewer, conversation_id).await?.ok_or_else(conversation_missing)
                }
                Added::TooMany => {
                    let detail = format!("At most {} agents take part besides the assignee", limits::MEMBERS_MAX);
                    Err(ApiError::new(ErrorCode::Conflict, detail))
                }
            }
        })
    });
    added.await
}

/// Removes an agent from a conversation, or lets the caller leave it. From the answer on they neither see nor hear it.
///
/// # Errors
/// Not found when the conversation is not the caller's, or there is no such agent; forbidden for callers who neither have it nor lead
/// nor leave; a conflict for its assignee, who would have to hand it on.
pub async fn remove_conversation_member(
    state: &AppState,
    caller: &AnyAgent,
    conversation_id: ConversationId,
    agent_id: AgentId,
) -> ApiResult<()> {
    let (viewer, role, auditor) = (caller.viewer(), caller.role, auditor(state, caller));
    let removed = state.write(move |tx| {
        Box::pin(async move {
            let held = Held::lock(tx, viewer, conversation_id).await?.ok_or_else(conversation_missing)?;
            let is_assignee = held.assignee_id() == Some(viewer.agent_id);
            can_remove_member(role, is_assignee, agent_id == viewer.agent_id)?;
            let (member, _) = member(tx, viewer, agent_id).await?;
            if held.assignee_id() == Some(agent_id) {
                return Err(ApiError::new(ErrorCode::Conflict, "The assignee cannot be removed"));
            }
            Ok(members::remove(tx, viewer, held, member, auditor).await?)
        })
    });
    removed.await
}

/// An agent of the organisation, and whether they can sign in.
async fn member(tx: &Tx, viewer: store::Viewer, agent_id: AgentId) -> ApiResult<(Member, bool)> {
    let agent = agents::get(tx.conn(), viewer.scope(), agent_id).await?;
    let agent = agent.ok_or_else(|| ApiError::not_found("agent"))?;
    let sees_all = can(agent.role, Permission::SeeAllConversations).is_ok();
    Ok((Member { id: agent.id, name: agent.name, sees_all }, agent.disabled_at.is_none()))
}

fn conversation_missing() -> ApiError {
    ApiError::not_found("conversation")
}
