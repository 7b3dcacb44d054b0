//! The conversations in which something was said lately, for whoever pushes.
//!
//! **Invariants**: whoever says so waits for nobody, so that the writer can; and there are never more than [`WAITING_MAX`], however
//! slow the database or a push service is.

use crate::clock::Clock;
use crate::metrics::Metrics;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use store::CommittedEvent;
use tokio::sync::Notify;
use types::id::{ConversationId, OrgId};
use types::time::Timestamp;

/// Conversations that wait at most; of more nothing is pushed.
const WAITING_MAX: usize = 10_000;

/// A conversation of an organisation.
type Place = (OrgId, ConversationId);

/// Where something was said lately. A clone shares it.
#[derive(Clone)]
pub struct Arrivals(Arc<Inner>);

struct Inner {
    waiting: Mutex<Waiting>,
    told: Notify,
    clock: Arc<dyn Clock>,
    metrics: Arc<Metrics>,
}

#[derive(Default)]
struct Waiting {
    places: HashSet<Place>,
    /// When the first of them came.
    since: Option<Timestamp>,
}

impl Arrivals {
    /// How long what was said waits to be pushed: a console that is reloaded is back by then, and several messages are one push.
    pub const GATHER_MILLIS: i64 = 2_000;

    /// None yet.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, metrics: Arc<Metrics>) -> Self {
        Self(Arc::new(Inner { waiting: Mutex::default(), told: Notify::new(), clock, metrics }))
    }

    /// An event was committed; what is no message is left aside.
    pub fn note(&self, event: &CommittedEvent) {
        if event.kind == "message_created"
            && let Some(conversation_id) = event.conversation_id
        {
            self.put([(event.org_id, conversation_id)]);
        }
    }

    /// Lets these wait, for the first time or again.
    pub fn put(&self, places: impl IntoIterator<Item = Place>) {
        let mut dropped = 0;
        let mut waiting = self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        for place in places {
            if waiting.places.len() < WAITING_MAX {
                waiting.places.insert(place);
            } else if !waiting.places.contains(&place) {
                dropped += 1;
            }
        }
        let first = waiting.since.is_none() && !waiting.places.is_empty();
        if first {
            waiting.since = Some(self.0.clock.now());
        }
        drop(waiting);
        if first {
            self.0.told.notify_one();
        }
        self.0.metrics.pushes.dropped(dropped);
    }

    /// Waits until there are some and they have gathered, and takes them.
    pub async fn due(&self) -> HashSet<Place> {
        loop {
            let since = self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner).since;
            match since {
                None => self.0.told.notified().await,
                Some(since) => {
                    self.0.clock.sleep_until(since.plus_millis(Self::GATHER_MILLIS)).await;
                    let mut waiting = self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner);
                    waiting.since = None;
                    return std::mem::take(&mut waiting.places);
                }
            }
        }
    }
}
