//! Sending and reading messages: once, in order, durable, and only where one may.

use futures_util::future::join_all;
use server::actions::conversations::mark_visitor_read;
use std::collections::HashSet;
use testkit::{TestServer, VisitorCaller, db_tests};
use tokio::sync::oneshot;
use types::agents::Role;
use types::channels::Channel;
use types::conversations::{MarkRead, ReadState};
use types::error::{ErrorCode, FieldCode};
use types::id::ConversationId;
use types::messages::{Content, Message, MessageWindow, SendMessage};
use types::ws::{ClientFrame, ServerFrame};

db_tests!(
    a_repeated_nonce_gives_the_first_result_over_rest_and_socket,
    the_same_nonce_from_every_side_at_once_is_one_message,
    acknowledged_messages_survive_a_restart,
    many_senders_leave_no_gap_and_no_double,
    windows_reach_every_message_from_both_ends,
    content_is_checked_before_anything_is_stored,
    a_full_queue_says_busy_and_stores_nothing,
    reading_and_needing_an_answer_are_two_things,
    a_conversation_is_there_only_for_those_who_may_see_it,
    a_visitors_read_mark_names_the_conversation_for_the_next_one,
);

async fn a_chat(server: &TestServer) -> (testkit::Organisation, Channel, VisitorCaller, ConversationId) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let visitor = server.visit(&channel.key, None).await;
    let id = visitor.say("你好").await.conversation_id;
    (organisation, channel, visitor, id)
}

fn path(id: ConversationId) -> String {
    format!("/api/v1/conversations/{id}/messages")
}

fn frame(message: &SendMessage, conversation_id: Option<ConversationId>) -> ClientFrame {
    ClientFrame::SendMessage { nonce: message.nonce, conversation_id, content: message.content.clone() }
}

async fn all_messages(visitor: &VisitorCaller) -> Vec<Message> {
    let mut all: Vec<Message> = Vec::new();
    loop {
        let after = all.last().map_or(0, |message| message.seq);
        let window: MessageWindow =
            visitor.get(&format!("/widget/v1/messages?after_seq={after}&limit=100")).await.json();
        all.extend(window.items);
        if !window.has_later {
            return all;
        }
    }
}

async fn a_repeated_nonce_gives_the_first_result_over_rest_and_socket(server: TestServer) {
    let (organisation, _, visitor, id) = a_chat(&server).await;
    let message = server.text("只说一次");
    let first: Message = organisation.admin.post(&path(id), &message).await.having(201).json();
    let again: Message = organisation.admin.post(&path(id), &message).await.having(200).json();
    assert_eq!(again, first);
    let (mut socket, _) = organisation.admin.socket().await;
    match socket.ask(&frame(&message, Some(id))).await {
        ServerFrame::Ack { nonce, conversation_id, message_id, seq, created_at } => {
            assert_eq!((nonce, conversation_id, message_id), (first.nonce, id, first.id));
            assert_eq!((seq, created_at), (first.seq, first.created_at));
        }
        other => panic!("{other:?}"),
    }
    // Another sender's nonce is another message, and so is the visitor's first one sent again: the same.
    visitor.post("/widget/v1/messages", &message).await.expect(201);
    visitor.post("/widget/v1/messages", &message).await.expect(200);
    assert_eq!(all_messages(&visitor).await.len(), 3);
}

async fn the_same_nonce_from_every_side_at_once_is_one_message(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let visitor = server.visit(&channel.key, None).await;
    let mut sockets = Vec::new();
    for _ in 0..4 {
        sockets.push(visitor.socket().await);
    }
    // The very first message, which makes contact and conversation, from eight sides at once.
    let message = server.text("第一句");
    let by_socket = join_all(sockets.iter_mut().map(async |socket| match socket.ask(&frame(&message, None)).await {
        ServerFrame::Ack { message_id, .. } => message_id,
        other => panic!("{other:?}"),
    }));
    let by_rest =
        join_all((0..4).map(async |_| visitor.post("/widget/v1/messages", &message).await.json::<Message>().id));
    let (by_socket, by_rest) = tokio::join!(by_socket, by_rest);
    let distinct: HashSet<_> = by_socket.into_iter().chain(by_rest).collect();
    assert_eq!(distinct.len(), 1);
    assert_eq!(all_messages(&visitor).await.len(), 1);
}

