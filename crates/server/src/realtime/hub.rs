//! Brings committed events to the sockets that may hear them.
//!
//! **Invariants**: nothing here waits, so the writer can call it between a commit and its acks; and the lock is held only
//! while handles are looked up and frames are put into queues, never across an `.await`.

use super::bus::Passing;
use super::elsewhere::Elsewhere;
use super::frames::EventFrames;
use super::queue::SocketQueue;
use super::registry::{AgentListener, Change, Listener, Registry, SocketKey};
use super::sight::Sight;
use crate::config::SocketLimits;
use crate::metrics::{Metrics, SocketKind};
use rules::masking;
use rules::permissions::Rights;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::{AgentAudience, CommittedEvent};
use tokio::time::Instant;
use types::agents::LoginState;
use types::events::Event;
use types::id::{AgentId, ChannelId, ContactId, OrgId, SessionId};
use types::time::Timestamp;
use types::ws::CloseCode;
use uuid::Uuid;

#[derive(Default)]
pub(super) struct Sockets {
    pub(super) registry: Registry<Arc<SocketQueue>>,
    /// How many sockets each network has.
    networks: HashMap<IpAddr, usize>,
    /// The server stops: whoever connects now is sent away.
    stopping: bool,
}

/// The open sockets of this process.
#[derive(Default)]
pub struct Hub {
    sockets: Mutex<Sockets>,
    /// The server is about to stop, although sockets are still let in.
    leaving: AtomicBool,
    /// Who is connected to other servers.
    elsewhere: Mutex<Elsewhere>,
    metrics: Arc<Metrics>,
}

/// Why a socket was not registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotConnected {
    /// The server stops.
    Stopping,
    /// Its owner or its network has as many as it may have.
    TooMany,
}

/// A registered socket. Dropping it takes it out of the hub.
pub struct Connection {
    pub(super) hub: Arc<Hub>,
    pub(super) key: SocketKey,
    kind: SocketKind,
    network: IpAddr,
    /// What waits to be sent to it.
    pub(super) queue: Arc<SocketQueue>,
}

/// Who listens, each named once.
pub(crate) struct Listening {
    /// Agents.
    pub(crate) agents: Vec<AgentId>,
    /// Channels of visitors.
    pub(crate) channels: Vec<ChannelId>,
    /// Visitors.
    pub(crate) contacts: Vec<ContactId>,
    /// How many changes there had been of who receives conversations.
    pub(crate) last_change: Change,
}

/// Sockets that are still to be sent away.
pub struct Farewells(Vec<Arc<SocketQueue>>);

impl Farewells {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether all have been sent away.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sends some of them away.
    pub fn send_away(&mut self, some: usize) {
        for queue in self.0.drain(self.0.len().saturating_sub(some)..) {
            queue.close(CloseCode::GoingAway);
        }
    }
}

impl Hub {
    /// A hub whose sockets are counted.
    #[must_use]
    pub fn measured(metrics: Arc<Metrics>) -> Self {
        Self { metrics, ..Self::default() }
    }

    /// Registers a socket: every event committed from here on reaches its queue.
    ///
    /// # Errors
    /// When the server stops, or the owner or the network has too many already.
    pub fn connect(
        self: &Arc<Self>,
        listener: Listener,
        network: IpAddr,
        limits: &SocketLimits,
    ) -> Result<Connection, NotConnected> {
        let mut sockets = self.lock();
        if sockets.stopping {
            return Err(NotConnected::Stopping);
        }
        let (own, most) = match listener {
            Listener::Agent(agent) => (sockets.registry.of_login(agent.session_id).count(), limits.per_session),
            Listener::Visitor(visitor) => (sockets.registry.of_contact(visitor.contact_id).count(), limits.per_visitor),
        };
        let together = sockets.networks.get(&network).copied().unwrap_or_default();
        if own >= most || together >= limits.per_ip {
            return Err(NotConnected::TooMany);
        }
        let kind = match listener {
            Listener::Agent(_) => SocketKind::Agent,
            Listener::Visitor(_) => SocketKind::Visitor,
        };
        let queue = Arc::new(SocketQueue::default());
        let key = sockets.registry.add(listener, queue.clone());
        sockets.networks.insert(network, together.saturating_add(1));
        drop(sockets);
        self.metrics.sockets.opened(kind);
        Ok(Connection { hub: self.clone(), key, kind, network, queue })
    }

    /// Puts an event into the queues of all who may hear it, then does what the event means for the sockets themselves.
    pub fn deliver(&self, event: &CommittedEvent) {
        let frames = EventFrames::new(event.seq, &event.payload);
        let masked = masking::has_details(event.kind).then(|| masked(&event.payload));
        let masked = masked.as_deref().map(|payload| EventFrames::new(event.seq, payload));
        // A deletion outlives its conversation, and names none.
        let about_conversation =
            event.conversation_id.is_some() || matches!(event.audience.agents, AgentAudience::Conversation { .. });
        let sockets = self.lock();
        for (listener, queue) in sockets.registry.recipients(event.org_id, &event.audience, about_conversation) {
            let frames = match (listener, &masked) {
                (Listener::Agent(agent), _) if event.kind == UNKNOWN_KIND && !agent.viewer.sees_details => {
                    // Nobody here knows what to mask.
                    queue.resync();
                    continue;
                }
                (Listener::Agent(agent), Some(masked)) if !agent.viewer.sees_details => masked,
                _ => &frames,
            };
            queue.push(match listener {
                Listener::Agent(AgentListener { receiving: true, .. }) => frames.placed(),
                Listener::Agent(_) | Listener::Visitor(_) => frames.unplaced(),
            });
        }
        drop(sockets);
        if changes_who_listens(event.kind) {
            self.follow(event);
        }
    }

