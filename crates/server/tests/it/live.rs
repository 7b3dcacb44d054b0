//! **The binding promise**: after every action, what a client has made of the events equals what it would fetch afresh.

use crate::openapi::operations;
use crate::registration::{newest_code, registration, request_for};
use client::rest::{Api, Native, Stretch};
use client::state::{ConsoleState, Need, Snapshot};
use std::collections::BTreeSet;
use testkit::{AgentCaller, PASSWORD, TestServer, VisitorCaller, WsClient, db_tests};
use types::agents::{ChangePassword, LoginState, MePatch, Role};
use types::auth::Login;
use types::channels::{Channel, ChannelPatch, ChannelStyle, DeleteChannel, LauncherPosition};
use types::conversations::MarkRead;
use types::events::{Event, LedgerEvent};
use types::id::ConversationId;
use types::ws::ServerFrame;

db_tests!(after_every_action_the_events_lead_to_the_state_fetched_afresh, a_console_that_was_away_catches_up_by_events);

/// A console: its socket, and the state that it keeps by events.
struct Console {
    agent: AgentCaller,
    api: Api<Native>,
    socket: WsClient,
    state: ConsoleState,
    /// The kinds of events heard.
    heard: BTreeSet<&'static str>,
}

impl Console {
    async fn open(agent: AgentCaller) -> Self {
        let (socket, cursor) = agent.socket().await;
        let api = agent.api();
        let state = fresh(&api, cursor).await;
        let mut console = Self { agent, api, socket, state, heard: BTreeSet::new() };
        console.fetch_needs().await;
        console
    }

    /// Looks at a conversation, as a person does.
    async fn look_at(&mut self, conversation_id: ConversationId) {
        self.state.open(Some(conversation_id));
        self.fetch_needs().await;
    }

    /// Hears everything so far, and fetches what events alone cannot tell.
    async fn catch_up(&mut self) {
        for frame in self.socket.heard_so_far().await {
            if let ServerFrame::Event { event, .. } = &frame {
                // The ledger's kind and the wire's tag are one word.
                assert_eq!(serde_json::to_value(event).unwrap()["type"], kind_of(event));
                self.heard.insert(kind_of(event));
            }
            match frame {
                ServerFrame::Event { seq: Some(seq), event } => self.state.apply(LedgerEvent { seq, event }),
                ServerFrame::Event { seq: None, event } => self.state.apply_fact(event),
                ServerFrame::Resync {} => self.replay().await,
                other => panic!("unexpected {other:?}"),
            }
        }
        self.fetch_needs().await;
    }

    /// Fetches the events after the state's cursor.
    async fn replay(&mut self) {
        loop {
            let after = self.api.list_events(self.state.cursor(), Some(3)).await.unwrap();
            assert!(!after.resync);
            after.items.into_iter().for_each(|event| self.state.apply(event));
            self.state.reached(after.cursor);
            if !after.has_more {
                return;
            }
        }
    }

    async fn fetch_needs(&mut self) {
        let api = &self.api;
        while let Some(need) = self.state.needs().first().copied() {
            match need {
                Need::Conversation(id) => match api.get_conversation(id).await {
                    Ok(conversation) => self.state.put_conversation(conversation),
                    Err(_) => self.state.conversation_is_missing(id),
                },
                Need::Newest(id) => {
                    let window = api.list_messages(id, Stretch::Newest, None).await.unwrap();
                    self.state.put_messages(id, window);
                }
                Need::Later(id, seq) => {
                    let window = api.list_messages(id, Stretch::After(seq), None).await.unwrap();
                    self.state.put_messages(id, window);
                }
                Need::Contact(id) => self.state.put_contact(api.get_contact(id).await.unwrap()),
                Need::Unread => {
                    let page = api.list_unread_conversations(None, None).await.unwrap();
                    self.state.put_unread(page.items);
                }
                Need::Listing(_) => panic!("no channel was chosen"),
            }
        }
    }

    /// Compares the state with one fetched this moment.
    async fn check(&mut self, after: &str) {
        self.catch_up().await;
        let api = &self.api;
        let afresh = fresh(api, 0).await;
        assert_eq!(self.state.me(), afresh.me(), "me, after {after}");
        assert_eq!(self.state.channels(), afresh.channels(), "channels, after {after}");
        let live: Vec<_> = self.state.list(None).collect();
        let listed: Vec<_> = afresh.list(None).collect();
        assert_eq!(live, listed, "conversations, after {after}");
        if let Some(id) = self.state.open_conversation().filter(|id| !self.state.is_missing(*id)) {
            let window = api.list_messages(id, Stretch::Newest, None).await.unwrap();
            let timeline = self.state.timeline(id).unwrap();
            assert_eq!(timeline.messages(), window.items.as_slice(), "messages, after {after}");
            let contact = api.get_contact(self.state.conversation(id).unwrap().contact.id).await.unwrap();
            assert_eq!(self.state.contact(contact.id), Some(&contact), "contact, after {after}");
        }
    }
}

async fn fresh(api: &Api<Native>, cursor: i64) -> ConsoleState {
    let me = api.get_me().await.unwrap();
    let mut state = ConsoleState::new(me.clone());
    state.load(Snapshot {
        cursor,
        me,
        channels: api.list_channels().await.unwrap().items,
        conversations: api.list_conversations(None, None, None).await.unwrap(),
    });
    state
}

