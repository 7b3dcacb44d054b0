//! Two servers decide at once to whom conversations come, and bring back what was put off.

use super::{Two, on_two};
use futures_util::future::join_all;
use serde_json::json;
use std::collections::HashMap;
use testkit::{AgentCaller, in_time};
use types::agents::Role;
use types::conversations::Conversation;
use types::events::Event;
use types::id::AgentId;
use types::notes::MemberChangeKind;
use types::page::Page;

on_two!(
    nobody_is_given_too_much_nothing_twice_and_nobody_waits_while_somebody_is_free,
    what_is_due_comes_back_once,
);

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

async fn nobody_is_given_too_much_nothing_twice_and_nobody_waits_while_somebody_is_free(servers: Two) {
    const CAPACITY: usize = 4;
    let Two { one, two, .. } = &servers;
    let organisation = one.organisation().await;
    let channel = organisation.assigning_channel().await;
    let admin = &organisation.admin;
    let say = async |server: &testkit::TestServer, text: String| {
        server.visit(&channel.key, None).await.say(&text).await.conversation_id
    };
    // A queue from before anybody came, begun at both.
    join_all((0..12).map(|number| say(if number % 2 == 0 { one } else { two }, format!("先来的 {number}")))).await;
    assert_eq!(spread(admin).await, (HashMap::new(), 12));
    let mut agents = Vec::new();
    for _ in 0..4 {
        let agent = organisation.agent(Role::Agent).await;
        admin.patch(&format!("/api/v1/agents/{}", agent.me.id), &json!({ "capacity": CAPACITY })).await.expect(200);
        agents.push(agent);
    }
    // Agents come to both, while more is said at both.
    let come = async |at: usize| {
        let server = if at % 2 == 0 { one } else { two };
        agents[at].by(server).socket().await.0
    };
    let say_more = join_all((0..8).map(|number| say(if number % 2 == 0 { two } else { one }, format!("后来的 {number}"))));
    let (mut sockets, _) = futures_util::future::join(join_all((0..4).map(come)), say_more).await;
    // 20 are asked for and 16 find room: nobody has more than they may, and whoever has room has nobody waiting.
    let settled = async |open: usize| {
        in_time("everybody is given what they may have", async {
            loop {
                let (loads, waiting) = spread(admin).await;
                assert!(loads.values().all(|load| *load <= CAPACITY), "{loads:?}");
                let given: usize = loads.values().sum();
                assert_eq!(given + waiting, open, "nothing is lost, and nothing is two people's");
                if given == open.min(4 * CAPACITY) {
                    return;
                }
                one.clock.advance(1_000);
                tokio::task::yield_now().await;
            }
        })
        .await;
    };
    settled(20).await;
    // All of them close something at the same time, at their own servers: who waits comes to whoever is free, wherever that is.
    let closing = agents.iter().enumerate().map(async |(at, agent)| {
        let agent = agent.by(if at % 2 == 0 { one } else { two });
        let page: Page<Conversation> =
            agent.get("/api/v1/conversations?assigned=me&closed=false").await.having(200).json();
        let id = page.items[0].id;
        agent.post_empty(&format!("/api/v1/conversations/{id}/close")).await.expect(200);
    });
    join_all(closing).await;
    settled(16).await;
    let (loads, waiting) = spread(admin).await;
    assert_eq!((loads.len(), waiting), (4, 0));
    // Nothing was given twice: of each conversation no two agents have heard that it is theirs.
    let mut owners: HashMap<_, AgentId> = HashMap::new();
    for (agent, socket) in agents.iter().zip(&mut sockets) {
        for frame in socket.heard_so_far().await {
            let types::ws::ServerFrame::Event { event, .. } = frame else { continue };
            let (id, owner) = match event {
                Event::ConversationAssigned { conversation_id, standing } => (conversation_id, standing.assignee_id),
                Event::ConversationCreated { conversation } => (conversation.id, conversation.assignee_id),
                _ => continue,
            };
            assert_eq!(owner, Some(agent.me.id), "nobody hears of what is another's");
            assert!(owners.insert(id, agent.me.id).is_none(), "{id} was given twice");
        }
    }
    assert_eq!(owners.len(), 20);
    assert_eq!(store::integrity::check(one.state().db.reader()).await.unwrap(), []);
}

async fn what_is_due_comes_back_once(servers: Two) {
    let Two { one, two, .. } = &servers;
    let organisation = one.organisation().await;
    let channel = organisation.assigning_channel().await;
    let agent = organisation.agent(Role::Agent).await;
    let (mut socket, _) = agent.by(two).socket().await;
    let mut ids = Vec::new();
    let until = one.state().clock.now().plus_seconds(3_600);
    for _ in 0..5 {
        let id = one.visit(&channel.key, None).await.say("在吗").await.conversation_id;
        in_time("it is theirs", async {
            while organisation.admin.conversation(id).await.assignee_id.is_none() {
                one.clock.advance(1_000);
            }
        })
        .await;
        let path = format!("/api/v1/conversations/{id}/snooze");
        agent.by(one).put(&path, &json!({ "until": until })).await.expect(200);
        ids.push(id);
    }
    one.clock.advance(2 * 3_600_000);
    let mut woken = Vec::new();
    while woken.len() < ids.len() {
        if let Event::ConversationWoken { conversation_id, .. } = socket.event().await.1 {
            woken.push(conversation_id);
        }
    }
    woken.sort_unstable();
    ids.sort_unstable();
    assert_eq!(woken, ids);
    for id in ids {
        let due = crate::notes::notes(&agent, id).await.items.into_iter().filter_map(|note| note.change);
        assert_eq!(due.filter(|change| change.kind == MemberChangeKind::Due).count(), 1);
    }
}
