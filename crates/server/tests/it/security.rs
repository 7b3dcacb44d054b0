//! What browsers are told and what they may do: headers of every kind of answer, cookies, other origins.

use reqwest::Method;
use reqwest::header::HeaderMap;
use testkit::{Answer, Caller, PASSWORD, TestServer, db_tests};
use types::auth::{SignedIn, SocketTicket};
use types::error::ErrorCode;

db_tests!(
    every_kind_of_answer_is_guarded,
    over_https_everything_insists_on_it,
    cookies_over_https_belong_to_this_host_alone,
    a_cookie_is_no_identity,
    pages_of_other_origins_cannot_refresh_a_session,
    pages_of_other_origins_cannot_open_an_agents_socket,
    only_the_widgets_operations_answer_other_origins,
    what_widgets_do_is_not_counted_for_consoles,
    an_address_with_encoded_letters_is_counted_and_guarded_as_the_same,
    the_host_header_is_not_believed,
    no_address_redirects_to_another_host,
);

const SESSIONS: &str = "/api/v1/auth/sessions";
const REFRESH: &str = "/api/v1/auth/refresh";

/// An answer of every kind that there is, with what it is.
async fn answers(server: &TestServer) -> Vec<(&'static str, Answer)> {
    let organisation = server.organisation().await;
    let (channel, caller) = (organisation.channel().await, server.anonymous());
    let visitor = server.visit(&channel.key, None).await;
    let preflight = caller
        .request(Method::OPTIONS, "/widget/v1/sessions")
        .header("origin", "https://shop.example")
        .header("access-control-request-method", "POST");
    vec![
        ("console", caller.get("/").await.having(200)),
        ("chat page", caller.get(&format!("/chat/{}", channel.key)).await.having(200)),
        ("chat page of nobody", caller.get("/chat/nothing").await.having(404)),
        ("loader", caller.get(&format!("/w/{}.js", channel.key)).await.having(200)),
        ("loader of nobody", caller.get("/w/nothing.js").await.having(404)),
        ("asset", caller.get("/assets/console-1.js").await.having(200)),
        ("no asset", caller.get("/assets/nothing.js").await.having(404)),
        ("wrong method on an asset", caller.delete("/assets/console-1.js").await.having(405)),
        ("API success", organisation.admin.get("/api/v1/me").await.having(200)),
        ("API creation", caller.post_empty("/api/v1/auth/challenges").await.having(201)),
        ("API without identity", caller.get("/api/v1/me").await.having(401)),
        ("API without an address", caller.get("/api/v1/nothing").await.having(404)),
        ("API with another method", caller.delete("/api/v1/me").await.having(405)),
        ("API malformed", caller.post_raw(SESSIONS, "{").await.having(400)),
        ("API invalid", organisation.admin.get("/api/v1/events?after=-1").await.having(422)),
        ("widget success", visitor.get("/widget/v1/unread").await.having(200)),
        ("widget without identity", caller.get("/widget/v1/unread").await.having(401)),
        ("preflight", caller.send(preflight).await.having(204)),
        ("health", caller.get("/healthz").await.having(200)),
        ("documents", caller.get("/openapi.json").await.having(200)),
        ("docs", caller.get("/docs/").await.having(200)),
        ("redirect", caller.get("/docs").await.having(308)),
    ]
}

fn words_of(policy: &str) -> impl Iterator<Item = &str> {
    policy.split([' ', ';'])
}

async fn every_kind_of_answer_is_guarded(server: TestServer) {
    for (kind, answer) in answers(&server).await {
        let policy = answer.header("content-security-policy");
        for part in ["default-src 'none'", "base-uri 'none'", "form-action ", "frame-ancestors "] {
            assert!(policy.contains(part), "{kind}: {part} is missing in {policy:?}");
        }
        // By words: the permission for WebAssembly ends like the one for everything.
        for refused in ["'unsafe-eval'", "'unsafe-inline'"] {
            assert!(!words_of(policy).any(|word| word == refused), "{kind}: {policy}");
        }
        assert_eq!(policy.contains("frame-ancestors *"), kind.starts_with("chat page"), "{kind}: {policy}");
        let scripts = policy.split(';').find(|part| part.trim().starts_with("script-src")).unwrap_or_default();
        assert!(!scripts.contains("unsafe-inline") && !scripts.contains('*'), "{kind}: {scripts}");

        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{kind}");
        assert!(
            ["no-referrer", "strict-origin-when-cross-origin"].contains(&answer.header("referrer-policy")),
            "{kind}"
        );
        assert!(answer.header("permissions-policy").contains("microphone=()"), "{kind}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{kind}");
        // "no asset" is a problem and no file.
        let for_host_pages = ["chat", "loader", "asset", "widget", "preflight"].iter().any(|one| kind.starts_with(one));
        let resource = if for_host_pages { "cross-origin" } else { "same-origin" };
        assert_eq!(answer.header("cross-origin-resource-policy"), resource, "{kind}");
        assert_eq!(answer.header("strict-transport-security"), "", "{kind}: over plain http nobody may say so");
        assert_eq!(
            (answer.header("server"), answer.header("x-powered-by")),
            ("", ""),
            "{kind}: the version is nobody's business"
        );
        if !answer.body.is_empty() {
            let content_type = answer.header("content-type");
            assert!(!content_type.is_empty(), "{kind}");
            assert!(
                !content_type.starts_with("text/") || content_type.contains("charset=utf-8"),
                "{kind}: {content_type}"
            );
        }
        let is_data = kind.starts_with("API") || kind.starts_with("widget");
        assert!(!is_data || answer.header("cache-control") == "no-store", "{kind}");
    }
}

