//! Contacts as agents edit them: conflicts, the blacklist on every path, what is masked.

use server::clock::Clock;
use testkit::{AgentCaller, TestServer, db_tests};
use types::agents::Role;
use types::contacts::{BlockedContact, Contact, ContactField, ContactPatch, SetBlocked};
use types::conversations::{Conversation, MarkRead};
use types::error::ErrorCode;
use types::events::{Event, EventsAfter};
use types::id::ContactId;
use types::messages::{Content, NewContent};
use types::page::Page;
use types::ws::{ClientFrame, CloseCode, ServerFrame};

db_tests!(
    an_edit_is_kept_and_told,
    of_two_who_edit_at_once_the_second_is_told,
    edits_have_limits,
    nothing_is_received_from_somebody_on_the_blacklist_by_any_path,
    the_blacklist_can_be_read_and_undone,
    who_may_not_see_details_sees_them_nowhere,
);

async fn contact(agent: &AgentCaller, id: ContactId) -> Contact {
    agent.get(&format!("/api/v1/contacts/{id}")).await.having(200).json()
}

fn path(id: ContactId) -> String {
    format!("/api/v1/contacts/{id}")
}

async fn an_edit_is_kept_and_told(server: TestServer) {
    let organisation = server.organisation().await;
    let admin = organisation.admin.clone();
    let visitor = server.visit(&organisation.channel().await.key, None).await;
    let conversation_id = visitor.say("你好").await.conversation_id;
    let (id, (mut console, _)) = (visitor.session.contact_id, admin.socket().await);
    let patch = ContactPatch {
        version: 0,
        name: Some(" 张三 ".to_owned()),
        phone: Some("+86 138-0013-8000".to_owned()),
        remark: Some("老客户\n爱问价".to_owned()),
        custom_values: None,
    };
    let edited: Contact = admin.patch(&path(id), &patch).await.having(200).json();
    assert_eq!((edited.name.as_deref(), edited.phone.as_deref()), (Some("张三"), Some("+86 138-0013-8000")));
    assert_eq!((edited.remark.as_deref(), edited.version), (Some("老客户\n爱问价"), 1));
    assert_eq!(
        console.event().await.1,
        Event::ContactUpdated { conversation_id: Some(conversation_id), contact: Box::new(edited.clone()) }
    );
    assert_eq!(contact(&admin, id).await, edited);
    assert_eq!(admin.conversation(conversation_id).await.contact, edited.summary());
    // Nothing new is no event and no conflict; an empty text takes away.
    let same = ContactPatch { version: 0, name: Some("张三".to_owned()), ..ContactPatch::default() };
    assert_eq!(admin.patch(&path(id), &same).await.having(200).json::<Contact>(), edited);
    let less = ContactPatch { version: 1, phone: Some(String::new()), ..ContactPatch::default() };
    let less: Contact = admin.patch(&path(id), &less).await.having(200).json();
    assert_eq!((less.phone.as_deref(), less.name.as_deref(), less.version), (None, Some("张三"), 2));
    assert_eq!(console.heard_so_far().await.len(), 1);
}

async fn of_two_who_edit_at_once_the_second_is_told(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, supervisor) = (organisation.admin.clone(), organisation.agent(Role::Supervisor).await);
    let visitor = server.visit(&organisation.channel().await.key, None).await;
    visitor.say("你好").await;
    let id = visitor.session.contact_id;
    let named = |name: &str, version| ContactPatch { version, name: Some(name.to_owned()), ..ContactPatch::default() };
    let address = path(id);
    let (first, second) = (named("张三", 0), named("李四", 0));
    let answers = futures_util::future::join(admin.patch(&address, &first), supervisor.patch(&address, &second)).await;
    let mut statuses = [answers.0.status, answers.1.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let (won, lost) = if answers.0.status == 200 { (answers.0, answers.1) } else { (answers.1, answers.0) };
    assert_eq!(lost.problem().code, ErrorCode::Conflict);
    let stands: Contact = won.json();
    assert_eq!(contact(&admin, id).await, stands, "nothing of the second was written");
    let chosen: Contact = admin.patch(&address, &named("王五", stands.version)).await.having(200).json();
    assert_eq!(chosen.name.as_deref(), Some("王五"));
}