async fn acknowledged_messages_survive_a_restart(server: TestServer) {
    let (organisation, _, visitor, id) = a_chat(&server).await;
    let mut socket = visitor.socket().await;
    let mut acknowledged = Vec::new();
    for n in 0..15 {
        match socket.ask(&frame(&server.text(&format!("第 {n} 句")), None)).await {
            ServerFrame::Ack { message_id, .. } => acknowledged.push(message_id),
            other => panic!("{other:?}"),
        }
    }
    server.restart().await;
    assert_eq!(socket.closed().await, 1001, "the server said that it goes");
    let there: Vec<_> = all_messages(&visitor).await.into_iter().skip(1).map(|message| message.id).collect();
    assert_eq!(there, acknowledged);
    assert_eq!(organisation.admin.conversation(id).await.last_seq, 16);
    // And the path goes on where it stopped.
    assert_eq!(visitor.say("还在").await.seq, 17);
}

async fn many_senders_leave_no_gap_and_no_double(server: TestServer) {
    let (organisation, channel, visitor, id) = a_chat(&server).await;
    let mut listener = visitor.again(&channel.key).await.socket().await;
    let (mut console, _) = organisation.admin.socket().await;
    let mut mine = visitor.socket().await;
    let agent = async {
        for n in 0..20 {
            organisation.admin.say(id, &format!("答 {n}")).await;
        }
    };
    let customer = async {
        for n in 0..18 {
            let sent = mine.ask(&frame(&server.text(&format!("问 {n}")), None)).await;
            assert!(matches!(sent, ServerFrame::Ack { .. }), "{sent:?}");
        }
    };
    tokio::join!(agent, customer);
    let stored = all_messages(&visitor).await;
    assert_eq!(stored.iter().map(|message| message.seq).collect::<Vec<_>>(), (1..=39).collect::<Vec<_>>());
    let said = |prefix: &str| {
        let texts = stored.iter().map(|message| match &message.content {
            Content::Text { text } => text.clone(),
            file => panic!("{file:?} is no text"),
        });
        texts.filter(|text| text.starts_with(prefix)).collect::<Vec<_>>()
    };
    assert_eq!(said("答"), (0..20).map(|n| format!("答 {n}")).collect::<Vec<_>>(), "each sender's order is kept");
    assert_eq!(said("问"), (0..18).map(|n| format!("问 {n}")).collect::<Vec<_>>());
    for socket in [&mut listener, &mut console] {
        let heard = socket.heard_so_far().await.into_iter().filter_map(|frame| match frame {
            ServerFrame::Event { event: types::events::Event::MessageCreated { message }, .. } => Some(message),
            _ => None,
        });
        assert_eq!(heard.collect::<Vec<_>>(), stored[1..], "every socket hears each message once, in order");
    }
}

