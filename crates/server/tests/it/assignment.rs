//! To whom conversations come, and what agents do about it.

use crate::notes::notes;
use serde_json::json;
use store::{ConnectionTrait, StoreError};
use testkit::{AgentCaller, Organisation, TestServer, VisitorCaller, WsClient, db_tests};
use types::agents::{LoginState, MePatch, Role};
use types::assignment::{
    AssignmentReason, ChannelAssignment, SetChannelAssignment, TransferConversation, TransferTargets,
};
use types::audit::{AuditAction, AuditEntry};
use types::channels::Channel;
use types::conversations::Conversation;
use types::error::{ErrorCode, FieldCode};
use types::events::Event;
use types::id::{AgentGroupId, AgentId, ConversationId};
use types::notes::MemberChangeKind;
use types::page::Page;
use uuid::Uuid;

db_tests!(
    a_new_conversation_comes_to_whoever_is_online_and_says_why,
    shares_are_as_levels,
    who_waits_is_assigned_in_order_as_soon_as_somebody_comes,
    nobody_is_given_more_than_they_may_have_however_many_come_at_once,
    only_the_groups_that_serve_a_channel_are_asked,
    a_closed_conversation_is_opened_by_the_visitor_and_comes_to_the_last_agent,
    handing_on_takes_it_away_and_is_told_and_logged,
    whoever_has_it_or_leads_decides_and_only_they,
);

pub(crate) async fn run(server: &TestServer, statement: String) {
    let state = server.state();
    let done = state.write(move |tx| {
        Box::pin(async move {
            tx.conn().execute_unprepared(&statement).await.map_err(StoreError::from)?;
            Ok(())
        })
    });
    done.await.unwrap();
}

fn quoted(server: &TestServer, id: Uuid) -> String {
    if server.is_sqlite() { format!("x'{}'", id.simple()) } else { format!("'{id}'::uuid") }
}

/// What the page of colleagues sets.
async fn set(server: &TestServer, agent: &AgentCaller, column: &str, value: i64) {
    run(server, format!("UPDATE agent SET {column} = {value} WHERE id = {}", quoted(server, agent.me.id.0))).await;
}

/// A group with these agents.
async fn group(server: &TestServer, organisation: &Organisation, agents: &[&AgentCaller]) -> AgentGroupId {
    let id = server.state().ids.make(AgentGroupId);
    let (org, group) = (quoted(server, organisation.org_id.0), quoted(server, id.0));
    let name = id.0.simple();
    let insert = "INSERT INTO agent_group (id, org_id, name, position, created_at)";
    run(server, format!("{insert} VALUES ({group}, {org}, '{name}', 0, 0)")).await;
    for agent in agents {
        let member = quoted(server, agent.me.id.0);
        let insert = "INSERT INTO agent_group_member (org_id, group_id, agent_id)";
        run(server, format!("{insert} VALUES ({org}, {group}, {member})")).await;
    }
    id
}

async fn asks(server: &TestServer, channel: &Channel) -> (VisitorCaller, ConversationId) {
    let visitor = server.visit(&channel.key, None).await;
    let id = visitor.say("在吗？").await.conversation_id;
    (visitor, id)
}

fn why(conversation: &Conversation) -> (Option<AgentId>, AssignmentReason, u32) {
    let assignment = conversation.assignment.as_ref().expect("it was decided");
    (conversation.assignee_id, assignment.reason, assignment.eligible)
}

async fn deed(caller: &AgentCaller, id: ConversationId, deed: &str) -> testkit::Answer {
    caller.post_empty(&format!("/api/v1/conversations/{id}/{deed}")).await
}

async fn transfer(caller: &AgentCaller, id: ConversationId, request: &TransferConversation) -> testkit::Answer {
    caller.post(&format!("/api/v1/conversations/{id}/transfer"), request).await
}

fn to(agent: &AgentCaller) -> TransferConversation {
    TransferConversation { agent_id: Some(agent.me.id), group_id: None, note: None }
}

