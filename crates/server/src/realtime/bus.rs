//! The way of committed events from the writer to the hubs.
//!
//! One process has one hub, and the way is a call. With several processes this is where events leave for the others.

use super::hub::Hub;
use std::sync::Arc;
use store::{CommitSink, CommittedEvent};

/// The bus of a single process.
pub struct LocalBus {
    hub: Arc<Hub>,
}

impl LocalBus {
    /// A bus that ends in this hub.
    #[must_use]
    pub fn new(hub: Arc<Hub>) -> Self {
        Self { hub }
    }
}

impl CommitSink for LocalBus {
    fn committed(&self, events: Vec<CommittedEvent>) {
        for event in &events {
            self.hub.deliver(event);
        }
    }

    fn uncertain(&self) {
        self.hub.resync_all();
    }
}
