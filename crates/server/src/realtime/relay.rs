//! The bus between the servers of one installation, by way of Redis.
//!
//! A message's way does not wait for it: what is committed is told to this server's sockets and put into a bounded queue, and a task
//! publishes from there. Nothing that is stored depends on its arriving: whoever listens notices by the numbers of the packets, by
//! signs of life, and by the ledger's own numbers that something is missing, and has its clients fetch it. So a lost packet costs
//! a fetch, and a Redis that is away costs the liveness between servers and nothing else.
//!
//! The way: `push` → `outbox` → `publish` → Redis → `listen` → `senders` (what is missing?) → `order` (is it its turn?) →
//! the hub. What to do about what is missing is `recheck`'s affair alone.

mod listen;
mod outbox;
mod publish;
mod recheck;
mod senders;
mod wire;

use wire::Head;
pub(super) use wire::Item;

pub(crate) use listen::listen_to_others;
pub(crate) use publish::tell_others;
pub(crate) use recheck::fetch_what_was_missed;

use super::hub::{Hub, changes_who_listens};
use super::order::{Order, Turn, Waits};
use crate::metrics::Metrics;
use crate::shared::Link;
use outbox::Outbox;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::CommittedEvent;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;
use types::id::OrgId;

/// How often a server that has nothing to say gives a sign of life, by which a packet that was lost before is noticed.
const SIGN_OF_LIFE: Duration = Duration::from_secs(1);
/// How long what is in the ledger may take to come. An event that came before it waits so long, and what has not come then is fetched.
const ORDER_PATIENCE: Duration = Duration::from_secs(2);
/// The longest wait between two attempts to connect.
const AGAIN_MAX: Duration = Duration::from_secs(5);

/// The way to the other servers.
pub struct Relay {
    link: Link,
    metrics: Arc<Metrics>,
    outbox: Outbox,
    /// Something was taken out of the outbox and is not published yet.
    is_publishing: AtomicBool,
    published: Notify,
    /// What others say is heard.
    is_listening: watch::Sender<bool>,
    /// Another server has fallen silent without a farewell. What it stores nobody tells.
    is_one_silent: AtomicBool,
    order: Mutex<Order<CommittedEvent>>,
    doubts: Doubts,
}

/// What makes a server find out what it has missed.
#[derive(Default)]
struct Doubts {
    told: Notify,
    /// Anything may be missing, of any organisation.
    everything: AtomicBool,
    /// How many there were, and how many of them are settled.
    raised: AtomicU64,
    settled: watch::Sender<u64>,
}

impl Relay {
    /// The relay of this server, which goes by one id until it stops.
    #[must_use]
    pub fn new(link: Link, metrics: Arc<Metrics>) -> Self {
        metrics.bus.listening(false);
        Self {
            link,
            metrics,
            outbox: Outbox::default(),
            is_publishing: AtomicBool::new(false),
            published: Notify::new(),
            is_listening: watch::Sender::new(false),
            is_one_silent: AtomicBool::new(false),
            order: Mutex::default(),
            doubts: Doubts::default(),
        }
    }

    /// Says something that must arrive.
    pub(super) fn push(&self, items: impl IntoIterator<Item = Item>) {
        let dropped = self.outbox.push(items, Instant::now());
        self.metrics.bus.dropped(dropped);
    }

    /// Says something that is missed by nobody who does not hear it.
    pub(super) fn offer(&self, item: Item) {
        self.outbox.offer(item, Instant::now());
    }

    /// Tells this server's sockets of an event when its turn has come.
    pub(super) fn deliver(&self, hub: &Hub, event: CommittedEvent) {
        let (org, changes) = (event.org_id, changes_who_listens(event.kind));
        // Held while the hub is told: two who deliver must not overtake each other in between.
        let mut order = self.order();
        match order.take(org, event.seq, event, Instant::now()) {
            Turn::Now(event, then) => {
                hub.deliver(&event);
                then.iter().for_each(|event| hub.deliver(event));
            }
            Turn::Held => {}
            Turn::Early(event) => {
                hub.deliver_to_visitors(event);
                self.doubt_if(changes);
            }
            // It says who may listen, and whoever was sent to fetch it does not learn that: it is looked up.
            Turn::Repeated => self.doubt_if(changes),
            Turn::GaveUp => self.have_fetch(hub, org),
        }
    }

