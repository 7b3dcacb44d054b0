//! Sockets: who may open them, what they survive, and what ends them.

use std::time::Duration;
use store::{MessageJob, Sender};
use testkit::{Heard, TestServer, VisitorCaller, WsClient, db_tests, in_time};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use types::agents::{LoginState, MePatch, Role};
use types::channels::{ChannelPatch, ChannelStyle, LauncherPosition};
use types::conversations::MarkRead;
use types::events::{Event, EventsAfter};
use types::id::MessageId;
use types::messages::{Content, SendMessage};
use types::ws::{ClientFrame, ServerFrame};

db_tests!(
    a_ticket_opens_one_socket_and_soon,
    one_has_only_so_many_sockets,
    silence_ends_a_socket,
    a_revoked_session_loses_its_sockets_at_once,
    a_suspended_agent_hears_no_conversation,
    a_visitor_hears_their_own_conversation_and_nothing_else,
    visitors_hear_of_an_edited_channel_what_a_new_session_tells,
    a_disabled_channel_sends_its_visitors_away,
    a_slow_reader_is_told_to_resync_and_holds_nobody_up,
    a_message_of_endless_fragments_ends_the_socket,
    too_many_messages_at_once_are_refused_and_not_stored,
    a_stopping_server_says_so,
);

/// The kinds of the events among these frames.
fn kinds(frames: &[ServerFrame]) -> Vec<String> {
    let events = frames.iter().filter_map(|frame| match frame {
        ServerFrame::Event { event, .. } => Some(serde_json::to_value(event).unwrap()),
        _ => None,
    });
    events.map(|event| event["type"].as_str().unwrap().to_owned()).collect()
}

fn says(message: SendMessage) -> ClientFrame {
    ClientFrame::SendMessage { nonce: message.nonce, conversation_id: None, content: message.content }
}

async fn a_ticket_opens_one_socket_and_soon(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let visitor = server.visit(&channel.key, None).await;
    let refused = async |url: &str| WsClient::connect(url).await.err().map(|status| status.as_u16());

    for (url, other_door) in
        [(organisation.admin.socket_url().await, "/widget/v1/socket"), (visitor.socket_url().await, "/api/v1/socket")]
    {
        let (path, ticket) = url.split_once("?ticket=").unwrap();
        assert!(refused(&format!("{path}?ticket={ticket}")).await.is_none(), "the first time it opens");
        assert_eq!(refused(&url).await, Some(401), "the second time it does not");
        assert_eq!(refused(&format!("{path}?ticket=x{ticket}")).await, Some(401), "forged");
        assert_eq!(refused(&format!("{path}?ticket=")).await, Some(401));
        assert_eq!(refused(path).await, Some(401));
        assert_eq!(refused(&server.socket_url(&format!("{other_door}?ticket={ticket}"))).await, Some(401));
    }
    let late = visitor.socket_url().await;
    server.clock.advance(30_000);
    assert_eq!(refused(&late).await, Some(401), "expired");
    // The ticket that came with the session opens one, too.
    let fresh = server.visit(&channel.key, Some(visitor.token())).await;
    let url = server.socket_url(&format!("/widget/v1/socket?ticket={}", fresh.session.ticket));
    assert!(refused(&url).await.is_none());
    // A plain request is told what is spoken here.
    organisation.admin.get("/api/v1/socket?ticket=x").await.expect(400);
}

async fn one_has_only_so_many_sockets(server: TestServer) {
    server
        .reconfigure(|config| {
            config.limits.sockets.per_visitor = 2;
            config.limits.sockets.per_session = 2;
            config.limits.sockets.per_ip = 4;
        })
        .await;
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let (visitor, admin) = (server.visit(&channel.key, None).await, organisation.admin.clone());
    let (first, _second) = (visitor.socket().await, visitor.socket().await);
    let refused = WsClient::connect(&visitor.socket_url().await).await.err();
    assert_eq!(refused.map(|status| status.as_u16()), Some(429), "a visitor has two");
    let _consoles = (admin.socket().await, admin.socket().await);
    let supervisor = organisation.agent(Role::Supervisor).await;
    let refused = WsClient::connect(&supervisor.socket_url().await).await.err();
    assert_eq!(refused.map(|status| status.as_u16()), Some(429), "an address has four");
    first.close().await;
    let gone = async {
        while server.state().hub.open_sockets() > 3 {
            tokio::task::yield_now().await;
        }
    };
    in_time("the socket that was closed is counted no more", gone).await;
    supervisor.socket().await;
}

