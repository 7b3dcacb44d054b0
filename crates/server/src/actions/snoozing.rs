//! Putting conversations off, and bringing them back at their time.
//!
//! **Invariants**: what is due is asked of the database, so that it comes back also where the server that was told of it has died or was
//! started again; the write that brings it back takes the conversation for itself first, so that of several servers one does, once. What
//! cannot be brought back holds up nothing else: it is put aside for a while and tried again.

use crate::actions::assigning::{hold, shown};
use crate::actions::conversations::auditor;
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::metrics::Task;
use crate::state::AppState;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use rules::permissions::can_hand_on;
use std::collections::HashMap;
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
const AT_ONCE: u64 = 20;

/// Conversations that are put aside at a time. With so many it is the database that fails, not they.
const ASIDE_MAX: usize = 500;
/// How often the time doubles for which one is put aside.
const DOUBLED_MAX: u32 = 6;

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
        let mut aside = Aside::default();
        loop {
            // A panic must not end it for good, which nobody would notice before the next start.
            let done = AssertUnwindSafe(bring_back(&state, &mut aside)).catch_unwind().await;
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

/// Brings back all that is due, and says when there is something to do again.
async fn bring_back(state: &AppState, aside: &mut Aside) -> Result<Option<Timestamp>, StoreError> {
    loop {
        let (reader, now) = (state.db.reader(), state.clock.now());
        let resting = aside.resting(now);
        let due = assignment::due(reader, now, &resting, AT_ONCE).await?;
        if due.is_empty() {
            let next = assignment::next_due(reader, &resting).await?;
            return Ok(next.into_iter().chain(aside.next()).min());
        }
        let moved = match wake(state, now, due.clone()).await {
            Ok(count) => count,
            // One of them, or the database: each by itself tells which.
            Err(_) => one_by_one(state, now, due, aside).await?,
        };
        if moved == 0 {
            // Another server is just at it.
            return Ok(None);
        }
    }
}

async fn wake(state: &AppState, now: Timestamp, due: Vec<ConversationId>) -> Result<usize, StoreError> {
    let due = due.into_iter().map(|id| (id, state.ids.make(NoteId))).collect();
    state.writer.run_alone(move |tx| Box::pin(async move { assignment::wake_due(tx, now, due).await })).await
}

/// Brings back what can be and puts the others aside; how many of either.
async fn one_by_one(
    state: &AppState,
    now: Timestamp,
    due: Vec<ConversationId>,
    aside: &mut Aside,
) -> Result<usize, StoreError> {
    let mut moved: usize = 0;
    for id in due {
        match wake(state, now, vec![id]).await {
            Ok(count) => {
                aside.forget(id);
                moved = moved.saturating_add(count);
            }
            Err(error) if aside.0.len() >= ASIDE_MAX => return Err(error),
            Err(error) => {
                tracing::warn!(
                    conversation.id = %id, error.cause = error.chain(),
                    "a conversation could not be brought back; it is tried again later"
                );
                aside.put(id, now);
                moved = moved.saturating_add(1);
            }
        }
    }
    Ok(moved)
}

/// What could not be brought back: until when it is left alone, and how often it has failed.
#[derive(Debug, Default)]
struct Aside(HashMap<ConversationId, (Timestamp, u32)>);

impl Aside {
    fn put(&mut self, id: ConversationId, now: Timestamp) {
        let failures = self.0.get(&id).map_or(0, |(_, failures)| *failures);
        let seconds = LOOK_SECONDS.saturating_mul(1 << failures.min(DOUBLED_MAX));
        self.0.insert(id, (now.plus_seconds(seconds), failures.saturating_add(1)));
    }

    fn forget(&mut self, id: ConversationId) {
        self.0.remove(&id);
    }

    /// Those that are left alone.
    fn resting(&mut self, now: Timestamp) -> Vec<ConversationId> {
        // What was never tried again, because it is not put off any more.
        let longest = now.plus_seconds(-LOOK_SECONDS.saturating_mul(1 << DOUBLED_MAX));
        self.0.retain(|_, (until, _)| *until > longest);
        self.0.iter().filter(|(_, (until, _))| *until > now).map(|(id, _)| *id).collect()
    }

    /// When the next of them is tried.
    fn next(&self) -> Option<Timestamp> {
        self.0.values().map(|(until, _)| *until).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn what_fails_is_left_alone_for_longer_and_longer_and_is_forgotten_in_the_end() {
        let (mut aside, id) = (Aside::default(), ConversationId(Uuid::from_u128(1)));
        let mut now = Timestamp(0);
        for doubled in [1, 2, 4, 8, 16, 32, 64, 64] {
            aside.put(id, now);
            let until = now.plus_seconds(LOOK_SECONDS * doubled);
            assert_eq!(aside.next(), Some(until));
            assert_eq!(aside.resting(until.plus_millis(-1)), [id]);
            assert_eq!(aside.resting(until), [], "it is tried again");
            now = until;
        }
        assert_eq!(aside.resting(now.plus_seconds(LOOK_SECONDS * 65)), []);
        assert_eq!(aside.next(), None);
    }
}