async fn over_https_everything_insists_on_it(server: TestServer) {
    server.reconfigure(|config| config.public_url = "https://chat.example.com".to_owned()).await;
    for (kind, answer) in answers(&server).await {
        assert_eq!(answer.header("strict-transport-security"), "max-age=31536000; includeSubDomains", "{kind}");
    }
    let channel = server.organisation().await.channel().await;
    let page = server.anonymous().get(&format!("/chat/{}", channel.key)).await;
    let policy = page.header("content-security-policy");
    assert!(policy.contains("wss://chat.example.com") && !policy.contains("ws://"), "{policy}");
}

fn cookies(headers: &HeaderMap) -> Vec<&str> {
    headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap()).collect()
}

async fn cookies_over_https_belong_to_this_host_alone(server: TestServer) {
    let account = server.organisation().await.admin.me.account;
    server.reconfigure(|config| config.public_url = "https://chat.example.com".to_owned()).await;
    let answer = server.anonymous().login(&account, PASSWORD).await.having(201);
    let set = cookies(&answer.headers);
    assert_eq!(set.len(), 2, "{set:?}");
    let mut pairs = Vec::new();
    for cookie in set {
        for part in ["__Host-parlor_", "; HttpOnly", "; SameSite=Strict", "; Secure", "; Path=/;"] {
            assert!(format!("{cookie};").contains(part), "{part} is missing in {cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
        pairs.push(cookie.split(';').next().unwrap());
    }
    let refresh = pairs.into_iter().find(|pair| pair.starts_with("__Host-parlor_refresh=")).unwrap();
    let with = async |pair: &str| {
        let caller = server.anonymous();
        caller.send(caller.request(Method::POST, REFRESH).header("cookie", pair)).await.status
    };
    // A sibling host can plant a cookie without the prefix; it must not be looked at.
    assert_eq!(with(refresh.trim_start_matches("__Host-")).await, 401);
    assert_eq!(with(refresh).await, 200);
}

async fn a_cookie_is_no_identity(server: TestServer) {
    let account = server.organisation().await.admin.me.account;
    let browser = server.anonymous();
    let signed_in: SignedIn = browser.login(&account, PASSWORD).await.having(201).json();
    // The browser sends its cookies along wherever it can; only the refresh listens to one.
    let session = format!("/api/v1/me/sessions/{}", signed_in.me.session_id);
    for (method, path) in [
        (Method::GET, "/api/v1/me"),
        (Method::GET, "/api/v1/channels"),
        (Method::POST, "/api/v1/me/socket-tickets"),
        (Method::DELETE, session.as_str()),
        (Method::DELETE, SESSIONS),
    ] {
        assert_eq!(browser.send(browser.request(method, path)).await.status, 401, "{path}");
    }
    browser.with_token(signed_in.access_token).get("/api/v1/me").await.expect(200);
    browser.post_empty(REFRESH).await.expect(200);
}

async fn pages_of_other_origins_cannot_refresh_a_session(server: TestServer) {
    server.reconfigure(|config| config.public_url = "http://chat.example.com".to_owned()).await;
    let account = server.organisation().await.admin.me.account;
    let browser = server.anonymous();
    browser.login(&account, PASSWORD).await.expect(201);
    let from = async |origin: &str| browser.send(browser.request(Method::POST, REFRESH).header("origin", origin)).await;
    for foreign in
        ["https://evil.example", "http://sibling.example.com", "null", "", "http://chat.example.com.evil.example"]
    {
        let refused = from(foreign).await.having(403);
        assert_eq!((refused.code(), cookies(&refused.headers).len()), (ErrorCode::Forbidden, 0), "{foreign}");
    }
    from("http://chat.example.com").await.expect(200);
    // Opened by another name than the public one: the page asks the address that it came from.
    from(&format!("http://{}", server.address())).await.expect(200);
    browser.post_empty(REFRESH).await.expect(200);
}

/// Asks for a socket as a browser's page of this origin does.
async fn knock(caller: &Caller, path: &str, origin: &str) -> u16 {
    let request = caller
        .request(Method::GET, path)
        .header("origin", origin)
        .header("connection", "upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
    request.send().await.unwrap().status().as_u16()
}

async fn pages_of_other_origins_cannot_open_an_agents_socket(server: TestServer) {
    let organisation = server.organisation().await;
    let admin = &organisation.admin;
    let ticket: SocketTicket = admin.post_empty("/api/v1/me/socket-tickets").await.having(201).json();
    let path = format!("/api/v1/socket?ticket={}", ticket.ticket);
    assert_eq!(knock(admin, &path, "https://evil.example").await, 403);
    assert_eq!(knock(admin, &path, "null").await, 403);
    assert_eq!(
        knock(admin, &path, &server.state().config.public_url).await,
        101,
        "a refusal does not use up the ticket"
    );
    // The widget runs on pages of any origin; what opens its socket is the visitor's ticket alone.
    let visitor = server.visit(&organisation.channel().await.key, None).await;
    let ticket = &visitor.session.ticket;
    assert_eq!(knock(&visitor, &format!("/widget/v1/socket?ticket={ticket}"), "https://shop.example").await, 101);
}

async fn only_the_widgets_operations_answer_other_origins(server: TestServer) {
    let organisation = server.organisation().await;
    let visitor = server.visit(&organisation.channel().await.key, None).await;
    let elsewhere = "https://shop.example";
    for (caller, path, open) in [
        (&*organisation.admin, "/api/v1/me", false),
        (&*organisation.admin, "/api/v1/conversations", false),
        (&*visitor, "/widget/v1/unread", true),
        (&*visitor, "/", false),
        (&*visitor, "/openapi.json", false),
    ] {
        let answer = caller.send(caller.request(Method::GET, path).header("origin", elsewhere)).await.having(200);
        assert_eq!(answer.header("access-control-allow-origin"), if open { "*" } else { "" }, "{path}");
        assert_eq!(answer.header("access-control-allow-credentials"), "", "{path}: no cookie ever crosses an origin");
    }
    for (path, open) in [(SESSIONS, false), (REFRESH, false), ("/api/v1/me", false), ("/widget/v1/messages", true)] {
        let preflight = visitor
            .request(Method::OPTIONS, path)
            .header("origin", elsewhere)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type");
        let answer = visitor.send(preflight).await;
        assert_eq!(answer.header("access-control-allow-origin"), if open { "*" } else { "" }, "{path}");
    }
    // What a form of another page can send without asking first is not read as JSON.
    for content_type in ["text/plain", "application/x-www-form-urlencoded"] {
        let body = format!(r#"{{"account":"x","password":"{PASSWORD}","agreements_accepted":true}}"#);
        let request = visitor.request(Method::POST, SESSIONS).header("content-type", content_type).body(body);
        visitor.send(request).await.expect(415);
    }
}

async fn what_widgets_do_is_not_counted_for_consoles(server: TestServer) {
    server.reconfigure(|config| config.limits.requests_per_minute = 3).await;
    let caller = server.anonymous();
    // Without an identity, as whoever opens the chat for the first time; all from the address of the office.
    for _ in 0..10 {
        caller.get("/widget/v1/unread").await.expect(401);
    }
    for _ in 0..3 {
        caller.get("/api/v1/server-info").await.expect(200);
    }
    caller.get("/api/v1/server-info").await.expect(429);
    caller.get("/widget/v1/unread").await.expect(401);
}

async fn an_address_with_encoded_letters_is_counted_and_guarded_as_the_same(server: TestServer) {
    server
        .reconfigure(|config| {
            config.limits.requests_per_minute = 1;
            config.limits.visitor_requests_per_ip_per_minute = 1;
            config.limits.file_requests_per_ip_per_minute = 1;
        })
        .await;
    let caller = server.anonymous();
    let answer = caller.get("/%61pi/v1/server-info").await.having(200);
    assert_eq!(answer.headers["cache-control"], "no-store");
    let answer = caller.get("/%77idget/v1/unread").await.having(401);
    assert_eq!(answer.headers["access-control-allow-origin"], "*");
    caller.get("/avatar%73/nobody").await.expect(404);
    for path in ["/api/v1/server-info", "/%61%70i/v1/server-info", "/widget/v1/unread", "/%77idget/v1/unread"] {
        caller.get(path).await.expect(429);
    }
    for path in ["/avatars/nobody", "/%66iles/x/y"] {
        caller.get(path).await.expect(429);
    }
}

async fn the_host_header_is_not_believed(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    for path in [
        format!("/api/v1/channels/{}", channel.id),
        format!("/w/{}.js", channel.key),
        format!("/chat/{}", channel.key),
        "/".to_owned(),
        "/docs".to_owned(),
    ] {
        let request = organisation.admin.request(Method::GET, &path).header("host", "evil.example");
        let request = request.header("x-forwarded-host", "evil.example").header("forwarded", "host=evil.example");
        let answer = organisation.admin.send(request).await;
        let said = format!("{:?} {}", answer.headers, answer.text());
        assert!(answer.status < 400 && !said.contains("evil"), "{path}: {said}");
    }
}

async fn no_address_redirects_to_another_host(server: TestServer) {
    let caller = server.anonymous();
    for path in [
        "//evil.example",
        "//evil.example/docs",
        "/%2f%2fevil.example",
        "/\\evil.example",
        "/docs?to=//evil.example",
        "/login?next=https://evil.example",
    ] {
        let answer = caller.get(path).await;
        assert!(["", "/docs/"].contains(&answer.header("location")), "{path}: {}", answer.header("location"));
    }
}
