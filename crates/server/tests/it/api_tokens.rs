//! API tokens: what they reach, how they end, how often they may ask; and requests that are repeated with a key.

use crate::openapi::operations;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use server::clock::Clock;
use std::collections::BTreeSet;
use testkit::{AgentCaller, Answer, Caller, TestServer, db_tests};
use types::agents::{Me, Role};
use types::api_tokens::{ApiToken, ApiTokenState, ApiTokens, CreatedApiToken, Scope};
use types::audit::AuditAction;
use types::auth::SocketTicket;
use types::error::{ErrorCode, FieldCode};
use types::events::{Event, EventsAfter};
use types::messages::Message;
use types::tags::{TagGroup, TagGroups};
use uuid::Uuid;

db_tests!(
    a_token_acts_as_its_agent_within_its_scopes_and_its_secret_is_shown_once,
    a_token_that_was_revoked_stopped_or_has_expired_does_nothing_and_its_sockets_close,
    tokens_are_told_remembered_and_bounded_and_no_devices,
    every_operation_is_reached_with_its_scope_alone,
    a_request_with_a_key_creates_once_at_once_repeated_and_after_a_restart,
    a_token_has_a_limit_of_its_own_and_is_told_where_it_stands,
);

const TOKENS: &str = "/api/v1/api-tokens";
const GROUPS: &str = "/api/v1/tag-groups";

async fn make(admin: &AgentCaller, more: Value) -> CreatedApiToken {
    let mut body = json!({"name": "CRM", "scopes": Scope::ALL});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    admin.post(TOKENS, &body).await.having(201).json()
}

/// A program with this token.
fn program(server: &TestServer, created: &CreatedApiToken) -> Caller {
    server.anonymous().with_token(&created.secret)
}

async fn tokens(admin: &AgentCaller) -> Vec<ApiToken> {
    admin.get(TOKENS).await.having(200).json::<ApiTokens>().items
}

async fn a_token_acts_as_its_agent_within_its_scopes_and_its_secret_is_shown_once(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, agent) = (&organisation.admin, organisation.agent(Role::Agent).await);
    let scopes = [Scope::ProfileRead, Scope::ConversationsRead, Scope::ConversationsWrite, Scope::TagsWrite];
    let created = make(admin, json!({"agent_id": agent.me.id, "scopes": scopes})).await;
    assert!(created.secret.starts_with(&format!("{}_", created.token.prefix)));
    assert_eq!((created.token.agent_id, created.token.created_by), (agent.me.id, admin.me.id));
    assert!(!admin.get(TOKENS).await.text().contains(&created.secret));

    let program = program(&server, &created);
    assert_eq!(program.get("/api/v1/me").await.json::<Me>().id, agent.me.id);
    let theirs = server.visit(&organisation.channel().await.key, None).await.say("你好").await.conversation_id;
    let send = json!({"nonce": server.nonce(), "content": {"type": "text", "text": "您好"}});
    let messages = format!("/api/v1/conversations/{theirs}/messages");
    program.post(&messages, &send).await.expect(404);
    agent.is_given(theirs).await;
    let sent: Message = program.post(&messages, &send).await.having(201).json();
    let said = serde_json::to_value(sent.author).unwrap();
    assert_eq!(said["id"], json!(agent.me.id), "what it says its agent has said: {said}");

    let refused = program.get("/api/v1/contacts").await.having(403);
    assert_eq!(refused.code(), ErrorCode::InsufficientScope);
    assert_eq!(refused.header("www-authenticate"), r#"Bearer error="insufficient_scope", scope="contacts:read""#);
    assert!(refused.problem().detail.contains("contacts:read"));
    // The scope is there, the right is not: the agent is no admin.
    assert_eq!(program.post(GROUPS, &json!({"name": "级别"})).await.having(403).code(), ErrorCode::Forbidden);
    admin.patch(&format!("/api/v1/agents/{}", agent.me.id), &json!({"role": "admin"})).await.expect(200);
    program.post(GROUPS, &json!({"name": "级别"})).await.expect(201);
    // Not even an admin's makes another token, nor another password.
    program.post(TOKENS, &json!({"name": "x", "scopes": ["tags:read"]})).await.expect(403);
    let password = format!("/api/v1/agents/{}/password", admin.me.id);
    program.put(&password, &json!({"password": "another horse 2"})).await.expect(403);

    let mut mistyped = created.secret.clone();
    mistyped.replace_range(30..31, if &mistyped[30..31] == "0" { "1" } else { "0" });
    for wrong in [mistyped.as_str(), "parlor_", "parlor_00000000_"] {
        server.anonymous().with_token(wrong).get("/api/v1/me").await.expect(401);
    }
}