async fn edits_have_limits(server: TestServer) {
    let organisation = server.organisation().await;
    let visitor = server.visit(&organisation.channel().await.key, None).await;
    visitor.say("你好").await;
    let address = path(visitor.session.contact_id);
    for (field, text) in [("name", "长".repeat(41)), ("phone", "打给我".to_owned()), ("remark", "长".repeat(1_001))]
    {
        let answer = organisation.admin.patch(&address, &serde_json::json!({"version": 0, field: text})).await;
        assert_eq!(answer.having(422).faults()[0].0, field);
    }
    let without_version = serde_json::json!({"name": "张三"});
    organisation.admin.patch(&address, &without_version).await.expect(400);
    let stranger = organisation.agent(Role::Agent).await;
    stranger.patch(&address, &serde_json::json!({"version": 0, "name": "张三"})).await.expect(404);
}

async fn nothing_is_received_from_somebody_on_the_blacklist_by_any_path(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    let visitor = server.visit(&channel.key, None).await;
    let id = visitor.say("你好").await.conversation_id;
    let (mut socket, ticket) = (visitor.socket().await, visitor.socket_url().await);
    let blocked = format!("{}/blocked", path(visitor.session.contact_id));
    admin.put(&blocked, &SetBlocked { blocked: true }).await.expect(200);
    let before = admin.conversation(id).await;
    assert!(before.contact.blocked);

    assert_eq!(socket.closed().await, CloseCode::Gone.number(), "an open socket ends");
    let refused = testkit::WsClient::connect(&ticket).await;
    assert!(refused.is_err(), "a ticket from before opens none");
    let code = |answer: testkit::Answer| answer.having(403).problem().code;
    let answers = [
        visitor.post("/widget/v1/messages", &server.text("在吗")).await,
        visitor.put("/widget/v1/read", &MarkRead { seq: 1 }).await,
        visitor.get("/widget/v1/messages").await,
        visitor.get("/widget/v1/unread").await,
        visitor.post_empty("/widget/v1/socket-tickets").await,
        server.try_visit(&channel.key, Some(visitor.token())).await,
    ];
    for answer in answers {
        assert_eq!(code(answer), ErrorCode::ChannelDisabled, "they do not learn why");
    }
    // Where the request was let in before the blacklist, the write itself refuses.
    let known =
        store::Visitor { org_id: admin.me.org_id, channel_id: channel.id, contact_id: visitor.session.contact_id };
    let state = server.state();
    let written = state.writer.message(store::MessageJob {
        id: state.ids.make(types::id::MessageId),
        conversation_id: id,
        sender: store::Sender::Visitor(known),
        nonce: server.nonce(),
        content: Content::Text { text: "偷偷".to_owned() },
        at: server.clock.now(),
    });
    assert!(matches!(written.await, Err(store::StoreError::Blocked)));
    assert_eq!(admin.conversation(id).await, before, "nothing has come in");
    let page: Page<Conversation> = admin.get("/api/v1/conversations").await.having(200).json();
    assert_eq!(page.items, []);
    admin.say(id, "再见").await;

    admin.put(&blocked, &SetBlocked { blocked: false }).await.expect(200);
    let mut socket = visitor.again(&channel.key).await.socket().await;
    let content = NewContent::Text { text: "回来了".to_owned() };
    let frame = ClientFrame::SendMessage { nonce: server.nonce(), conversation_id: None, content };
    assert!(matches!(socket.ask(&frame).await, ServerFrame::Ack { seq: 3, .. }));
    let page: Page<Conversation> = admin.get("/api/v1/conversations").await.having(200).json();
    assert_eq!(page.items.len(), 1);
}

