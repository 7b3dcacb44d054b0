//! The views of the list of conversations that an agent keeps, and the days that a list is of.

use serde_json::{Value, json};
use testkit::{AgentCaller, TestServer, db_tests};
use types::agents::{Me, Role};
use types::conversations::Conversation;
use types::error::{ErrorCode, FieldCode};
use types::events::{Event, EventsAfter};
use types::id::ConversationId;
use types::page::Page;
use types::time::Timestamp;
use uuid::Uuid;

db_tests!(
    views_are_kept_in_their_order_and_told_to_ones_own_devices_only,
    a_device_that_was_slower_changes_nothing_and_what_is_so_already_is_no_change,
    what_is_wrong_with_a_view_is_said_by_place_and_field,
    a_view_whose_channel_is_gone_stands_in_the_way_of_no_other,
    a_list_of_days_has_what_was_said_on_them,
    a_page_of_days_goes_on_where_the_one_before_ended,
);

const VIEWS: &str = "/api/v1/me/saved-views";

fn view(number: u128, name: &str) -> Value {
    json!({"id": Uuid::from_u128(number), "name": name})
}

async fn set(agent: &AgentCaller, items: &[Value], revision: i64) -> Me {
    agent.put(VIEWS, &json!({"items": items, "revision": revision})).await.having(200).json()
}

async fn me(agent: &AgentCaller) -> Me {
    agent.get("/api/v1/me").await.json()
}

fn names(me: &Me) -> Vec<&str> {
    me.saved_views.items.iter().map(|view| view.name.as_str()).collect()
}

async fn views_are_kept_in_their_order_and_told_to_ones_own_devices_only(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let agent = organisation.agent(Role::Agent).await;
    assert_eq!((me(&agent).await.saved_views.items.len(), me(&agent).await.saved_views.revision), (0, 0));
    let (mut other_device, _) = agent.on_another_device().await.socket().await;
    let start: EventsAfter = agent.get("/api/v1/events").await.json();
    let mine = json!({"id": Uuid::from_u128(1), "name": " 我的待办 ", "filter": "mine", "channel_id": channel.id, "last_days": 7});
    let november = json!({"id": Uuid::from_u128(2), "name": "十一月", "from": "2026-11-01", "to": "2026-11-30"});
    let kept = set(&agent, &[mine.clone(), november.clone()], 0).await;
    assert_eq!((names(&kept), kept.saved_views.revision), (vec!["我的待办", "十一月"], 1));
    assert_eq!(me(&agent).await, kept);
    let swapped = set(&agent, &[november.clone(), mine], 1).await;
    assert_eq!((names(&swapped), swapped.saved_views.revision), (vec!["十一月", "我的待办"], 2));
    let written = serde_json::to_value(&swapped.saved_views.items[0]).unwrap();
    assert_eq!(
        written,
        json!({"id": Uuid::from_u128(2), "name": "十一月", "filter": "all", "from": "2026-11-01", "to": "2026-11-30"})
    );
    let none = set(&agent, &[], 2).await;
    assert_eq!((names(&none).len(), none.saved_views.revision), (0, 3));

    for told in [&kept, &swapped, &none] {
        let (_, event) = other_device.event().await;
        assert_eq!(event, Event::MeUpdated { me: told.clone() });
    }
    let path = format!("/api/v1/events?after={}", start.cursor);
    let colleagues: EventsAfter = organisation.admin.get(&path).await.json();
    assert!(colleagues.items.is_empty(), "{:?}", colleagues.items);
    assert!(me(&organisation.admin).await.saved_views.items.is_empty(), "everybody has their own");
}