async fn silence_ends_a_socket(server: TestServer) {
    let organisation = server.organisation().await;
    let (mut lively, _) = organisation.admin.socket().await;
    let (mut silent, _) = organisation.admin.socket().await;
    server.clock.advance(60_000);
    assert!(lively.heard_so_far().await.is_empty());
    server.clock.advance(35_000);
    assert_eq!(silent.next().await, Heard::Closed(4408));
    assert!(lively.heard_so_far().await.is_empty(), "who says something stays");
    // A connection whose other end is gone says nothing either: it is closed the same way, by the clock alone.
    server.clock.advance(91_000);
    assert_eq!(lively.next().await, Heard::Closed(4408));
    organisation.admin.get("/api/v1/me").await.expect(200);
}

async fn a_revoked_session_loses_its_sockets_at_once(server: TestServer) {
    let organisation = server.organisation().await;
    let here = organisation.admin.clone();
    let there = here.on_another_device().await;
    let (mut mine, _) = here.socket().await;
    let (mut theirs, _) = there.socket().await;
    let ticket = there.socket_url().await;
    here.delete(&format!("/api/v1/me/sessions/{}", there.me.session_id)).await.expect(204);
    assert_eq!(theirs.next().await, Heard::Closed(4401));
    assert_eq!(WsClient::connect(&ticket).await.err().map(|status| status.as_u16()), Some(401));
    assert!(mine.heard_so_far().await.is_empty());
    here.delete("/api/v1/auth/sessions").await.expect(204);
    assert_eq!(mine.next().await, Heard::Closed(4401));
}

async fn a_suspended_agent_hears_no_conversation(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let agent = organisation.agent(Role::Supervisor).await;
    let (mut socket, cursor) = agent.socket().await;
    let set = async |state| {
        agent.patch("/api/v1/me", &MePatch { login_state: Some(state), ..MePatch::default() }).await.expect(200)
    };
    set(LoginState::Suspended).await;
    let visitor = server.visit(&channel.key, None).await;
    let id = visitor.say("你好").await.conversation_id;
    let patch = ChannelPatch { introduction: Some("新".to_owned()), ..ChannelPatch::default() };
    organisation.admin.patch(&format!("/api/v1/channels/{}", channel.id), &patch).await.expect(200);

    let heard = socket.heard_so_far().await;
    assert_eq!(kinds(&heard), ["me_updated", "channel_updated"]);
    let placed = |frame: &ServerFrame| matches!(frame, ServerFrame::Event { seq: Some(_), .. });
    assert!(placed(&heard[0]) && !placed(&heard[1]), "the cursor must not pass what is not heard");
    // A socket that is opened while suspended hears as little.
    let (mut another, _) = agent.socket().await;
    visitor.say("在吗").await;
    let other = server.visit(&channel.key, None).await.say("你好").await.conversation_id;
    organisation.admin.delete(&format!("/api/v1/conversations/{other}")).await.expect(204);
    assert!(another.heard_so_far().await.is_empty());
    // What is there can still be read.
    agent.conversation(id).await;

    set(LoginState::Normal).await;
    visitor.say("有人吗").await;
    for socket in [&mut socket, &mut another] {
        let heard = socket.heard_so_far().await;
        assert!(heard.contains(&ServerFrame::Resync {}), "{heard:?}");
        assert_eq!(kinds(&heard).last().map(String::as_str), Some("message_created"));
    }
    let missed: EventsAfter = agent.get(&format!("/api/v1/events?after={}", cursor + 1)).await.json();
    let messages = missed.items.iter().filter(|item| matches!(item.event, Event::MessageCreated { .. }));
    assert_eq!(messages.count(), 3, "the resync finds everything from the old cursor on");
}

