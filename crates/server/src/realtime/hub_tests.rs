//! The hub: who hears what, who is let in, who is sent away.

use super::super::queue::{Next, QUEUE_MAX};
use super::*;
use std::net::Ipv4Addr;
use store::members::Members;
use store::{AgentAudience, Audience, Viewer, Visitor, VisitorAudience};
use types::agents::{Me, Role};
use types::id::{ContactId, ConversationId, OrgId};
use types::time::Timestamp;
use types::visitors::{VisitorChannel, VisitorStyle};
use uuid::Uuid;

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn an_agent(agent: u128, sees_all: bool) -> Listener {
    Listener::Agent(AgentListener {
        viewer: Viewer { org_id: OrgId(id(1)), agent_id: AgentId(id(agent)), sees_all, sees_details: true },
        session_id: SessionId(id(agent)),
        receiving: true,
        is_view: false,
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
const LIMITS: SocketLimits = SocketLimits { per_visitor: 2, per_session: 4, per_ip: 6 };

fn join(hub: &Arc<Hub>, listener: Listener) -> Connection {
    hub.connect(listener, HERE, &LIMITS).expect("there is room")
}

fn committed(seq: i64, conversation: bool, audience: Audience, event: &Event, kind: &'static str) -> CommittedEvent {
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
        agents: AgentAudience::Conversation { assignee: Some(AgentId(id(3))), members: Members::default() },
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
        avatar_id: None,
        role: Role::Admin,
        sees_contact_details: true,
        edits_quick_replies: false,
        edits_automatic_replies: false,
        login_state,
        saved_views: types::saved_views::SavedViews::default(),
        setup_dismissed: false,
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
    let agents: Vec<Connection> = (0..4).map(|_| join(&hub, an_agent(2, true))).collect();
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
    let channel = VisitorChannel {
        name: "name".into(),
        introduction: String::new(),
        unsent_preview: false,
        style: VisitorStyle::default(),
        form: None,
    };
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
    let mut farewells = hub.stop_gradually();
    farewells.send_away(farewells.len());
    assert_eq!(waiting(&other).await, ["close 1001"]);
    assert_eq!(hub.connect(a_visitor(6), HERE, &LIMITS).err(), Some(NotConnected::Stopping));
}