async fn a_device_that_was_slower_changes_nothing_and_what_is_so_already_is_no_change(server: TestServer) {
    let agent = server.organisation().await.admin;
    let device = agent.on_another_device().await;
    let kept = set(&agent, &[view(1, "甲")], 0).await;
    let slower = device.put(VIEWS, &json!({"items": [view(2, "乙")], "revision": 0})).await.having(409);
    assert_eq!(slower.code(), ErrorCode::Conflict);
    assert_eq!(names(&me(&device).await), ["甲"]);
    // A repeated question whose answer was lost.
    let cursor = agent.get("/api/v1/events").await.json::<EventsAfter>().cursor;
    assert_eq!(set(&agent, &[view(1, "甲")], 0).await, kept);
    assert_eq!(agent.get("/api/v1/events").await.json::<EventsAfter>().cursor, cursor, "nothing has happened");
    assert_eq!(names(&set(&device, &[view(1, "甲"), view(2, "乙")], 1).await), ["甲", "乙"]);
    // Other changes of the account leave the views what they are.
    let renamed: Me = agent.patch("/api/v1/me", &json!({"name": "林小满"})).await.having(200).json();
    assert_eq!((names(&renamed), renamed.saved_views.revision), (vec!["甲", "乙"], 2));
    // Of two at the same moment one is made.
    let both = [view(3, "丙"), view(4, "丁")].map(|one| json!({"items": [one], "revision": 2}));
    let (one, other) = futures_util::future::join(agent.put(VIEWS, &both[0]), device.put(VIEWS, &both[1])).await;
    let made = [one, other].iter().filter(|answer| answer.status == 200).count();
    assert_eq!((made, me(&agent).await.saved_views.revision), (1, 3));
}

async fn what_is_wrong_with_a_view_is_said_by_place_and_field(server: TestServer) {
    let organisation = server.organisation().await;
    let agent = organisation.admin.clone();
    let foreign = server.organisation().await.channel().await;
    let refused =
        async |items: Vec<Value>| agent.put(VIEWS, &json!({"items": items, "revision": 0})).await.having(422).faults();
    let with = |more: Value| {
        let mut view = view(2, "乙");
        view.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        vec![self::view(1, "甲"), view]
    };
    for (items, field, code) in [
        (vec![view(1, "甲"), view(2, "甲 ")], "items[1].name", FieldCode::Taken),
        (with(json!({"name": ""})), "items[1].name", FieldCode::Required),
        (with(json!({"name": "长".repeat(31)})), "items[1].name", FieldCode::TooLong),
        (with(json!({"name": "两\n行"})), "items[1].name", FieldCode::InvalidFormat),
        (with(json!({"last_days": 366})), "items[1].last_days", FieldCode::OutOfRange),
        (with(json!({"from": "2026-11-02", "to": "2026-11-01"})), "items[1].to", FieldCode::OutOfRange),
        // Another organisation's channel, and one that nobody has, are the same to us.
        (with(json!({"channel_id": foreign.id})), "items[1].channel_id", FieldCode::Wrong),
        (with(json!({"channel_id": Uuid::from_u128(9)})), "items[1].channel_id", FieldCode::Wrong),
        ((0..21).map(|number| view(number, &number.to_string())).collect(), "items", FieldCode::TooLong),
    ] {
        assert_eq!(refused(items.clone()).await, [(field.to_owned(), code)], "{items:?}");
    }
    let limits =
        agent.put(VIEWS, &json!({"items": with(json!({"name": "长".repeat(31)})), "revision": 0})).await.problem();
    assert_eq!(limits.errors[0].limit, Some(30));
    for wrong in [
        json!({"from": "gestern"}),
        json!({"from": "2026-11-31"}),
        json!({"filter": "theirs"}),
        json!({"color": "red"}),
    ] {
        let body = json!({"items": with(wrong.clone()), "revision": 0});
        assert_eq!(agent.put(VIEWS, &body).await.having(400).code(), ErrorCode::MalformedRequest, "{wrong}");
    }
    assert!(me(&agent).await.saved_views.items.is_empty());
}

async fn a_view_whose_channel_is_gone_stands_in_the_way_of_no_other(server: TestServer) {
    let organisation = server.organisation().await;
    let agent = organisation.admin.clone();
    let channel = organisation.channel().await;
    let of_channel = json!({"id": Uuid::from_u128(1), "name": "旗舰店", "channel_id": channel.id});
    set(&agent, std::slice::from_ref(&of_channel), 0).await;
    agent.delete_with(&format!("/api/v1/channels/{}", channel.id), &json!({"name": channel.name})).await.expect(204);
    let kept = set(&agent, &[of_channel, view(2, "全部")], 1).await;
    assert_eq!(names(&kept), ["旗舰店", "全部"]);
    assert_eq!(names(&set(&agent, &[view(2, "全部")], 2).await), ["全部"]);
}

