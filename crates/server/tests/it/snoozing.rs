//! Conversations that agents put off: they are out of sight until their time, or until the visitor writes.

use crate::notes::notes;
use serde_json::json;
use testkit::{AgentCaller, Organisation, TestServer, VisitorCaller, WsClient, db_tests};
use types::agents::Role;
use types::channels::Channel;
use types::conversations::Conversation;
use types::error::{ErrorCode, FieldCode};
use types::events::Event;
use types::id::ConversationId;
use types::notes::MemberChangeKind;
use types::page::Page;
use types::time::Timestamp;

db_tests!(
    what_is_put_off_is_out_of_sight_and_back_at_its_time_once_and_with_a_sign,
    the_visitor_and_the_agent_bring_it_back_before_its_time,
    only_what_is_in_work_is_put_off_by_whoever_answers_for_it_and_within_a_year,
    what_is_put_off_does_not_count_to_what_an_agent_may_have,
);

/// Milliseconds: no longer than a console may be silent.
const SPAN: i64 = 10_000;

struct Desk {
    organisation: Organisation,
    channel: Channel,
    agent: AgentCaller,
    socket: WsClient,
    visitor: VisitorCaller,
    id: ConversationId,
}

/// An agent at work, who has one conversation.
async fn desk(server: &TestServer) -> Desk {
    let organisation = server.organisation().await;
    let channel = organisation.assigning_channel().await;
    let agent = organisation.agent(Role::Agent).await;
    let (socket, _) = agent.socket().await;
    let visitor = server.visit(&channel.key, None).await;
    let id = visitor.say("在吗？").await.conversation_id;
    Desk { organisation, channel, agent, socket, visitor, id }
}

fn path(id: ConversationId) -> String {
    format!("/api/v1/conversations/{id}/snooze")
}

async fn snooze(server: &TestServer, agent: &AgentCaller, id: ConversationId, millis: i64) -> Conversation {
    let until = server.state().clock.now().plus_millis(millis);
    agent.put(&path(id), &json!({ "until": until })).await.having(200).json()
}

async fn listed(agent: &AgentCaller, query: &str) -> Vec<ConversationId> {
    let page: Page<Conversation> = agent.get(&format!("/api/v1/conversations?{query}")).await.having(200).json();
    page.items.iter().map(|conversation| conversation.id).collect()
}

/// Waits until a conversation is back, as a console hears it.
async fn woken(socket: &mut WsClient) -> ConversationId {
    loop {
        if let Event::ConversationWoken { conversation_id, standing } = socket.event().await.1 {
            assert_eq!(standing.snoozed_until, None);
            return conversation_id;
        }
    }
}

async fn lines(agent: &AgentCaller, id: ConversationId) -> Vec<(MemberChangeKind, Option<Timestamp>)> {
    let changes = notes(agent, id).await.items.into_iter().filter_map(|note| note.change);
    changes.map(|change| (change.kind, change.until)).collect()
}

async fn is_whole(server: &TestServer) {
    assert_eq!(store::integrity::check(server.state().db.reader()).await.unwrap(), []);
}

async fn what_is_put_off_is_out_of_sight_and_back_at_its_time_once_and_with_a_sign(server: TestServer) {
    let Desk { agent, mut socket, id, .. } = desk(&server).await;
    let until = server.state().clock.now().plus_millis(SPAN);
    let shown = snooze(&server, &agent, id, SPAN).await;
    assert_eq!((shown.snoozed_until, shown.assignee_id), (Some(until), Some(agent.me.id)));
    assert_eq!(listed(&agent, "snoozed=true").await, [id]);
    assert_eq!(listed(&agent, "snoozed=false").await, []);
    assert_eq!(listed(&agent, "assigned=me&closed=false&snoozed=false").await, []);
    assert_eq!(listed(&agent, "").await, [id], "whoever asks for all has all");
    is_whole(&server).await;
    server.clock.advance(SPAN - 1);
    // Started again, it is not forgotten; and what is not yet due stays where it is.
    server.restart().await;
    assert_eq!(agent.conversation(id).await.snoozed_until, Some(until));
    drop(socket);
    (socket, _) = agent.socket().await;
    server.clock.advance(1);
    assert_eq!(woken(&mut socket).await, id);
    let Event::NoteCreated { note } = socket.event().await.1 else { panic!("a line says so") };
    assert_eq!(
        (note.change.map(|change| change.kind), note.mentions),
        (Some(MemberChangeKind::Due), vec![agent.me.id])
    );
    let back = agent.conversation(id).await;
    assert!(back.snoozed_until.is_none() && back.mentioned && back.is_unread());
    let told = [(MemberChangeKind::Snoozed, Some(until)), (MemberChangeKind::Due, Some(until))];
    assert_eq!(lines(&agent, id).await, told, "once");
    assert_eq!(listed(&agent, "snoozed=true").await, []);
    is_whole(&server).await;
}