async fn listed(caller: &AgentCaller, query: &str) -> Vec<ConversationId> {
    let page: Page<Conversation> = caller.get(&format!("/api/v1/conversations?{query}")).await.having(200).json();
    page.items.iter().map(|conversation| conversation.id).collect()
}

/// The next conversation that this console is given.
async fn given(socket: &mut WsClient) -> ConversationId {
    loop {
        match socket.event().await.1 {
            Event::ConversationAssigned { conversation_id, .. } => return conversation_id,
            Event::ConversationCreated { conversation } => return conversation.id,
            _ => {}
        }
    }
}

async fn is_whole(server: &TestServer) {
    assert_eq!(store::integrity::check(server.state().db.reader()).await.unwrap(), []);
}

async fn a_new_conversation_comes_to_whoever_is_online_and_says_why(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.assigning_channel().await;
    let (one, other) = (organisation.agent(Role::Agent).await, organisation.agent(Role::Agent).await);
    let (mut socket, _) = one.socket().await;
    let (_, id) = asks(&server, &channel).await;
    let Event::ConversationCreated { conversation } = socket.event().await.1 else { panic!("it is heard of") };
    assert_eq!(why(&conversation), (Some(one.me.id), AssignmentReason::OnlyOne, 1));
    let Event::MessageCreated { message } = socket.event().await.1 else { panic!("with what was said") };
    assert_eq!(message.conversation_id, id);
    assert_eq!(why(&one.conversation(id).await), (Some(one.me.id), AssignmentReason::OnlyOne, 1));
    other.get(&format!("/api/v1/conversations/{id}")).await.expect(404);

    let (_second, _) = other.socket().await;
    let (_, next) = asks(&server, &channel).await;
    assert_eq!(why(&other.conversation(next).await), (Some(other.me.id), AssignmentReason::ByLevel, 2));
    // Whoever is suspended gets nothing, and where nobody is left it waits, which only supervisors see.
    for agent in [&one, &other] {
        let patch = MePatch { login_state: Some(LoginState::Suspended), ..MePatch::default() };
        agent.patch("/api/v1/me", &patch).await.expect(200);
    }
    let (_, waits) = asks(&server, &channel).await;
    let shown = organisation.admin.conversation(waits).await;
    assert_eq!(why(&shown), (None, AssignmentReason::NobodyOnline, 0));
    assert_eq!(shown.queued_at, Some(server.state().clock.now()));
    assert_eq!(listed(&organisation.admin, "queued=true").await, [waits]);
    assert_eq!(listed(&one, "queued=true").await, []);
    is_whole(&server).await;
}

async fn shares_are_as_levels(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.assigning_channel().await;
    let (junior, senior) = (organisation.agent(Role::Agent).await, organisation.agent(Role::Agent).await);
    set(&server, &senior, "level", 3).await;
    let (_one, _) = junior.socket().await;
    let (_other, _) = senior.socket().await;
    for _ in 0..16 {
        asks(&server, &channel).await;
    }
    assert_eq!([listed(&junior, "").await.len(), listed(&senior, "").await.len()], [4, 12]);
    // Whoever works here no more leaves nothing behind that nobody has.
    let disable = json!({"disabled": true});
    organisation.admin.put(&format!("/api/v1/agents/{}/disabled", junior.me.id), &disable).await.expect(200);
    assert_eq!(listed(&senior, "").await.len(), 16);
    is_whole(&server).await;
}

