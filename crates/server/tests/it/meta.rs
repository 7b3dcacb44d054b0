//! What everybody may ask, what every answer carries, and what cannot be read.

use crate::openapi::operations;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::TestServer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use types::error::ErrorCode;
use types::legal::LegalText;
use types::limits;
use types::messages::SendMessage;
use types::server_info::{CodeDelivery, ServerInfo};
use types::ws::{ClientFrame, ServerFrame};

const SESSIONS: &str = "/api/v1/auth/sessions";

async fn the_server_tells_what_it_is(server: TestServer) {
    let caller = server.anonymous();
    assert_eq!(caller.get("/healthz").await.json::<Value>(), json!({"status": "ok"}));
    let info: ServerInfo = caller.get("/api/v1/server-info").await.json();
    assert_eq!((info.development, info.code_delivery), (true, CodeDelivery::Console));
}

async fn the_legal_pages_are_there_and_can_be_replaced(server: TestServer) {
    let caller = server.anonymous();
    let path = "/api/v1/legal/user-agreement";
    let ours: LegalText = caller.get(path).await.json();
    assert_eq!(ours.title, "用户协议");
    assert_eq!(caller.get(&format!("{path}?lang=en")).await.json::<LegalText>().title, "User agreement");
    caller.get("/api/v1/legal/no-such-page").await.expect(404);

    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("user-agreement.zh-CN.md"), "# 本公司协议\n\n<b onclick=x>粗</b> *斜*").unwrap();
    server.reconfigure(|config| config.legal.folder = folder.path().to_owned()).await;
    let theirs: LegalText = caller.get(path).await.json();
    assert_eq!((theirs.title.as_str(), theirs.html.as_str()), ("本公司协议", "<p>粗 <em>斜</em></p>\n"));
}

async fn unknown_addresses_and_methods_are_told_apart(server: TestServer) {
    let caller = server.anonymous();
    for path in ["/api/v1/nothing", "/api", "/widget/v1/nothing", "/assets/nothing.js", "/favicon.png"] {
        assert_eq!(caller.get(path).await.having(404).code(), ErrorCode::NotFound, "{path}");
    }
    let wrong = caller.delete("/api/v1/me").await.having(405);
    assert_eq!(wrong.code(), ErrorCode::MethodNotAllowed);
    assert_eq!(wrong.header("allow"), "GET, PATCH");
}

async fn the_head_of_whatever_can_be_read_can_be_asked_for(server: TestServer) {
    let caller = server.anonymous();
    for path in ["/healthz", "/api/v1/server-info", "/openapi.json", "/docs/", "/login"] {
        let head = caller.send(caller.request(Method::HEAD, path)).await.having(200);
        let whole = caller.get(path).await.having(200);
        assert_eq!((head.body.len(), head.header("content-type")), (0, whole.header("content-type")), "{path}");
    }
    caller.send(caller.request(Method::HEAD, "/api/v1/me")).await.expect(401);
    caller.send(caller.request(Method::HEAD, "/api/v1/auth/sessions")).await.expect(405);
}

async fn what_can_only_be_read_says_so(server: TestServer) {
    let caller = server.anonymous();
    for path in ["/assets/console-1.js", "/w/x.js", "/chat/x", "/docs", "/docs/", "/openapi.json", "/asyncapi.yaml"] {
        let refused = caller.post_raw(path, "{}").await.having(405);
        assert_eq!((refused.code(), refused.header("allow")), (ErrorCode::MethodNotAllowed, "GET, HEAD"), "{path}");
    }
}

async fn what_cannot_be_read_is_refused(server: TestServer) {
    let caller = server.anonymous();
    let malformed: [&[u8]; 7] = [
        b"",
        b"{",
        b"[]",
        br#"{"account":1,"password":"x","agreements_accepted":true}"#,
        br#"{"account":"a","password":"x","agreements_accepted":true,"more":1}"#,
        b"{\"account\":\"\xff\xfe\",\"password\":\"x\",\"agreements_accepted\":true}",
        br#"{"account":"a","account":"b","password":"x","agreements_accepted":true}"#,
    ];
    for body in malformed {
        let answer = caller.post_raw(SESSIONS, body).await.having(400);
        assert_eq!(answer.code(), ErrorCode::MalformedRequest, "{}", String::from_utf8_lossy(body));
    }
    let deep = "[".repeat(50_000);
    caller.post_raw(SESSIONS, deep).await.expect(400);

    let large = format!("{{\"account\":\"{}\"}}", "a".repeat(limits::BODY_MAX_BYTES));
    assert_eq!(caller.post_raw(SESSIONS, large).await.having(413).code(), ErrorCode::TooLarge);

    for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""] {
        let request = caller.request(Method::POST, SESSIONS).header("content-type", content_type).body("{}");
        assert_eq!(caller.send(request).await.having(415).code(), ErrorCode::UnsupportedMediaType, "{content_type}");
    }
    let request = caller.request(Method::POST, SESSIONS).header("content-type", "application/json; charset=utf-8");
    caller.send(request.body("{}")).await.expect(400);
    caller.get("/api/v1/legal/user-agreement?colour=red").await.expect(400);
}

