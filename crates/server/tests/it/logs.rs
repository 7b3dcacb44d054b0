//! The log: it tells every request by its id and its route, and never what somebody wrote or a secret.

use crate::program::{Program, nonce};
use crate::senders::gateway;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::push::PushService;
use testkit::{Heard, ManualClock, TestServer, WsClient, in_time};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const PASSWORD: &str = "planted-password-1";
const WRONG: &str = "planted-wrong-password-2";
const NEW: &str = "planted-new-password-3";
const TEXTS: [&str; 3] = ["planted text of a visitor", "planted text of an agent", "planted text over a socket"];

/// Everything of our own crates, and of the libraries what an operator would turn on to look for a fault.
const FILTER: &str = "debug,server=trace,store=trace,rules=trace,types=trace,migrations=trace,hyper_util=info,h2=info";

#[tokio::test]
async fn the_log_of_a_whole_story_holds_no_secret_and_no_text() {
    let (port, mut received) = gateway(204);
    let gateway_url = format!("http://127.0.0.1:{port}/codes?token=planted-gateway-token");
    let settings = [
        ("PARLOR_LOG__FILTER", FILTER),
        ("PARLOR_LOG__FORMAT", "json"),
        ("PARLOR_SECRET_KEY", "planted-secret-key-of-the-server-12345"),
        ("PARLOR_METRICS__TOKEN", "planted-metrics-token"),
        ("PARLOR_CODES__SENDER", "webhook"),
        ("PARLOR_CODES__WEBHOOK__URL", gateway_url.as_str()),
        ("PARLOR_CODES__WEBHOOK__SECRET", "planted-gateway-secret"),
        ("PARLOR_CODES__WEBHOOK__ALLOW_PRIVATE", "true"),
        // For a push service on this machine.
        ("PARLOR_DEVELOPMENT", "true"),
    ];
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path(), &settings);
    let mut planted: Vec<String> = [PASSWORD, WRONG, NEW, "planted"].map(str::to_owned).to_vec();

    // Registering, with a code that only its owner reads.
    program.ask_for_code("13800138000").await;
    let (signature, body) = received.recv().await.unwrap();
    let code = serde_json::from_slice::<Value>(&body).unwrap()["code"].as_str().unwrap().to_owned();
    planted.extend([signature.rsplit_once("v1=").unwrap().1.to_owned(), format!("\"{code}\"")]);
    program.register("zhang.san", PASSWORD, "13800138000", &code).await;

    // Signing in, wrongly and rightly, and going on.
    assert_eq!(program.login("zhang.san", WRONG).await.status(), 401);
    assert_eq!(program.login("nobody.known", WRONG).await.status(), 401);
    let signed_in = program.login("zhang.san", PASSWORD).await;
    let id = signed_in.headers()["x-request-id"].to_str().unwrap().to_owned();
    planted.extend(cookies_of(&signed_in));
    let token = signed_in.json::<Value>().await.unwrap()["access_token"].as_str().unwrap().to_owned();
    let refreshed = program.ask(Method::POST, "/api/v1/auth/refresh", "", None).await;
    planted.extend(cookies_of(&refreshed));
    let wrong = json!({"old_password": WRONG, "new_password": NEW});
    assert_eq!(program.ask(Method::PUT, "/api/v1/me/password", &token, Some(wrong)).await.status(), 422);

    // Writing, over REST and over a socket.
    let key = program.channel(&token).await;
    let visit = program.visit(&key).await;
    let visitor = visit["visitor_token"].as_str().unwrap().to_owned();
    let text = |text: &str| json!({"nonce": nonce(), "content": {"type": "text", "text": text}});
    let message = program.post("/widget/v1/messages", &visitor, Some(text(TEXTS[0]))).await;
    let conversation = message["conversation_id"].as_str().unwrap();
    let path = format!("/api/v1/conversations/{conversation}/messages");
    program.post(&path, &token, Some(text(TEXTS[1]))).await;
    let ticket = program.post("/api/v1/me/socket-tickets", &token, None).await["ticket"].as_str().unwrap().to_owned();
    let address = format!("ws://{}/api/v1/socket?ticket={ticket}", program.address);
    let mut socket = WsClient::connect(&address).await.unwrap();
    socket.ready().await;
    let frame = json!({
        "type": "send_message", "nonce": nonce(), "conversation_id": conversation,
        "content": {"type": "text", "text": TEXTS[2]},
    });
    socket.send(&serde_json::from_value(frame).unwrap()).await;
    while !matches!(socket.next().await, Heard::Frame(frame) if matches!(*frame, types::ws::ServerFrame::Ack { .. })) {}
    assert!(WsClient::connect(&address).await.is_err(), "a ticket opens once");

    // What cannot be read, in every place where something can be planted.
    for body in ["{\"account\": \"planted-in-bad-json", "{\"account\": {\"planted\": 1}}", "[\"planted\"]"] {
        let request =
            program.http.post(program.url("/api/v1/auth/sessions")).header("content-type", "application/json");
        assert_eq!(request.body(body).send().await.unwrap().status(), 400);
    }
    socket.raw(tokio_tungstenite::tungstenite::Message::text("{\"type\": \"planted-frame\"}")).await;
    // What was sent before may still come.
    while !matches!(
        socket.next().await,
        Heard::Frame(frame) if matches!(*frame, types::ws::ServerFrame::Rejected { .. })
    ) {}
    for path in ["/api/v1/events?after=planted-query", "/planted-path?planted=1", "/api/v1/conversations/planted-id"] {
        program.ask(Method::GET, path, &token, None).await;
    }
    program.ask(Method::GET, "/api/v1/me", "planted.bearer.token", None).await;
    assert_eq!(program.ask(Method::GET, "/metrics", "planted-metrics-token", None).await.status(), 200);
    planted.extend([token.clone(), visitor.clone(), ticket]);
    planted.extend(what_people_do_besides(&program, conversation, &visit, &token, socket).await);

    program.signal("TERM");
    let (status, log) = program.ended().await;
    assert!(status.success(), "{log}");
    for secret in &planted {
        let found = log.lines().find(|line| line.contains(secret.as_str()));
        assert_eq!(found, None, "`{secret}` is in the log");
    }
    // It is a log all the same: every line is JSON, and the request is told with its id, its route and its outcome.
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
    let told = |line: &Value| line["message"] == "request" && line["request.id"] == id.as_str();
    let line = lines.iter().find(|line| told(line)).expect("the request is in the log");
    assert_eq!((&line["http.method"], &line["http.route"]), (&json!("POST"), &json!("/api/v1/auth/sessions")));
    assert_eq!((&line["http.status"], &line["client.address"]), (&json!(201), &json!("127.0.0.1")));
    assert!(line["duration.us"].as_u64().unwrap() > 0 && line["http.bytes"].as_u64().unwrap() > 0, "{line}");
    // What happened inside it carries the same id.
    let inside = lines.iter().find(|line| line["message"] == "signed in").unwrap();
    assert_eq!(inside["span"]["request.id"], json!(id));
    assert!(lines.iter().any(|line| line["message"] == "socket closed" && line["socket.id"].is_string()));
}

