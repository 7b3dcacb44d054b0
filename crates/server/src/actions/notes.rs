//! Internal notes.

use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use rules::permissions::{Permission, can};
use store::members::Held;
use store::notes::{self, NewNote};
use store::{Tx, Viewer, agents};
use types::error::{ErrorCode, FieldCode};
use types::id::{AgentId, ConversationId, NoteId};
use types::notes::{CreateNote, Note};
use types::validate::Validate;

/// Stores a note beside a conversation, and says whether it had been stored before.
///
/// # Errors
/// Not found when the conversation is not theirs; invalid when it mentions somebody who may not see that. A whisper: forbidden for those
/// who do not see all conversations, and a conflict where there is nobody else to whom it could go.
pub async fn create_note(
    state: &AppState,
    agent: &AnyAgent,
    conversation_id: ConversationId,
    request: CreateNote,
) -> ApiResult<(Note, bool)> {
    can(agent.role, Permission::AnswerConversations)?;
    let errors = request.validate();
    if !errors.is_empty() {
        return Err(ApiError::invalid(errors));
    }
    let CreateNote { nonce, text, mut mentions, whisper } = request;
    if whisper {
        can(agent.role, Permission::SeeAllConversations)?;
    }
    mentions.sort_unstable();
    mentions.dedup();
    let (viewer, id, at, author_name) = (agent.viewer(), state.ids.make(NoteId), state.clock.now(), agent.name.clone());
    let stored = state.write(move |tx| {
        Box::pin(async move {
            let held = Held::lock(tx, viewer, conversation_id).await?;
            let held = held.ok_or_else(|| ApiError::not_found("conversation"))?;
            if let Some(before) = notes::written(tx.conn(), viewer, &held, nonce).await? {
                return Ok((before, true));
            }
            if whisper {
                let to = whispered_to(viewer, &held)?;
                if !mentions.contains(&to) {
                    mentions.push(to);
                }
            }
            check_mentions(tx, viewer, &held, &mentions).await?;
            let new = NewNote { id, nonce, author_name, text, whisper, mentions, at };
            Ok((notes::create(tx, viewer, held, new).await?, false))
        })
    });
    stored.await
}

/// Whoever has the conversation, and is somebody else.
fn whispered_to(viewer: Viewer, held: &Held) -> ApiResult<AgentId> {
    let to = held.assignee_id().filter(|assignee| *assignee != viewer.agent_id);
    to.ok_or_else(|| {
        ApiError::new(ErrorCode::Conflict, "Nobody else has the conversation: there is nobody to whisper to")
    })
}

/// Whoever is told of a note must be able to read it. With the conversation locked, who takes part does not change until the commit.
async fn check_mentions(tx: &Tx, viewer: Viewer, held: &Held, mentions: &[AgentId]) -> ApiResult<()> {
    if mentions.is_empty() {
        return Ok(());
    }
    let there = agents::roles(tx.conn(), viewer.scope(), mentions).await?;
    let sees = |id: &AgentId| {
        let known = there.iter().find(|(known, _)| known == id);
        known.is_some_and(|(_, role)| {
            let sees_all = can(*role, Permission::SeeAllConversations).is_ok();
            Viewer { agent_id: *id, sees_all, ..viewer }.sees(held.assignee_id(), held.members())
        })
    };
    if mentions.iter().all(sees) {
        return Ok(());
    }
    Err(ApiError::field("mentions", FieldCode::Wrong, "must be agents who may see this conversation"))
}