async fn windows_reach_every_message_from_both_ends(server: TestServer) {
    let (organisation, _, visitor, id) = a_chat(&server).await;
    for n in 2..=12 {
        visitor.say(&format!("第 {n} 句")).await;
    }
    let window = async |query: &str| -> (Vec<i64>, bool, bool) {
        let window: MessageWindow = organisation.admin.get(&format!("{}?{query}", path(id))).await.json();
        (window.items.iter().map(|message| message.seq).collect(), window.has_earlier, window.has_later)
    };
    assert_eq!(window("limit=5").await, ((8..=12).collect(), true, false));
    assert_eq!(window("limit=5&before_seq=8").await, ((3..=7).collect(), true, true));
    assert_eq!(window("limit=5&before_seq=3").await, ((1..=2).collect(), false, true));
    assert_eq!(window("limit=5&after_seq=0").await, ((1..=5).collect(), false, true));
    assert_eq!(window("limit=5&after_seq=10").await, ((11..=12).collect(), true, false));
    assert_eq!(window("after_seq=12").await, (vec![], true, false));
    let admin = &organisation.admin;
    for (query, fault) in [("limit=0", "limit"), ("limit=101", "limit"), ("before_seq=1&after_seq=1", "after_seq")] {
        assert_eq!(admin.get(&format!("{}?{query}", path(id))).await.having(422).faults()[0].0, fault);
    }
    assert_eq!(admin.get(&format!("{}?limit=many", path(id))).await.having(400).code(), ErrorCode::MalformedRequest);
}

async fn content_is_checked_before_anything_is_stored(server: TestServer) {
    let (organisation, _, visitor, id) = a_chat(&server).await;
    let mut socket = visitor.socket().await;
    for (text, code) in [
        (String::new(), FieldCode::Required),
        (" \n\u{3000}".to_owned(), FieldCode::Required),
        ("长".repeat(5_001), FieldCode::TooLong),
        ("a\0b".to_owned(), FieldCode::InvalidFormat),
    ] {
        let message = server.text(&text);
        let faults = organisation.admin.post(&path(id), &message).await.having(422).faults();
        assert_eq!(faults, [("content.text".to_owned(), code)]);
        match socket.ask(&frame(&message, None)).await {
            ServerFrame::Rejected { nonce, problem } => {
                assert_eq!((nonce, problem.code), (Some(message.nonce), ErrorCode::Invalid));
                assert_eq!(problem.errors[0].code, code);
            }
            other => panic!("{other:?}"),
        }
    }
    let longest = "长".repeat(5_000);
    assert_eq!(visitor.say(&longest).await.seq, 2, "what was refused took no number");
    let emoji = "👨‍👩‍👧‍👦 <b>不是标记</b> \u{202e}";
    assert_eq!(organisation.admin.say(id, emoji).await.content, Content::Text { text: emoji.to_owned() });
}

async fn a_full_queue_says_busy_and_stores_nothing(server: TestServer) {
    server.reconfigure(|config| config.database.write_queue = 1).await;
    let (organisation, _, visitor, id) = a_chat(&server).await;
    let state = server.state();
    // A write that takes as long as we like, and one that waits behind it: the queue is full.
    let (go, gate) = oneshot::channel::<()>();
    let (begun, has_begun) = oneshot::channel::<()>();
    let slow = tokio::spawn({
        let state = state.clone();
        async move {
            state
                .write(move |_| {
                    Box::pin(async move {
                        begun.send(()).unwrap();
                        gate.await.unwrap();
                        Ok(())
                    })
                })
                .await
        }
    });
    has_begun.await.unwrap();
    let waiting = state.write(|_| Box::pin(async { Ok(()) }));
    let mut waiting = Box::pin(waiting);
    assert!(futures_util::poll!(&mut waiting).is_pending());

    let message = server.text("等一下");
    let refused = organisation.admin.post(&path(id), &message).await.having(503);
    assert_eq!((refused.code(), refused.header("retry-after")), (ErrorCode::Busy, "1"));
    let (mut socket, _) = organisation.admin.socket().await;
    match socket.ask(&frame(&message, Some(id))).await {
        ServerFrame::Rejected { nonce, problem } => {
            assert_eq!((nonce, problem.code), (Some(message.nonce), ErrorCode::Busy));
            assert_eq!(problem.retry_after, Some(1));
        }
        other => panic!("{other:?}"),
    }
    go.send(()).unwrap();
    slow.await.unwrap().unwrap();
    waiting.await.unwrap();
    assert_eq!(all_messages(&visitor).await.len(), 1);
    organisation.admin.post(&path(id), &message).await.expect(201);
}

