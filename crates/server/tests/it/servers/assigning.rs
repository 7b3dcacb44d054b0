//! Two servers decide at once to whom conversations come, and bring back what was put off.

use super::{Two, on_two};
use futures_util::future::join_all;
use serde_json::json;
use std::collections::HashMap;
use testkit::{AgentCaller, TestServer, WsClient, in_time};
use types::agents::Role;
use types::conversations::Conversation;
use types::events::{Event, EventsAfter};
use types::id::AgentId;
use types::notes::MemberChangeKind;
use types::page::Page;
use types::ws::ClientFrame;

on_two!(nobody_is_given_too_much_nothing_twice_and_nobody_waits_while_somebody_is_free, what_is_due_comes_back_once,);

/// How many each of them may have.
const CAPACITY: usize = 4;

/// What each agent has, and how many wait.
async fn spread(admin: &AgentCaller) -> (HashMap<AgentId, usize>, usize) {
    let page: Page<Conversation> = admin.get("/api/v1/conversations?limit=100&closed=false").await.having(200).json();
    let mut loads = HashMap::new();
    let mut waiting = 0;
    for conversation in page.items {
        match conversation.assignee_id {
            Some(agent) => *loads.entry(agent).or_default() += 1,
            None => waiting += 1,
        }
    }
    (loads, waiting)
}

/// Waits until of so many open conversations as many are somebody's as find room; at no moment anybody has more than they may.
async fn settle(server: &TestServer, admin: &AgentCaller, sockets: &mut [WsClient], open: usize) {
    let settling = async {
        loop {
            let (loads, waiting) = spread(admin).await;
            assert!(loads.values().all(|load| *load <= CAPACITY), "{loads:?}");
            let given: usize = loads.values().sum();
            assert_eq!(given + waiting, open, "nothing is lost");
            if given == open.min(sockets.len() * CAPACITY) {
                return;
            }
            // A server looks now and then; consoles are heard meanwhile.
            for socket in sockets.iter_mut() {
                socket.send(&ClientFrame::Ping {}).await;
            }
            server.clock.advance(1_000);
        }
    };
    in_time("everybody is given what they may have", settling).await;
}

async fn nobody_is_given_too_much_nothing_twice_and_nobody_waits_while_somebody_is_free(servers: Two) {
    let Two { one, two, .. } = &servers;
    let organisation = one.organisation().await;
    let channel = organisation.assigning_channel().await;
    let admin = &organisation.admin;
    let say = async |server: &TestServer, text: String| {
        server.visit(&channel.key, None).await.say(&text).await.conversation_id
    };
    // A queue from before anybody came, begun at both.
    join_all((0..12).map(|number| say(if number % 2 == 0 { one } else { two }, format!("先来的 {number}")))).await;
    assert_eq!(spread(admin).await, (HashMap::new(), 12));
    let mut agents = Vec::new();
    for _ in 0..4 {
        let agent = organisation.agent(Role::Agent).await;
        admin
            .patch(&format!("/api/v1/agents/{}", agent.me.id), &json!({ "settings": { "capacity": CAPACITY } }))
            .await
            .expect(200);
        agents.push(agent);
    }
    // Agents come to both, while more is said at both.
    let come = async |at: usize| {
        let server = if at.is_multiple_of(2) { one } else { two };
        agents[at].by(server).socket().await.0
    };
    let say_more =
        join_all((0..8).map(|number| say(if number % 2 == 0 { two } else { one }, format!("后来的 {number}"))));
    let (mut sockets, _) = futures_util::future::join(join_all((0..4).map(come)), say_more).await;
    // 20 are asked for and 16 find room: nobody has more than they may, and whoever has room has nobody waiting.
    settle(one, admin, &mut sockets, 20).await;
    // All of them close something at the same time, at their own servers: who waits comes to whoever is free, wherever that is.
    let closing = agents.iter().enumerate().map(async |(at, agent)| {
        let agent = agent.by(if at % 2 == 0 { one } else { two });
        let page: Page<Conversation> =
            agent.get("/api/v1/conversations?assigned=me&closed=false").await.having(200).json();
        let id = page.items[0].id;
        agent.post_empty(&format!("/api/v1/conversations/{id}/close")).await.expect(200);
    });
    join_all(closing).await;
    settle(one, admin, &mut sockets, 16).await;
    let (loads, waiting) = spread(admin).await;
    assert_eq!((loads.len(), waiting), (4, 0));
    // Nothing was given twice: of no conversation the ledger tells two owners.
    let told: EventsAfter = admin.get("/api/v1/events?after=0").await.having(200).json();
    assert!(!told.has_more && !told.resync);
    let mut owners = HashMap::new();
    for item in told.items {
        let (id, owner) = match item.event {
            Event::ConversationAssigned { conversation_id, standing } => (conversation_id, standing.assignee_id),
            Event::ConversationCreated { conversation } => (conversation.id, conversation.assignee_id),
            _ => continue,
        };
        if let Some(owner) = owner {
            assert_eq!(owners.insert(id, owner), None, "{id} was given twice");
        }
    }
    assert_eq!(owners.len(), 20);
    assert_eq!(store::integrity::check(one.state().db.reader()).await.unwrap(), []);
}

async fn what_is_due_comes_back_once(servers: Two) {
    let Two { one, two, .. } = &servers;
    let organisation = one.organisation().await;
    let channel = organisation.channel().await;
    let agent = organisation.agent(Role::Supervisor).await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        let id = one.visit(&channel.key, None).await.say("在吗").await.conversation_id;
        let path = format!("/api/v1/conversations/{id}");
        agent.post_empty(&format!("{path}/take-over")).await.expect(200);
        let until = one.state().clock.now().plus_seconds(20);
        agent.by(two).put(&format!("{path}/snooze"), &json!({ "until": until })).await.expect(200);
        ids.push(id);
    }
    one.clock.advance(20_000);
    for id in ids {
        in_time("it is back", async { while agent.conversation(id).await.snoozed_until.is_some() {} }).await;
        let lines = crate::notes::notes(&agent, id).await.items.into_iter().filter_map(|note| note.change);
        assert_eq!(lines.filter(|line| line.kind == MemberChangeKind::Due).count(), 1);
    }
    assert_eq!(store::integrity::check(one.state().db.reader()).await.unwrap(), []);
}