async fn the_visitor_and_the_agent_bring_it_back_before_its_time(server: TestServer) {
    let Desk { organisation, agent, mut socket, visitor, id, .. } = desk(&server).await;
    snooze(&server, &agent, id, SPAN).await;
    // What colleagues do beside it, and what the agent says, leaves it there.
    agent.say(id, "明天给您答复").await;
    assert!(agent.conversation(id).await.snoozed_until.is_some());
    visitor.say("急！").await;
    assert_eq!(woken(&mut socket).await, id);
    let Event::MessageCreated { message } = socket.event().await.1 else { panic!("and then what they said") };
    assert_eq!(message.seq, 3);
    let back = agent.conversation(id).await;
    assert_eq!((back.snoozed_until, back.assignee_id), (None, Some(agent.me.id)));

    snooze(&server, &agent, id, SPAN).await;
    let back: Conversation = agent.delete(&path(id)).await.having(200).json();
    assert_eq!(back.snoozed_until, None);
    agent.delete(&path(id)).await.expect(200);
    let kinds: Vec<_> = lines(&agent, id).await.into_iter().map(|line| line.0).collect();
    assert_eq!(kinds, [MemberChangeKind::Snoozed, MemberChangeKind::Snoozed, MemberChangeKind::Woken]);
    // Closing and handing on bring it back as well.
    snooze(&server, &agent, id, SPAN).await;
    let other = organisation.agent(Role::Agent).await;
    let request = json!({ "agent_id": other.me.id });
    agent.post(&format!("/api/v1/conversations/{id}/transfer"), &request).await.expect(204);
    let theirs = other.conversation(id).await;
    assert_eq!((theirs.snoozed_until, theirs.assignee_id), (None, Some(other.me.id)));
    snooze(&server, &other, id, SPAN).await;
    let closed: Conversation = other.post_empty(&format!("/api/v1/conversations/{id}/close")).await.having(200).json();
    assert!(closed.closed_at.is_some() && closed.snoozed_until.is_none());
    is_whole(&server).await;
}

async fn only_what_is_in_work_is_put_off_by_whoever_answers_for_it_and_within_a_year(server: TestServer) {
    let Desk { organisation, agent, visitor: _visitor, id, .. } = desk(&server).await;
    let now = server.state().clock.now();
    let year = types::limits::SNOOZE_SECONDS_MAX;
    for wrong in [now, now.plus_millis(-1), now.plus_seconds(year).plus_millis(1)] {
        let answer = agent.put(&path(id), &json!({ "until": wrong })).await.having(422);
        assert_eq!(answer.faults(), [("until".to_owned(), FieldCode::OutOfRange)]);
    }
    let stranger = organisation.agent(Role::Agent).await;
    let until = json!({ "until": now.plus_seconds(year) });
    stranger.put(&path(id), &until).await.expect(404);
    let member = format!("/api/v1/conversations/{id}/members/{}", stranger.me.id);
    organisation.admin.send(organisation.admin.request(reqwest::Method::PUT, &member)).await.expect(200);
    stranger.put(&path(id), &until).await.expect(403);
    stranger.delete(&path(id)).await.expect(403);
    let supervisor = organisation.agent(Role::Supervisor).await;
    supervisor.put(&path(id), &until).await.expect(200);
    assert_eq!(listed(&supervisor, "snoozed=true").await, [id]);
    assert_eq!(listed(&supervisor, "snoozed=true&assigned=me").await, [], "it is not theirs");
    assert_eq!(listed(&stranger, "snoozed=true").await, [id], "they were added to it");
    agent.post_empty(&format!("/api/v1/conversations/{id}/close")).await.expect(200);
    assert_eq!(agent.put(&path(id), &until).await.having(409).code(), ErrorCode::Conflict);
    // What nobody has has nobody to come back to.
    let waits = server.visit(&organisation.channel().await.key, None).await;
    let queued = waits.say("有人吗").await.conversation_id;
    organisation.admin.put(&path(queued), &until).await.expect(409);
    is_whole(&server).await;
}

async fn what_is_put_off_does_not_count_to_what_an_agent_may_have(server: TestServer) {
    let Desk { organisation, channel, agent, mut socket, id, .. } = desk(&server).await;
    let path_of_agent = format!("/api/v1/agents/{}", agent.me.id);
    organisation.admin.patch(&path_of_agent, &json!({ "settings": { "capacity": 1 } })).await.expect(200);
    let waiting = server.visit(&channel.key, None).await;
    let second = waiting.say("还有我").await.conversation_id;
    assert_eq!(organisation.admin.conversation(second).await.assignee_id, None, "the agent is full");
    snooze(&server, &agent, id, SPAN).await;
    loop {
        if let Event::ConversationAssigned { conversation_id, standing } = socket.event().await.1 {
            assert_eq!((conversation_id, standing.assignee_id), (second, Some(agent.me.id)));
            break;
        }
    }
    // It comes back all the same, and the next one waits for room.
    server.clock.advance(SPAN);
    assert_eq!(woken(&mut socket).await, id);
    let third = server.visit(&channel.key, None).await.say("我呢").await.conversation_id;
    for full in [id, second] {
        assert_eq!(organisation.admin.conversation(third).await.assignee_id, None);
        agent.post_empty(&format!("/api/v1/conversations/{full}/close")).await.expect(200);
    }
    loop {
        if let Event::ConversationAssigned { conversation_id, .. } = socket.event().await.1 {
            assert_eq!(conversation_id, third);
            break;
        }
    }
    is_whole(&server).await;
}
