//! Brings committed events to the sockets that may hear them.
//!
//! **Invariants**: nothing here waits, so the writer can call it between a commit and its acks; and the lock is held only
//! while handles are looked up and frames are put into queues, never across an `.await`.

use super::frames::EventFrames;
use super::queue::SocketQueue;
use super::registry::{AgentListener, Listener, Registry, SocketKey};
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::CommittedEvent;
use types::agents::LoginState;
use types::events::Event;
use types::id::{AgentId, ChannelId, SessionId};
use types::ws::CloseCode;

#[derive(Default)]
struct Sockets {
    registry: Registry<Arc<SocketQueue>>,
    /// The server stops: whoever connects now is sent away.
    stopping: bool,
}

/// The open sockets of this process.
#[derive(Default)]
pub struct Hub {
    sockets: Mutex<Sockets>,
}

/// A registered socket. Dropping it takes it out of the hub.
pub struct Connection {
    hub: Arc<Hub>,
    key: SocketKey,
    /// What waits to be sent to it.
    pub(super) queue: Arc<SocketQueue>,
}

impl Hub {
    /// Registers a socket: every event committed from here on reaches its queue. `None` when the server stops.
    pub fn connect(self: &Arc<Self>, listener: Listener) -> Option<Connection> {
        let mut sockets = self.lock();
        if sockets.stopping {
            return None;
        }
        let queue = Arc::new(SocketQueue::default());
        let key = sockets.registry.add(listener, queue.clone());
        drop(sockets);
        Some(Connection { hub: self.clone(), key, queue })
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
        let mut sockets = self.lock();
        sockets.stopping = true;
        for queue in sockets.registry.all() {
            queue.close(CloseCode::GoingAway);
        }
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
        self.hub.lock().registry.remove(self.key);
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
    use store::{AgentAudience, Audience, Viewer, Visitor};
    use types::agents::{Me, Role};
    use types::id::{ContactId, ConversationId, OrgId};
    use types::time::Timestamp;
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
            contact: contact.map(|contact| ContactId(id(contact))),
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
        let audience = Audience { agents: AgentAudience::One(AgentId(id(agent))), contact: None };
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
        let admin = hub.connect(an_agent(2, true)).unwrap();
        let assignee = hub.connect(an_agent(3, false)).unwrap();
        let colleague = hub.connect(an_agent(4, false)).unwrap();
        let visitor = hub.connect(a_visitor(6)).unwrap();
        let stranger = hub.connect(a_visitor(7)).unwrap();
        hub.deliver(&read(1, Some(6)));
        assert_eq!(waiting(&admin).await, ["agents_read 1"]);
        assert_eq!(waiting(&assignee).await, ["agents_read 1"]);
        assert_eq!(waiting(&colleague).await, [""; 0]);
        assert_eq!(waiting(&visitor).await, ["agents_read null"]);
        assert_eq!(waiting(&stranger).await, [""; 0]);
    }

    #[tokio::test]
    async fn a_suspended_agent_hears_only_personal_events_and_resyncs_on_return() {
        let hub = Arc::new(Hub::default());
        let admin = hub.connect(an_agent(2, true)).unwrap();
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
        let (one, other) = (hub.connect(suspended(2)).unwrap(), hub.connect(suspended(2)).unwrap());
        hub.deliver(&me_updated(1, 2, LoginState::Normal));
        one.correct(false);
        hub.deliver(&read(2, None));
        assert_eq!(waiting(&one).await, ["resync", "agents_read 2"]);
        assert_eq!(waiting(&other).await, ["resync", "agents_read 2"], "one socket's look is not another's");
        // Without an event in between the look is the news.
        let late = hub.connect(suspended(2)).unwrap();
        late.correct(true);
        hub.deliver(&read(3, None));
        assert_eq!(waiting(&late).await, ["resync", "agents_read 3"]);
        let early = hub.connect(an_agent(2, true)).unwrap();
        early.correct(false);
        hub.deliver(&read(4, None));
        assert_eq!(waiting(&early).await, [""; 0]);
        assert_eq!(waiting(&one).await, ["agents_read 3", "agents_read 4"]);
    }

    #[tokio::test]
    async fn a_slow_reader_holds_up_nobody() {
        let hub = Arc::new(Hub::default());
        let slow = hub.connect(an_agent(2, true)).unwrap();
        let quick = hub.connect(an_agent(2, true)).unwrap();
        for seq in 1..=i64::try_from(QUEUE_MAX).unwrap() + 5 {
            hub.deliver(&read(seq, None));
            assert_eq!(waiting(&quick).await, [format!("agents_read {seq}")]);
        }
        assert_eq!(waiting(&slow).await.first().map(String::as_str), Some("resync"));
    }

    #[tokio::test]
    async fn closing_reaches_the_right_sockets_and_a_dropped_connection_is_forgotten() {
        let hub = Arc::new(Hub::default());
        let admin = hub.connect(an_agent(2, true)).unwrap();
        let other = hub.connect(an_agent(3, true)).unwrap();
        let visitor = hub.connect(a_visitor(6)).unwrap();
        hub.close_session(SessionId(id(2)));
        assert_eq!(waiting(&admin).await, ["close 4401"]);
        let deleted = Event::ChannelDeleted { channel_id: ChannelId(id(9)) };
        let everyone = Audience { agents: AgentAudience::Everyone, contact: None };
        hub.deliver(&committed(1, false, everyone, &deleted, "channel_deleted"));
        assert_eq!(waiting(&visitor).await, ["close 4410"]);
        assert_eq!(waiting(&other).await, ["channel_deleted 1"]);
        drop((admin, visitor));
        assert_eq!(hub.open_sockets(), 1);
        hub.stop();
        assert_eq!(waiting(&other).await, ["close 1001"]);
        assert!(hub.connect(a_visitor(6)).is_none());
    }
}