async fn a_token_that_was_revoked_stopped_or_has_expired_does_nothing_and_its_sockets_close(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, agent) = (&organisation.admin, organisation.agent(Role::Agent).await);
    let own = make(admin, json!({"name": "sockets"})).await;
    let theirs = make(admin, json!({"name": "theirs", "agent_id": agent.me.id})).await;
    // The list is in the order of time.
    server.clock.advance(1);
    let soon = server.clock.now().plus_seconds(3600);
    let short = make(admin, json!({"name": "short", "expires_at": soon})).await;
    let past = json!({"name": "past", "scopes": ["tags:read"], "expires_at": "2020-01-01T00:00:00.000Z"});
    let faults = admin.post(TOKENS, &past).await.having(422).faults();
    assert_eq!(faults, [("expires_at".to_owned(), FieldCode::OutOfRange)]);
    let programs = [&own, &theirs, &short].map(|created| program(&server, created));

    let ticket: SocketTicket = programs[0].post_empty("/api/v1/me/socket-tickets").await.having(201).json();
    let address = server.socket_url(&format!("/api/v1/socket?ticket={}", ticket.ticket));
    let mut socket = testkit::WsClient::connect(&address).await.unwrap();
    socket.ready().await.expect("an agent's cursor");
    admin.delete(&format!("{TOKENS}/{}", own.token.id)).await.expect(204);
    assert_eq!(socket.closed().await, 4401, "what was open closes");
    programs[0].get("/api/v1/me").await.expect(401);
    admin.delete(&format!("{TOKENS}/{}", own.token.id)).await.expect(404);

    programs[1].get("/api/v1/me").await.expect(200);
    let disabled = format!("/api/v1/agents/{}/disabled", agent.me.id);
    for is in [true, false] {
        admin.put(&disabled, &json!({"disabled": is})).await.expect(200);
        programs[1].get("/api/v1/me").await.expect(401);
    }
    programs[2].get("/api/v1/me").await.expect(200);
    server.clock.advance(3_600_000);
    programs[2].get("/api/v1/me").await.expect(401);
    let fresh = admin.with_own_session().await;
    let states: Vec<_> = tokens(&fresh).await.into_iter().map(|token| (token.name, token.state)).collect();
    let is = |name: &str, state| (name.to_owned(), state);
    assert_eq!(states, [is("short", ApiTokenState::Expired), is("theirs", ApiTokenState::Stopped)]);
}

