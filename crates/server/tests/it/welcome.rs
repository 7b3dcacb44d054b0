//! The welcome: from the greeting, which is shown, to the first message, which is stored.

use serde_json::json;
use testkit::{TestServer, db_tests};
use types::agents::Role;
use types::conversations::Conversation;
use types::error::FieldCode;
use types::events::Event;
use types::id::Nonce;
use types::limits;
use types::messages::{Author, Content, Message, MessageWindow, NewContent, SendMessage};
use types::visitors::VisitorUnread;
use types::welcome::Welcome;
use types::ws::{ClientFrame, ServerFrame};

db_tests!(
    a_visitor_is_greeted_before_they_write_and_the_greeting_is_the_first_message,
    whoever_only_looks_leaves_nothing,
    a_first_message_sent_by_several_tabs_is_welcomed_once,
    a_socket_tells_the_welcome_before_the_message,
    what_is_wrong_with_a_welcome_names_the_field,
    a_welcome_may_be_quoted_and_not_recalled,
);

const PATH: &str = "/api/v1/welcome";
const WELCOME: &str = "您好，欢迎光临！\n请问有什么可以帮您？";

async fn greet(admin: &testkit::AgentCaller, text: &str) {
    let set: Welcome = admin.put(PATH, &json!({"text": text})).await.having(200).json();
    assert_eq!(set.text, text.trim());
}

async fn a_visitor_is_greeted_before_they_write_and_the_greeting_is_the_first_message(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    assert_eq!(admin.get(PATH).await.json::<Welcome>().text, "");
    assert_eq!(server.visit(&channel.key, None).await.session.welcome, None);
    greet(&admin, &format!(" {WELCOME}\n")).await;
    assert_eq!(organisation.agent(Role::Agent).await.get(PATH).await.json::<Welcome>().text, WELCOME);

    let visitor = server.visit(&channel.key, None).await;
    assert_eq!(visitor.session.welcome.as_deref(), Some(WELCOME));
    assert_eq!((visitor.session.messages.items.len(), visitor.session.unread), (0, 0));
    let said = visitor.say("你好").await;
    assert_eq!(said.seq, 2);
    let reloaded = visitor.again(&channel.key).await.session;
    assert_eq!((reloaded.welcome, reloaded.unread, reloaded.agents_read_seq), (None, 0, 0));
    let [first, second] = reloaded.messages.items.as_slice() else { panic!("{:?}", reloaded.messages) };
    assert_eq!((first.seq, &first.author), (1, &Author::Automatic));
    assert_eq!(
        (&first.content, first.nonce),
        (&Content::Text { text: WELCOME.to_owned() }, Nonce(reloaded.contact_id.0))
    );
    assert_eq!(second, &said);
    assert_eq!(visitor.get("/widget/v1/unread").await.json::<VisitorUnread>().unread, 0);

    let path = format!("/api/v1/conversations/{}", said.conversation_id);
    let seen: Conversation = admin.get(&path).await.json();
    assert_eq!(
        (seen.unread, seen.waiting_since, seen.agents_read_seq),
        (1, Some(said.created_at), 0),
        "nobody has answered"
    );
    let window: MessageWindow = admin.get(&format!("{path}/messages")).await.json();
    assert_eq!(window.items, reloaded.messages.items, "agents see what the visitor saw");

    greet(&admin, "").await;
    assert_eq!(server.visit(&channel.key, None).await.session.welcome, None);
    let kept: MessageWindow = admin.get(&format!("{path}/messages")).await.json();
    assert_eq!(kept.items, window.items, "what was said stays");
}

async fn whoever_only_looks_leaves_nothing(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    greet(&organisation.admin, WELCOME).await;
    let visitor = server.visit(&channel.key, None).await;
    for _ in 0..3 {
        let again = visitor.again(&channel.key).await.session;
        assert_eq!((again.conversation_id, again.welcome.as_deref()), (None, Some(WELCOME)));
    }
    let path = format!("/api/v1/conversations?channel_id={}", channel.id);
    let page: types::page::Page<Conversation> = organisation.admin.get(&path).await.json();
    assert_eq!(page.items, [], "no empty conversation");
}

async fn a_first_message_sent_by_several_tabs_is_welcomed_once(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    greet(&organisation.admin, WELCOME).await;
    let visitor = server.visit(&channel.key, None).await;
    // Three tabs, each of which says its own, and one of them again.
    let texts: Vec<SendMessage> = (0..3).map(|tab| server.text(&format!("第 {tab} 页"))).collect();
    let sends = texts.iter().chain(&texts[..1]).map(|text| visitor.post("/widget/v1/messages", text));
    let mut statuses: Vec<u16> = Vec::new();
    for answer in futures_util::future::join_all(sends).await {
        statuses.push(answer.status);
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 201, 201, 201]);
    let window: MessageWindow = visitor.get("/widget/v1/messages").await.json();
    let authors: Vec<&Author> = window.items.iter().map(|message| &message.author).collect();
    assert_eq!(authors, [&Author::Automatic, &Author::Visitor, &Author::Visitor, &Author::Visitor]);
}

async fn a_socket_tells_the_welcome_before_the_message(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    greet(&organisation.admin, WELCOME).await;
    let visitor = server.visit(&channel.key, None).await;
    let (mut socket, mut tab) = (visitor.socket().await, visitor.again(&channel.key).await.socket().await);
    let (nonce, content) = (server.nonce(), NewContent::Text { text: "在吗".to_owned() });
    socket.send(&ClientFrame::SendMessage { nonce, conversation_id: None, content }).await;
    for socket in [&mut socket, &mut tab] {
        let mut told = Vec::new();
        while told.len() < 2 {
            if let ServerFrame::Event { event: Event::MessageCreated { message }, .. } = socket.frame().await {
                told.push((message.seq, message.author));
            }
        }
        assert_eq!(told, [(1, Author::Automatic), (2, Author::Visitor)]);
    }
}

async fn what_is_wrong_with_a_welcome_names_the_field(server: TestServer) {
    let admin = server.organisation().await.admin;
    greet(&admin, WELCOME).await;
    for (text, code) in [
        (" \n ".to_owned(), FieldCode::Required),
        ("长".repeat(limits::WELCOME_MAX + 1), FieldCode::TooLong),
        ("a\u{0}b".to_owned(), FieldCode::InvalidFormat),
    ] {
        let refused = admin.put(PATH, &json!({"text": text})).await.having(422);
        assert_eq!(refused.faults(), [("text".to_owned(), code)]);
    }
    admin.put(PATH, &json!({})).await.expect(400);
    admin.put(PATH, &json!({"text": "你好", "mode": "random"})).await.expect(400);
    assert_eq!(admin.get(PATH).await.json::<Welcome>().text, WELCOME);
    greet(&admin, &"长".repeat(limits::WELCOME_MAX)).await;
}

async fn a_welcome_may_be_quoted_and_not_recalled(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    greet(&admin, WELCOME).await;
    let visitor = server.visit(&channel.key, None).await;
    let id = visitor.say("你好").await.conversation_id;
    let path = format!("/api/v1/conversations/{id}/messages");
    let window: MessageWindow = admin.get(&path).await.json();
    let first = &window.items[0];
    admin.post_empty(&format!("{path}/{}/recall", first.id)).await.expect(403);
    let content = NewContent::Reply { text: "就是这个".to_owned(), quote: first.id };
    let reply: Message = admin.post(&path, &SendMessage { nonce: server.nonce(), content }).await.having(201).json();
    assert_eq!(reply.content.quote().map(|quote| &quote.author), Some(&Author::Automatic));
}
