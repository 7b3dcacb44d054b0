//! What Redis loses, and what is said while it is away.

use super::{Follower, Two, on_two};
use crate::commands::finding;
use crate::program::{parlor, run, said};
use crate::scene::{Scene, scene};
use std::time::Instant;
use testkit::redis::listening;
use testkit::{AgentCaller, VisitorCaller, in_time};
use types::agents::Role;
use types::error::ErrorCode;
use types::id::ConversationId;
use types::ws::ServerFrame;

on_two!(
    a_hole_in_the_numbers_has_everybody_fetch,
    a_hole_while_much_is_said_costs_one_fetch,
    what_cannot_be_read_has_everybody_fetch_and_is_got_over,
    nothing_is_lost_when_redis_is_killed_while_messages_flow,
    a_redis_that_freezes_holds_up_nobody_and_nothing_is_lost,
    while_redis_is_away_what_others_say_comes_late_instead_of_never,
    while_redis_is_away_and_much_is_said_everybody_fetches_now_and_then,
    who_was_blocked_while_redis_was_away_is_sent_away,
    while_redis_is_away_each_server_counts_by_itself,
    the_doctor_speaks_to_redis_and_says_when_it_is_away,
);

const STRANGER: &str = "00000000-0000-0000-0000-00000000abcd";

fn sign_of_life(first: u64) -> String {
    format!("{{\"version\":1,\"node\":\"{STRANGER}\",\"first\":{first}}}\n")
}

async fn a_hole_in_the_numbers_has_everybody_fetch(Two { one, two, redis, .. }: Two) {
    let Scene { organisation, visitor, .. } = scene(&one).await;
    let (mut console, _) = organisation.admin.by(&two).socket().await;
    let mut widget = visitor.socket().await;
    let gaps = || one.state().metrics.bus.missed() + two.state().metrics.bus.missed();
    redis.publish(&sign_of_life(1)).await;
    redis.publish(&sign_of_life(1)).await;
    // What comes after it shows that it has been heard.
    let said = visitor.say("还在吗？").await;
    assert!(matches!(console.event().await.1, types::events::Event::MessageCreated { message } if message == said));
    widget.event().await;
    assert_eq!(gaps(), 0, "a server that has said nothing yet is no gap");
    redis.publish(&sign_of_life(2)).await;
    assert_eq!(console.frame().await, ServerFrame::Resync {});
    assert_eq!(widget.frame().await, ServerFrame::Resync {});
    assert_eq!(gaps(), 2, "one at each");
}

/// A visitor at the one and an agent at the other talk at the same time.
async fn talk_at_once(visitor: &VisitorCaller, agent: &AgentCaller, id: ConversationId, number: usize) {
    let asking = async {
        for number in 0..number {
            visitor.say(&format!("question {number}")).await;
        }
    };
    let answering = async {
        for number in 0..number {
            agent.say(id, &format!("answer {number}")).await;
        }
    };
    tokio::join!(asking, answering);
}

async fn a_hole_while_much_is_said_costs_one_fetch(Two { one, two, redis, .. }: Two) {
    let Scene { organisation, visitor, id, asked, .. } = scene(&one).await;
    let colleague = organisation.agent(Role::Supervisor).await.by(&two);
    let mut here = Follower::open(&organisation.admin, id).await;
    let mut there = Follower::open(&colleague, id).await;
    redis.publish(&sign_of_life(1)).await;
    let talk = async {
        talk_at_once(&visitor, &colleague, id, 10).await;
        redis.publish(&sign_of_life(2)).await;
        talk_at_once(&visitor, &colleague, id, 60).await;
    };
    tokio::join!(talk, here.hear_messages(140), there.hear_messages(140));
    // A fetch rests a quarter of a second, in which a fast machine may have said all of it.
    tokio::join!(here.hear_resync(), there.hear_resync());
    visitor.say("还在吗？").await;
    tokio::join!(here.hear_messages(141), there.hear_messages(141));
    for follower in [&here, &there] {
        follower.check(asked.seq);
        assert_eq!(follower.resyncs, 1, "what is on its way is not missed");
    }
}

async fn while_redis_is_away_and_much_is_said_everybody_fetches_now_and_then(Two { one, two, redis, .. }: Two) {
    let Scene { organisation, visitor, id, asked, .. } = scene(&one).await;
    let colleague = organisation.agent(Role::Supervisor).await.by(&two);
    let mut here = Follower::open(&organisation.admin, id).await;
    let mut there = Follower::open(&colleague, id).await;
    redis.kill();
    let begun = Instant::now();
    let talk = talk_at_once(&visitor, &colleague, id, 100);
    tokio::join!(talk, here.hear_messages(200), there.hear_messages(200));
    // Once when it is noticed, and then every two seconds at most.
    let most = 2 + begun.elapsed().as_secs() / 2;
    for follower in [&here, &there] {
        follower.check(asked.seq);
        assert!(u64::try_from(follower.resyncs).unwrap() <= most, "{} of {most}", follower.resyncs);
    }
}

async fn what_cannot_be_read_has_everybody_fetch_and_is_got_over(Two { one, two, redis, .. }: Two) {
    let Scene { organisation, visitor, .. } = scene(&one).await;
    let (mut console, _) = organisation.admin.by(&two).socket().await;
    redis.publish("nonsense").await;
    assert_eq!(console.frame().await, ServerFrame::Resync {});
    let said = visitor.say("还在吗？").await;
    assert!(matches!(console.event().await.1, types::events::Event::MessageCreated { message } if message == said));
}