async fn reading_and_needing_an_answer_are_two_things(server: TestServer) {
    let (organisation, _, visitor, id) = a_chat(&server).await;
    let admin = &organisation.admin;
    let colleague = organisation.agent(Role::Supervisor).await;
    visitor.say("在吗").await;
    let read = format!("/api/v1/conversations/{id}/read");
    let after: ReadState = admin.put(&read, &MarkRead { seq: 1 }).await.json();
    assert_eq!(after, ReadState { seq: 1, unread: 1 });
    let after: ReadState = admin.put(&read, &MarkRead { seq: 99 }).await.json();
    assert_eq!(after, ReadState { seq: 2, unread: 0 }, "beyond the last counts as the last");
    let after: ReadState = admin.put(&read, &MarkRead { seq: 1 }).await.json();
    assert_eq!(after, ReadState { seq: 2, unread: 0 }, "going back changes nothing");
    let mine = admin.conversation(id).await;
    assert_eq!((mine.unread, mine.read_seq, mine.agents_read_seq), (0, 2, 2));
    assert!(mine.waiting_since.is_some(), "read is not answered");
    assert_eq!(colleague.conversation(id).await.unread, 2, "unread is personal");

    let answer = admin.say(id, "在").await;
    assert_eq!(admin.conversation(id).await.waiting_since, None);
    let unread = visitor.get("/widget/v1/unread").await.json::<types::visitors::VisitorUnread>().unread;
    assert_eq!(unread, 1);
    let after: ReadState = visitor.put("/widget/v1/read", &MarkRead { seq: answer.seq }).await.json();
    assert_eq!(after, ReadState { seq: 3, unread: 0 });
    assert_eq!(admin.conversation(id).await.visitor_read_seq, 3);
    assert_eq!(admin.put(&read, &MarkRead { seq: 0 }).await.having(422).faults()[0].0, "seq");
}

async fn a_conversation_is_there_only_for_those_who_may_see_it(server: TestServer) {
    let (organisation, _, _, id) = a_chat(&server).await;
    let agent = organisation.agent(Role::Agent).await;
    let stranger = server.organisation().await.admin;
    let contact = organisation.admin.conversation(id).await.contact.id;
    for outsider in [&agent, &stranger] {
        outsider.get(&format!("/api/v1/conversations/{id}")).await.expect(404);
        outsider.get(&path(id)).await.expect(404);
        outsider.post(&path(id), &server.text("我")).await.expect(404);
        outsider.put(&format!("/api/v1/conversations/{id}/read"), &MarkRead { seq: 1 }).await.expect(404);
        outsider.get(&format!("/api/v1/contacts/{contact}")).await.expect(404);
        let (mut socket, _) = outsider.socket().await;
        match socket.ask(&frame(&server.text("我"), Some(id))).await {
            ServerFrame::Rejected { problem, .. } => assert_eq!(problem.code, ErrorCode::NotFound),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(organisation.admin.conversation(id).await.last_seq, 1);
}

async fn a_visitors_read_mark_names_the_conversation_for_the_next_one(server: TestServer) {
    let channel = server.organisation().await.channel().await;
    let caller = server.visit(&channel.key, None).await;
    let state = server.state();
    let visitor = server::auth::visitor::open(&state.keys.visitor, caller.token()).unwrap();
    let nothing = mark_visitor_read(&state, visitor, None, 1).await.unwrap();
    assert_eq!(nothing, (None, ReadState { seq: 0, unread: 0 }));
    let id = caller.say("你好").await.conversation_id;
    let (known, read) = mark_visitor_read(&state, visitor, None, 1).await.unwrap();
    assert_eq!((known, read.seq), (Some(id), 1));
    assert_eq!(mark_visitor_read(&state, visitor, known, 1).await.unwrap(), (known, read));
}