async fn every_caller_has_a_limit_of_their_own(server: TestServer) {
    server.reconfigure(|config| config.limits.requests_per_minute = 5).await;
    let info = "/api/v1/server-info";
    let caller = server.anonymous();
    let first = caller.get(info).await.having(200);
    assert_eq!(
        ["ratelimit-policy", "ratelimit"].map(|name| first.header(name)),
        ["\"address\";q=5;w=60", "\"address\";r=4;t=12"]
    );
    for _ in 0..4 {
        caller.get(info).await.expect(200);
    }
    let refused = caller.get(info).await.having(429);
    assert_eq!(refused.code(), ErrorCode::RateLimited);
    assert_eq!((refused.header("retry-after"), refused.header("ratelimit")), ("12", "\"address\";r=0;t=60"));
    // A made-up identity does not open another account.
    caller.with_token("made.up.token").get(info).await.expect(429);
    caller.get("/healthz").await.expect(200);
    server.clock.advance(12_000);
    caller.get(info).await.expect(200);
}

async fn an_agent_is_counted_by_identity_and_not_by_address(server: TestServer) {
    let admin = server.organisation().await.admin;
    server.reconfigure(|config| config.limits.requests_per_minute = 3).await;
    let stranger = server.anonymous();
    for _ in 0..3 {
        stranger.get("/api/v1/server-info").await.expect(200);
    }
    stranger.get("/api/v1/server-info").await.expect(429);
    for _ in 0..3 {
        admin.get("/api/v1/me").await.expect(200);
    }
    admin.get("/api/v1/me").await.expect(429);
}

async fn identities_of_visitors_are_no_way_around_the_limits(server: TestServer) {
    let channel = server.organisation().await.channel().await;
    server
        .reconfigure(|config| {
            config.limits.requests_per_minute = 10;
            config.limits.visitor_requests_per_ip_per_minute = 12;
            config.limits.new_visitors_per_ip_per_minute = 3;
        })
        .await;
    let mut visitors = Vec::new();
    for _ in 0..3 {
        visitors.push(server.visit(&channel.key, None).await);
    }
    let fourth = server.try_visit(&channel.key, None).await.having(429);
    assert_eq!(fourth.code(), ErrorCode::RateLimited);
    assert_eq!(server.try_visit(&channel.key, Some(visitors[0].token())).await.status, 200, "returning costs nothing");

    // Opening the chat five times has spent none of the ten that the address has elsewhere. There a visitor's token is no
    // identity that would have its own.
    let stranger = server.anonymous();
    for _ in 0..10 {
        stranger.get("/api/v1/server-info").await.expect(200);
    }
    visitors[0].get("/api/v1/server-info").await.expect(429);

    // Each visitor has ten of their own, but all together at one address have twelve, of which five are spent.
    let mut served = 0;
    for visitor in &visitors {
        for _ in 0..5 {
            served += u32::from(visitor.get("/widget/v1/unread").await.status == 200);
        }
    }
    assert_eq!(served, 7);
    stranger.get(&format!("/w/{}.js", channel.key)).await.expect(429);
}

async fn sockets_are_no_way_around_the_limit_of_an_address(server: TestServer) {
    let channel = server.organisation().await.channel().await;
    // Each of the three asks thrice over HTTP until the socket is open.
    server.reconfigure(|config| config.limits.visitor_requests_per_ip_per_minute = 9 + 10).await;
    let mut sockets = Vec::new();
    for _ in 0..3 {
        sockets.push(server.visit(&channel.key, None).await.socket().await);
    }
    let mut stored = 0;
    for turn in 0..30 {
        let socket = &mut sockets[turn % 3];
        let SendMessage { nonce, content } = server.text("你好");
        match socket.ask(&ClientFrame::SendMessage { nonce, conversation_id: None, content }).await {
            ServerFrame::Ack { .. } => stored += 1,
            ServerFrame::Rejected { problem, .. } => assert_eq!(problem.code, ErrorCode::RateLimited),
            other => panic!("{other:?}"),
        }
        // Reading counts as well.
        socket.send(&ClientFrame::MarkRead { conversation_id: None, seq: 1 }).await;
        socket.heard_so_far().await;
    }
    assert_eq!(stored, 5);
    server.clock.advance(60_000);
    let SendMessage { nonce, content } = server.text("还在");
    let again = sockets[0].ask(&ClientFrame::SendMessage { nonce, conversation_id: None, content }).await;
    assert!(matches!(again, ServerFrame::Ack { .. }), "{again:?}");
}

