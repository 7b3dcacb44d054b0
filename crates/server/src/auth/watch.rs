//! Notices sessions that another process has ended: another server, or the operator's command line.
//!
//! What this process ends itself takes effect at once. For the rest it asks, every few seconds, about the sessions that matter
//! here: those with open sockets and those that are believed from memory. So the question is as large as this server is busy,
//! not as large as the table. Views that have run out are ended here besides, with an entry in the audit log as when somebody ends them.

use crate::metrics::Task;
use crate::state::AppState;
use futures_util::future::BoxFuture;
use std::collections::HashSet;
use store::{StoreError, sessions};
use types::id::{AuditId, SessionId};

/// Seconds between two looks: how long a session that was ended elsewhere goes on here at most.
pub const LOOK_SECONDS: i64 = 10;

/// Views that one write ends.
const AT_ONCE: usize = 20;

/// Sessions of one question.
const CHUNK: usize = 500;

/// Looks for as long as the server runs.
pub fn notice_ended_sessions(state: AppState) -> BoxFuture<'static, ()> {
    // The first wait begins here, and not when the task is first run.
    let mut next = state.clock.sleep_until(state.clock.now().plus_seconds(LOOK_SECONDS));
    Box::pin(async move {
        loop {
            next.await;
            let looked = look(&state).await;
            let looked = looked.and(end_what_ran_out(&state).await);
            state.metrics.tasks.ran(Task::EndedSessions, looked.is_ok(), state.clock.now());
            if let Err(error) = looked {
                tracing::warn!(error.cause = error.chain(), "ended sessions could not be looked up; tried again soon");
            }
            next = state.clock.sleep_until(state.clock.now().plus_seconds(LOOK_SECONDS));
        }
    })
}

/// Ends the views that have run out.
async fn end_what_ran_out(state: &AppState) -> Result<(), StoreError> {
    while sessions::one_has_run_out(state.db.reader(), state.clock.now()).await? {
        let now = state.clock.now();
        let entries: Vec<AuditId> = (0..AT_ONCE).map(|_| state.ids.make_in_order(AuditId)).collect();
        let ended = state
            .writer
            .run(move |tx| Box::pin(async move { sessions::end_what_ran_out(tx.conn(), now, entries).await }));
        if ended.await? == 0 {
            // Another server is just at it.
            return Ok(());
        }
    }
    Ok(())
}

/// Looks once.
pub(crate) async fn look(state: &AppState) -> Result<(), StoreError> {
    let of_interest: HashSet<SessionId> =
        state.hub.login_sessions().into_iter().chain(state.sessions.believed()).collect();
    let of_interest: Vec<SessionId> = of_interest.into_iter().collect();
    for chunk in of_interest.chunks(CHUNK) {
        for session_id in sessions::ended(state.db.reader(), chunk, state.clock.now()).await? {
            tracing::info!(session.id = %session_id, "a session was ended elsewhere");
            state.metrics.sessions_ended_elsewhere.inc();
            state.sessions.forget(session_id);
            state.hub.close_session(session_id);
        }
    }
    Ok(())
}
