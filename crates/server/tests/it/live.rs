//! **The binding promise**: after every action, what a client has made of the events equals what it would fetch afresh.

mod access;
mod deeds;
mod merging;
mod organisation;

use self::deeds::{
    answer_form, come_and_go, hand_on, import, keep_in_view, keep_out, keep_views, send_files, set_up, tag, take_away,
    take_back, take_notes, take_part,
};
use self::organisation::{arrange, integrate, manage_people};
use crate::openapi::operations;
use crate::translating;
use client::rest::{Api, ApiError, Native, Stretch};
use client::state::{ConsoleState, Need, Snapshot};
use client::sync::{Command, Fetched, Input, Machine, Phase, Round};
use server::clock::Clock;
use std::collections::{BTreeSet, VecDeque};
use testkit::redis::everything_is_heard;
use testkit::{AgentCaller, TestServer, VisitorCaller, WsClient, db_tests};
use types::agents::{LoginState, MePatch, Role};
use types::auth::Login;
use types::channels::{Channel, ChannelPatch, ChannelStyle, DeleteChannel, LauncherPosition};
use types::conversations::MarkRead;
use types::events::Event;
use types::id::ConversationId;
use types::ws::{ClientFrame, ServerFrame};

db_tests!(after_every_action_the_events_lead_to_the_state_fetched_afresh, a_console_that_was_away_catches_up_by_events);

/// A console: the machine that the real one runs, with a network and without a screen.
struct Console {
    server: TestServer,
    agent: AgentCaller,
    api: Api<Native>,
    machine: Machine,
    socket: Option<(Round, WsClient)>,
    /// The kinds of events heard.
    heard: BTreeSet<&'static str>,
    /// How often everything was fetched.
    snapshots: usize,
}

impl Console {
    async fn open(server: &TestServer, agent: AgentCaller) -> Self {
        let machine = Machine::new(agent.api().get_me().await.unwrap());
        let (server, api) = (server.clone(), agent.api());
        let mut console = Self { server, agent, api, machine, socket: None, heard: BTreeSet::new(), snapshots: 0 };
        console.give(Input::Connect).await;
        assert_eq!((console.machine.phase(), console.snapshots), (Phase::Live, 1));
        console
    }

    /// Looks at a conversation, as a person does.
    async fn look_at(&mut self, conversation_id: ConversationId) {
        self.give(Input::Open(Some(conversation_id))).await;
    }

    /// Hears everything so far.
    async fn catch_up(&mut self) {
        let (round, socket) = self.socket.as_mut().expect("the socket is open");
        let round = *round;
        for frame in socket.heard_so_far().await {
            if let ServerFrame::Event { event, .. } = &frame {
                // The ledger's kind and the wire's tag are one word.
                assert_eq!(serde_json::to_value(event).unwrap()["type"], kind_of(event));
                self.heard.insert(kind_of(event));
            }
            self.give(Input::Frame(round, Box::new(frame))).await;
        }
        assert_eq!(self.machine.phase(), Phase::Live);
    }