    /// Puts what is only passing into the queues of all who may hear it and have room.
    pub(super) fn pass(&self, passing: &Passing) {
        let sockets = self.lock();
        for (listener, queue) in sockets.registry.recipients(passing.org_id, &passing.audience, true) {
            match listener {
                Listener::Agent(agent) if passing.said_by == Some(agent.viewer.agent_id) => {}
                Listener::Agent(_) | Listener::Visitor(_) => queue.offer(passing.text.clone()),
            }
        }
    }

    /// The few events that change who may listen.
    fn follow(&self, event: &CommittedEvent) {
        match serde_json::from_str(&event.payload) {
            Ok(Event::MeUpdated { me }) => {
                self.set_sight(me.id, Sight::from(Rights::from(&me)));
                self.set_receiving(me.id, me.login_state == LoginState::Normal);
            }
            Ok(Event::ChannelUpdated { channel }) if !channel.enabled => self.close_channel(channel.id),
            Ok(Event::ChannelDeleted { channel_id }) => self.close_channel(channel_id),
            Ok(Event::ContactBlocked { contact_id, blocked: true, .. }) => self.close_visitor(contact_id),
            Ok(_) => {}
            Err(error) => {
                tracing::error!(event.kind, event.seq, %error, "the ledger holds an event that cannot be read")
            }
        }
    }

    /// Lets conversations through to an agent's sockets, or stops them. Who hears them again has missed some.
    pub fn set_receiving(&self, agent: AgentId, receiving: bool) {
        for queue in self.lock().registry.set_receiving(agent, receiving) {
            if receiving {
                queue.resync();
            }
        }
    }

    /// The same as it was looked up, unless something else was heard since there were so many changes.
    pub(crate) fn correct_receiving(&self, agent: AgentId, receiving: bool, asked_after: Change) {
        for queue in self.lock().registry.correct_agent(agent, receiving, asked_after) {
            if receiving {
                queue.resync();
            }
        }
    }

    /// Ends the sockets of a channel's visitors.
    pub(crate) fn close_channel(&self, channel: ChannelId) {
        for queue in self.lock().registry.of_channel(channel) {
            queue.close(CloseCode::Gone);
        }
    }

    /// Ends a visitor's sockets.
    pub(crate) fn close_visitor(&self, contact: ContactId) {
        for queue in self.lock().registry.of_contact(contact) {
            queue.close(CloseCode::Gone);
        }
    }

    /// Ends the sockets of a login session that has been revoked.
    pub fn close_session(&self, session_id: SessionId) {
        for queue in self.lock().registry.of_login(session_id) {
            queue.close(CloseCode::Revoked);
        }
    }

    /// Tells everybody to fetch what they may have missed.
    pub fn resync_all(&self) {
        for queue in self.lock().registry.all() {
            queue.resync();
        }
    }

    /// Tells everybody in an organisation to fetch what they may have missed. Whether there is somebody.
    pub(super) fn resync_in(&self, org: OrgId) -> bool {
        let sockets = self.lock();
        sockets.registry.of_organisation(org).for_each(|queue| queue.resync());
        sockets.registry.listens_in(org)
    }

    /// Tells an event's visitors alone. Agents have it, or were told to fetch it.
    pub(super) fn deliver_to_visitors(&self, mut event: CommittedEvent) {
        event.audience.agents = AgentAudience::None;
        self.deliver(&event);
    }

    /// Lets nobody in any more. Whoever is here goes on until told to go, so that thousands do not come back at once.
    pub fn stop_gradually(&self) -> Farewells {
        self.leave();
        let mut sockets = self.lock();
        sockets.stopping = true;
        Farewells(sockets.registry.all().cloned().collect())
    }

    /// Says that the server is about to stop, which readiness tells. Nothing else changes yet.
    pub fn leave(&self) {
        self.leaving.store(true, Ordering::Relaxed);
    }

    /// Whether the server has said that it is about to stop.
    #[must_use]
    pub fn is_leaving(&self) -> bool {
        self.leaving.load(Ordering::Relaxed)
    }

    /// The login sessions that have sockets here.
    #[must_use]
    pub fn login_sessions(&self) -> Vec<SessionId> {
        self.lock().registry.login_sessions()
    }

    /// Which of these agents have a console connected, to this server or to another one.
    #[must_use]
    pub fn connected(&self, agents: impl IntoIterator<Item = AgentId>) -> HashSet<AgentId> {
        self.heard_last(agents).into_keys().collect()
    }

