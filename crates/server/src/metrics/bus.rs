//! The bus between several servers: whether it is there, what goes over it, and what was missed.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use std::sync::atomic::{AtomicBool, Ordering};

/// The bus. A server alone has none: it counts as connected, and nothing else is counted.
pub struct BusMetrics {
    connected: Gauge,
    listening: AtomicBool,
    publishing: AtomicBool,
    servers: Gauge,
    published: Counter,
    received: Counter,
    dropped: Counter,
    gaps: Counter,
}

impl BusMetrics {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let metrics = Self {
            connected: Gauge::default(),
            listening: AtomicBool::new(true),
            publishing: AtomicBool::new(true),
            servers: Gauge::default(),
            published: Counter::default(),
            received: Counter::default(),
            dropped: Counter::default(),
            gaps: Counter::default(),
        };
        metrics.look();
        registry.register(
            "parlor_bus_connected",
            "0 while Redis is set and this server cannot publish or hears nothing; 1 otherwise",
            metrics.connected.clone(),
        );
        registry.register("parlor_bus_servers", "Other servers that were heard lately", metrics.servers.clone());
        registry.register("parlor_bus_published", "Items told to other servers", metrics.published.clone());
        registry.register("parlor_bus_received", "Items heard of other servers", metrics.received.clone());
        registry.register(
            "parlor_bus_dropped",
            "Items that there was no room for; other servers fetch them",
            metrics.dropped.clone(),
        );
        registry.register(
            "parlor_bus_gaps",
            "Times that something other servers said was missed and had to be fetched",
            metrics.gaps.clone(),
        );
        metrics
    }

    fn look(&self) {
        let both = self.listening.load(Ordering::Relaxed) && self.publishing.load(Ordering::Relaxed);
        self.connected.set(i64::from(both));
    }

    /// Whether other servers are heard.
    pub(crate) fn listening(&self, listening: bool) {
        self.listening.store(listening, Ordering::Relaxed);
        self.look();
    }

    /// Whether other servers are told.
    pub(crate) fn publishing(&self, publishing: bool) {
        self.publishing.store(publishing, Ordering::Relaxed);
        self.look();
    }

    /// So many other servers were heard lately.
    pub(crate) fn servers(&self, servers: usize) {
        self.servers.set(i64::try_from(servers).unwrap_or(i64::MAX));
    }

    /// How many other servers were heard lately.
    #[must_use]
    pub fn heard_of(&self) -> i64 {
        self.servers.get()
    }

    /// How many items were told to other servers, and how many were heard of them.
    #[must_use]
    pub fn told_and_heard(&self) -> (u64, u64) {
        (self.published.get(), self.received.get())
    }

    /// How often something was missed.
    #[must_use]
    pub fn missed(&self) -> u64 {
        self.gaps.get()
    }

    /// So many items were published.
    pub(crate) fn published(&self, items: usize) {
        self.published.inc_by(u64::try_from(items).unwrap_or(u64::MAX));
    }

    /// So many items were heard.
    pub(crate) fn received(&self, items: usize) {
        self.received.inc_by(u64::try_from(items).unwrap_or(u64::MAX));
    }

    /// There was no room for so many.
    pub(crate) fn dropped(&self, items: u64) {
        self.dropped.inc_by(items);
    }

    /// Something was missed.
    pub(crate) fn gap(&self) {
        self.gaps.inc();
    }
}