    /// Gives the machine an input, and what comes of everything that it asks for.
    async fn give(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            for command in self.machine.handle(input, self.server.clock.now(), 0) {
                inputs.extend(self.carry_out(command).await);
            }
        }
    }

    async fn carry_out(&mut self, command: Command) -> Option<Input> {
        let api = &self.api;
        Some(match command {
            Command::RequestTicket(round) => {
                Input::Ticket(round, api.create_socket_ticket().await.map(|ticket| ticket.ticket))
            }
            Command::OpenSocket(round, ticket) => {
                let url = self.server.socket_url(&format!("/api/v1/socket?ticket={ticket}"));
                let mut socket = WsClient::connect(&url).await.unwrap();
                let ready = socket.frame().await;
                self.socket = Some((round, socket));
                Input::Frame(round, Box::new(ready))
            }
            // By a pong of its own it is asked how far it has come: see `catch_up`.
            Command::Send(ClientFrame::Ping {}) => return None,
            Command::Send(frame) => {
                self.socket.as_mut().expect("the socket is open").1.send(&frame).await;
                return None;
            }
            // So few at a time that there are several stretches.
            Command::FetchEvents(round, after) => Input::Events(round, api.list_events(Some(after), Some(3)).await),
            Command::FetchSnapshot(round, cursor) => {
                self.snapshots += 1;
                Input::Snapshot(round, Ok(Box::new(snapshot(api, cursor).await)))
            }
            Command::Fetch(round, need) => Input::Fetched(round, need, fetch(api, need).await),
            Command::ReadKept => Input::Restored(Vec::new()),
            Command::Keep(_) | Command::Forget(_) | Command::Changed(_) => return None,
            Command::Arrived(..) | Command::Mentioned(_) | Command::Happened(_) | Command::Refreshed => return None,
            Command::CloseSocket => {
                self.socket = None;
                return None;
            }
            Command::SessionOver | Command::FetchEarlier(..) | Command::FetchLater(..) | Command::FetchPage(..) => {
                panic!("nothing leads here: {command:?}")
            }
        })
    }

    /// Compares the state with one fetched this moment.
    async fn check(&mut self, after: &str) {
        self.catch_up().await;
        let (api, state) = (&self.api, self.machine.state());
        let mut afresh = ConsoleState::new(state.me().clone());
        afresh.load(snapshot(api, 0).await);
        assert_eq!(state.me(), afresh.me(), "me, after {after}");
        assert_eq!(state.channels(), afresh.channels(), "channels, after {after}");
        assert_eq!(state.channel_tree(), afresh.channel_tree(), "the tree of channels, after {after}");
        assert_eq!(state.tag_groups(), afresh.tag_groups(), "tags, after {after}");
        assert_eq!(state.custom_fields(), afresh.custom_fields(), "custom fields, after {after}");
        let live: Vec<_> = state.list(None).collect();
        let listed: Vec<_> = afresh.list(None).collect();
        assert_eq!(live, listed, "conversations, after {after}");
        if let Some(id) = state.open_conversation().filter(|id| !state.is_missing(*id)) {
            let window = api.list_messages(id, Stretch::Newest, None).await.unwrap();
            let timeline = state.timeline(id).unwrap();
            assert_eq!(timeline.messages(), window.items.as_slice(), "messages, after {after}");
            let contact = api.get_contact(state.conversation(id).unwrap().contact.id).await.unwrap();
            assert_eq!(state.contact(contact.id), Some(&contact), "contact, after {after}");
            let notes = state.notes(id).map(|held| held.items()).unwrap_or_default();
            assert_eq!(notes, api.list_notes(id, None).await.unwrap().items, "notes, after {after}");
        }
    }
}

async fn snapshot(api: &Api<Native>, cursor: i64) -> Snapshot {
    Snapshot {
        cursor,
        me: api.get_me().await.unwrap(),
        channels: api.list_channels().await.unwrap().items,
        channel_tree: api.get_channel_tree().await.unwrap(),
        tag_groups: api.list_tag_groups().await.unwrap().items,
        custom_fields: api.list_custom_fields().await.unwrap(),
        conversations: api.list_conversations(None, None, None).await.unwrap(),
        pinned: [
            api.list_pinned_conversations().await.unwrap().items,
            api.list_snoozed_conversations(100).await.unwrap(),
        ]
        .concat(),
    }
}