/// Two consoles at two servers hear a visitor and an agent who talk at both, while something happens.
async fn talk_while(two: &Two, happens: impl AsyncFnOnce()) {
    let Scene { organisation, visitor, id, asked, .. } = scene(&two.one).await;
    let colleague = organisation.agent(Role::Supervisor).await.by(&two.two);
    let mut here = Follower::open(&organisation.admin, id).await;
    let mut there = Follower::open(&colleague, id).await;
    for number in 0..10 {
        visitor.say(&format!("before {number}")).await;
        colleague.say(id, &format!("before {number}")).await;
    }
    happens().await;
    for number in 0..20 {
        visitor.say(&format!("meanwhile {number}")).await;
        colleague.say(id, &format!("meanwhile {number}")).await;
    }
    tokio::join!(here.hear_messages(60), there.hear_messages(60));
    for follower in [&here, &there] {
        follower.check(asked.seq);
    }
    assert_eq!(here.messages, there.messages);
}

async fn nothing_is_lost_when_redis_is_killed_while_messages_flow(two: Two) {
    talk_while(&two, async || {
        two.redis.kill();
    })
    .await;
    // It returns, and they hear each other again.
    two.redis.start_again().await;
    for server in [&two.one, &two.two] {
        let state = server.state();
        let relay = state.bus.relay().unwrap();
        in_time("it is heard again", relay.listens(true)).await;
    }
    talk_while(&two, async || {}).await;
}

async fn a_redis_that_freezes_holds_up_nobody_and_nothing_is_lost(two: Two) {
    talk_while(&two, async || two.redis.freeze()).await;
    two.redis.thaw();
    listening([&two.one, &two.two]).await;
    talk_while(&two, async || {}).await;
}

async fn while_redis_is_away_what_others_say_comes_late_instead_of_never(Two { one, two, redis, .. }: Two) {
    let Scene { organisation, visitor, id, .. } = scene(&one).await;
    let mut there = Follower::open(&organisation.admin.by(&two), id).await;
    redis.kill();
    let state = two.state();
    let relay = state.bus.relay().unwrap();
    in_time("it is noticed", relay.listens(false)).await;
    one.anonymous().get("/healthz/ready").await.expect(200);
    visitor.say("还在吗？").await;
    there.hear_messages(1).await;
    assert!(there.resyncs > 0);
    assert!(state.metrics.text(&state).unwrap().contains("parlor_bus_connected 0"));
}

async fn who_was_blocked_while_redis_was_away_is_sent_away(Two { one, two, redis, .. }: Two) {
    let Scene { organisation, visitor, .. } = scene(&one).await;
    let mut widget = visitor.by(&two).socket().await;
    let laptop = organisation.admin.on_another_device().await.by(&two);
    let (mut console, _) = laptop.socket().await;
    redis.kill();
    let contact = visitor.session.contact_id;
    let blocked = serde_json::json!({"blocked": true});
    organisation.admin.put(&format!("/api/v1/contacts/{contact}/blocked"), &blocked).await.expect(200);
    organisation.admin.delete(&format!("/api/v1/me/sessions/{}", laptop.me.session_id)).await.expect(204);
    assert_eq!(widget.closed().await, 4410);
    assert_eq!(console.closed().await, 4401);
}

async fn while_redis_is_away_each_server_counts_by_itself(Two { one, two, redis, .. }: Two) {
    let organisation = one.organisation().await;
    let account = &organisation.admin.me.account;
    redis.kill();
    let limit = one.state().config.limits.login_failures_per_account;
    for server in [&one, &two] {
        for _ in 0..limit {
            server.anonymous().login(account, "a wrong password").await.expect(401);
        }
        let refused = server.anonymous().login(account, "a wrong password").await.having(429);
        assert_eq!(refused.code(), ErrorCode::RateLimited);
    }
    let url = organisation.admin.socket_url().await;
    assert!(testkit::WsClient::connect(&url).await.is_ok(), "whoever has a ticket is let in");
}

async fn the_doctor_speaks_to_redis_and_says_when_it_is_away(Two { one, redis, .. }: Two) {
    let folder = one.data_dir().to_str().unwrap().to_owned();
    let right = redis.url();
    let url = right.replace("redis://", "redis://nobody:a-secret@");
    let settings = |url| {
        let (database, public_url) = (one.database_url(), one.url(""));
        let settings =
            [("DATABASE__URL", database), ("DATA_DIR", &folder), ("PUBLIC_URL", &public_url), ("REDIS__URL", url)];
        let named = settings.map(|(name, value)| (format!("PARLOR_{name}"), value.to_owned()));
        let named: Vec<(&str, &str)> = named.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        run(parlor(&named, &["doctor", "--json"]), "")
    };
    let well = settings(&right).await;
    let (grade, detail) = finding(&well, "redis");
    assert_eq!(grade, "ok", "{detail}");
    // This Redis knows no such user.
    let refused = settings(&url).await;
    assert_eq!(finding(&refused, "redis").0, "failed", "{}", said(&refused));
    assert!(!said(&refused).contains("a-secret"), "{}", said(&refused));
    redis.kill();
    let away = settings(&right).await;
    assert_eq!(finding(&away, "redis").0, "failed", "{}", said(&away));
}