async fn a_visitor_hears_their_own_conversation_and_nothing_else(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let (one, two) = (server.visit(&channel.key, None).await, server.visit(&channel.key, None).await);
    let (mut tab, mut other_tab) = (one.socket().await, one.again(&channel.key).await.socket().await);
    let mut stranger = two.socket().await;
    let id = one.say("你好").await.conversation_id;
    let answer = organisation.admin.say(id, "您好").await;
    one.put("/widget/v1/read", &MarkRead { seq: answer.seq }).await.expect(200);
    one.say("请问").await;
    let read = format!("/api/v1/conversations/{id}/read");
    organisation.admin.put(&read, &MarkRead { seq: 3 }).await.expect(200);
    let patch = ChannelPatch { introduction: Some("新".to_owned()), ..ChannelPatch::default() };
    organisation.admin.patch(&format!("/api/v1/channels/{}", channel.id), &patch).await.expect(200);
    organisation
        .admin
        .patch("/api/v1/me", &MePatch { login_state: Some(LoginState::Suspended), ..MePatch::default() })
        .await
        .expect(200);

    let heard = tab.heard_so_far().await;
    // Of the channel they hear what visitors see of it, and of the agent's login state nothing.
    assert_eq!(
        kinds(&heard),
        [
            "message_created",
            "message_created",
            "visitor_read",
            "message_created",
            "agents_read",
            "visitor_channel_updated"
        ]
    );
    assert_eq!(heard, other_tab.heard_so_far().await, "every tab hears the same");
    for frame in &heard {
        assert!(matches!(frame, ServerFrame::Event { seq: None, .. }), "the organisation's ledger is not theirs");
    }
    assert_eq!(kinds(&stranger.heard_so_far().await), ["visitor_channel_updated"], "of the same channel, and no more");
    // A visitor cannot name a conversation: it is always their own.
    let mut frame = says(server.text("我是谁"));
    if let ClientFrame::SendMessage { conversation_id, .. } = &mut frame {
        *conversation_id = Some(id);
    }
    match stranger.ask(&frame).await {
        ServerFrame::Ack { conversation_id, .. } => assert_ne!(conversation_id, id),
        other => panic!("{other:?}"),
    }
}

async fn visitors_hear_of_an_edited_channel_what_a_new_session_tells(server: TestServer) {
    let organisation = server.organisation().await;
    let (channel, elsewhere) = (organisation.channel().await, organisation.channel().await);
    let visitor = server.visit(&channel.key, None).await;
    let mut socket = visitor.socket().await;
    let mut other = server.visit(&elsewhere.key, None).await.socket().await;
    let (mut console, _) = organisation.admin.socket().await;
    let edit = async |patch: ChannelPatch| {
        organisation.admin.patch(&format!("/api/v1/channels/{}", channel.id), &patch).await.expect(200);
    };
    let style =
        ChannelStyle { color: "#ff7a00".to_owned(), position: LauncherPosition::Left, ..ChannelStyle::default() };
    edit(ChannelPatch { name: Some("旗舰店".to_owned()), ..ChannelPatch::default() }).await;
    edit(ChannelPatch { introduction: Some("您好".to_owned()), style: Some(style), ..ChannelPatch::default() }).await;
    // What only agents see is no news for visitors.
    edit(ChannelPatch { alert: Some(false), ..ChannelPatch::default() }).await;

    let heard = socket.heard_so_far().await;
    assert_eq!(kinds(&heard), ["visitor_channel_updated"; 2]);
    let again = server.visit(&channel.key, Some(visitor.token())).await;
    let event = Event::VisitorChannelUpdated { channel: again.session.channel };
    assert_eq!(heard.last(), Some(&ServerFrame::Event { seq: None, event }));
    assert_eq!(again.session.conversation_id, None);
    assert!(other.heard_so_far().await.is_empty(), "another channel's visitors");
    assert_eq!(kinds(&console.heard_so_far().await), ["channel_updated"; 3]);
}

async fn a_disabled_channel_sends_its_visitors_away(server: TestServer) {
    let organisation = server.organisation().await;
    let (channel, other) = (organisation.channel().await, organisation.channel().await);
    let visitor = server.visit(&channel.key, None).await;
    let elsewhere = server.visit(&other.key, None).await;
    let (mut socket, mut stays) = (visitor.socket().await, elsewhere.socket().await);
    let ticket = visitor.socket_url().await;
    let enable = async |enabled| {
        let patch = ChannelPatch { enabled: Some(enabled), ..ChannelPatch::default() };
        organisation.admin.patch(&format!("/api/v1/channels/{}", channel.id), &patch).await.expect(200);
    };
    enable(false).await;
    assert_eq!(socket.next().await, Heard::Closed(4410));
    assert_eq!(WsClient::connect(&ticket).await.err().map(|status| status.as_u16()), Some(403));
    visitor.post("/widget/v1/messages", &server.text("喂")).await.expect(403);
    assert!(stays.heard_so_far().await.is_empty());
    enable(true).await;
    assert!(visitor.socket().await.heard_so_far().await.is_empty());
}