async fn fetch(api: &Api<Native>, need: Need) -> Result<Fetched, ApiError> {
    Ok(match need {
        Need::Conversation(id) => Fetched::Conversation(Box::new(api.get_conversation(id).await?)),
        Need::Newest(id) => Fetched::Messages(api.list_messages(id, Stretch::Newest, None).await?),
        Need::Later(id, seq) => Fetched::Messages(api.list_messages(id, Stretch::After(seq), None).await?),
        Need::Contact(id) => Fetched::Contact(Box::new(api.get_contact(id).await?)),
        Need::Notes(id) => Fetched::Notes(api.list_notes(id, None).await?),
        Need::Unread => Fetched::Unread(api.list_unread_conversations(None, None).await?.items, true),
        Need::Around(..) | Need::Listing(_) => panic!("nobody jumped, and no list was chosen"),
    })
}

/// Everybody who looks on: the admin on two devices, a supervisor, and an agent with one conversation of their own.
struct Onlookers {
    consoles: Vec<Console>,
    /// Where things are done, and where the consoles are connected, if that is another server.
    elsewhere: Option<[TestServer; 2]>,
    /// The operations that were driven.
    driven: BTreeSet<String>,
}

impl Onlookers {
    /// Checks every console after an operation; what follows a comma says which case of it.
    async fn check(&mut self, after: &str) {
        self.check_others(after, false).await;
    }

    /// All, or while the admin is suspended all but the admin.
    async fn check_others(&mut self, after: &str, suspended: bool) {
        self.driven.insert(after.split(',').next().unwrap_or_default().to_owned());
        if let Some([here, there]) = &self.elsewhere {
            // A pong is no proof here: what is done at one server has its way to the other.
            everything_is_heard([here, there]).await;
        }
        for console in self.consoles.iter_mut().skip(if suspended { 2 } else { 0 }) {
            console.check(after).await;
        }
    }

    async fn look_at(&mut self, conversation_id: ConversationId) {
        for console in &mut self.consoles {
            console.look_at(conversation_id).await;
        }
    }
}

/// Every operation that changes something: the contract's own list, so that a new one fails here until it is driven.
fn actions() -> BTreeSet<String> {
    operations().into_iter().filter(|operation| operation.method != "GET").map(|operation| operation.id).collect()
}

/// Every kind of event there is. A new one does not compile here until this test drives what causes it.
fn kind_of(event: &Event) -> &'static str {
    match event {
        Event::ConversationCreated { .. }
        | Event::MessageCreated { .. }
        | Event::MessageRecalled { .. }
        | Event::NoteCreated { .. }
        | Event::NotesCleared { .. }
        | Event::ConversationRead { .. }
        | Event::AgentsRead { .. }
        | Event::VisitorRead { .. }
        | Event::ContactUpdated { .. }
        | Event::AgentJoined { .. }
        | Event::AgentLeft { .. }
        | Event::AgentUpdated { .. }
        // Only whoever loses a conversation hears it, and the admin sees all; `take_part` looks at who hears it.
        | Event::ConversationWithdrawn { .. }
        | Event::ConversationAssigned { .. }
        | Event::ConversationClosed { .. }
        | Event::ConversationReopened { .. }
        | Event::ConversationSnoozed { .. }
        | Event::ConversationWoken { .. }
        | Event::ConversationPersonalised { .. }
        | Event::ConversationCleared { .. }
        | Event::ConversationDeleted { .. }
        | Event::ContactBlocked { .. }
        | Event::ContactDeleted { .. }
        | Event::ContactMerged { .. }
        | Event::ContactMergeUndone { .. }
        | Event::ChannelCreated { .. }
        | Event::ChannelUpdated { .. }
        // Agents never hear it; `realtime.rs` holds it against the session that a visitor opens afresh.
        | Event::VisitorChannelUpdated { .. }
        | Event::ChannelDeleted { .. }
        | Event::ChannelTreeUpdated { .. }
        | Event::CustomFieldsSet { .. }
        | Event::TagGroupSaved { .. }
        | Event::TagGroupDeleted { .. }
        | Event::TagsDeleted { .. }
        | Event::AgentCreated { .. }
        | Event::AgentEdited { .. }
        | Event::AgentRemoved { .. }
        | Event::AgentGroupsChanged {}
        | Event::WebhooksChanged { .. }
        | Event::ApiTokensChanged {}
        | Event::MeUpdated { .. } => store::events::kind(event),
    }
}

