//! Reading marks.

use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use store::visitors;
use store::{ReadJob, Reader, Visitor};
use types::conversations::{MarkRead, ReadState};
use types::id::ConversationId;
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

fn check(seq: i64) -> ApiResult<()> {
    let errors = MarkRead { seq }.validate();
    if errors.is_empty() { Ok(()) } else { Err(ApiError::invalid(errors)) }
}
