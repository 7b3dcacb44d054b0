//! The way of committed events from the writer to the hubs.
//!
//! One process has one hub, and the way is a call. With several processes this is where events leave for the others, and so does
//! what is only [`Passing`].

use super::hub::Hub;
use crate::actions::indexing::News;
use crate::metrics::Metrics;
use crate::push::Arrivals;
use std::sync::Arc;
use std::time::Instant;
use store::{Audience, CommitSink, CommittedEvent};
use types::id::{AgentId, OrgId};
use types::ws::ServerFrame;

/// The bus of a single process.
pub struct LocalBus {
    hub: Arc<Hub>,
    metrics: Arc<Metrics>,
    news: News,
    arrivals: Arrivals,
}

impl LocalBus {
    /// A bus that ends in this hub; the search index hears that there is something, and whoever pushes hears where.
    #[must_use]
    pub fn new(hub: Arc<Hub>, metrics: Arc<Metrics>, news: News, arrivals: Arrivals) -> Self {
        Self { hub, metrics, news, arrivals }
    }
}

/// Something that whoever listens at this moment is told, and that nobody misses who does not: it is stored nowhere.
#[derive(Debug, Clone)]
pub struct Passing {
    /// The organisation.
    pub org_id: OrgId,
    /// For whom it is.
    pub audience: Audience,
    /// The agent who said it, and need not hear it.
    pub said_by: Option<AgentId>,
    /// What is said.
    pub frame: ServerFrame,
}

impl LocalBus {
    /// Tells whoever listens.
    pub fn pass(&self, passing: &Passing) {
        self.hub.pass(passing);
    }
}

impl CommitSink for LocalBus {
    fn committed(&self, events: Vec<CommittedEvent>) {
        let begun = Instant::now();
        for event in &events {
            self.hub.deliver(event);
            self.arrivals.note(event);
        }
        self.metrics.writes.fanned_out(events.len(), begun.elapsed());
        self.news.tell();
    }

    fn uncertain(&self) {
        self.hub.resync_all();
    }
}
