//! Getting a push to its push service: a few at a time, again after a while where it says so, and not at all once it is of no use.

use crate::actions::push::opened;
use crate::push::{Outcome, Push, Recipient};
use crate::state::AppState;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use store::push::{self, Subscription};
use store::{OrgScope, StoreError};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tracing::Instrument;
use types::id::{ConversationId, SessionId};
use types::time::Timestamp;

/// Pushes that are under way at most, those that wait to be tried again among them.
pub(super) const UNDERWAY_MAX: usize = 2_000;
/// Requests at a time.
const AT_ONCE: usize = 32;
/// How often one is tried.
const TRIES: u32 = 6;
/// Milliseconds until the second try; every further wait is four times as long.
const WAIT_MILLIS: i64 = 5_000;

/// One push.
pub(super) struct Delivery {
    pub(super) subscription: Subscription,
    pub(super) conversation_id: ConversationId,
    /// Whether it tells of a note, and not of a message.
    pub(super) is_note: bool,
    /// Of which message or note.
    pub(super) seq: i64,
    pub(super) plain: Vec<u8>,
    /// When it was said.
    pub(super) said_at: Timestamp,
    /// From when on it is of no use.
    pub(super) until: Timestamp,
}

type Topic = (SessionId, ConversationId, bool);

/// The pushes that are under way. Dropping it ends them.
#[derive(Default)]
pub(super) struct Deliveries {
    tasks: JoinSet<()>,
    shared: Arc<Shared>,
}

struct Shared {
    slots: Semaphore,
    /// The newest message and the newest note that each browser is told of a conversation: an older one that still waits has nothing more to say.
    newest: Mutex<HashMap<Topic, i64>>,
}

impl Default for Shared {
    fn default() -> Self {
        Self { slots: Semaphore::new(AT_ONCE), newest: Mutex::default() }
    }
}

impl Deliveries {
    /// Begins one, unless there are too many.
    pub(super) fn begin(&mut self, state: &AppState, delivery: Delivery) {
        while self.tasks.try_join_next().is_some() {}
        if self.tasks.len() >= UNDERWAY_MAX {
            state.metrics.pushes.dropped(1);
            return;
        }
        let topic = (delivery.subscription.session_id, delivery.conversation_id, delivery.is_note);
        let mut newest = self.shared.newest.lock().unwrap_or_else(PoisonError::into_inner);
        let known = newest.entry(topic).or_insert(delivery.seq);
        *known = delivery.seq.max(*known);
        drop(newest);
        let (state, shared) = (state.clone(), Arc::clone(&self.shared));
        let span = tracing::info_span!("push", task.id = %state.ids.uuid(), session.id = %topic.0);
        self.tasks.spawn(async move { deliver(&state, &shared, delivery, topic).await }.instrument(span));
    }
}

async fn deliver(state: &AppState, shared: &Shared, delivery: Delivery, topic: Topic) {
    let sent = attempt(state, shared, &delivery, topic).await;
    let mut newest = shared.newest.lock().unwrap_or_else(PoisonError::into_inner);
    if newest.get(&topic) == Some(&delivery.seq) {
        newest.remove(&topic);
    }
    drop(newest);
    match sent {
        Ended::Sent => state.metrics.pushes.sent(),
        Ended::Gone => state.metrics.pushes.gone(),
        Ended::Failed => state.metrics.pushes.failed(),
        Ended::Useless => {}
    }
}

/// What became of a push.
enum Ended {
    Sent,
    /// The subscription is no more.
    Gone,
    Failed,
    /// Something newer is told, or the agent is back.
    Useless,
}

async fn attempt(state: &AppState, shared: &Shared, delivery: &Delivery, topic: Topic) -> Ended {
    let Delivery { subscription, conversation_id, is_note, seq, plain, until, .. } = delivery;
    // Both were checked when it was set; a setting may have changed since.
    let Some((endpoint, auth)) = opened(state, subscription) else { return Ended::Failed };
    let recipient = Recipient::read(&subscription.p256dh, &auth);
    let (Some(recipient), Ok(endpoint)) = (recipient, state.push.endpoint(&endpoint)) else {
        return Ended::Failed;
    };
    let mut wait = WAIT_MILLIS;
    for _ in 0..TRIES {
        let outcome = {
            let Ok(_slot) = shared.slots.acquire().await else { return Ended::Failed };
            let now = state.clock.now();
            if is_useless(state, shared, topic, delivery) {
                return Ended::Useless;
            }
            let ttl_seconds = until.millis_since(now).div_euclid(1000);
            if ttl_seconds <= 0 {
                return Ended::Failed;
            }
            let push = Push {
                endpoint: &endpoint,
                recipient: &recipient,
                plain,
                conversation_id: *conversation_id,
                is_note: *is_note,
                ttl_seconds,
            };
            state.push.send(push, now).await
        };
        match outcome {
            Outcome::Sent => return Ended::Sent,
            Outcome::Gone => {
                forget(state, subscription).await;
                return Ended::Gone;
            }
            Outcome::Refused(status) => {
                tracing::warn!(http.status = status, push.host = endpoint.host_str(), "a push service refused");
                return Ended::Failed;
            }
            Outcome::Later(after) => {
                let jitter = i64::from(state.ids.below(1_000));
                let asked = after.map_or(wait, |seconds| seconds.saturating_mul(1_000));
                let next = state.clock.now().plus_millis(asked.saturating_add(jitter));
                if next >= *until {
                    return Ended::Failed;
                }
                tracing::debug!(seq, wait.millis = asked, "a push is tried again");
                state.clock.sleep_until(next).await;
                wait = wait.saturating_mul(4);
            }
        }
    }
    Ended::Failed
}

/// Whether something newer is told there, or the agent's console tells by itself.
fn is_useless(state: &AppState, shared: &Shared, topic: Topic, delivery: &Delivery) -> bool {
    let newest = shared.newest.lock().unwrap_or_else(PoisonError::into_inner);
    let agent_id = delivery.subscription.agent_id;
    newest.get(&topic).is_some_and(|newest| *newest > delivery.seq)
        || state.hub.heard_last([agent_id]).values().any(|heard_at| super::is_awake(*heard_at, delivery.said_at))
}

/// Removes a subscription that its push service does not know any more.
async fn forget(state: &AppState, subscription: &Subscription) {
    let (scope, session_id) = (OrgScope::new(subscription.org_id), subscription.session_id);
    let endpoint_hash = subscription.endpoint_hash.clone();
    let removed: Result<(), StoreError> = state
        .writer
        .run(move |tx| Box::pin(async move { push::remove_gone(tx.conn(), scope, session_id, &endpoint_hash).await }))
        .await;
    if let Err(error) = removed {
        // It will be as gone the next time.
        tracing::warn!(error.cause = error.chain(), "a subscription that is gone could not be removed");
    }
}