async fn a_visitor_sends_so_many_messages_a_minute(server: TestServer) {
    let channel = server.organisation().await.channel().await;
    server.reconfigure(|config| config.limits.visitor_messages_per_minute = 2).await;
    let visitor = server.visit(&channel.key, None).await;
    let another = server.visit(&channel.key, None).await;
    visitor.say("一").await;
    visitor.say("二").await;
    let refused = visitor.post("/widget/v1/messages", &server.text("三")).await.having(429);
    assert_eq!(refused.header("retry-after"), "30");
    another.say("别人").await;
}

async fn a_body_that_dribbles_is_given_up(server: TestServer) {
    let mut wire = tokio::net::TcpStream::connect(server.address()).await.unwrap();
    let head = format!(
        "POST {SESSIONS} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{{"
    );
    wire.write_all(head.as_bytes()).await.unwrap();
    let mut answer = vec![0; 12];
    // When the server begins to wait nobody can see from here: others wait for moments too.
    let answered = async {
        let reading = wire.read_exact(&mut answer);
        tokio::pin!(reading);
        loop {
            tokio::select! {
                biased;
                read = &mut reading => break read,
                () = tokio::task::yield_now() => server.clock.advance(30_000),
            }
        }
    };
    testkit::in_time("the server gives the rest up", answered).await.unwrap();
    assert_eq!(answer, b"HTTP/1.1 400");
}

async fn a_mistyped_parameter_is_not_taken_for_a_default(server: TestServer) {
    let admin = server.organisation().await.admin;
    let visitor = server.visit(&server.organisation().await.channel().await.key, None).await;
    let mut walked = 0;
    for operation in operations() {
        let parameters = operation.value["parameters"].as_array().cloned().unwrap_or_default();
        if !parameters.iter().any(|parameter| parameter["in"] == "query")
            || operation.value["responses"].get("101").is_some()
        {
            continue;
        }
        let path = operation.path.replace("{conversation_id}", "0190163d-8694-739b-aea5-966c26f8ad91");
        let path = path.replace("{page}", "privacy-policy") + "?no_such_parameter=1";
        let caller: &testkit::Caller = if path.starts_with("/widget/") { &visitor } else { &admin };
        let method = Method::from_bytes(operation.method.as_bytes()).unwrap();
        let answer = caller.send(caller.request(method, &path)).await;
        assert_eq!(answer.having(400).code(), ErrorCode::MalformedRequest, "{path}");
        walked += 1;
    }
    assert!(walked >= 5, "{walked}");
    admin.get("/api/v1/events?after=-1").await.expect(422);
    visitor.get("/widget/v1/messages?before_seq=-1").await.expect(422);
    visitor.get("/widget/v1/messages?after_seq=-1").await.expect(422);
}

async fn forwarded_addresses_are_believed_from_trusted_proxies_only(server: TestServer) {
    server.reconfigure(|config| config.limits.requests_per_minute = 1).await;
    let caller = server.anonymous();
    let from = async |hops: &str| {
        let request = caller.request(Method::GET, "/api/v1/server-info").header("x-forwarded-for", hops);
        caller.send(request).await.status
    };
    assert_eq!(from("203.0.113.1").await, 200);
    assert_eq!(from("203.0.113.2").await, 429, "whoever asks directly can claim anything");

    server.reconfigure(|config| config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()]).await;
    assert_eq!(from("203.0.113.1").await, 200);
    assert_eq!(from("203.0.113.2").await, 200);
    assert_eq!(from("203.0.113.1, 203.0.113.2").await, 429, "only the hop that our proxy saw counts");
    assert_eq!(from("2001:db8:1:2::1").await, 200);
    assert_eq!(from("2001:db8:1:2::ffff").await, 429, "one customer has a whole /64");
}