/// How many of them agents hear.
const KINDS: usize = 39;

async fn after_every_action_the_events_lead_to_the_state_fetched_afresh(server: TestServer) {
    // All that an agent can do comes in one minute of a clock that stands still.
    server.reconfigure(|config| config.limits.requests_per_minute = 100_000).await;
    let _service = translating::on(&server).await;
    Box::pin(drive_everything(server, None)).await;
}

/// Does everything that can be done, and compares; with another server, that is where everybody looks on.
pub(crate) async fn drive_everything(server: TestServer, other: Option<TestServer>) {
    let at = other.clone().unwrap_or_else(|| server.clone());
    let organisation = server.organisation().await;
    let admin = organisation.admin.clone();
    let (supervisor, agent) = (organisation.agent(Role::Supervisor).await, organisation.agent(Role::Agent).await);
    let consoles = vec![
        Console::open(&at, admin.by(&at)).await,
        Console::open(&at, admin.on_another_device().await.by(&at)).await,
        Console::open(&at, supervisor.by(&at)).await,
    ];
    let elsewhere = other.map(|other| [server.clone(), other]);
    let mut all = Onlookers { consoles, elsewhere, driven: BTreeSet::new() };

    let channel = organisation.channel().await;
    all.check("create_channel").await;
    let address = format!("/api/v1/channels/{}", channel.id);
    edit_channel(&admin, &channel).await;
    all.check("update_channel").await;

    let visitor = server.visit(&channel.key, None).await;
    all.check("open_visitor_session, somebody new").await;
    visitor.socket_url().await;
    all.check("create_visitor_socket_ticket").await;
    let id = visitor.say("你好").await.conversation_id;
    all.check("send_visitor_message, the first").await;
    // From here on a plain agent looks on as well, at the one conversation that is theirs.
    agent.is_given(id).await;
    for console in &mut all.consoles {
        // No event tells of this; a page that is loaded again does.
        let heard = std::mem::take(&mut console.heard);
        *console = Console { heard, ..Console::open(&at, console.agent.clone()).await };
    }
    all.consoles.push(Console::open(&at, agent.by(&at)).await);
    all.look_at(id).await;
    visitor.say("有人吗？").await;
    all.check("send_visitor_message").await;
    let answer = admin.say(id, "您好，请讲").await;
    all.check("send_message").await;
    visitor.put("/widget/v1/read", &MarkRead { seq: answer.seq }).await.expect(200);
    all.check("mark_visitor_read").await;
    visitor.say("多少钱？").await;
    all.check("send_visitor_message, after an answer").await;
    let read = format!("/api/v1/conversations/{id}/read");
    supervisor.put(&read, &MarkRead { seq: 2 }).await.expect(200);
    agent.put(&read, &MarkRead { seq: 4 }).await.expect(200);
    admin.put(&read, &MarkRead { seq: 4 }).await.expect(200);
    all.check("mark_conversation_read, by three").await;
    agent.say(id, "九十九元").await;
    all.check("send_message, by the assignee").await;

    take_part(&organisation, &visitor, id, &mut all).await;
    send_files(&server, &admin, &visitor, id, &mut all).await;
    server.clock.advance(30_000);
    come_back(&visitor, &channel).await;
    all.check("open_visitor_session, somebody known").await;
    answer_form(&mut all, &channel, &visitor).await;

    for state in [LoginState::Suspended, LoginState::Normal] {
        sign_in(&server, &admin, state).await;
        visitor.say("还在吗？").await;
        admin.say(id, "在的").await;
        all.check_others("login, suspended and back", state == LoginState::Suspended).await;
    }
    set_login_state(&agent, LoginState::Suspended).await;
    visitor.say("喂？").await;
    set_login_state(&agent, LoginState::Normal).await;
    all.check("update_me, suspended and back").await;

    for enabled in [false, true] {
        let patch = ChannelPatch { enabled: Some(enabled), ..ChannelPatch::default() };
        admin.patch(&address, &patch).await.expect(200);
        all.check("update_channel, disabled and enabled").await;
    }
    set_up(&server, &channel, &admin, &mut all).await;
    take_notes(&mut all, &server, id).await;
    take_back(&mut all, &server, &visitor, id).await;
    keep_in_view(&mut all, id).await;
    tag(&mut all, id).await;
    import(&mut all, &channel, id).await;
    manage_people(&mut all, &organisation, &channel).await;
    arrange(&mut all, &channel).await;
    integrate(&mut all).await;
    keep_views(&mut all, &channel).await;
    keep_out(&mut all, &server, &visitor, id).await;
    hand_on(&mut all, &channel, &visitor, id).await;
    take_away(&mut all, &server, &channel, &visitor, id).await;
    admin.delete_with(&address, &DeleteChannel { name: "旗舰店".to_owned() }).await.expect(204);
    all.check("delete_channel").await;
    for console in &all.consoles {
        assert_eq!(console.machine.state().conversations().count(), 0);
    }
    let guarded = organisation.agent(Role::Agent).await;
    access::guard(&mut all, &server, &admin, &guarded).await;
    let leaver = organisation.agent(Role::Agent).await;
    come_and_go(&server, &agent, &leaver, &mut all).await;
    let heard = &all.consoles[0].heard;
    assert_eq!(heard.len(), KINDS, "every kind of event was driven: {heard:?}");
    assert_eq!(all.driven, actions(), "every operation that changes something was driven");
}

