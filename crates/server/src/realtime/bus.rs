//! The way of committed events from the writer to the hubs.
//!
//! One process has one hub, and the way is a call. With several processes this is where events leave for the others, and so does
//! what is only [`Passing`]; see [`super::relay`].

use super::frames::text_of;
use super::hub::Hub;
use super::relay::{Item, Relay};
use crate::actions::assigning::Queues;
use crate::actions::indexing::News;
use crate::actions::telling_webhooks::WebhookNews;
use crate::actions::visitors::Visit;
use crate::metrics::Metrics;
use crate::push::Arrivals;
use bytestring::ByteString;
use std::sync::Arc;
use std::time::Instant;
use store::{Audience, CommitSink, CommittedEvent};
use types::id::{AgentId, OrgId, SessionId};
use types::ws::ServerFrame;

/// The bus: to the sockets of this process, and to the other processes where there are any.
pub struct Bus {
    hub: Arc<Hub>,
    metrics: Arc<Metrics>,
    hears: Hears,
    relay: Option<Relay>,
}

/// Who hears, besides the sockets, that something was committed here.
#[derive(Clone)]
pub struct Hears {
    /// The search index.
    pub news: News,
    /// Whoever pushes.
    pub arrivals: Arrivals,
    /// Whoever works the queues off.
    pub queues: Queues,
    /// Whoever tells webhooks.
    pub webhooks: WebhookNews,
}

impl Bus {
    /// A bus that ends in this hub; the search index hears that there is something, and whoever pushes hears where. With a relay,
    /// the other servers of the installation hear it as well.
    #[must_use]
    pub fn new(hub: Arc<Hub>, metrics: Arc<Metrics>, hears: Hears, relay: Option<Relay>) -> Self {
        Self { hub, metrics, hears, relay }
    }
}

/// Something that whoever listens at this moment is told, and that nobody misses who does not: it is stored nowhere.
#[derive(Debug, Clone, PartialEq)]
pub struct Passing {
    /// The organisation.
    pub(super) org_id: OrgId,
    /// For whom it is.
    pub(super) audience: Audience,
    /// The agent who said it, and need not hear it.
    pub(super) said_by: Option<AgentId>,
    /// What is said, as it goes to clients.
    pub(super) text: ByteString,
}

impl Passing {
    /// This frame, for those; `said_by` need not hear it.
    #[must_use]
    pub fn new(org_id: OrgId, audience: Audience, said_by: Option<AgentId>, frame: &ServerFrame) -> Self {
        Self { org_id, audience, said_by, text: text_of(frame) }
    }
}

impl Bus {
    /// Tells whoever listens.
    pub fn pass(&self, passing: Passing) {
        self.hub.pass(&passing);
        if let Some(relay) = &self.relay {
            relay.offer(Item::Passing(passing));
        }
    }

    /// Tells the other servers that login sessions have ended; this one has seen to it.
    pub fn sessions_ended(&self, sessions: &[SessionId]) {
        if let Some(relay) = &self.relay
            && !sessions.is_empty()
        {
            relay.push([Item::SessionsEnded(sessions.to_vec())]);
        }
    }

    /// Tells the other servers that an agent's identity has changed.
    pub fn agent_changed(&self, agent_id: AgentId) {
        if let Some(relay) = &self.relay {
            relay.push([Item::AgentChanged(agent_id)]);
        }
    }

    /// Tells the other servers of a visitor who has not written yet, if there are others.
    pub(crate) fn visited(&self, visit: impl FnOnce() -> Visit) {
        if let Some(relay) = &self.relay {
            relay.offer(Item::Visit(Box::new(visit())));
        }
    }

    /// A console was let in that knows the ledger up to here. Whether it has to fetch what came meanwhile.
    pub(super) fn opened(&self, org_id: OrgId, cursor: i64) -> bool {
        self.relay.as_ref().is_some_and(|relay| relay.opened(org_id, cursor))
    }

    /// The way to the other servers, where there is one.
    #[must_use]
    pub fn relay(&self) -> Option<&Relay> {
        self.relay.as_ref()
    }
}

impl CommitSink for Bus {
    fn committed(&self, events: Vec<CommittedEvent>) {
        let begun = Instant::now();
        match &self.relay {
            None => events.iter().for_each(|event| self.hub.deliver(event)),
            Some(relay) => events.iter().for_each(|event| relay.deliver(&self.hub, event.clone())),
        }
        self.metrics.writes.fanned_out(events.len(), begun.elapsed());
        // By this server alone: whoever else hears of it leaves the pushing and the index to it.
        for event in &events {
            self.hears.arrivals.note(event);
            self.hears.queues.note(event);
            self.hears.webhooks.note(event);
        }
        self.hears.news.tell();
        if let Some(relay) = &self.relay {
            relay.push(events.into_iter().map(Item::Event));
        }
    }

    fn uncertain(&self) {
        self.hub.resync_all();
        if let Some(relay) = &self.relay {
            relay.push([Item::Uncertain]);
            // What the commit may have left in the ledger nobody will bring.
            relay.doubt_everything();
        }
    }
}