async fn the_blacklist_can_be_read_and_undone(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    let agent = organisation.agent(Role::Agent).await;
    let mut visitors = Vec::new();
    for _ in 0..3 {
        let visitor = server.visit(&channel.key, None).await;
        let conversation = visitor.say("你好").await.conversation_id;
        server.clock.advance(1_000);
        let address = format!("{}/blocked", path(visitor.session.contact_id));
        admin.put(&address, &SetBlocked { blocked: true }).await.expect(200);
        visitors.push((visitor.session.contact_id, conversation));
    }
    agent.is_given(visitors[0].1).await;
    let list = async |agent: &AgentCaller, query: &str| -> Page<BlockedContact> {
        agent.get(&format!("/api/v1/blacklist?{query}")).await.having(200).json()
    };
    let first = list(&admin, "limit=2").await;
    let rest = list(&admin, &format!("limit=2&cursor={}", first.next_cursor.unwrap())).await;
    let ids: Vec<ContactId> = first.items.iter().chain(&rest.items).map(|item| item.contact.id).collect();
    assert_eq!(ids, [visitors[2].0, visitors[1].0, visitors[0].0]);
    assert_eq!(rest.next_cursor, None);
    let own = list(&agent, "").await;
    assert_eq!(own.items.iter().map(|item| item.contact.id).collect::<Vec<_>>(), [visitors[0].0]);
    let address = format!("{}/blocked", path(visitors[0].0));
    agent.put(&address, &SetBlocked { blocked: false }).await.expect(200);
    assert_eq!((list(&agent, "").await.items.len(), list(&admin, "").await.items.len()), (0, 2));
}

async fn who_may_not_see_details_sees_them_nowhere(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    let supervisor = organisation.agent(Role::Supervisor).await;
    supervisor.sees_no_details().await;
    let visitor = server.visit(&channel.key, None).await;
    visitor.say("你好").await;
    let id = visitor.session.contact_id;
    let ((mut seeing, _), (mut hearing, cursor)) = (admin.socket().await, supervisor.socket().await);
    let patch = ContactPatch { version: 0, phone: Some("13800138000".to_owned()), ..ContactPatch::default() };
    admin.patch(&path(id), &patch).await.expect(200);

    let whole = contact(&admin, id).await;
    assert_eq!((whole.phone.as_deref(), whole.masked.len()), (Some("13800138000"), 0));
    assert!(whole.ip.is_some());
    let masked = contact(&supervisor, id).await;
    assert_eq!(masked.masked, [ContactField::Phone, ContactField::Ip, ContactField::ExternalId]);
    let told = |event: Event| match event {
        Event::ContactUpdated { contact, .. } => *contact,
        other => panic!("{other:?}"),
    };
    assert_eq!(told(seeing.event().await.1), whole);
    assert_eq!(told(hearing.event().await.1), masked);
    let path_after = format!("/api/v1/events?after={cursor}");
    let caught_up: EventsAfter = supervisor.get(&path_after).await.having(200).json();
    assert_eq!(told(caught_up.items.into_iter().next().unwrap().event), masked);
    let ip = whole.ip.clone().unwrap();
    for (what, text) in [("phone", "13800138000"), ("address", ip.as_str())] {
        let answers = [path(id), path_after.clone(), "/api/v1/conversations".to_owned()];
        for address in answers {
            let body = String::from_utf8(supervisor.get(&address).await.body).unwrap();
            assert!(!body.contains(text), "the {what} is in {address}");
        }
    }
    let version = masked.version;
    let blind = ContactPatch { version, phone: Some("1".to_owned()), ..ContactPatch::default() };
    supervisor.patch(&path(id), &blind).await.expect(403);
    let seen = ContactPatch { version, remark: Some("好".to_owned()), ..ContactPatch::default() };
    assert_eq!(supervisor.patch(&path(id), &seen).await.having(200).json::<Contact>().phone, masked.phone);
    assert_eq!(contact(&admin, id).await.phone, whole.phone);
}