async fn who_waits_is_assigned_in_order_as_soon_as_somebody_comes(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.assigning_channel().await;
    let agent = organisation.agent(Role::Agent).await;
    let mut waiting = Vec::new();
    for _ in 0..3 {
        waiting.push(asks(&server, &channel).await.1);
        server.clock.advance(1_000);
    }
    let (mut socket, _) = agent.socket().await;
    let mut came = Vec::new();
    for _ in &waiting {
        came.push(given(&mut socket).await);
    }
    assert_eq!(came, waiting, "the longest wait first");
    assert_eq!(listed(&organisation.admin, "queued=true").await, []);
    assert_eq!(why(&agent.conversation(waiting[0]).await), (Some(agent.me.id), AssignmentReason::OnlyOne, 1));

    // Suspended, the agent has what they have; set normal again, what has come meanwhile.
    let be = async |login_state| {
        let patch = MePatch { login_state: Some(login_state), ..MePatch::default() };
        agent.patch("/api/v1/me", &patch).await.expect(200);
    };
    be(LoginState::Suspended).await;
    let (_, late) = asks(&server, &channel).await;
    be(LoginState::Normal).await;
    while !listed(&agent, "").await.contains(&late) {
        tokio::task::yield_now().await;
    }
    is_whole(&server).await;
}

async fn nobody_is_given_more_than_they_may_have_however_many_come_at_once(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.assigning_channel().await;
    let agent = organisation.agent(Role::Agent).await;
    set(&server, &agent, "capacity", 3).await;
    let (mut socket, _) = agent.socket().await;
    let come = futures_util::future::join_all((0..8).map(|_| asks(&server, &channel)));
    let ids: Vec<ConversationId> = come.await.into_iter().map(|(_, id)| id).collect();
    let own = listed(&agent, "").await;
    assert_eq!(own.len(), 3);
    let waiting = listed(&organisation.admin, "queued=true").await;
    assert_eq!(waiting.len(), 5);
    assert!(ids.iter().all(|id| own.contains(id) != waiting.contains(id)), "one or the other");
    assert_eq!(why(&organisation.admin.conversation(waiting[0]).await), (None, AssignmentReason::EverybodyFull, 0));
    // By hand neither.
    transfer(&organisation.admin, waiting[0], &to(&agent)).await.expect(409);
    for _ in 0..3 {
        given(&mut socket).await;
    }
    deed(&agent, own[0], "close").await.expect(200);
    let next = given(&mut socket).await;
    assert!(waiting.contains(&next), "as soon as there is room");
    deed(&agent, own[0], "reopen").await.expect(409);
    assert_eq!(listed(&agent, "closed=false").await.len(), 3);
    is_whole(&server).await;
}

async fn only_the_groups_that_serve_a_channel_are_asked(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.assigning_channel().await;
    let admin = &organisation.admin;
    let (one, other) = (organisation.agent(Role::Agent).await, organisation.agent(Role::Agent).await);
    let (sales, service) =
        (group(&server, &organisation, &[&one]).await, group(&server, &organisation, &[&other]).await);
    let path = format!("/api/v1/channels/{}/assignment", channel.id);
    let before: ChannelAssignment = admin.get(&path).await.having(200).json();
    assert_eq!((before.automatic, before.group_ids.len(), before.groups.len()), (true, 0, 2));
    let request = SetChannelAssignment { automatic: true, group_ids: vec![service] };
    let after: ChannelAssignment = admin.put(&path, &request).await.having(200).json();
    assert_eq!(after.group_ids, [service]);
    let unknown = SetChannelAssignment { automatic: true, group_ids: vec![AgentGroupId(Uuid::from_u128(1))] };
    assert_eq!(admin.put(&path, &unknown).await.faults(), [("group_ids".to_owned(), FieldCode::Wrong)]);

    let (_first, _) = one.socket().await;
    let (_, id) = asks(&server, &channel).await;
    assert_eq!(why(&admin.conversation(id).await), (None, AssignmentReason::NobodyServing, 0));
    let (mut socket, _) = other.socket().await;
    assert_eq!(given(&mut socket).await, id);
    // To a group of which somebody is there, and back to one of which nobody is.
    let targets: TransferTargets = one.get("/api/v1/transfer-targets").await.having(200).json();
    assert!(targets.groups.iter().all(|group| group.online == 1));
    let request = TransferConversation { agent_id: None, group_id: Some(sales), note: None };
    transfer(&other, id, &request).await.expect(204);
    let shown = one.conversation(id).await;
    assert_eq!(why(&shown), (Some(one.me.id), AssignmentReason::Transferred, 1));
    assert_eq!(shown.assignment.and_then(|assignment| assignment.by), Some(other.me.id));
    let set_aside = SetChannelAssignment { automatic: false, group_ids: vec![] };
    admin.put(&path, &set_aside).await.expect(200);
    let (_, by_hand) = asks(&server, &channel).await;
    assert_eq!(why(&admin.conversation(by_hand).await), (None, AssignmentReason::ByHand, 0));
    deed(admin, by_hand, "take-over").await.expect(200);
    assert_eq!(why(&admin.conversation(by_hand).await), (Some(admin.me.id), AssignmentReason::TakenOver, 0));

    let log: Page<AuditEntry> = admin.deeds().await;
    let sets = log.items.iter().filter(|entry| matches!(entry.action, AuditAction::ChannelAssignmentSet { .. }));
    assert_eq!(sets.count(), 2);
    // What goes with the channel.
    let name = types::channels::DeleteChannel { name: channel.name.clone() };
    admin.put(&path, &request_of(service)).await.expect(200);
    admin.delete_with(&format!("/api/v1/channels/{}", channel.id), &name).await.expect(204);
    is_whole(&server).await;
}

