//! Telling webhooks what has happened, in the background: from the ledger into each one's queue, and from there to the program.
//!
//! **Invariants**: what is to be told is asked of the database, so that nothing depends on having been told or on a server having lived;
//! a delivery is added by the write that moves the webhook's place in the ledger, so that none is left out and none comes twice; who
//! sends one has it to themselves for a while, and where they die it is sent again under the same id: at least once, and of a
//! conversation in its order.

mod gather;
mod send;

use crate::error::ApiResult;
use crate::metrics::Task;
use crate::state::AppState;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use send::Underway;
use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::{CommittedEvent, StoreError, webhooks};
use tokio::sync::Notify;
use tokio::time::sleep;
use types::id::OrgId;
use types::limits::WEBHOOK_LOG_DAYS;
use types::time::Timestamp;

/// How long events gather before they are looked at together.
const GATHER: Duration = Duration::from_millis(50);
/// After so many seconds somebody looks at all of them, although nobody has said anything.
const LOOK_SECONDS: i64 = 10;
/// Writes with which one look clears what is old, at most.
const PURGES_MAX: usize = 40;
/// The longest wait after a failure.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// Tells that webhooks of some organisations may have something to be told. Cheap to clone; clones tell the same.
#[derive(Debug, Clone, Default)]
pub struct WebhookNews(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    told: Mutex<HashSet<OrgId>>,
    news: Notify,
}

impl WebhookNews {
    /// Something is to be told in the organisation.
    pub fn tell(&self, org: OrgId) {
        self.0.told.lock().unwrap_or_else(PoisonError::into_inner).insert(org);
        self.0.news.notify_one();
    }

    /// Something was committed.
    pub(crate) fn note(&self, event: &CommittedEvent) {
        // What agents read no webhook is told, and there is much of it.
        if !matches!(event.kind, "conversation_read" | "agents_read" | "visitor_read") {
            self.tell(event.org_id);
        }
    }

    fn take(&self) -> HashSet<OrgId> {
        std::mem::take(&mut *self.0.told.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Tells them for as long as the server runs.
pub fn tell_webhooks(state: AppState) -> BoxFuture<'static, ()> {
    Box::pin(async move {
        let mut underway = Underway::default();
        let (mut failures, mut everything): (u32, bool) = (0, true);
        let mut look = state.clock.now();
        loop {
            if everything {
                look = state.clock.now().plus_seconds(LOOK_SECONDS);
            }
            // A panic must not end it for good, which nobody would notice before the next start.
            let outcome = AssertUnwindSafe(round(&state, everything, &mut underway)).catch_unwind().await;
            let outcome = outcome.unwrap_or_else(|_panic| Err(StoreError::Interrupted.into()));
            state.metrics.tasks.ran(Task::Webhooks, outcome.is_ok(), state.clock.now());
            match outcome {
                Ok(next) => {
                    failures = 0;
                    // Whatever it was that has ended the wait.
                    everything = wait(&state, &mut underway, next.min(look)).await || state.clock.now() >= look;
                }
                Err(error) => {
                    let wait = Duration::from_secs(1 << failures.min(6)).min(WAIT_MAX);
                    (failures, everything) = (failures.saturating_add(1), true);
                    tracing::warn!(error = %error, wait.seconds = wait.as_secs(), "webhooks were not told; it is tried again");
                    sleep(wait).await;
                }
            }
        }
    })
}

/// Waits until there may be something to do. Whether everything is to be looked at.
async fn wait(state: &AppState, underway: &mut Underway, next: Timestamp) -> bool {
    tokio::select! {
        () = state.webhook_news.0.news.notified() => {
            sleep(GATHER).await;
            false
        }
        () = underway.one_ends() => false,
        () = state.clock.sleep_until(next) => true,
    }
}

/// One round: gathers what is to be told, begins to send what is due, and clears what is old. Answers when the next one is due.
async fn round(state: &AppState, everything: bool, underway: &mut Underway) -> ApiResult<Timestamp> {
    // Read once: what becomes due while this round lasts is the next one's, which then is not waited for.
    let now = state.clock.now();
    let told = state.webhook_news.take();
    let gathered = if everything {
        gather::gather(state, None).await
    } else if told.is_empty() {
        Ok(())
    } else {
        gather::gather(state, Some(&told)).await
    };
    if gathered.is_err() {
        for org in told {
            state.webhook_news.tell(org);
        }
    }
    let begun = underway.begin(state, now).await;
    if everything {
        purge(state).await?;
    }
    gathered.and(begun)?;
    let look = now.plus_seconds(LOOK_SECONDS);
    let due = webhooks::next_due(state.db.reader(), now).await?;
    Ok(due.map_or(look, |due| due.min(look)))
}

/// Clears some of what is old, and of what belonged to deleted webhooks.
async fn purge(state: &AppState) -> ApiResult<()> {
    let now = state.clock.now();
    let before = now.plus_seconds(WEBHOOK_LOG_DAYS.saturating_mul(-86_400));
    // In writes of a few hundred rows, and as many of them as there is work for: more may come in than one write takes away.
    for _ in 0..PURGES_MAX {
        let old = webhooks::old(state.db.reader(), before).await?;
        if old.is_empty() {
            break;
        }
        for some in old {
            state
                .write(move |tx| Box::pin(async move { Ok(webhooks::remove_old(tx.conn(), some, now).await?) }))
                .await?;
        }
    }
    for deleted in webhooks::deleted(state.db.reader()).await? {
        state
            .write(move |tx| Box::pin(async move { Ok(webhooks::purge_deleted(tx.conn(), deleted, now).await?) }))
            .await?;
    }
    Ok(())
}
