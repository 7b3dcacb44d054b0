//! The end of the real process: readiness, sockets, requests, writes, in this order; a second signal; a bound.

use crate::program::{Program, nonce};
use reqwest::Method;
use serde_json::{Value, json};
use std::path::Path;
use testkit::{Heard, WsClient, in_time};
use tokio::io::AsyncWriteExt;

/// A server with an organisation and a visitor; the visitor's session, the agent's token.
async fn furnished(folder: &Path, settings: &[(&str, &str)]) -> (Program, Value, String) {
    let mut all = vec![("PARLOR_DEVELOPMENT", "true")];
    all.extend(settings);
    let program = Program::start(folder, &all);
    program.ask_for_code("13800138000").await;
    let codes = program.ask(Method::GET, "/api/v1/dev/verification-codes", "", None).await;
    let code = codes.json::<Value>().await.unwrap()["items"][0]["code"].as_str().unwrap().to_owned();
    program.register("zhang.san", "lamp violet 47 harbour", "13800138000", &code).await;
    let signed_in: Value = program.login("zhang.san", "lamp violet 47 harbour").await.json().await.unwrap();
    let token = signed_in["access_token"].as_str().unwrap().to_owned();
    let key = program.channel(&token).await;
    let visit = program.visit(&key).await;
    (program, visit, token)
}

async fn socket_of(program: &Program, visit: &Value) -> WsClient {
    let ticket = visit["ticket"].as_str().unwrap();
    let address = format!("ws://{}/widget/v1/socket?ticket={ticket}", program.address);
    let mut socket = WsClient::connect(&address).await.unwrap();
    socket.ready().await;
    socket
}

async fn until_not_ready(program: &Program) {
    let not_ready = async {
        while program.status("/healthz/ready").await == 200 {
            tokio::task::yield_now().await;
        }
    };
    in_time("readiness goes", not_ready).await;
}

#[tokio::test]
async fn readiness_goes_first_then_sockets_and_what_was_acknowledged_is_there_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let (program, visit, token) = furnished(folder.path(), &[("PARLOR_DRAIN_SECONDS", "5")]).await;
    let mut socket = socket_of(&program, &visit).await;
    assert_eq!((program.status("/healthz/ready").await, program.status("/healthz/live").await), (200, 200));

    program.signal("TERM");
    until_not_ready(&program).await;
    // Not ready any more, and yet alive: whoever is here goes on.
    assert_eq!(program.status("/healthz/live").await, 200);
    let frame = json!({"type": "send_message", "nonce": nonce(), "content": {"type": "text", "text": "还在吗"}});
    let answer = socket.ask(&serde_json::from_value(frame).unwrap()).await;
    assert!(matches!(answer, types::ws::ServerFrame::Ack { seq: 1, .. }), "{answer:?}");
    assert_eq!(socket.closed().await, 1001);
    let (status, log) = program.ended().await;
    assert!(status.success(), "{log}");
    assert!(log.contains("stopped"), "{log}");

    let again = Program::start(folder.path(), &[]);
    let listed = again.ask(Method::GET, "/api/v1/conversations", &token, None).await;
    let listed: Value = listed.json().await.unwrap();
    assert_eq!(listed["items"][0]["last_message"]["content"]["text"], "还在吗", "{listed}");
}

#[tokio::test]
async fn a_second_signal_ends_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path(), &[("PARLOR_DRAIN_SECONDS", "600")]);
    program.signal("TERM");
    until_not_ready(&program).await;
    program.signal("INT");
    let (status, log) = program.ended().await;
    assert_eq!(status.code(), Some(130), "{log}");
    assert!(log.contains("a second time"), "{log}");
}

#[tokio::test]
async fn nobody_can_hold_up_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [("PARLOR_SHUTDOWN_SECONDS", "1")];
    let (program, visit, _) = furnished(folder.path(), &settings).await;
    // One who never finishes a request, one who never reads a socket.
    let mut wire = tokio::net::TcpStream::connect(program.address).await.unwrap();
    let head = b"POST /api/v1/auth/sessions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{";
    wire.write_all(head).await.unwrap();
    let _socket = socket_of(&program, &visit).await;
    program.signal("TERM");
    let (status, log) = program.ended().await;
    assert!(status.success(), "{log}");
}

#[tokio::test]
async fn hundreds_of_sockets_are_sent_away_in_waves_and_each_hears_it() {
    let folder = tempfile::tempdir().unwrap();
    // All of them are one visitor's here.
    let settings = [("PARLOR_LIMITS__SOCKETS__PER_VISITOR", "1000"), ("PARLOR_SHUTDOWN_SECONDS", "4")];
    let (program, visit, _) = furnished(folder.path(), &settings).await;
    let visitor = visit["visitor_token"].as_str().unwrap();
    let mut sockets = Vec::new();
    for _ in 0..250 {
        let ticket = program.post("/widget/v1/socket-tickets", visitor, None).await;
        sockets.push(socket_of(&program, &ticket).await);
    }
    program.signal("TERM");
    for socket in &mut sockets {
        match socket.next().await {
            Heard::Closed(code) => assert_eq!(code, 1001),
            Heard::Frame(frame) => panic!("{frame:?}"),
        }
    }
    let (status, log) = program.ended().await;
    assert!(status.success() && log.contains("sockets.open=250"), "{log}");
}