/// So many conversations of the agent's, a second apart, and when the last message of each was written.
async fn one_after_the_other(
    server: &TestServer,
    agent: &AgentCaller,
    channel_key: &str,
    count: usize,
) -> Vec<(ConversationId, Timestamp)> {
    let mut said = Vec::new();
    for _ in 0..count {
        server.clock.advance(1_000);
        let message = server.visit(channel_key, None).await.say("你好").await;
        agent.is_given(message.conversation_id).await;
        said.push((message.conversation_id, message.created_at));
    }
    said
}

async fn listed(agent: &AgentCaller, query: &str) -> Vec<ConversationId> {
    let page: Page<Conversation> = agent.get(&format!("/api/v1/conversations?{query}")).await.having(200).json();
    page.items.into_iter().map(|one| one.id).collect()
}

async fn a_list_of_days_has_what_was_said_on_them(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, agent) = (organisation.admin.clone(), organisation.agent(Role::Agent).await);
    let (channel, other) = (organisation.channel().await, organisation.channel().await);
    let [(one, _), (two, second), (three, third)] = one_after_the_other(&server, &agent, &channel.key, 3).await[..]
    else {
        panic!("three were said")
    };
    server.clock.advance(1_000);
    let elsewhere = server.visit(&other.key, None).await.say("别处").await.conversation_id;
    // What an agent's own is stands in other indexes than what everybody sees.
    let since = format!("active_since={second}");
    assert_eq!(listed(&admin, &since).await, [elsewhere, three, two]);
    assert_eq!(listed(&agent, &since).await, [three, two]);
    let before = format!("active_before={third}");
    assert_eq!((listed(&admin, &before).await, listed(&agent, &before).await), (vec![two, one], vec![two, one]));
    let between = format!("active_since={second}&active_before={third}");
    assert_eq!((listed(&admin, &between).await, listed(&agent, &between).await), (vec![two], vec![two]));
    // Beside every other filter.
    assert_eq!(listed(&admin, &format!("{since}&channel_id={}", channel.id)).await, [three, two]);
    assert_eq!(listed(&admin, &format!("{since}&assigned=nobody")).await, [elsewhere]);
    assert_eq!(listed(&agent, &format!("{between}&assigned=me")).await, [two]);
    assert_eq!(listed(&admin, &format!("{between}&waiting=true")).await, [two]);
    assert_eq!(listed(&admin, &format!("{between}&unread=true")).await, [two]);
    agent.say(two, "您好").await;
    assert!(listed(&admin, &between).await.is_empty(), "its last message is of now");
    assert_eq!(listed(&admin, &format!("{since}&waiting=true")).await, [elsewhere, three]);
    // A time is a time in every zone, and one that is none is said to be none.
    let in_china = "2026-11-22T08:00:00%2B08:00";
    assert_eq!(listed(&admin, &format!("active_before={in_china}&active_since={in_china}")).await, []);
    let wrong = admin.get("/api/v1/conversations?active_since=yesterday").await.having(400);
    assert_eq!(wrong.code(), ErrorCode::MalformedRequest);
}

async fn a_page_of_days_goes_on_where_the_one_before_ended(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let (admin, agent) = (organisation.admin.clone(), organisation.agent(Role::Agent).await);
    let said = one_after_the_other(&server, &agent, &channel.key, 6).await;
    let all: Vec<ConversationId> = said.iter().rev().map(|(id, _)| *id).collect();
    // Without the newest and the oldest.
    let days = format!("active_since={}&active_before={}", said[1].1, said[5].1);
    for (caller, unread) in [(&admin, ""), (&agent, ""), (&admin, "&unread=true"), (&agent, "&unread=true")] {
        let (mut seen, mut query) = (Vec::new(), format!("{days}{unread}&limit=1"));
        loop {
            let page: Page<Conversation> =
                caller.get(&format!("/api/v1/conversations?{query}")).await.having(200).json();
            seen.extend(page.items.iter().map(|one| one.id));
            let Some(cursor) = page.next_cursor else { break };
            query = format!("{days}{unread}&limit=1&cursor={cursor}");
        }
        assert_eq!(seen, &all[1..5]);
        // The place is of these days, and no other list's.
        let first: Page<Conversation> =
            caller.get(&format!("/api/v1/conversations?{days}{unread}&limit=1")).await.json();
        let cursor = first.next_cursor.unwrap();
        caller.get(&format!("/api/v1/conversations?cursor={cursor}{unread}")).await.expect(400);
    }
}