fn request_of(group: AgentGroupId) -> SetChannelAssignment {
    SetChannelAssignment { automatic: true, group_ids: vec![group] }
}

async fn a_closed_conversation_is_opened_by_the_visitor_and_comes_to_the_last_agent(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.assigning_channel().await;
    let (one, other) = (organisation.agent(Role::Agent).await, organisation.agent(Role::Agent).await);
    let (first, _) = one.socket().await;
    let (visitor, id) = asks(&server, &channel).await;
    let (mut second, _) = other.socket().await;
    let closed: Conversation = deed(&one, id, "close").await.having(200).json();
    assert_eq!((closed.closed_at.is_some(), closed.assignee_id), (true, Some(one.me.id)));
    assert_eq!(listed(&one, "closed=true").await, [id]);
    assert_eq!(listed(&one, "assigned=me&closed=false").await, []);
    deed(&one, id, "close").await.expect(200);

    // Several at once, of which one opens it: none is lost, and the numbers have no gaps.
    let said = futures_util::future::join_all((0..5).map(|_| visitor.say("还有一个问题"))).await;
    let mut numbers: Vec<i64> = said.iter().map(|message| message.seq).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [2, 3, 4, 5, 6]);
    let shown = one.conversation(id).await;
    assert_eq!((why(&shown).0, why(&shown).1), (Some(one.me.id), AssignmentReason::ReturningVisitor));
    assert_eq!(shown.closed_at, None);

    // The last one is away: somebody else has it from then on, and they alone.
    deed(&one, id, "close").await.expect(200);
    first.close().await;
    while server.state().hub.connected([one.me.id]).contains(&one.me.id) {
        tokio::task::yield_now().await;
    }
    visitor.say("在吗？").await;
    assert_eq!(why(&other.conversation(id).await), (Some(other.me.id), AssignmentReason::OnlyOne, 1));
    one.get(&format!("/api/v1/conversations/{id}")).await.expect(404);
    let reopened = loop {
        if let Event::ConversationReopened { standing, .. } = second.event().await.1 {
            break standing;
        }
    };
    assert_eq!(reopened.assignee_id, Some(other.me.id));
    let lines: Vec<_> = notes(&other, id).await.items.into_iter().map(|note| note.change.unwrap().kind).collect();
    assert_eq!(lines, [MemberChangeKind::Closed, MemberChangeKind::Closed]);
    is_whole(&server).await;
}