async fn edit_channel(admin: &AgentCaller, channel: &Channel) {
    let patch = ChannelPatch {
        name: Some("旗舰店".to_owned()),
        style: Some(ChannelStyle { position: LauncherPosition::Left, ..ChannelStyle::default() }),
        ..ChannelPatch::default()
    };
    admin.patch(&format!("/api/v1/channels/{}", channel.id), &patch).await.expect(200);
}

/// The visitor is back on another page, with another language.
async fn come_back(visitor: &VisitorCaller, channel: &Channel) {
    let mut request = testkit::visitor::visit_request(&channel.key, Some(visitor.token()));
    request.locale = "en-GB".to_owned();
    visitor.post("/widget/v1/sessions", &request).await.expect(200);
}

/// Signs in on one more device, with this login state.
async fn sign_in(server: &TestServer, agent: &AgentCaller, login_state: LoginState) {
    let login = Login {
        account: agent.me.account.clone(),
        password: testkit::PASSWORD.to_owned(),
        login_state,
        agreements_accepted: true,
        proof: None,
    };
    server.anonymous().post("/api/v1/auth/sessions", &login).await.expect(201);
}

async fn set_login_state(agent: &AgentCaller, login_state: LoginState) {
    agent.patch("/api/v1/me", &MePatch { login_state: Some(login_state), ..MePatch::default() }).await.expect(200);
}

async fn a_console_that_was_away_catches_up_by_events(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let visitor = server.visit(&channel.key, None).await;
    let id = visitor.say("你好").await.conversation_id;
    let mut console = Console::open(&server, organisation.admin.clone()).await;
    console.look_at(id).await;

    let (round, socket) = console.socket.take().unwrap();
    assert_eq!(socket.close().await, 1005, "a farewell is answered");
    console.give(Input::Closed(round, 1006)).await;
    for n in 0..7 {
        visitor.say(&format!("第 {n} 句")).await;
    }
    console.give(Input::Connect).await;
    visitor.say("连上之后的").await;
    console.check("an absence").await;
    assert_eq!(console.machine.state().conversation(id).unwrap().unread, 9);
    assert_eq!(console.snapshots, 1, "by events, and not by fetching everything again");
}
