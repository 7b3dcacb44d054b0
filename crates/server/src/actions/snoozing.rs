//! Putting conversations off, and bringing them back at their time.
//!
//! **Invariants**: what is due is asked of the database, so that it comes back also where the server that was told of it has died or was
//! started again; the write that brings it back takes the conversation for itself first, so that of several servers one does, once.

use crate::actions::assigning::{hold, shown};
use crate::actions::conversations::auditor;
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::metrics::Task;
use crate::state::AppState;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use rules::permissions::can_hand_on;
use std::panic::AssertUnwindSafe;
use store::StoreError;
use store::assignment::{self, Snoozed};
use types::assignment::SnoozeConversation;
use types::conversations::Conversation;
use types::error::ErrorCode;
use types::id::{ConversationId, NoteId};
use types::limits;
use types::time::Timestamp;

/// Seconds after which somebody looks, although nobody has said anything: another server may have died that was told.
const LOOK_SECONDS: i64 = 5;

/// Conversations that one write brings back: few enough that messages do not wait for it.
const AT_ONCE: usize = 20;

/// Puts a conversation off.
///
/// # Errors
/// Not found when it is not theirs; forbidden for those who neither have it nor lead; a field error for a time that has passed or is too
/// far away; a conflict when it is closed or nobody's, or when its agent has put off as many as they may.
pub async fn snooze_conversation(
    state: &AppState,
    caller: &AnyAgent,
    conversation_id: ConversationId,
    request: SnoozeConversation,
) -> ApiResult<Conversation> {
    let (viewer, role, auditor) = (caller.viewer(), caller.role, auditor(state, caller));
    if let Some(fault) = request.check(auditor.at) {
        return Err(ApiError::invalid(vec![fault]));
    }
    let snoozed = state.write_alone(move |tx| {
        Box::pin(async move {
            let mut held = hold(tx, viewer, conversation_id).await?;
            can_hand_on(role, held.assignee_id() == Some(viewer.agent_id))?;
            match assignment::snooze(tx, viewer, &mut held, request.until, auditor).await? {
                Snoozed::Done => shown(tx, viewer, conversation_id).await,
                Snoozed::NotInWork => {
                    Err(ApiError::new(ErrorCode::Conflict, "Only what is open and somebody's is put off"))
                }
                Snoozed::TooMany => {
                    let most = limits::SNOOZED_MAX;
                    Err(ApiError::new(ErrorCode::Conflict, format!("At most {most} conversations are put off")))
                }
            }
        })
    });
    snoozed.await
}

/// Brings a conversation back before its time.
///
/// # Errors
/// Not found when it is not theirs; forbidden for those who neither have it nor lead.
pub async fn wake_conversation(
    state: &AppState,
    caller: &AnyAgent,
    conversation_id: ConversationId,
) -> ApiResult<Conversation> {
    let (viewer, role, auditor) = (caller.viewer(), caller.role, auditor(state, caller));
    let woken = state.write_alone(move |tx| {
        Box::pin(async move {
            let mut held = hold(tx, viewer, conversation_id).await?;
            can_hand_on(role, held.assignee_id() == Some(viewer.agent_id))?;
            assignment::wake(tx, viewer, &mut held, auditor).await?;
            shown(tx, viewer, conversation_id).await
        })
    });
    woken.await
}

/// Brings back what is due, for as long as the server runs.
pub fn bring_back_what_is_due(state: AppState) -> BoxFuture<'static, ()> {
    Box::pin(async move {
        loop {
            // A panic must not end it for good, which nobody would notice before the next start.
            let done = AssertUnwindSafe(bring_back(&state)).catch_unwind().await;
            let done = done.unwrap_or(Err(StoreError::Interrupted));
            let now = state.clock.now();
            state.metrics.tasks.ran(Task::Snoozes, done.is_ok(), now);
            let look = now.plus_seconds(LOOK_SECONDS);
            let next = match done {
                Ok(next) => next.map_or(look, |next| next.min(look)),
                Err(error) => {
                    tracing::warn!(error.cause = error.chain(), "what is due was not brought back; it is tried again");
                    look
                }
            };
            tokio::select! {
                () = state.queues.snoozed() => {}
                () = state.clock.sleep_until(next) => {}
            }
        }
    })
}

/// Brings back all that is due, and says when the next is.
async fn bring_back(state: &AppState) -> Result<Option<Timestamp>, StoreError> {
    loop {
        let (next, now) = (assignment::next_due(state.db.reader()).await?, state.clock.now());
        if next.is_none_or(|next| next > now) {
            return Ok(next);
        }
        let lines: Vec<NoteId> = (0..AT_ONCE).map(|_| state.ids.make(NoteId)).collect();
        let some =
            state.writer.run_alone(move |tx| Box::pin(async move { assignment::wake_due(tx, now, lines).await }));
        if some.await? == 0 {
            // Another server is just at it.
            return Ok(None);
        }
    }
}
