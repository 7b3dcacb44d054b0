//! What agents do to conversations as a whole: read them, keep them in view, clear and delete them.

use crate::actions::purges::{CHUNK, purge_cleared, purge_told};
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use rules::permissions::{Permission, can, can_end_conversation};
use store::audit::Auditor;
use store::clearing::{self, Deletion, Told};
use store::members::Held;
use store::personal::{self, Personalised};
use store::{ReadJob, Reader, Tx, Viewer, Visitor};
use store::{erasing, visitors};
use tracing::Instrument;
use types::agents::Role;
use types::conversations::{Conversation, MarkRead, PersonalPatch, ReadState};
use types::error::ErrorCode;
use types::id::{AuditId, ContactId, ConversationId};
use types::limits;
use types::validate::Validate;

/// Moves an agent's read mark. "Needs reply" stays: only an answer clears it.
pub async fn mark_read(
    state: &AppState,
    agent: &AnyAgent,
    conversation_id: ConversationId,
    seq: i64,
) -> ApiResult<ReadState> {
    check(seq)?;
    let job = ReadJob { conversation_id, reader: Reader::Agent(agent.viewer()), seq, at: state.clock.now() };
    Ok(state.writer.read(job).await?)
}

/// Moves a visitor's read mark. `known` is the visitor's conversation, where the caller has learnt it before; the answer names
/// it, so that the next time it is known.
pub async fn mark_visitor_read(
    state: &AppState,
    visitor: Visitor,
    known: Option<ConversationId>,
    seq: i64,
) -> ApiResult<(Option<ConversationId>, ReadState)> {
    check(seq)?;
    let known = match known {
        Some(id) => Some(id),
        None => visitors::state(state.db.reader(), visitor).await?.map(|state| state.conversation_id),
    };
    let Some(conversation_id) = known else {
        // Who has not written has nothing to read.
        return Ok((None, ReadState { seq: 0, unread: 0 }));
    };
    let job = ReadJob { conversation_id, reader: Reader::Visitor(visitor), seq, at: state.clock.now() };
    Ok((Some(conversation_id), state.writer.read(job).await?))
}

/// Changes the agent's own view of a conversation.
///
/// # Errors
/// Not found when it is not theirs; a conflict when they keep as many at the top as there may be.
pub async fn personalise_conversation(
    state: &AppState,
    agent: &AnyAgent,
    conversation_id: ConversationId,
    patch: PersonalPatch,
) -> ApiResult<Conversation> {
    let (viewer, at) = (agent.viewer(), state.clock.now());
    let done = state
        .write(move |tx| Box::pin(async move { Ok(personal::update(tx, viewer, conversation_id, &patch, at).await?) }));
    match done.await? {
        Personalised::Done(conversation) => Ok(*conversation),
        Personalised::TooManyPinned => {
            let detail = format!("At most {} conversations are kept at the top", limits::PINNED_MAX);
            Err(ApiError::new(ErrorCode::Conflict, detail))
        }
    }
}

/// Clears a conversation's history for everybody; the answer means that nobody is shown it any more.
///
/// # Errors
/// Not found when it is not theirs; forbidden for those who only take part in it.
pub async fn clear_conversation(state: &AppState, agent: &AnyAgent, conversation_id: ConversationId) -> ApiResult<()> {
    can(agent.role, Permission::AnswerConversations)?;
    let (viewer, auditor) = (agent.viewer(), auditor(state, agent));
    let role = agent.role;
    let cleared = state.write_alone(move |tx| {
        Box::pin(async move {
            check_may_end(tx, viewer, role, (conversation_id, None)).await?;
            Ok(clearing::clear(tx, viewer, conversation_id, auditor).await?)
        })
    });
    cleared.await?;
    // The rows go in the background; what is hidden stays hidden if that takes another start.
    state.deletions.tell();
    Ok(())
}

/// Deletes a conversation with its messages, for everybody. What has begun goes on when whoever asked hangs up.
///
/// # Errors
/// Not found when it is not theirs; forbidden for those who only take part in it.
pub async fn delete_conversation(state: &AppState, agent: &AnyAgent, conversation_id: ConversationId) -> ApiResult<()> {
    let (state, agent) = (state.clone(), agent.clone());
    let deletion = async move { delete_in_steps(&state, &agent, conversation_id, None).await };
    actix_web::rt::spawn(deletion.in_current_span()).await.map_err(ApiError::internal)?
}

/// The same, which ends with whoever waits for it; for as long as it is this contact's, where one is named.
pub(crate) async fn delete_in_steps(
    state: &AppState,
    agent: &AnyAgent,
    conversation_id: ConversationId,
    of: Option<ContactId>,
) -> ApiResult<()> {
    can(agent.role, Permission::AnswerConversations)?;
    let (viewer, role) = (agent.viewer(), agent.role);
    loop {
        let auditor = auditor(state, agent);
        let deleted = state.write_alone(move |tx| {
            Box::pin(async move {
                check_may_end(tx, viewer, role, (conversation_id, of)).await?;
                Ok(clearing::delete(tx, viewer, conversation_id, auditor, CHUNK).await?)
            })
        });
        match deleted.await? {
            Deletion::Done => return Ok(()),
            // Cleared first and in steps, so that nobody's message waits for all of it.
            Deletion::Cleared => {
                purge_cleared(state, viewer.scope(), conversation_id).await?;
                let person = erasing::person_of(state.db.reader(), viewer.scope(), conversation_id).await?;
                if of.is_some() && person != of {
                    return Err(anothers());
                }
                purge_told(state, viewer.scope(), conversation_id, Told::All).await?;
            }
        }
    }
}

/// With the conversation locked, whose it is does not change until the commit.
async fn check_may_end(
    tx: &Tx,
    viewer: Viewer,
    role: Role,
    (conversation_id, of): (ConversationId, Option<ContactId>),
) -> ApiResult<()> {
    let missing = || ApiError::not_found("conversation");
    let held = Held::lock(tx, viewer, conversation_id).await?.ok_or_else(missing)?;
    if of.is_some_and(|of| held.person_id() != of) {
        return Err(anothers());
    }
    Ok(can_end_conversation(role, held.assignee_id() == Some(viewer.agent_id))?)
}

fn anothers() -> ApiError {
    ApiError::new(ErrorCode::Conflict, "The conversation is another contact's by now")
}

/// The agent, as the audit log remembers them.
pub(crate) fn auditor(state: &AppState, agent: &AnyAgent) -> Auditor {
    Auditor {
        id: state.ids.make_in_order(AuditId),
        agent_id: agent.agent_id,
        agent_name: agent.name.clone(),
        origin: agent.origin(),
        at: state.clock.now(),
    }
}

fn check(seq: i64) -> ApiResult<()> {
    let errors = MarkRead { seq }.validate();
    if errors.is_empty() { Ok(()) } else { Err(ApiError::invalid(errors)) }
}