async fn tokens_are_told_remembered_and_bounded_and_no_devices(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, agent) = (&organisation.admin, organisation.agent(Role::Agent).await);
    let cursor = admin.get("/api/v1/events").await.json::<EventsAfter>().cursor;
    let created = make(admin, json!({"name": " CRM "})).await;
    let program = program(&server, &created);
    let used = async || {
        let token = tokens(admin).await.remove(0);
        (token.last_used_at, token.last_used_ip)
    };
    assert_eq!(used().await, (None, None));
    program.get("/api/v1/me").await.expect(200);
    let (first, ip) = used().await;
    assert_eq!(ip.as_deref(), Some("127.0.0.1"));
    server.clock.advance(59_000);
    program.get("/api/v1/me").await.expect(200);
    assert_eq!(used().await.0, first, "not more than once in a minute");
    server.clock.advance(1_000);
    program.get("/api/v1/me").await.expect(200);
    assert!(used().await.0 > first);

    // It is no device: neither in the list, nor signed out with the others.
    let sessions: Value = admin.get("/api/v1/me/sessions").await.json();
    assert_eq!(sessions["items"].as_array().unwrap().len(), 1);
    admin.delete("/api/v1/me/sessions").await.expect(204);
    program.get("/api/v1/me").await.expect(200);

    server.clock.advance(1);
    let path = format!("{TOKENS}/{}", created.token.id);
    agent.get(TOKENS).await.expect(403);
    agent.delete(&path).await.expect(403);
    server.organisation().await.admin.delete(&path).await.expect(404);
    admin.delete(&path).await.expect(204);
    let log = admin.deeds().await;
    let (token_id, name, prefix) = (created.token.id, "CRM".to_owned(), created.token.prefix.clone());
    let revoked = AuditAction::ApiTokenRevoked { token_id, name: name.clone(), prefix: prefix.clone() };
    let made = AuditAction::ApiTokenCreated {
        token_id,
        name,
        prefix,
        acts_as_id: admin.me.id,
        acts_as_name: admin.me.name.clone(),
        scopes: Scope::ALL.to_vec(),
        expires_at: None,
    };
    assert_eq!(log.items.into_iter().map(|entry| entry.action).collect::<Vec<_>>(), [revoked, made]);
    let heard: EventsAfter = agent.get(&format!("/api/v1/events?after={cursor}")).await.json();
    let heard = heard.items.iter().filter(|one| one.event == Event::ApiTokensChanged {});
    assert_eq!(heard.count(), 2);

    for number in 0..50 {
        make(admin, json!({"name": number.to_string(), "scopes": ["tags:read"]})).await;
    }
    let one_more = json!({"name": "one more", "scopes": ["tags:read"]});
    assert_eq!(admin.post(TOKENS, &one_more).await.having(409).code(), ErrorCode::Conflict);
}

async fn every_operation_is_reached_with_its_scope_alone(server: TestServer) {
    server.reconfigure(|config| config.limits.token_requests_per_minute = 100_000).await;
    let admin = server.organisation().await.admin;
    let all = make(&admin, json!({})).await;
    let of_agents: Vec<_> =
        operations().into_iter().filter(|operation| operation.value["security"][0].get("agent").is_some()).collect();
    let ids: BTreeSet<&str> = of_agents.iter().map(|operation| operation.id.as_str()).collect();
    assert_eq!(server::scopes::listed().collect::<BTreeSet<_>>(), ids, "each has a line in scopes.rs");
    let mut unused: BTreeSet<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
    for operation in &of_agents {
        let scope = operation.value["x-required-scope"].as_str();
        assert_eq!(scope, server::scopes::scope_of(&operation.id).map(Scope::as_str), "{}", operation.id);
        assert_eq!(operation.value["security"][1]["api_token"][0].as_str(), scope, "{}", operation.id);
        scope.map(|scope| unused.remove(scope));
    }
    assert!(unused.is_empty(), "{unused:?} reach nothing");

    let ask = async |caller: &Caller, operation: &crate::openapi::Operation| -> Answer {
        let parts = operation.path.split('/');
        let nobodys = Uuid::nil().to_string();
        let path = parts.map(|part| if part.starts_with('{') { nobodys.as_str() } else { part }).collect::<Vec<_>>();
        let method = Method::from_bytes(operation.method.as_bytes()).unwrap();
        caller.send(caller.request(method, &path.join("/"))).await
    };
    let one = make(&admin, json!({"scopes": ["audit:read"]})).await;
    let (all, one) = (program(&server, &all), program(&server, &one));
    for operation in &of_agents {
        let (with, without) = (ask(&all, operation).await, ask(&one, operation).await);
        let id = &operation.id;
        match operation.value["x-required-scope"].as_str() {
            Some("audit:read") => {
                assert!(with.status == without.status && ![401, 403].contains(&with.status), "{id}: {with:?}")
            }
            Some(_) => {
                assert!(![401, 403].contains(&with.status), "{id}: {with:?}");
                assert_eq!(without.having(403).code(), ErrorCode::InsufficientScope, "{id}");
            }
            None => {
                for answer in [with, without] {
                    assert_eq!(answer.having(403).code(), ErrorCode::Forbidden, "{id}");
                }
            }
        }
    }
    // Letters may be percent-encoded: the guard sees the same address as the router.
    one.get("/api/v1/cont%61cts").await.expect(403);
    all.get("/api/v1/cont%61cts").await.expect(200);
}

