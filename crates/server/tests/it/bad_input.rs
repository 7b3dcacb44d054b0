//! Whatever comes over a socket: it is refused with a clear answer, or ends that socket, and changes nothing.

use testkit::{Heard, TestServer, VisitorCaller, WsClient, db_tests};
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::tungstenite::Message;
use types::error::ErrorCode;
use types::id::ConversationId;
use types::limits::FRAME_MAX_BYTES;
use types::messages::MessageWindow;
use types::ws::ServerFrame;

db_tests!(
    unreadable_frames_are_rejected_and_the_socket_stays,
    ten_unreadable_frames_in_a_row_end_the_socket,
    a_frame_beyond_the_limit_ends_the_socket,
    what_is_no_websocket_ends_the_socket,
    agents_must_name_a_conversation_of_theirs,
    odd_ids_in_paths_are_refused,
);

async fn a_chat(server: &TestServer) -> (testkit::Organisation, VisitorCaller, ConversationId) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let visitor = server.visit(&channel.key, None).await;
    let id = visitor.say("你好").await.conversation_id;
    (organisation, visitor, id)
}

async fn nothing_was_stored(visitor: &VisitorCaller) {
    assert_eq!(visitor.get("/widget/v1/messages").await.json::<MessageWindow>().items.len(), 1);
}

fn rejected(frame: &ServerFrame) -> ErrorCode {
    match frame {
        ServerFrame::Rejected { problem, .. } => problem.code,
        other => panic!("{other:?}"),
    }
}

async fn unreadable_frames_are_rejected_and_the_socket_stays(server: TestServer) {
    let (_, visitor, _) = a_chat(&server).await;
    let mut socket = visitor.socket().await;
    for text in [
        "",
        "null",
        "{",
        r#"{"type":"shout","text":"x"}"#,
        r#"{"type":"send_message","nonce":"1","content":{"type":"text","text":"x"}}"#,
        r#"{"type":"send_message","nonce":"0190163d-8694-739b-aea5-966c26f8ad91","content":{"type":"html","html":"x"}}"#,
        r#"{"type":"send_message","nonce":"0190163d-8694-739b-aea5-966c26f8ad91"}"#,
        r#"{"type":"mark_read","seq":"all"}"#,
    ] {
        socket.raw(Message::text(text)).await;
        assert_eq!(rejected(&socket.frame().await), ErrorCode::MalformedRequest, "{text}");
    }
    socket.raw(Message::binary(vec![1, 2, 3])).await;
    assert_eq!(rejected(&socket.frame().await), ErrorCode::MalformedRequest);
    // A read mark is not answered, not even when it is refused.
    socket.raw(Message::text(r#"{"type":"mark_read","seq":0}"#)).await;
    assert!(socket.heard_so_far().await.is_empty());
    nothing_was_stored(&visitor).await;
}

async fn ten_unreadable_frames_in_a_row_end_the_socket(server: TestServer) {
    let (_, visitor, _) = a_chat(&server).await;
    let mut socket = visitor.socket().await;
    for _ in 0..9 {
        socket.raw(Message::text("nonsense")).await;
        rejected(&socket.frame().await);
    }
    socket.raw(Message::text("nonsense")).await;
    assert_eq!(socket.next().await, Heard::Closed(4400));
    assert!(visitor.socket().await.heard_so_far().await.is_empty(), "coming back is allowed");
}

async fn a_frame_beyond_the_limit_ends_the_socket(server: TestServer) {
    let (_, visitor, _) = a_chat(&server).await;
    let padded = |bytes: usize| {
        let frame = r#"{"type":"ping"}"#;
        format!("{}{frame}", " ".repeat(bytes - frame.len()))
    };
    let mut socket = visitor.socket().await;
    socket.raw(Message::text(padded(FRAME_MAX_BYTES))).await;
    assert_eq!(socket.frame().await, ServerFrame::Pong {}, "the limit itself is allowed");
    socket.raw(Message::text(padded(FRAME_MAX_BYTES + 1))).await;
    assert_eq!(socket.closed().await, 1009);
    nothing_was_stored(&visitor).await;
}

async fn what_is_no_websocket_ends_the_socket(server: TestServer) {
    let (_, visitor, _) = a_chat(&server).await;
    // A masked text frame of two bytes that are no UTF-8; a frame with reserved bits; one that is not masked.
    let garbage: [&[u8]; 4] = [
        &[0x81, 0x82, 0, 0, 0, 0, 0xff, 0xfe],
        &[0xf1, 0x80, 0, 0, 0, 0],
        &[0x81, 0x01, b'x'],
        b"GET / HTTP/1.1\r\n\r\n",
    ];
    for bytes in garbage {
        let mut socket = visitor.socket().await;
        socket.tcp().write_all(bytes).await.unwrap();
        assert_eq!(socket.closed().await, 4400, "{bytes:?}");
    }
    // Half a frame and then nothing: the silence ends it.
    let mut half: WsClient = visitor.socket().await;
    half.tcp().write_all(&[0x81, 0xfe, 0x10]).await.unwrap();
    server.clock.advance(91_000);
    assert_eq!(half.closed().await, 4408);
    nothing_was_stored(&visitor).await;
}

async fn agents_must_name_a_conversation_of_theirs(server: TestServer) {
    let (organisation, visitor, _) = a_chat(&server).await;
    let (_, _, foreign) = a_chat(&server).await;
    let (mut socket, _) = organisation.admin.socket().await;
    let nonce = server.nonce();
    let say = |conversation: &str| {
        format!(r#"{{"type":"send_message","nonce":"{nonce}"{conversation},"content":{{"type":"text","text":"x"}}}}"#)
    };
    socket.raw(Message::text(say(""))).await;
    assert_eq!(rejected(&socket.frame().await), ErrorCode::Invalid);
    for id in [foreign.to_string(), "00000000-0000-0000-0000-000000000000".to_owned()] {
        socket.raw(Message::text(say(&format!(r#","conversation_id":"{id}""#)))).await;
        assert_eq!(rejected(&socket.frame().await), ErrorCode::NotFound);
        socket.raw(Message::text(format!(r#"{{"type":"mark_read","conversation_id":"{id}","seq":1}}"#))).await;
        assert!(socket.heard_so_far().await.is_empty());
    }
    nothing_was_stored(&visitor).await;
}

async fn odd_ids_in_paths_are_refused(server: TestServer) {
    let (organisation, visitor, id) = a_chat(&server).await;
    let admin = &organisation.admin;
    for odd in ["1", "null", "%00", "..%2f", &format!("{id}x")] {
        for path in [
            format!("/api/v1/conversations/{odd}"),
            format!("/api/v1/contacts/{odd}"),
            format!("/api/v1/channels/{odd}"),
        ] {
            assert_eq!(admin.get(&path).await.having(400).code(), ErrorCode::MalformedRequest, "{path}");
        }
    }
    admin.post_raw(&format!("/api/v1/conversations/{id}/messages"), *b"{\"nonce\":\xff}").await.expect(400);
    admin.post_raw(&format!("/api/v1/conversations/{id}/messages"), vec![b' '; 70_000]).await.expect(413);
    visitor.post_raw("/widget/v1/messages", vec![b' '; 70_000]).await.expect(413);
    for query in ["after=-1", "after=x", "limit=501"] {
        let status = admin.get(&format!("/api/v1/events?{query}")).await.status;
        assert!(matches!(status, 400 | 422), "{query}: {status}");
    }
    nothing_was_stored(&visitor).await;
}