    /// When a console of these agents was heard last, of those that have one connected, to this server or to another one. One that
    /// has said nothing for a while may be that of a machine that sleeps: its socket lives on until the silence is too long.
    #[must_use]
    pub fn heard_last(&self, agents: impl IntoIterator<Item = AgentId>) -> HashMap<AgentId, Timestamp> {
        let sockets = self.lock();
        let elsewhere = self.elsewhere.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let here = |agent: AgentId| sockets.registry.of_agents_own(agent).map(|queue| queue.heard_at()).max();
        let last = |agent: AgentId| here(agent).max(elsewhere.heard_last(agent, now));
        agents.into_iter().filter_map(|agent| Some((agent, last(agent)?))).collect()
    }

    /// The agents who have a console connected to this server, and when it was heard last.
    pub(super) fn connected_agents(&self) -> Vec<(AgentId, Timestamp)> {
        let sockets = self.lock();
        let last = |agent: AgentId| sockets.registry.of_agents_own(agent).map(|queue| queue.heard_at()).max();
        sockets.registry.agents().filter_map(|agent| Some((agent, last(agent)?))).collect()
    }

    /// Another server has said who is connected to it.
    pub(super) fn elsewhere(&self, server: Uuid, agents: Vec<(AgentId, Timestamp)>, now: Instant) {
        self.elsewhere.lock().unwrap_or_else(PoisonError::into_inner).say(server, agents, now);
    }

    /// Whether somebody listens in the organisation at this server.
    pub(super) fn listens_in(&self, org: OrgId) -> bool {
        self.lock().registry.listens_in(org)
    }

    /// The organisations in which somebody listens at this server.
    pub(super) fn organisations(&self) -> Vec<OrgId> {
        self.lock().registry.organisations().collect()
    }

    /// Who listens at this server.
    pub(crate) fn listening(&self) -> Listening {
        let sockets = self.lock();
        let (mut agents, mut channels, mut contacts) = (HashSet::new(), HashSet::new(), HashSet::new());
        for listener in sockets.registry.listeners() {
            match listener {
                Listener::Agent(agent) => {
                    agents.insert(agent.viewer.agent_id);
                }
                Listener::Visitor(visitor) => {
                    channels.insert(visitor.channel_id);
                    contacts.insert(visitor.contact_id);
                }
            }
        }
        Listening {
            agents: agents.into_iter().collect(),
            channels: channels.into_iter().collect(),
            contacts: contacts.into_iter().collect(),
            last_change: sockets.registry.last_change(),
        }
    }

    /// How many sockets are open.
    #[must_use]
    pub fn open_sockets(&self) -> usize {
        self.lock().registry.len()
    }

    pub(super) fn lock(&self) -> Guard<'_> {
        Guard(self.sockets.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The kind of an event that only another server knows, which runs a newer version.
pub(super) const UNKNOWN_KIND: &str = "unknown";

/// Whether an event of this kind may change who listens.
pub(super) fn changes_who_listens(kind: &str) -> bool {
    matches!(kind, "me_updated" | "channel_updated" | "channel_deleted" | "contact_blocked")
}

/// An event's JSON for agents who may not see contacts' details.
fn masked(payload: &str) -> String {
    let masked =
        serde_json::from_str(payload).and_then(|event| serde_json::to_string(&masking::event_for(false, event)));
    masked.unwrap_or_else(|error| {
        // What cannot be masked is not told: a client that cannot read a frame fetches what it needs.
        tracing::error!(%error, "an event cannot be masked");
        "null".to_owned()
    })
}

impl Connection {
    /// Says whether the agent receives conversations, as looked up after the socket was registered.
    pub(super) fn correct(&self, receiving: bool) {
        if let Some(queue) = self.hub.lock().registry.correct(self.key, receiving)
            && receiving
        {
            queue.resync();
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let mut sockets = self.hub.lock();
        sockets.registry.remove(self.key);
        if let Entry::Occupied(mut network) = sockets.networks.entry(self.network) {
            *network.get_mut() = network.get().saturating_sub(1);
            if *network.get() == 0 {
                network.remove();
            }
        }
        drop(sockets);
        self.hub.metrics.sockets.gone(self.kind);
    }
}

/// The lock; in unit tests it checks the registry's invariants whenever it is let go.
pub(super) struct Guard<'a>(MutexGuard<'a, Sockets>);

impl Deref for Guard<'_> {
    type Target = Sockets;

    fn deref(&self) -> &Sockets {
        &self.0
    }
}

impl DerefMut for Guard<'_> {
    fn deref_mut(&mut self) -> &mut Sockets {
        &mut self.0
    }
}

#[cfg(test)]
impl Hub {
    /// Checks that no socket's queue holds more than it may.
    pub(super) fn check_queues(&self) {
        for queue in self.lock().registry.all() {
            assert!(queue.len() <= super::queue::QUEUE_MAX, "a queue beyond its bound");
        }
    }
}

#[cfg(test)]
impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.0.registry.check_invariants();
    }
}

#[cfg(test)]
#[path = "hub_tests.rs"]
mod tests;