async fn handing_on_takes_it_away_and_is_told_and_logged(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let (one, other) = (organisation.agent(Role::Agent).await, organisation.agent(Role::Agent).await);
    let (_, id) = asks(&server, &channel).await;
    transfer(&organisation.admin, id, &to(&one)).await.expect(204);
    let (mut socket, _) = one.socket().await;
    let (mut theirs, _) = other.socket().await;
    let request = TransferConversation { note: Some("老客户，请优先".to_owned()), ..to(&other) };
    server.clock.advance(1_000);
    transfer(&one, id, &request).await.expect(204);

    assert!(
        matches!(socket.event().await.1, Event::ConversationWithdrawn { conversation_id, .. } if conversation_id == id)
    );
    for path in ["", "/messages", "/notes"] {
        one.get(&format!("/api/v1/conversations/{id}{path}")).await.expect(404);
    }
    one.post(&format!("/api/v1/conversations/{id}/messages"), &server.text("喂")).await.expect(404);
    assert_eq!(given(&mut theirs).await, id);
    let shown = other.conversation(id).await;
    assert_eq!(why(&shown), (Some(other.me.id), AssignmentReason::Transferred, 0));
    let held = notes(&other, id).await.items;
    let kinds: Vec<_> = held.iter().map(|note| note.change.as_ref().map(|change| change.kind)).collect();
    assert_eq!(kinds, [Some(MemberChangeKind::Transferred), Some(MemberChangeKind::Transferred), None]);
    assert_eq!(held[2].text, "老客户，请优先");
    // To whom it is already changes nothing.
    transfer(&other, id, &to(&other)).await.expect(204);
    assert_eq!(notes(&other, id).await.count, 3);

    server.clock.advance(1_000);
    let taken: Conversation = deed(&organisation.admin, id, "take-over").await.having(200).json();
    assert_eq!(why(&taken).1, AssignmentReason::TakenOver);
    other.get(&format!("/api/v1/conversations/{id}")).await.expect(404);
    let log: Page<AuditEntry> = organisation.admin.deeds().await;
    let to_whom = log.items.iter().filter_map(|entry| match &entry.action {
        AuditAction::ConversationAssigned { assignee_id, .. } => Some((entry.agent_id, *assignee_id)),
        _ => None,
    });
    let admin = organisation.admin.me.id;
    let expected = [(admin, Some(admin)), (one.me.id, Some(other.me.id)), (admin, Some(one.me.id))];
    assert_eq!(to_whom.collect::<Vec<_>>(), expected);
    is_whole(&server).await;
}

async fn whoever_has_it_or_leads_decides_and_only_they(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let (owner, member) = (organisation.agent(Role::Agent).await, organisation.agent(Role::Agent).await);
    let supervisor = organisation.agent(Role::Supervisor).await;
    let (_, id) = asks(&server, &channel).await;
    let members = format!("/api/v1/conversations/{id}/members/{}", member.me.id);
    let admin = &organisation.admin;
    admin.send(admin.request(reqwest::Method::PUT, &members)).await.expect(200);
    // One that nobody has is whoever's takes it first, of those who see it.
    owner.post_empty(&format!("/api/v1/conversations/{id}/take-over")).await.expect(404);
    transfer(admin, id, &to(&owner)).await.expect(204);
    for path in ["take-over", "close", "reopen"] {
        assert_eq!(deed(&member, id, path).await.code(), ErrorCode::Forbidden, "{path}");
    }
    assert_eq!(transfer(&member, id, &to(&member)).await.code(), ErrorCode::Forbidden);
    deed(&owner, id, "close").await.expect(200);
    deed(&supervisor, id, "reopen").await.expect(200);
    let nobody = TransferConversation { agent_id: None, group_id: None, note: None };
    assert_eq!(transfer(&owner, id, &nobody).await.faults(), [("agent_id".to_owned(), FieldCode::Required)]);
    let stranger = TransferConversation { agent_id: Some(AgentId(Uuid::from_u128(7))), ..nobody };
    assert_eq!(transfer(&owner, id, &stranger).await.faults(), [("agent_id".to_owned(), FieldCode::Wrong)]);
    // Who takes part and is given it takes part no more when it is handed on.
    transfer(&owner, id, &to(&member)).await.expect(204);
    assert_eq!(member.conversation(id).await.members, []);
    transfer(&member, id, &to(&owner)).await.expect(204);
    member.get(&format!("/api/v1/conversations/{id}")).await.expect(404);
    is_whole(&server).await;
}
