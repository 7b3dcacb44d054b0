//! Looking at a colleague's console: everything is seen, nothing is changed, nobody notices, and it ends in time.

use crate::authorisation::{People, Targets, ask, body};
use crate::openapi::{Operation, operations};
use crate::scene::scene;
use serde_json::{Value, json};
use server::clock::Clock;
use testkit::{AgentCaller, Answer, Caller, TestServer, db_tests};
use types::agents::{Agent, Me, Presence, Role, Sessions};
use types::audit::{AuditAction, AuditEntry, AuditKind};
use types::error::ErrorCode;
use types::events::Event;
use types::people::AgentView;
use types::ws::{ClientFrame, ServerFrame};

db_tests!(
    a_view_reads_all_that_its_agent_reads_and_no_operation_changes_anything,
    nobody_notices_a_view_and_its_socket_hears_and_does_nothing,
    a_view_ends_with_its_hour_and_with_whatever_it_hangs_on,
    who_is_looked_at_is_a_colleague_who_can_sign_in,
);

fn of(agent: &AgentCaller) -> String {
    format!("/api/v1/agents/{}/view", agent.me.id)
}

async fn view(admin: &AgentCaller, agent: &AgentCaller) -> AgentView {
    admin.post_empty(&of(agent)).await.having(201).json()
}

/// The colleague as whoever looks: with the view's token and nothing else.
async fn looking(admin: &AgentCaller, agent: &AgentCaller) -> AgentCaller {
    let view = view(admin, agent).await;
    let caller = agent.server.anonymous().with_token(view.access_token);
    let me: Me = caller.get("/api/v1/me").await.having(200).json();
    AgentCaller::new(caller, me)
}

/// What is about whichever session asks, or is made for whoever asks: of the same kind, and another one each time.
const OF_THE_SESSION: [&str; 3] = ["get_me", "list_sessions", "get_file_access"];

fn is_of_agents(operation: &Operation) -> bool {
    operation.value["security"].as_array().is_some_and(|needs| needs.iter().any(|need| need.get("agent").is_some()))
}

async fn a_view_reads_all_that_its_agent_reads_and_no_operation_changes_anything(server: TestServer) {
    server.reconfigure(|config| config.limits.requests_per_minute = 1_000_000).await;
    let people = People::gather(&server).await;
    // Of an admin, who may do everything: what is refused is refused because it is a view.
    let viewed = people.home.agent(Role::Admin).await;
    let looks = looking(&people.home.admin, &viewed).await;
    let targets = Targets::make(&server, &people).await;
    let log = async || serde_json::to_value(people.home.admin.deeds().await.items).unwrap();
    let before = log().await;
    let (mut reads, mut writes) = (0, 0);
    for operation in operations().iter().filter(|operation| is_of_agents(operation)) {
        let (id, path) = (&operation.id, targets.path(operation));
        let body = body(operation, &server, &people, &targets);
        if operation.method != "GET" && id != "create_socket_ticket" {
            assert_eq!(ask(&looks, operation, &path, body).await, 403, "{id}");
            writes += 1;
            continue;
        }
        let [seen, theirs] =
            [ask(&looks, operation, &path, body.clone()).await, ask(&viewed, operation, &path, body).await];
        assert_eq!(seen, theirs, "{id}");
        if operation.method == "GET" && !OF_THE_SESSION.contains(&id.as_str()) {
            let [seen, theirs] = [answer(&looks, &path).await, answer(&viewed, &path).await];
            assert_eq!(seen, theirs, "{id}");
        }
        reads += 1;
    }
    assert!(reads > 30 && writes > 70, "{reads} and {writes}");
    assert_eq!(log().await, before, "nothing was done");
    // They are told why, in words of their own; with a key, too, whose first request is not remembered.
    let refused = looks.patch("/api/v1/me", &json!({"name": "改名"})).await.having(403);
    assert_eq!(refused.code(), ErrorCode::ReadOnlyView);
    let group = json!({"name": "级别"});
    let keyed = |caller: &Caller| {
        caller.request(reqwest::Method::POST, "/api/v1/tag-groups").header("idempotency-key", "one").json(&group)
    };
    assert_eq!(looks.send(keyed(&looks)).await.having(403).code(), ErrorCode::ReadOnlyView);
    viewed.send(keyed(&viewed)).await.expect(201);
}

async fn answer(caller: &Caller, path: &str) -> Value {
    let Answer { status, body, .. } = caller.get(path).await;
    let value = serde_json::from_slice(&body).unwrap_or_default();
    // A problem names its request.
    if status == 200 { value } else { json!(status) }
}

async fn presence(admin: &AgentCaller, agent: &AgentCaller) -> Presence {
    admin.get(&format!("/api/v1/agents/{}", agent.me.id)).await.json::<Agent>().presence
}