/// Files, notes, search, contacts, what stands in a field unsent, and Web Push. Everything that is said in it has the word
/// `planted`; what else must not be in the log is returned.
async fn what_people_do_besides(
    program: &Program,
    conversation: &str,
    visit: &Value,
    token: &str,
    mut console: WsClient,
) -> Vec<String> {
    let visitor = visit["visitor_token"].as_str().unwrap();
    let upload = |path: String, token: &str| {
        let request = program.http.post(program.url(&path)).bearer_auth(token);
        request.header("content-type", "application/octet-stream").body("planted bytes of a file")
    };
    let attachments = format!("/api/v1/conversations/{conversation}/attachments");
    let uploaded = upload(format!("{attachments}?name=planted-name-of-a-file.txt"), token).send().await.unwrap();
    assert_eq!(uploaded.status(), 201);
    let attachment = uploaded.json::<Value>().await.unwrap()["attachment"]["id"].as_str().unwrap().to_owned();
    let file = json!({"nonce": nonce(), "content": {"type": "attachment", "attachment_id": attachment}});
    program.post(&format!("/api/v1/conversations/{conversation}/messages"), token, Some(file)).await;
    let files = visit["files"]["path"].as_str().unwrap();
    assert_eq!(program.ask(Method::GET, &format!("{files}{attachment}"), "", None).await.status(), 200);
    assert_eq!(program.ask(Method::GET, &format!("{files}planted"), "", None).await.status(), 404);
    let refused = upload("/widget/v1/attachments?nome=planted-name".to_owned(), visitor).send().await.unwrap();
    assert_eq!(refused.status(), 400);

    let note = json!({"nonce": nonce(), "text": "planted note about them"});
    program.post(&format!("/api/v1/conversations/{conversation}/notes"), token, Some(note)).await;
    let found = program.ask(Method::GET, "/api/v1/search?q=planted%20words", token, None).await;
    assert_eq!(found.status(), 200);
    let shown = program.ask(Method::GET, &format!("/api/v1/conversations/{conversation}"), token, None).await;
    let contact = shown.json::<Value>().await.unwrap()["contact"]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/contacts/{contact}");
    let before = program.ask(Method::GET, &path, token, None).await.json::<Value>().await.unwrap();
    let phone = "13912340987".to_owned();
    let patch = json!({
        "version": before["version"], "name": "planted name", "phone": phone, "remark": "planted remark",
    });
    assert_eq!(program.ask(Method::PATCH, &path, token, Some(patch)).await.status(), 200);

    // What a visitor has not sent, where agents see it.
    let channels = program.ask(Method::GET, "/api/v1/channels", token, None).await.json::<Value>().await.unwrap();
    let channel = format!("/api/v1/channels/{}", channels["items"][0]["id"].as_str().unwrap());
    let shows = program.ask(Method::PATCH, &channel, token, Some(json!({"unsent_preview": true}))).await;
    assert_eq!(shows.status(), 200);
    let ticket = program.post("/widget/v1/socket-tickets", visitor, None).await["ticket"].as_str().unwrap().to_owned();
    let address = format!("ws://{}/widget/v1/socket?ticket={ticket}", program.address);
    let mut writes = WsClient::connect(&address).await.unwrap();
    writes.ready().await;
    let typing = json!({"type": "typing", "active": true, "text": "planted text that is not sent"});
    writes.send(&serde_json::from_value(typing).unwrap()).await;
    let seen = |frame: &types::ws::ServerFrame| matches!(frame, types::ws::ServerFrame::Typing { text: Some(_), .. });
    while !matches!(console.next().await, Heard::Frame(frame) if seen(&frame)) {}

    // The console is closed, and its browser is pushed to, by a service that does not want it.
    console.close().await;
    let service = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}/planted-endpoint-of-a-browser", service.local_addr().unwrap());
    let browser = PushService::open(ManualClock::default()).browser("");
    let subscription = json!({
        "endpoint": endpoint, "p256dh": browser.p256dh, "auth": browser.auth, "language": "zh-CN", "quiet": null,
        "utc_offset_minutes": 480,
    });
    let set = program.ask(Method::PUT, "/api/v1/me/push-subscription", token, Some(subscription)).await;
    assert_eq!(set.status(), 200);
    let text = json!({"nonce": nonce(), "content": {"type": "text", "text": "planted text that is pushed"}});
    program.post("/widget/v1/messages", visitor, Some(text)).await;
    let pushed = async {
        let (mut wire, _) = service.accept().await.unwrap();
        let mut head = [0; 64];
        assert!(wire.read(&mut head).await.unwrap() > 0);
        assert!(head.starts_with(b"POST /planted-endpoint-of-a-browser"));
        wire.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await.unwrap();
        while !program.logged().contains("a push service refused") {
            tokio::task::yield_now().await;
        }
    };
    in_time("the push is refused, and that is logged", pushed).await;
    vec![attachment_pass(files), phone, browser.p256dh, ticket]
}