/// Everybody who looks on: the admin on two devices, a supervisor, and an agent with one conversation of their own.
struct Onlookers {
    consoles: Vec<Console>,
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
        | Event::ConversationRead { .. }
        | Event::AgentsRead { .. }
        | Event::VisitorRead { .. }
        | Event::ContactUpdated { .. }
        | Event::ChannelCreated { .. }
        | Event::ChannelUpdated { .. }
        // Agents never hear it; `realtime.rs` holds it against the session that a visitor opens afresh.
        | Event::VisitorChannelUpdated { .. }
        | Event::ChannelDeleted { .. }
        | Event::MeUpdated { .. } => store::events::kind(event),
    }
}

/// How many of them agents hear.
const KINDS: usize = 10;

async fn after_every_action_the_events_lead_to_the_state_fetched_afresh(server: TestServer) {
    let organisation = server.organisation().await;
    let admin = organisation.admin.clone();
    let (supervisor, agent) = (organisation.agent(Role::Supervisor).await, organisation.agent(Role::Agent).await);
    let consoles = vec![
        Console::open(admin.clone()).await,
        Console::open(admin.on_another_device().await).await,
        Console::open(supervisor.clone()).await,
    ];
    let mut all = Onlookers { consoles, driven: BTreeSet::new() };

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
        console.state = fresh(&console.api, admin_cursor(&console.api).await).await;
    }
    all.consoles.push(Console::open(agent.clone()).await);
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

    server.clock.advance(30_000);
    come_back(&visitor, &channel).await;
    all.check("open_visitor_session, somebody known").await;

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
    let other = server.visit(&channel.key, None).await;
    other.say("另一位").await;
    all.check("send_visitor_message, a second conversation").await;
    admin.delete_with(&address, &DeleteChannel { name: "旗舰店".to_owned() }).await.expect(204);
    all.check("delete_channel").await;
    for console in &all.consoles {
        assert_eq!(console.state.conversations().count(), 0);
    }
    let leaver = organisation.agent(Role::Agent).await;
    come_and_go(&server, &agent, &leaver, &mut all).await;
    let heard = &all.consoles[0].heard;
    assert_eq!(heard.len(), KINDS, "every kind of event was driven: {heard:?}");
    assert_eq!(all.driven, actions(), "every operation that changes something was driven");
}

/// Accounts and sessions, which no console shows: whatever happens to them leaves every state what it is.
async fn come_and_go(server: &TestServer, agent: &AgentCaller, leaver: &AgentCaller, all: &mut Onlookers) {
    let caller = server.anonymous();
    let request = request_for(&caller, "13800138000").await;
    all.check("create_challenge").await;
    caller.post("/api/v1/auth/verification-codes", &request).await.expect(202);
    all.check("send_verification_code").await;
    let registration = registration("newcomer", &newest_code(&caller).await);
    caller.post("/api/v1/auth/registrations", &registration).await.expect(201);
    all.check("register_organisation").await;

    let device = agent.on_another_device().await;
    all.check("login").await;
    let device = device.refreshed().await;
    all.check("refresh_session").await;
    device.delete("/api/v1/auth/sessions/current").await.expect(204);
    all.check("logout").await;
    let device = agent.on_another_device().await;
    agent.delete(&format!("/api/v1/me/sessions/{}", device.me.session_id)).await.expect(204);
    all.check("revoke_session").await;
    agent.post_empty("/api/v1/me/socket-tickets").await.expect(201);
    all.check("create_socket_ticket").await;
    let change = ChangePassword { old_password: PASSWORD.to_owned(), new_password: "another horse 2".to_owned() };
    agent.put("/api/v1/me/password", &change).await.expect(204);
    all.check("change_password").await;
    // Of somebody else, since it would hang up on those who look on.
    leaver.delete("/api/v1/auth/sessions").await.expect(204);
    all.check("logout_everywhere").await;
}

async fn admin_cursor(api: &Api<Native>) -> i64 {
    api.list_events(None, None).await.unwrap().cursor
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
    };
    server.anonymous().post("/api/v1/auth/sessions", &login).await.expect(201);
}

async fn set_login_state(agent: &AgentCaller, login_state: LoginState) {
    agent.patch("/api/v1/me", &MePatch { login_state: Some(login_state) }).await.expect(200);
}

async fn a_console_that_was_away_catches_up_by_events(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let visitor = server.visit(&channel.key, None).await;
    let id = visitor.say("你好").await.conversation_id;
    let mut console = Console::open(organisation.admin.clone()).await;
    console.look_at(id).await;

    let Console { agent, api, socket, state, heard } = console;
    assert_eq!(socket.close().await, 1005, "a farewell is answered");
    for n in 0..7 {
        visitor.say(&format!("第 {n} 句")).await;
    }
    let mut console = Console { socket: agent.socket().await.0, agent, api, state, heard };
    visitor.say("连上之后的").await;
    console.replay().await;
    console.check("an absence").await;
    assert_eq!(console.state.conversation(id).unwrap().unread, 9);
}