async fn nobody_notices_a_view_and_its_socket_hears_and_does_nothing(server: TestServer) {
    let scene = scene(&server).await;
    let admin = &scene.organisation.admin;
    let agent = scene.organisation.agent(Role::Agent).await;
    agent.is_given(scene.id).await;
    let (mut console, _) = admin.socket().await;
    let mut widget = scene.visitor.socket().await;
    let looks = looking(admin, &agent).await;
    let (mut socket, _) = looks.socket().await;
    assert_eq!(presence(admin, &agent).await, Presence::Offline);
    let devices: Sessions = agent.get("/api/v1/me/sessions").await.json();
    assert_eq!(devices.items.iter().map(|device| device.id).collect::<Vec<_>>(), [agent.me.session_id]);

    // It says what it likes, and nothing comes of it.
    let conversation_id = Some(scene.id);
    socket.send(&ClientFrame::Typing { conversation_id, active: true, text: None }).await;
    socket.send(&ClientFrame::MarkRead { conversation_id, seq: 1 }).await;
    let nonce = server.nonce();
    let content = serde_json::from_value(json!({"type": "text", "text": "您好"})).unwrap();
    let answer = socket.ask(&ClientFrame::SendMessage { nonce, conversation_id, content }).await;
    let ServerFrame::Rejected { nonce: Some(refused), problem } = answer else { panic!("{answer:?}") };
    assert_eq!((refused, problem.code), (nonce, ErrorCode::ReadOnlyView));
    assert_eq!(agent.conversation(scene.id).await.unread, 1);
    assert_eq!(widget.heard_so_far().await, []);
    assert_eq!(console.heard_so_far().await, []);

    // It hears what the agent would.
    scene.visitor.say("还在吗？").await;
    let (_, Event::MessageCreated { message, .. }) = socket.event().await else { panic!("not told") };
    assert_eq!(message.conversation_id, scene.id);
    // Whoever works there is there, and stays when the view ends.
    let (own, _) = agent.socket().await;
    assert_eq!(presence(admin, &agent).await, Presence::Online);
    admin.delete(&of(&agent)).await.expect(204);
    assert_eq!(socket.closed().await, 4401);
    assert_eq!(presence(admin, &agent).await, Presence::Online);
    own.close().await;
}

async fn a_view_ends_with_its_hour_and_with_whatever_it_hangs_on(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, agent) = (&organisation.admin, organisation.agent(Role::Agent).await);
    let good = async |looks: &AgentCaller| looks.get("/api/v1/me").await.status == 200;

    // By whoever looks, and only theirs.
    let (own, other) = (admin.with_own_session().await, admin.with_own_session().await);
    let (ends, stays) = (looking(&own, &agent).await, looking(&other, &agent).await);
    server.clock.advance(1);
    for _ in 0..2 {
        own.delete(&of(&agent)).await.expect(204);
    }
    assert_eq!([good(&ends).await, good(&stays).await], [false, true]);
    let entries: Vec<AuditEntry> = admin.deeds().await.items;
    let entries: Vec<&AuditEntry> =
        entries.iter().filter(|entry| entry.action.kind().as_str().starts_with("agent_view")).collect();
    assert_eq!(entries.len(), 3, "what has ended does not end again: {entries:?}");
    let (viewed_id, viewed_name) = (agent.me.id, agent.me.name.clone());
    assert_eq!(entries[0].action, AuditAction::AgentViewEnded { viewed_id, viewed_name: viewed_name.clone() });
    let until = server.clock.now().plus_millis(-1).plus_seconds(3600);
    assert_eq!(entries[1].action, AuditAction::AgentViewBegun { viewed_id, viewed_name, until });
    assert_eq!((entries[1].agent_id, entries[1].ip.as_deref()), (admin.me.id, Some("127.0.0.1")));
    assert_eq!(entries[1].subject.as_ref().unwrap().id, agent.me.id.0);

    // With the session that it was begun from, sockets included; and it has no way to go on by itself.
    let (mut socket, _) = stays.socket().await;
    other.delete("/api/v1/auth/sessions/current").await.expect(204);
    assert_eq!(socket.closed().await, 4401);
    assert!(!good(&stays).await);
    stays.try_refresh().await.expect(401);

    // With what its admin may do, with their account, and with the colleague's.
    let second = organisation.agent(Role::Admin).await;
    let of_second = format!("/api/v1/agents/{}", second.me.id);
    let looks = looking(&second, &agent).await;
    admin.patch(&of_second, &json!({"role": "supervisor"})).await.expect(200);
    assert!(!good(&looks).await);
    admin.patch(&of_second, &json!({"role": "admin"})).await.expect(200);
    assert!(!good(&looks).await, "it does not begin again");
    let looks = looking(&second, &agent).await;
    admin.put(&format!("{of_second}/disabled"), &json!({"disabled": true})).await.expect(200);
    assert!(!good(&looks).await);
    let looks = looking(&admin.with_own_session().await, &agent).await;
    let path = format!("/api/v1/agents/{}/disabled", agent.me.id);
    admin.put(&path, &json!({"disabled": true})).await.expect(200);
    assert!(!good(&looks).await);
    admin.put(&path, &json!({"disabled": false})).await.expect(200);

    // After an hour, whoever is believed from memory or not; no later than the session that it was begun from.
    let looks = looking(admin, &agent).await;
    server.clock.advance(3_599_000);
    assert!(good(&looks).await);
    server.clock.advance(1_000);
    assert!(!good(&looks).await);
    let own = admin.with_own_session().await;
    server.clock.advance(500_000);
    assert_eq!(view(&own, &agent).await.expires_at, server.clock.now().plus_seconds(3_100));
}

async fn who_is_looked_at_is_a_colleague_who_can_sign_in(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, agent) = (&organisation.admin, organisation.agent(Role::Agent).await);
    let away = server.organisation().await.admin;
    assert_eq!(admin.post_empty(&of(admin)).await.having(409).code(), ErrorCode::Conflict);
    away.post_empty(&of(&agent)).await.expect(404);
    admin.put(&format!("/api/v1/agents/{}/disabled", agent.me.id), &json!({"disabled": true})).await.expect(200);
    assert_eq!(admin.post_empty(&of(&agent)).await.having(409).code(), ErrorCode::Conflict);
    admin.delete(&format!("/api/v1/agents/{}", agent.me.id)).await.expect(204);
    for gone in [admin.post_empty(&of(&agent)).await, admin.delete(&of(&agent)).await] {
        gone.expect(404);
    }
    let begun =
        admin.deeds().await.items.iter().filter(|entry| entry.action.kind() == AuditKind::AgentViewBegun).count();
    assert_eq!(begun, 0);
}
