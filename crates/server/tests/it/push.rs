//! Web Push, from a visitor's message to what a browser reads.

use crate::scene::{Scene, scene};
use reqwest::Method;
use server::push::Arrivals;
use std::collections::HashSet;
use testkit::push::{PushService, Received};
use testkit::{AgentCaller, Organisation, TestServer, db_tests, in_time};
use types::agents::{LoginState, MePatch, Role};
use types::channels::ChannelPatch;
use types::error::{ErrorCode, FieldCode};
use types::notes::CreateNote;
use types::push::{PushLanguage, PushState, PushSubscription, QuietHours, SetPushSubscription};

db_tests!(
    what_is_written_to_a_closed_console_is_pushed_once_and_only_the_browser_reads_it,
    who_has_a_console_open_is_pushed_nothing,
    a_console_whose_machine_sleeps_keeps_no_push_away,
    a_mention_is_pushed_to_whom_it_names_also_where_they_want_to_hear_nothing,
    nothing_is_pushed_to_whom_it_is_not_announced,
    who_oversees_others_may_hear_of_their_own_and_the_unassigned_alone,
    what_was_read_meanwhile_is_not_pushed,
    a_subscription_that_is_gone_is_removed,
    a_push_is_tried_again_when_the_service_says,
    a_subscription_goes_with_its_sign_in,
    a_browser_belongs_to_who_signed_in_last,
    what_cannot_be_pushed_to_is_refused_with_its_reason,
    an_agent_has_so_many_browsers,
    an_operator_may_switch_it_off,
    the_service_worker_is_served_from_the_root_and_asks_nobody_else,
);

const SUBSCRIPTION: &str = "/api/v1/me/push-subscription";

async fn state_of(agent: &AgentCaller) -> PushState {
    agent.get(SUBSCRIPTION).await.having(200).json()
}

/// A browser of this agent in which they can be reached.
async fn subscribed(agent: &AgentCaller, service: &PushService) -> SetPushSubscription {
    let key = state_of(agent).await.public_key.unwrap();
    let subscription = service.browser(&key);
    agent.put(SUBSCRIPTION, &subscription).await.expect(200);
    subscription
}

/// How many organisations can be reached, of this one.
async fn subscribers(server: &TestServer, organisation: &Organisation) -> usize {
    store::push::subscribed(server.state().db.reader(), &[organisation.org_id]).await.unwrap().len()
}

/// Lets what was said become due.
fn gather(server: &TestServer) {
    server.clock.advance(Arrivals::GATHER_MILLIS);
}

async fn what_is_written_to_a_closed_console_is_pushed_once_and_only_the_browser_reads_it(server: TestServer) {
    let mut service = PushService::open(server.clock.clone());
    let Scene { organisation, visitor, id, .. } = scene(&server).await;
    let browser = subscribed(&organisation.admin, &service).await;
    visitor.say("在吗").await;
    visitor.say("蓝色 的\n多少钱？").await;
    gather(&server);
    let Received { endpoint, pushed, ttl, urgency, topic, length } = service.next().await;
    assert_eq!(endpoint, browser.endpoint);
    assert_eq!((pushed.title.as_str(), pushed.body.as_str()), ("访客 1", "蓝色 的 多少钱？"));
    assert_eq!(pushed.conversation_id, id);
    assert_eq!((ttl, urgency.as_str()), (12 * 3600, "high"));
    assert!(length <= 4096 && !topic.contains(&id.to_string()));

    // A newer one of the same conversation takes the older one's place; and nothing is pushed a second time.
    let english = SetPushSubscription { language: PushLanguage::English, ..browser };
    organisation.admin.put(SUBSCRIPTION, &english).await.expect(200);
    visitor.say("ok").await;
    gather(&server);
    let next = service.next().await;
    assert_eq!((next.topic, next.pushed.title.as_str(), next.pushed.body.as_str()), (topic, "Visitor 1", "ok"));
    assert!(service.is_empty());
}

