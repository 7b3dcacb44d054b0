//! Brings committed events to the sockets that may hear them.
//!
//! **Invariants**: nothing here waits, so the writer can call it between a commit and its acks; and the lock is held only
//! while handles are looked up and frames are put into queues, never across an `.await`.

use super::frames::EventFrames;
use super::queue::SocketQueue;
use super::registry::{AgentListener, Listener, Registry, SocketKey};
use crate::config::SocketLimits;
use crate::metrics::{Metrics, SocketKind};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::CommittedEvent;
use types::agents::LoginState;
use types::events::Event;
use types::id::{AgentId, ChannelId, SessionId};
use types::ws::CloseCode;

#[derive(Default)]
struct Sockets {
    registry: Registry<Arc<SocketQueue>>,
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
    hub: Arc<Hub>,
    key: SocketKey,
    kind: SocketKind,
    network: IpAddr,
    /// What waits to be sent to it.
    pub(super) queue: Arc<SocketQueue>,
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
        let about_conversation = event.conversation_id.is_some();
        let sockets = self.lock();
        for (listener, queue) in sockets.registry.recipients(event.org_id, event.audience, about_conversation) {
            queue.push(match listener {
                Listener::Agent(AgentListener { receiving: true, .. }) => frames.placed(),
                Listener::Agent(_) | Listener::Visitor(_) => frames.unplaced(),
            });
        }
        drop(sockets);
        if matches!(event.kind, "me_updated" | "channel_updated" | "channel_deleted") {
            self.follow(event);
        }
    }

    /// The few events that change who may listen.
    fn follow(&self, event: &CommittedEvent) {
        match serde_json::from_str(&event.payload) {
            Ok(Event::MeUpdated { me }) => self.set_receiving(me.id, me.login_state == LoginState::Normal),
            Ok(Event::ChannelUpdated { channel }) if !channel.enabled => self.close_channel(channel.id),
            Ok(Event::ChannelDeleted { channel_id }) => self.close_channel(channel_id),
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

    fn close_channel(&self, channel: ChannelId) {
        for queue in self.lock().registry.of_channel(channel) {
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

    /// Sends everybody away and lets nobody in any more.
    pub fn stop(&self) {
        let mut farewells = self.stop_gradually();
        farewells.send_away(farewells.len());
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

    /// Whether the server is about to stop.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.lock().stopping
    }

    /// How many sockets are open.
    #[must_use]
    pub fn open_sockets(&self) -> usize {
        self.lock().registry.len()
    }

    fn lock(&self) -> Guard<'_> {
        Guard(self.sockets.lock().unwrap_or_else(PoisonError::into_inner))
    }
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
struct Guard<'a>(MutexGuard<'a, Sockets>);

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
mod tests {
    use super::super::queue::{Next, QUEUE_MAX};
    use super::*;
    use std::net::Ipv4Addr;
    use store::{AgentAudience, Audience, Viewer, Visitor, VisitorAudience};
    use types::agents::{Me, Role};
    use types::channels::ChannelStyle;
    use types::id::{ContactId, ConversationId, OrgId};
    use types::time::Timestamp;
    use types::visitors::VisitorChannel;
    use uuid::Uuid;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn an_agent(agent: u128, sees_all: bool) -> Listener {
        Listener::Agent(AgentListener {
            viewer: Viewer { org_id: OrgId(id(1)), agent_id: AgentId(id(agent)), sees_all },
            session_id: SessionId(id(agent)),
            receiving: true,
        })
    }

    fn a_visitor(contact: u128) -> Listener {
        Listener::Visitor(Visitor {
            org_id: OrgId(id(1)),
            channel_id: ChannelId(id(9)),
            contact_id: ContactId(id(contact)),
        })
    }

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
    const LIMITS: SocketLimits = SocketLimits { per_visitor: 2, per_session: 3, per_ip: 5 };

    fn join(hub: &Arc<Hub>, listener: Listener) -> Connection {
        hub.connect(listener, HERE, &LIMITS).expect("there is room")
    }

    fn committed(
        seq: i64,
        conversation: bool,
        audience: Audience,
        event: &Event,
        kind: &'static str,
    ) -> CommittedEvent {
        CommittedEvent {
            org_id: OrgId(id(1)),
            seq,
            conversation_id: conversation.then(|| ConversationId(id(5))),
            audience,
            kind,
            payload: serde_json::to_string(event).unwrap().into(),
        }
    }

    fn read(seq: i64, contact: Option<u128>) -> CommittedEvent {
        let audience = Audience {
            agents: AgentAudience::Conversation { assignee: Some(AgentId(id(3))) },
            visitors: contact.map_or(VisitorAudience::None, |contact| VisitorAudience::One(ContactId(id(contact)))),
        };
        let event = Event::AgentsRead { conversation_id: ConversationId(id(5)), seq };
        committed(seq, true, audience, &event, "agents_read")
    }

    fn me_updated(seq: i64, agent: u128, login_state: LoginState) -> CommittedEvent {
        let me = Me {
            id: AgentId(id(agent)),
            org_id: OrgId(id(1)),
            org_name: "org".into(),
            session_id: SessionId(id(agent)),
            account: "account".into(),
            name: "name".into(),
            email: "a@b.cn".into(),
            mobile: "13800138000".into(),
            role: Role::Admin,
            login_state,
            created_at: Timestamp(0),
        };
        let audience = Audience::agents(AgentAudience::One(AgentId(id(agent))));
        committed(seq, false, audience, &Event::MeUpdated { me }, "me_updated")
    }

    /// What waits for a socket, as short words.
    async fn waiting(connection: &Connection) -> Vec<String> {
        let mut words = Vec::new();
        loop {
            let next = tokio::select! {
                biased;
                next = connection.queue.next() => next,
                () = std::future::ready(()) => return words,
            };
            words.push(match next {
                Next::Frame(text) => {
                    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
                    format!("{} {}", value["event"]["type"].as_str().unwrap(), value["seq"])
                }
                Next::Resync => "resync".to_owned(),
                Next::Close(code) => {
                    words.push(format!("close {}", code.number()));
                    return words;
                }
            });
        }
    }

    #[tokio::test]
    async fn an_event_reaches_those_who_may_hear_it() {
        let hub = Arc::new(Hub::default());
        let admin = join(&hub, an_agent(2, true));
        let assignee = join(&hub, an_agent(3, false));
        let colleague = join(&hub, an_agent(4, false));
        let visitor = join(&hub, a_visitor(6));
        let stranger = join(&hub, a_visitor(7));
        hub.deliver(&read(1, Some(6)));
        assert_eq!(waiting(&admin).await, ["agents_read 1"]);
        assert_eq!(waiting(&assignee).await, ["agents_read 1"]);
        assert_eq!(waiting(&colleague).await, [""; 0]);
        assert_eq!(waiting(&visitor).await, ["agents_read null"]);
        assert_eq!(waiting(&stranger).await, [""; 0]);
    }

    #[test]
    fn owners_and_networks_have_only_so_many() {
        let hub = Arc::new(Hub::default());
        let elsewhere = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
        let refused = |listener, network| hub.connect(listener, network, &LIMITS).err();
        let agents: Vec<Connection> = (0..3).map(|_| join(&hub, an_agent(2, true))).collect();
        assert_eq!(refused(an_agent(2, true), elsewhere), Some(NotConnected::TooMany), "one sign-in");
        let visitors: Vec<Connection> = (0..2).map(|_| join(&hub, a_visitor(6))).collect();
        assert_eq!(refused(a_visitor(6), elsewhere), Some(NotConnected::TooMany), "one visitor");
        assert_eq!(refused(a_visitor(7), HERE), Some(NotConnected::TooMany), "one network");
        assert_eq!(refused(a_visitor(7), elsewhere), None);
        drop((agents, visitors));
        assert_eq!(refused(an_agent(2, true), HERE), None, "whoever goes makes room");
        assert_eq!((hub.open_sockets(), hub.lock().networks.len()), (0, 0), "nothing is kept of those who went");
    }

    #[tokio::test]
    async fn an_edited_channel_reaches_its_visitors_and_nobody_else() {
        let hub = Arc::new(Hub::default());
        let admin = join(&hub, an_agent(2, true));
        let visitors = [6, 7].map(|contact| join(&hub, a_visitor(contact)));
        let elsewhere = Visitor { org_id: OrgId(id(1)), channel_id: ChannelId(id(8)), contact_id: ContactId(id(8)) };
        let elsewhere = join(&hub, Listener::Visitor(elsewhere));
        let channel =
            VisitorChannel { name: "name".into(), introduction: String::new(), style: ChannelStyle::default() };
        let event = Event::VisitorChannelUpdated { channel };
        let audience = Audience::channel(ChannelId(id(9)));
        hub.deliver(&committed(1, false, audience, &event, "visitor_channel_updated"));
        for visitor in &visitors {
            assert_eq!(waiting(visitor).await, ["visitor_channel_updated null"]);
        }
        assert_eq!(waiting(&elsewhere).await, [""; 0]);
        assert_eq!(waiting(&admin).await, [""; 0]);
    }

    #[tokio::test]
    async fn a_suspended_agent_hears_only_personal_events_and_resyncs_on_return() {
        let hub = Arc::new(Hub::default());
        let admin = join(&hub, an_agent(2, true));
        hub.deliver(&me_updated(1, 2, LoginState::Suspended));
        hub.deliver(&read(2, None));
        hub.deliver(&me_updated(3, 2, LoginState::Suspended));
        // Without a place in the ledger: the cursor must not pass what was not heard.
        assert_eq!(waiting(&admin).await, ["me_updated 1", "me_updated null"]);
        hub.deliver(&me_updated(4, 2, LoginState::Normal));
        hub.deliver(&read(5, None));
        assert_eq!(waiting(&admin).await, ["resync", "agents_read 5"]);
    }

    #[tokio::test]
    async fn a_look_at_the_login_state_never_overrules_a_later_event() {
        let hub = Arc::new(Hub::default());
        let suspended = |agent| match an_agent(agent, true) {
            Listener::Agent(listener) => Listener::Agent(AgentListener { receiving: false, ..listener }),
            visitor @ Listener::Visitor(_) => visitor,
        };
        // Registered as suspended, back to normal by an event, and only then the look that was taken before.
        let (one, other) = (join(&hub, suspended(2)), join(&hub, suspended(2)));
        hub.deliver(&me_updated(1, 2, LoginState::Normal));
        one.correct(false);
        hub.deliver(&read(2, None));
        assert_eq!(waiting(&one).await, ["resync", "agents_read 2"]);
        assert_eq!(waiting(&other).await, ["resync", "agents_read 2"], "one socket's look is not another's");
        // Without an event in between the look is the news.
        let late = join(&hub, suspended(2));
        late.correct(true);
        hub.deliver(&read(3, None));
        assert_eq!(waiting(&late).await, ["resync", "agents_read 3"]);
        let early = join(&hub, an_agent(2, true));
        early.correct(false);
        hub.deliver(&read(4, None));
        assert_eq!(waiting(&early).await, [""; 0]);
        assert_eq!(waiting(&one).await, ["agents_read 3", "agents_read 4"]);
    }

    #[tokio::test]
    async fn a_slow_reader_holds_up_nobody() {
        let hub = Arc::new(Hub::default());
        let slow = join(&hub, an_agent(2, true));
        let quick = join(&hub, an_agent(2, true));
        for seq in 1..=i64::try_from(QUEUE_MAX).unwrap() + 5 {
            hub.deliver(&read(seq, None));
            assert_eq!(waiting(&quick).await, [format!("agents_read {seq}")]);
        }
        assert_eq!(waiting(&slow).await.first().map(String::as_str), Some("resync"));
    }

    #[tokio::test]
    async fn closing_reaches_the_right_sockets_and_a_dropped_connection_is_forgotten() {
        let hub = Arc::new(Hub::default());
        let admin = join(&hub, an_agent(2, true));
        let other = join(&hub, an_agent(3, true));
        let visitor = join(&hub, a_visitor(6));
        hub.close_session(SessionId(id(2)));
        assert_eq!(waiting(&admin).await, ["close 4401"]);
        let deleted = Event::ChannelDeleted { channel_id: ChannelId(id(9)) };
        let everyone = Audience::agents(AgentAudience::Everyone);
        hub.deliver(&committed(1, false, everyone, &deleted, "channel_deleted"));
        assert_eq!(waiting(&visitor).await, ["close 4410"]);
        assert_eq!(waiting(&other).await, ["channel_deleted 1"]);
        drop((admin, visitor));
        assert_eq!(hub.open_sockets(), 1);
        hub.stop();
        assert_eq!(waiting(&other).await, ["close 1001"]);
        assert_eq!(hub.connect(a_visitor(6), HERE, &LIMITS).err(), Some(NotConnected::Stopping));
    }
}