async fn a_slow_reader_is_told_to_resync_and_holds_nobody_up(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let visitor = server.visit(&channel.key, None).await;
    let id = visitor.say("开始").await.conversation_id;
    let mut slow = WsClient::connect_narrow(&organisation.admin.socket_url().await).await.unwrap();
    slow.ready().await.unwrap();
    let (mut quick, _) = organisation.admin.socket().await;
    let text = "慢".repeat(5_000);
    let total = 500;
    let state = server.state();
    let sending = async {
        for _ in 0..total {
            // Past the limits for people: this is about the reader.
            let job = MessageJob {
                id: state.ids.make(MessageId),
                conversation_id: id,
                sender: Sender::Agent { viewer: organisation.admin.viewer(), name: "小王".to_owned() },
                nonce: server.nonce(),
                content: Content::Text { text: text.clone() },
                at: state.clock.now(),
            };
            state.writer.message(job).await.unwrap();
        }
    };
    let hearing = async {
        for expected in 2..total + 2 {
            match quick.event().await {
                (_, Event::MessageCreated { message }) => assert_eq!(message.seq, expected),
                other => panic!("{other:?}"),
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), async { tokio::join!(sending, hearing) }).await.unwrap();

    let mut last = 0;
    loop {
        match slow.frame().await {
            ServerFrame::Event { seq: Some(seq), .. } => last = seq,
            ServerFrame::Resync {} => break,
            other => panic!("{other:?}"),
        }
    }
    assert!(last < total, "it did miss some: {last}");
    let missed: EventsAfter = organisation.admin.get(&format!("/api/v1/events?after={last}")).await.json();
    assert!(!missed.items.is_empty());
    in_time("it catches up", async { while !slow.heard_so_far().await.is_empty() {} }).await;
    visitor.say("现在跟上了").await;
    assert_eq!(kinds(&slow.heard_so_far().await), ["message_created"]);
}

async fn a_message_of_endless_fragments_ends_the_socket(server: TestServer) {
    let fragment =
        |opcode, text: &str, last| Message::Frame(Frame::message(text.to_owned(), OpCode::Data(opcode), last));
    let channel = server.organisation().await.channel().await;
    let mut socket = server.visit(&channel.key, None).await.socket().await;
    // As many as may be are put together to one message, which is answered.
    socket.raw(fragment(Data::Text, "{\"type\":", false)).await;
    for _ in 1..64 {
        socket.raw(fragment(Data::Continue, "", false)).await;
    }
    socket.raw(fragment(Data::Continue, "\"ping\"}", true)).await;
    assert_eq!(socket.frame().await, ServerFrame::Pong {});

    socket.raw(fragment(Data::Text, "", false)).await;
    for _ in 1..65 {
        socket.raw(fragment(Data::Continue, "", false)).await;
    }
    assert_eq!(socket.next().await, Heard::Closed(1009));
}

async fn too_many_messages_at_once_are_refused_and_not_stored(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let visitor: VisitorCaller = server.visit(&channel.key, None).await;
    let mut socket = visitor.socket().await;
    for n in 0..20 {
        let answer = socket.ask(&says(server.text(&n.to_string()))).await;
        assert!(matches!(answer, ServerFrame::Ack { .. }), "{answer:?}");
    }
    let message = server.text("太快");
    match socket.ask(&says(message.clone())).await {
        ServerFrame::Rejected { nonce, problem } => {
            assert_eq!(nonce, Some(message.nonce));
            assert_eq!(problem.retry_after, Some(1));
            server.clock.advance(1_000);
        }
        other => panic!("{other:?}"),
    }
    match socket.ask(&says(message)).await {
        ServerFrame::Ack { seq, .. } => assert_eq!(seq, 21),
        other => panic!("{other:?}"),
    }
}

async fn a_stopping_server_says_so(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let mut visitor = server.visit(&channel.key, None).await.socket().await;
    let (mut agent, _) = organisation.admin.socket().await;
    server.restart().await;
    assert_eq!(agent.closed().await, 1001);
    assert_eq!(visitor.closed().await, 1001);
    organisation.admin.get("/api/v1/me").await.expect(200);
}