/// What of a pass opens files.
fn attachment_pass(path: &str) -> String {
    path.trim_end_matches('/').rsplit('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn what_is_no_http_is_no_error_of_ours() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path(), &[]);
    let mut wire = tokio::net::TcpStream::connect(program.address).await.unwrap();
    wire.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n: no name\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    wire.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    program.signal("TERM");
    let (status, log) = program.ended().await;
    assert!(status.success() && log.contains("listening") && log.trim_end().ends_with("stopped"), "{log}");
    assert!(!log.contains("ERROR"), "{log}");
}

/// What an answer's cookies hold.
fn cookies_of(answer: &reqwest::Response) -> Vec<String> {
    let cookies = answer.headers().get_all("set-cookie").iter();
    let values: Vec<String> =
        cookies.map(|cookie| cookie.to_str().unwrap().split(['=', ';']).nth(1).unwrap().to_owned()).collect();
    assert!(!values.is_empty() && values.iter().all(|value| value.len() > 20), "{values:?}");
    values
}

async fn an_id_is_taken_from_trusted_proxies_only(server: TestServer) {
    let caller = server.anonymous();
    let given = "0190163d-8694-739b-aea5-966c26f8ad91";
    let ask = async |id: &str| {
        let request = caller.request(Method::GET, "/api/v1/me").header("x-request-id", id);
        // The problem names the same id as the header: `problem` compares them.
        caller.send(request).await.having(401).problem().request_id.unwrap().to_string()
    };
    assert_ne!(ask(given).await, given, "anybody can say anything");
    server.reconfigure(|config| config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()]).await;
    assert_eq!(ask(given).await, given);
    assert_eq!(ask("0190163D8694739BAEA5966C26F8AD91").await, given, "nginx writes no hyphens");
    for strange in ["", "1", "a log line", "0190163d-8694-739b-aea5-966c26f8ad91-and-more"] {
        assert_ne!(ask(strange).await, strange);
    }
}

testkit::db_tests!(an_id_is_taken_from_trusted_proxies_only);