async fn keyed(caller: &Caller, key: &str, name: &str) -> Answer {
    let request = caller.request(Method::POST, GROUPS).header("idempotency-key", key).json(&json!({"name": name}));
    caller.send(request).await
}

async fn a_request_with_a_key_creates_once_at_once_repeated_and_after_a_restart(server: TestServer) {
    let admin = server.organisation().await.admin;
    let names = async || -> Vec<String> {
        admin.get(GROUPS).await.json::<TagGroups>().items.into_iter().map(|group| group.name).collect()
    };
    let created = make(&admin, json!({})).await;
    let program = program(&server, &created);
    let first = keyed(&program, "one", "级别").await.having(201);
    assert_eq!(first.header("idempotent-replayed"), "");
    let again = keyed(&program, "one", "级别").await.having(201);
    assert_eq!((again.body == first.body, again.header("idempotent-replayed")), (true, "true"));
    server.restart().await;
    let again = keyed(&program, "one", "级别").await.having(201);
    assert_eq!((again.body == first.body, again.header("idempotent-replayed")), (true, "true"));

    let other = keyed(&program, "one", "来自").await.having(422);
    assert_eq!(other.code(), ErrorCode::IdempotencyKeyReused);
    // What creates nothing leaves the key free, and another caller's key is another one.
    keyed(&program, "two", "级别").await.expect(422);
    keyed(&program, "two", "来自").await.expect(201);
    keyed(&admin, "one", "语言").await.expect(201);
    for wrong in ["", &"k".repeat(256)] {
        keyed(&program, wrong, "不行").await.expect(400);
    }
    // Whoever is nobody is told that.
    keyed(&server.anonymous(), "one", "级别").await.expect(401);

    let at_once = join_all((0..8).map(|_| keyed(&program, "three", "行业"))).await;
    for answer in &at_once {
        match answer.status {
            201 => assert_eq!(answer.json::<TagGroup>().name, "行业"),
            _ => assert_eq!(answer.clone().having(409).code(), ErrorCode::IdempotencyInProgress),
        }
    }
    assert!(at_once.iter().any(|answer| answer.status == 201));
    assert_eq!(names().await, ["级别", "来自", "语言", "行业"]);

    // A day later the key is forgotten, and the name is taken.
    server.clock.advance(24 * 3_600_000 + 1);
    let fresh = admin.with_own_session().await;
    keyed(&program, "one", "级别").await.expect(422);
    assert_eq!(fresh.get(GROUPS).await.json::<TagGroups>().items.len(), 4);
}

async fn a_token_has_a_limit_of_its_own_and_is_told_where_it_stands(server: TestServer) {
    let admin = server.organisation().await.admin;
    let (one, two) = (make(&admin, json!({})).await, make(&admin, json!({"name": "two"})).await);
    server.reconfigure(|config| config.limits.token_requests_per_minute = 3).await;
    let programs = [&one, &two].map(|created| program(&server, created));
    // A token that was not shown here before is its address's affair.
    let first = programs[0].get("/api/v1/me").await.having(200);
    assert_eq!(first.header("ratelimit-policy"), "\"address\";q=600;w=60");
    for left in [2, 1, 0] {
        let answer = programs[0].get("/api/v1/me").await.having(200);
        assert_eq!(answer.header("ratelimit-policy"), "\"token\";q=3;w=60");
        assert_eq!(answer.header("ratelimit"), format!("\"token\";r={left};t={}", 20 * (3 - left)));
    }
    let refused = programs[0].get("/api/v1/me").await.having(429);
    assert_eq!((refused.code(), refused.header("retry-after")), (ErrorCode::RateLimited, "20"));
    // Neither the other token nor the agent waits for it.
    for _ in 0..2 {
        programs[1].get("/api/v1/me").await.expect(200);
    }
    assert_eq!(admin.get("/api/v1/me").await.having(200).header("ratelimit-policy"), "\"agent\";q=600;w=60");
    server.clock.advance(20_000);
    programs[0].get("/api/v1/me").await.expect(200);
}