    /// A console was let in that knows the ledger up to here. Whether it has to fetch what came meanwhile.
    pub(super) fn opened(&self, org_id: OrgId, cursor: i64) -> bool {
        self.order().opened(org_id, cursor)
    }

    /// Gives up waiting for what does not come. The lock is let go after each organisation: acknowledgements wait for it.
    fn give_up(&self, hub: &Hub) {
        let now = Instant::now();
        let overdue = self.order().overdue(ORDER_PATIENCE, now);
        for org in overdue {
            let mut order = self.order();
            if order.give_up(org, ORDER_PATIENCE, now) {
                self.have_fetch(hub, org);
            }
        }
        self.order().tidy(|org| hub.listens_in(org));
    }

    /// Has those who listen in the organisation fetch what was missed. It may have said who may listen. The order must be locked:
    /// they must be told before what comes next.
    fn have_fetch(&self, hub: &Hub, org: OrgId) {
        if hub.resync_in(org) {
            self.metrics.bus.gap();
            self.doubt();
        }
    }

    /// Whether what others say is heard.
    #[must_use]
    pub fn is_listening(&self) -> bool {
        *self.is_listening.borrow()
    }

    /// Whether everything that is stored is told here: then nothing need be asked.
    fn hears_everybody(&self) -> bool {
        self.is_listening() && !self.is_one_silent.load(Ordering::SeqCst)
    }

    /// Says how many others have fallen silent.
    fn are_silent(&self, silent: usize) {
        let silent_before = self.is_one_silent.swap(silent > 0, Ordering::SeqCst);
        if silent > 0 && !silent_before {
            tracing::warn!(servers.silent = silent, "another server has fallen silent; what it stores is looked up");
            self.doubt();
        }
    }

    /// Waits until what others say is heard, or is not any more.
    pub async fn listens(&self, listening: bool) {
        let mut changes = self.is_listening.subscribe();
        // It ends with the relay, which whoever asks holds.
        drop(changes.wait_for(|now| *now == listening).await);
    }

    /// Waits until everything that was said has been published, or nothing can be.
    pub async fn said(&self) {
        let waits = || !self.outbox.is_empty() || self.is_publishing.load(Ordering::SeqCst);
        while waits() && self.link.connection().is_some() {
            self.published.notified().await;
        }
    }

    /// Says farewell, after everything else: nobody is connected here any more, and from now on silence means nothing. What could not
    /// be said is missing before it, which the others notice.
    pub async fn leave(&self) {
        let Some(mut connection) = self.link.connection() else { return };
        let farewell = wire::write(&Head::farewell(self.link.server(), self.outbox.next()), &[]);
        let mut command = redis::cmd("PUBLISH");
        command.arg(self.link.name("bus")).arg(farewell);
        if let Err(error) = command.query_async::<i64>(&mut connection).await {
            tracing::debug!(error.cause = %error, "the other servers could not be told that this one leaves");
        }
    }

    /// Something may be missing: what the ledgers and the tables say is looked up.
    fn doubt(&self) {
        self.doubts.raised.fetch_add(1, Ordering::SeqCst);
        self.doubts.told.notify_one();
    }

    fn doubt_if(&self, doubtful: bool) {
        if doubtful {
            self.doubt();
        }
    }

    /// Waits until whatever is in doubt at this moment has been looked up.
    pub async fn is_settled(&self) {
        let raised = self.doubts.raised.load(Ordering::SeqCst);
        let mut changes = self.doubts.settled.subscribe();
        drop(changes.wait_for(|settled| *settled >= raised).await);
    }

    /// Anything may be missing.
    pub(super) fn doubt_everything(&self) {
        self.doubts.everything.store(true, Ordering::SeqCst);
        self.doubt();
    }

    fn order(&self) -> MutexGuard<'_, Order<CommittedEvent>> {
        self.order.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waits for CommittedEvent {
    fn bytes(&self) -> usize {
        const BESIDE: usize = 256;
        BESIDE.saturating_add(self.payload.len())
    }
}

/// How long to wait before the next attempt: longer each time, and not for all at once.
fn again_after(failures: u32, ids: &crate::ids::Ids) -> Duration {
    let most = Duration::from_millis(100).saturating_mul(1 << failures.min(8)).min(AGAIN_MAX);
    most.saturating_mul(ids.below(1_000).saturating_add(1)).checked_div(1_000).unwrap_or(most)
}