async fn answers_are_guarded_in_browsers(server: TestServer) {
    let caller = server.anonymous();
    let api = caller.get("/api/v1/server-info").await;
    assert_eq!(api.header("x-content-type-options"), "nosniff");
    assert_eq!(
        api.header("content-security-policy"),
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    assert_eq!(api.header("access-control-allow-origin"), "", "the console's API is for its own pages");

    for path in ["/", "/login", "/inbox/0190163d-8694-739b-aea5-966c26f8ad91", "/settings/account?x=1"] {
        let page = caller.get(path).await.having(200);
        assert_eq!(page.text(), "<!doctype html><title>console</title>");
        let policy = page.header("content-security-policy");
        assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval'") && policy.contains("frame-ancestors 'none'"));
        assert!(!policy.contains("unsafe-inline"));
        assert_eq!(page.header("cache-control"), "no-cache");
    }
    caller.post_empty("/login").await.expect(404);
}

async fn assets_are_immutable_and_precompressed(server: TestServer) {
    let caller = server.anonymous();
    let get = async |method: Method, name: &str, value: &str| {
        caller.send(caller.request(method, "/assets/console-1.js").header(name, value)).await
    };
    let brotli = get(Method::GET, "accept-encoding", "gzip, br").await.having(200);
    assert_eq!((brotli.text().as_str(), brotli.header("content-encoding")), ("brotli script", "br"));
    assert_eq!(brotli.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(brotli.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!((brotli.header("vary"), brotli.header("access-control-allow-origin")), ("accept-encoding", "*"));
    assert_eq!(get(Method::GET, "accept-encoding", "gzip").await.text(), "gzip script");
    let plain = get(Method::GET, "accept-encoding", "identity").await.having(200);
    assert_eq!((plain.text().as_str(), plain.header("content-encoding")), ("console.log('console')", ""));

    let unchanged = get(Method::GET, "if-none-match", plain.header("etag")).await.having(304);
    assert!(unchanged.body.is_empty());
    let head = get(Method::HEAD, "accept-encoding", "br").await.having(200);
    assert!(head.body.is_empty());
    assert_eq!(head.header("content-length"), "13");
    for path in ["/assets/..%2fmanifest.json", "/assets/../manifest.json", "/assets/manifest.json"] {
        caller.get(path).await.expect(404);
    }
    assert_eq!(caller.get("/assets/widget-1.wasm").await.header("content-type"), "application/wasm");
}

async fn the_documents_are_served_with_a_viewer_of_our_own(server: TestServer) {
    let caller = server.anonymous();
    assert_eq!(caller.get("/openapi.json").await.text(), server::openapi::json().unwrap());
    assert_eq!(caller.get("/asyncapi.yaml").await.text(), server::asyncapi::yaml());
    let request = caller.request(Method::GET, "/openapi.json").header("accept-encoding", "br, gzip");
    let packed = caller.send(request).await.having(200);
    assert_eq!((packed.header("content-encoding"), packed.header("vary")), ("gzip", "accept-encoding"));
    assert!(packed.body.len() * 5 < server::openapi::json().unwrap().len(), "{} bytes", packed.body.len());
    assert_eq!(caller.get("/docs").await.having(308).header("location"), "/docs/");
    let page = caller.get("/docs/").await.having(200).text();
    assert!(!page.contains("http://") && !page.contains("https://"), "{page}");
    assert!(caller.get("/docs/swagger-initializer.js").await.having(200).text().contains("/openapi.json"));
    caller.get("/docs/nothing.js").await.expect(404);
}

testkit::db_tests!(
    the_server_tells_what_it_is,
    the_legal_pages_are_there_and_can_be_replaced,
    unknown_addresses_and_methods_are_told_apart,
    the_head_of_whatever_can_be_read_can_be_asked_for,
    what_can_only_be_read_says_so,
    what_cannot_be_read_is_refused,
    every_caller_has_a_limit_of_their_own,
    an_agent_is_counted_by_identity_and_not_by_address,
    identities_of_visitors_are_no_way_around_the_limits,
    sockets_are_no_way_around_the_limit_of_an_address,
    a_visitor_sends_so_many_messages_a_minute,
    a_body_that_dribbles_is_given_up,
    a_mistyped_parameter_is_not_taken_for_a_default,
    forwarded_addresses_are_believed_from_trusted_proxies_only,
    answers_are_guarded_in_browsers,
    assets_are_immutable_and_precompressed,
    the_documents_are_served_with_a_viewer_of_our_own,
);