async fn who_has_a_console_open_is_pushed_nothing(server: TestServer) {
    let mut service = PushService::open(server.clock.clone());
    let Scene { organisation, visitor, .. } = scene(&server).await;
    let supervisor = organisation.agent(Role::Supervisor).await;
    let admins = subscribed(&organisation.admin, &service).await;
    let watching = subscribed(&supervisor, &service).await;
    let (socket, _) = organisation.admin.socket().await;
    visitor.say("第一句").await;
    gather(&server);
    let first = service.next().await;
    assert_eq!((first.endpoint, first.pushed.body.as_str()), (watching.endpoint.clone(), "第一句"));
    drop(socket);
    in_time("the console is gone", async {
        while !server.state().hub.connected([organisation.admin.me.id]).is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    visitor.say("第二句").await;
    gather(&server);
    let both = [service.next().await, service.next().await];
    assert!(both.iter().all(|received| received.pushed.body == "第二句"), "{both:?}");
    assert_eq!(
        both.map(|received| received.endpoint).into_iter().collect::<HashSet<_>>(),
        [admins.endpoint, watching.endpoint].into()
    );
}

async fn a_console_whose_machine_sleeps_keeps_no_push_away(server: TestServer) {
    let mut service = PushService::open(server.clock.clone());
    let Scene { organisation, visitor, .. } = scene(&server).await;
    let admin = &organisation.admin;
    let own = subscribed(admin, &service).await;
    // The supervisor has no console, and is told at the first look.
    let watching = subscribed(&organisation.agent(Role::Supervisor).await, &service).await;
    let (mut socket, _) = admin.socket().await;
    // It was heard when it connected. The lid is shut; nobody has said farewell, and the socket is there for a minute more.
    let told = async |service: &mut PushService| {
        let Received { endpoint, pushed, .. } = service.next().await;
        (endpoint, pushed.body)
    };
    server.clock.advance(20_000);
    // What was written before is due by now, and the console was awake then.
    assert_eq!(told(&mut service).await, (watching.endpoint.clone(), "蓝色的多少钱？".to_owned()));
    visitor.say("刚睡下").await;
    gather(&server);
    assert_eq!(told(&mut service).await, (watching.endpoint.clone(), "刚睡下".to_owned()));
    assert!(service.is_empty());
    server.clock.advance(8_000);
    assert_eq!(told(&mut service).await, (own.endpoint.clone(), "刚睡下".to_owned()));
    assert!(!server.state().hub.connected([admin.me.id]).is_empty());
    // Awake again, it answers what it hears, and tells by itself.
    visitor.say("醒着").await;
    assert!(!socket.heard_so_far().await.is_empty(), "which asks for a pong");
    gather(&server);
    assert_eq!(told(&mut service).await, (watching.endpoint.clone(), "醒着".to_owned()));
    server.clock.advance(8_000);
    drop(socket);
    in_time("the console is gone", async {
        while !server.state().hub.connected([admin.me.id]).is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    visitor.say("走了").await;
    gather(&server);
    let both = [told(&mut service).await, told(&mut service).await];
    assert!(both.iter().all(|(_, body)| body == "走了"), "{both:?}");
    assert!(service.is_empty());
}

async fn a_mention_is_pushed_to_whom_it_names_also_where_they_want_to_hear_nothing(server: TestServer) {
    let mut service = PushService::open(server.clock.clone());
    let Scene { organisation, id, .. } = scene(&server).await;
    let admin = &organisation.admin;
    let (named, other) = (organisation.agent(Role::Supervisor).await, organisation.agent(Role::Supervisor).await);
    let own = subscribed(admin, &service).await;
    let theirs = subscribed(&named, &service).await;
    let muted = serde_json::json!({ "muted": true });
    for agent in [&named, &other] {
        agent.patch(&format!("/api/v1/conversations/{id}/personal"), &muted).await.expect(200);
    }
    let mentions = vec![named.me.id, other.me.id];
    let note = CreateNote { nonce: server.nonce(), text: "退款要\n你批".to_owned(), mentions, whisper: false };
    admin.post(&format!("/api/v1/conversations/{id}/notes"), &note).await.expect(201);
    gather(&server);
    // What the visitor has said goes to who has not muted it, in whatever order.
    let mut both = [service.next().await, service.next().await];
    both.sort_by_key(|received| received.pushed.mention);
    let [said, told] = both;
    assert_eq!((said.endpoint, said.pushed.mention), (own.endpoint, false));
    let words = format!("{} 提到了你：退款要 你批", admin.me.name);
    assert_eq!((told.endpoint, told.pushed.body, told.pushed.mention), (theirs.endpoint, words, true));
    assert_eq!(told.pushed.conversation_id, id);
    assert_ne!(said.topic, told.topic, "neither takes the other's place");
    assert!(service.is_empty());
}

async fn nothing_is_pushed_to_whom_it_is_not_announced(server: TestServer) {
    let mut service = PushService::open(server.clock.clone());
    let Scene { organisation, channel, visitor, id, .. } = scene(&server).await;
    // The supervisor is told whatever happens to the admin and to the agent: what comes first is theirs.
    let (agent, supervisor) = (organisation.agent(Role::Agent).await, organisation.agent(Role::Supervisor).await);
    let admin = &organisation.admin;
    let own = subscribed(admin, &service).await;
    let agents = subscribed(&agent, &service).await;
    let watching = subscribed(&supervisor, &service).await;
    let said = async |service: &mut PushService, text: &str| {
        visitor.say(text).await;
        gather(&server);
        let received = service.next().await;
        assert_eq!((received.endpoint.as_str(), received.pushed.body.as_str()), (watching.endpoint.as_str(), text));
    };
    let conversation = format!("/api/v1/conversations/{id}");
    let mute = async |muted: bool| {
        admin.patch(&format!("{conversation}/personal"), &serde_json::json!({ "muted": muted })).await.expect(200);
    };
    mute(true).await;
    said(&mut service, "静音").await;
    mute(false).await;

    let login = async |login_state| {
        let patch = MePatch { login_state: Some(login_state), ..MePatch::default() };
        admin.patch("/api/v1/me", &patch).await.expect(200);
    };
    login(LoginState::Suspended).await;
    said(&mut service, "挂起").await;
    login(LoginState::Normal).await;

    // It is four in the afternoon in Shanghai.
    let quiet = Some(QuietHours { from: 15 * 60, to: 17 * 60 });
    admin.put(SUBSCRIPTION, &SetPushSubscription { quiet, ..own.clone() }).await.expect(200);
    said(&mut service, "午休").await;
    let quiet = Some(QuietHours { from: 17 * 60, to: 8 * 60 });
    admin.put(SUBSCRIPTION, &SetPushSubscription { quiet, ..own.clone() }).await.expect(200);

    // The agent has not been part of it so far. Then all three are told, the admin for as long as it is not quiet.
    admin.put(&format!("{conversation}/members/{}", agent.me.id), &()).await.expect(200);
    visitor.say("都在").await;
    gather(&server);
    let all = [service.next().await, service.next().await, service.next().await];
    let ends = all.iter().find(|received| received.endpoint == own.endpoint).map(|received| received.ttl);
    assert!(ends.is_some_and(|ttl| (1..=3600).contains(&ttl)), "{all:?}");
    let told: HashSet<String> = all.into_iter().map(|received| received.endpoint).collect();
    assert_eq!(told, [own.endpoint, agents.endpoint, watching.endpoint.clone()].into());

    let alert = async |alert| {
        let patch = ChannelPatch { alert: Some(alert), ..ChannelPatch::default() };
        admin.patch(&format!("/api/v1/channels/{}", channel.id), &patch).await.expect(200);
    };
    alert(false).await;
    visitor.say("关闭提示").await;
    gather(&server);
    // Elsewhere everything is as it was.
    let other = server.visit(&organisation.channel().await.key, None).await;
    other.say("另一个渠道").await;
    gather(&server);
    let others = [service.next().await, service.next().await];
    assert!(others.iter().all(|received| received.pushed.body == "另一个渠道"), "{others:?}");
    assert!(service.is_empty());
}

async fn who_oversees_others_may_hear_of_their_own_and_the_unassigned_alone(server: TestServer) {
    let mut service = PushService::open(server.clock.clone());
    let Scene { organisation, visitor, id, .. } = scene(&server).await;
    let (admin, agent) = (&organisation.admin, organisation.agent(Role::Agent).await);
    let own = SetPushSubscription { mine_only: true, ..subscribed(admin, &service).await };
    assert!(admin.put(SUBSCRIPTION, &own).await.having(200).json::<PushSubscription>().mine_only);
    let all = subscribed(&organisation.agent(Role::Supervisor).await, &service).await;
    let told = async |service: &mut PushService, text: &str, of: &[&SetPushSubscription]| {
        visitor.say(text).await;
        gather(&server);
        let mut left: HashSet<&str> = of.iter().map(|one| one.endpoint.as_str()).collect();
        while !left.is_empty() {
            let Received { endpoint, pushed, .. } = service.next().await;
            assert!(left.remove(endpoint.as_str()) && pushed.body == text, "{text}");
        }
        assert!(service.is_empty(), "{text}");
    };
    told(&mut service, "没人接", &[&own, &all]).await;
    agent.is_given(id).await;
    told(&mut service, "同事在接", &[&all]).await;
    let member = format!("/api/v1/conversations/{id}/members/{}", admin.me.id);
    admin.send(admin.request(Method::PUT, &member)).await.expect(200);
    told(&mut service, "我也在", &[&own, &all]).await;
}

async fn what_was_read_meanwhile_is_not_pushed(server: TestServer) {
    let mut service = PushService::open(server.clock.clone());
    let Scene { organisation, channel, visitor, id, .. } = scene(&server).await;
    let admin = &organisation.admin;
    subscribed(admin, &service).await;
    let read = visitor.say("看到了").await;
    let mark = serde_json::json!({ "seq": read.seq });
    admin.put(&format!("/api/v1/conversations/{id}/read"), &mark).await.expect(200);
    gather(&server);
    // What an agent says is pushed to nobody.
    let answered = server.visit(&channel.key, None).await;
    let asked = answered.say("谁在？").await;
    admin.say(asked.conversation_id, "我在").await;
    gather(&server);
    let last = server.visit(&channel.key, None).await;
    last.say("最后").await;
    gather(&server);
    assert_eq!(service.next().await.pushed.body, "最后");
    assert!(service.is_empty());
}

async fn a_subscription_that_is_gone_is_removed(server: TestServer) {
    let mut service = PushService::open(server.clock.clone());
    let Scene { organisation, visitor, .. } = scene(&server).await;
    for status in [410, 404] {
        subscribed(&organisation.admin, &service).await;
        assert!(state_of(&organisation.admin).await.subscription.is_some());
        service.answer(status, None);
        visitor.say("在吗").await;
        gather(&server);
        service.next().await;
        in_time("the subscription is removed", async {
            while subscribers(&server, &organisation).await > 0 {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }
}

async fn a_push_is_tried_again_when_the_service_says(server: TestServer) {
    let mut service = PushService::open(server.clock.clone());
    // Nothing was said yet: nothing waits to be pushed.
    let organisation = server.organisation().await;
    let visitor = server.visit(&organisation.channel().await.key, None).await;
    subscribed(&organisation.admin, &service).await;
    service.answer(429, Some("120"));
    service.answer(500, None);
    let patient = server.clock.waiting();
    // The wait must have begun before the clock moves.
    let waits = async || {
        in_time("the push waits", async {
            while server.clock.waiting() <= patient {
                tokio::task::yield_now().await;
            }
        })
        .await;
    };
    visitor.say("在吗").await;
    gather(&server);
    let first = service.next().await;
    waits().await;
    server.clock.advance(119_999);
    assert!(service.is_empty(), "not before the service allows it");
    server.clock.advance(1_001);
    assert_eq!(service.next().await.pushed, first.pushed);
    waits().await;
    server.clock.advance(21_000);
    let last = service.next().await;
    assert_eq!(last.pushed, first.pushed);
    assert!((1..first.ttl).contains(&last.ttl), "it is of use for less and less time");
}

async fn a_subscription_goes_with_its_sign_in(server: TestServer) {
    let service = PushService::open(server.clock.clone());
    let organisation = server.organisation().await;
    let count = async || subscribers(&server, &organisation).await;
    let agent = &organisation.admin;

    let leaving = agent.on_another_device().await;
    subscribed(&leaving, &service).await;
    assert_eq!(count().await, 1);
    leaving.delete("/api/v1/auth/sessions/current").await.expect(204);
    assert_eq!(count().await, 0, "signed out");

    let lost = agent.on_another_device().await;
    subscribed(&lost, &service).await;
    // Nobody ends another's by naming it.
    let stranger = organisation.agent(Role::Agent).await;
    stranger.delete(&format!("/api/v1/me/sessions/{}", lost.me.session_id)).await.expect(404);
    assert_eq!(count().await, 1);
    agent.delete(&format!("/api/v1/me/sessions/{}", lost.me.session_id)).await.expect(204);
    assert_eq!(count().await, 0, "revoked");

    subscribed(agent, &service).await;
    agent.delete(SUBSCRIPTION).await.expect(204);
    assert_eq!(count().await, 0, "removed");
    agent.delete(SUBSCRIPTION).await.expect(204);

    subscribed(agent, &service).await;
    agent.delete("/api/v1/auth/sessions").await.expect(204);
    assert_eq!(count().await, 0, "signed out everywhere");
}

async fn a_browser_belongs_to_who_signed_in_last(server: TestServer) {
    let mut service = PushService::open(server.clock.clone());
    let Scene { organisation, channel, visitor, .. } = scene(&server).await;
    let other = server.organisation().await;
    let browser = subscribed(&organisation.admin, &service).await;
    other.admin.put(SUBSCRIPTION, &browser).await.expect(200);
    assert_eq!(state_of(&organisation.admin).await.subscription, None);
    assert_eq!(state_of(&other.admin).await.subscription.map(|known| known.endpoint), Some(browser.endpoint.clone()));
    // What is written to the first organisation does not reach it any more.
    visitor.say("给第一家").await;
    gather(&server);
    let theirs = server.visit(&other.channel().await.key, None).await;
    theirs.say("给第二家").await;
    gather(&server);
    assert_eq!(service.next().await.pushed.body, "给第二家");
    // And back.
    organisation.admin.put(SUBSCRIPTION, &browser).await.expect(200);
    theirs.say("还在吗").await;
    server.visit(&channel.key, None).await.say("回来了").await;
    gather(&server);
    assert_eq!(service.next().await.pushed.body, "回来了");
    assert!(service.is_empty());
}

async fn what_cannot_be_pushed_to_is_refused_with_its_reason(server: TestServer) {
    let service = PushService::open(server.clock.clone());
    let organisation = server.organisation().await;
    let good = service.browser(&state_of(&organisation.admin).await.public_key.unwrap());
    let refused =
        async |wrong: SetPushSubscription| organisation.admin.put(SUBSCRIPTION, &wrong).await.having(422).faults();
    let at = |endpoint: &str| SetPushSubscription { endpoint: endpoint.to_owned(), ..good.clone() };
    let endpoint = [("endpoint".to_owned(), FieldCode::InvalidFormat)];
    for wrong in ["http://push.example/x", "https://10.0.0.1/x", "https://169.254.169.254/", "https://a@push.example/"]
    {
        assert_eq!(refused(at(wrong)).await, endpoint, "{wrong}");
    }
    // Of the right length, and no point of the curve.
    let mut off = good.p256dh.clone();
    off.replace_range(44..45, if off.as_bytes()[44] == b'A' { "B" } else { "A" });
    let key = [("p256dh".to_owned(), FieldCode::InvalidFormat)];
    assert_eq!(refused(SetPushSubscription { p256dh: off, ..good.clone() }).await, key);
    assert_eq!(state_of(&organisation.admin).await.subscription, None);

    // In production nothing leads to this machine.
    server.reconfigure(|config| config.development = false).await;
    assert_eq!(refused(good.clone()).await, endpoint);
    organisation.admin.put(SUBSCRIPTION, &at("https://push.example/x")).await.expect(200);
}

async fn an_agent_has_so_many_browsers(server: TestServer) {
    let service = PushService::open(server.clock.clone());
    let organisation = server.organisation().await;
    let first = organisation.admin.with_own_session().await;
    subscribed(&first, &service).await;
    for _ in 0..types::limits::PUSH_SUBSCRIPTIONS_MAX {
        assert!(state_of(&first).await.subscription.is_some());
        server.clock.advance(1_000);
        subscribed(&organisation.admin.with_own_session().await, &service).await;
    }
    assert_eq!(state_of(&first).await.subscription, None, "the one that was set longest ago makes room");
}

async fn an_operator_may_switch_it_off(server: TestServer) {
    server.reconfigure(|config| config.push.enabled = false).await;
    let service = PushService::open(server.clock.clone());
    let organisation = server.organisation().await;
    assert_eq!(state_of(&organisation.admin).await, PushState { public_key: None, subscription: None });
    let subscription = service.browser("");
    assert_eq!(organisation.admin.put(SUBSCRIPTION, &subscription).await.having(404).code(), ErrorCode::NotFound);
}

async fn the_service_worker_is_served_from_the_root_and_asks_nobody_else(server: TestServer) {
    let answer = server.anonymous().get("/service-worker.js").await.having(200);
    assert_eq!(answer.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(answer.header("cache-control"), "no-cache");
    assert!(answer.header("content-security-policy").starts_with("default-src 'none'; connect-src 'self';"));
    let page = server.anonymous().get("/inbox").await.having(200);
    assert!(page.header("content-security-policy").contains("worker-src 'self'"));
}
