//! Keeps the search index up with the ledger, in the background and in small steps, so that messages never wait for it.
//!
//! **Invariant**: what is to be indexed is asked of the database, so that nothing depends on having been told: an upgrade, a
//! restored backup and another server's messages are found by the look now and then.

use crate::metrics::Task;
use crate::state::AppState;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use store::search::{self, Indexed};
use store::{OrgScope, StoreError};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};

/// How long events gather before they are indexed together: many at once cost far less than one at a time.
const GATHER: Duration = Duration::from_millis(300);
/// After so long somebody looks whether there is anything to index, although nobody has said so.
const LOOK: Duration = Duration::from_secs(10);
/// Events of one step: few enough that messages do not wait for it, or more where they never do.
const EVENTS: i64 = 100;
const EVENTS_ASIDE: i64 = 1_000;
/// Between two steps of a long way the index rests for so many times as long as a step took: the writer is others' meanwhile.
const REST: u32 = 2;
/// Organisations of one look.
const ORGANISATIONS: u64 = 100;
/// The longest wait after a failure.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// Tells that something has happened. Cheap to clone; clones tell the same.
#[derive(Debug, Clone, Default)]
pub struct News(Arc<Notify>);

impl News {
    /// Something was committed.
    pub fn tell(&self) {
        self.0.notify_one();
    }
}

/// Indexes for as long as the server runs. A failure is tried again, with growing waits.
pub fn follow_the_ledger(state: AppState) -> BoxFuture<'static, ()> {
    Box::pin(async move {
        let mut failures: u32 = 0;
        loop {
            // A panic must not end it for good, which nobody would notice before the next start.
            let outcome = AssertUnwindSafe(catch_up(&state)).catch_unwind().await;
            let outcome = outcome.unwrap_or(Err(StoreError::Interrupted));
            if outcome.is_ok() {
                state.metrics.tasks.search_is_behind(0);
            }
            state.metrics.tasks.ran(Task::SearchIndex, outcome.is_ok(), state.clock.now());
            match outcome {
                Ok(()) => {
                    failures = 0;
                    // Whether told or not, it looks.
                    let _told = timeout(LOOK, state.news.0.notified()).await;
                    sleep(GATHER).await;
                }
                Err(error) => {
                    let wait = Duration::from_secs(1 << failures.min(6)).min(WAIT_MAX);
                    failures = failures.saturating_add(1);
                    tracing::warn!(
                        error.cause = error.chain(),
                        wait.seconds = wait.as_secs(),
                        "indexing failed; it is tried again"
                    );
                    sleep(wait).await;
                }
            }
        }
    })
}

/// Indexes until every organisation's index has come to the end of its ledger. Organisations take turns, so that a long way of
/// one keeps no other one waiting; one that fails keeps none waiting either, and its error is the answer.
async fn catch_up(state: &AppState) -> Result<(), StoreError> {
    let mut outcome = Ok(());
    let (events, rest) = if search::holds_the_writer(&state.db) { (EVENTS, REST) } else { (EVENTS_ASIDE, 0) };
    loop {
        let behind = search::behind(state.db.reader(), ORGANISATIONS).await?;
        // Where the list was full there are others.
        let mut more = u64::try_from(behind.len()).unwrap_or(u64::MAX) >= ORGANISATIONS;
        state.metrics.tasks.search_is_behind(behind.iter().map(|(_, events)| events).sum());
        for (org_id, _) in behind {
            let begun = Instant::now();
            match search::step(&state.db, &state.writer, OrgScope::new(org_id), events).await {
                Ok(Indexed::All) => {}
                Ok(Indexed::More) => more = true,
                Err(error) => outcome = Err(error),
            }
            sleep(begun.elapsed().saturating_mul(rest)).await;
        }
        if !more || outcome.is_err() {
            return outcome;
        }
    }
}
