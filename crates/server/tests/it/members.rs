//! Who takes part in a conversation: what they see and hear as long as they do, and nothing from then on.

use crate::attachments::{message, picture, upload};
use crate::notes::{answers, notes};
use crate::scene::Scene;
use image::ImageFormat;
use store::members::Members;
use testkit::{AgentCaller, Answer, Organisation, TestServer, VisitorCaller, db_tests};
use types::agents::Role;
use types::attachments::FileAccess;
use types::audit::{AuditAction, AuditEntry};
use types::conversations::{Conversation, MarkRead, PersonalPatch};
use types::error::ErrorCode;
use types::events::{Event, EventsAfter};
use types::id::{AgentId, ConversationId};
use types::limits;
use types::messages::MessageWindow;
use types::notes::{MemberChange, MemberChangeKind, Note};
use types::page::Page;
use types::ws::{ClientFrame, ServerFrame};

db_tests!(
    a_joined_agent_sees_the_history_and_hears_the_visitor,
    a_removed_agent_loses_it_at_once_on_every_path,
    joining_and_leaving_is_a_line_among_agents_and_nothing_to_the_visitor,
    whoever_has_it_or_leads_decides_and_members_may_leave,
    only_so_many_take_part,
    a_list_holds_what_is_assigned_and_what_was_joined_in_one_order,
    another_organisations_agents_and_conversations_are_not_there,
    it_is_in_the_audit_log_and_goes_with_the_conversation,
);

fn path(id: ConversationId, agent: AgentId) -> String {
    format!("/api/v1/conversations/{id}/members/{agent}")
}

async fn add(caller: &AgentCaller, id: ConversationId, agent: &AgentCaller) -> Answer {
    caller.send(caller.request(reqwest::Method::PUT, &path(id, agent.me.id))).await
}

async fn remove(caller: &AgentCaller, id: ConversationId, agent: &AgentCaller) -> Answer {
    caller.delete(&path(id, agent.me.id)).await
}

async fn listed(caller: &AgentCaller, query: &str) -> Vec<ConversationId> {
    let page: Page<Conversation> = caller.get(&format!("/api/v1/conversations?{query}")).await.having(200).json();
    page.items.iter().map(|conversation| conversation.id).collect()
}

async fn events_after(caller: &AgentCaller, cursor: i64) -> Vec<Event> {
    let events: EventsAfter = caller.get(&format!("/api/v1/events?after={cursor}")).await.having(200).json();
    events.items.into_iter().map(|item| item.event).collect()
}

/// A conversation of an organisation with an agent to add.
async fn scene(server: &TestServer) -> (Organisation, AgentCaller, VisitorCaller, ConversationId) {
    let Scene { organisation, visitor, id, .. } = crate::scene::scene(server).await;
    let agent = organisation.agent(Role::Agent).await;
    (organisation, agent, visitor, id)
}

async fn a_joined_agent_sees_the_history_and_hears_the_visitor(server: TestServer) {
    let (organisation, agent, visitor, id) = scene(&server).await;
    let (mut socket, cursor) = agent.socket().await;
    let mut widget = visitor.socket().await;
    agent.get(&format!("/api/v1/conversations/{id}")).await.expect(404);
    let read = MarkRead { seq: 1 };
    organisation.admin.put(&format!("/api/v1/conversations/{id}/read"), &read).await.expect(200);

    let seen: Conversation = add(&organisation.admin, id, &agent).await.having(200).json();
    assert_eq!((seen.members.as_slice(), seen.members_version), ([agent.me.id].as_slice(), 1));
    let joined = Event::AgentJoined {
        conversation_id: id,
        agent_id: agent.me.id,
        members: vec![agent.me.id],
        members_version: 1,
    };
    assert_eq!(socket.event().await.1, joined);
    let [line] = notes(&agent, id).await.items.try_into().unwrap();
    let told = Event::NoteCreated { note: line };
    assert_eq!(socket.event().await.1, told);
    assert_eq!(events_after(&agent, cursor).await, [joined, told], "whoever was away hears of it, too");
    let begun = agent.conversation(id).await;
    assert_eq!(
        (begun.unread, begun.read_seq, begun.marked_unread),
        (0, 1, true),
        "what others have read is not theirs"
    );
    assert_eq!(listed(&agent, "").await, [id]);
    let window: MessageWindow = agent.get(&format!("/api/v1/conversations/{id}/messages")).await.having(200).json();
    assert_eq!(window.items.len(), 1, "with its history");

    let said = visitor.say("在吗").await;
    assert_eq!(agent.conversation(id).await.unread, 1);
    assert_eq!(socket.event().await.1, Event::MessageCreated { message: said });
    let answered = agent.say(id, "在的").await;
    assert_eq!(answered.seq, 3);
    agent.put(&format!("/api/v1/conversations/{id}/read"), &MarkRead { seq: 3 }).await.expect(200);
    // Adding somebody twice is no event.
    add(&organisation.admin, id, &agent).await.expect(200);
    assert_eq!(organisation.admin.conversation(id).await.members_version, 1);
    for frame in widget.heard_so_far().await {
        let told = matches!(frame, ServerFrame::Event { event: Event::AgentJoined { .. }, .. });
        assert!(!told, "who takes part is the agents' business");
    }
    assert_eq!(store::integrity::check(server.state().db.reader()).await.unwrap(), []);
}

async fn joining_and_leaving_is_a_line_among_agents_and_nothing_to_the_visitor(server: TestServer) {
    let Scene { organisation, channel, visitor, id, .. } = crate::scene::scene(&server).await;
    let (admin, agent) = (organisation.admin.clone(), organisation.agent(Role::Agent).await);
    let supervisor = organisation.agent(Role::Supervisor).await;
    let (mut console, _) = supervisor.socket().await;
    let mut widget = visitor.socket().await;
    let (before, listed_before) = (answers(&server, &channel, &visitor).await, admin.conversation(id).await);
    server.clock.advance(1_000);
    add(&admin, id, &agent).await.expect(200);
    remove(&admin, id, &agent).await.expect(204);
    add(&admin, id, &agent).await.expect(200);
    remove(&agent, id, &agent).await.expect(204);
    // Nothing becomes of a repetition.
    remove(&admin, id, &agent).await.expect(204);
    add(&supervisor, id, &supervisor).await.expect(200);

    let held = notes(&admin, id).await.items;
    let line = |note: &Note| {
        let MemberChange { kind, agent_id, agent_name, .. } = note.change.clone().unwrap();
        assert_eq!(agent_name, if agent_id == agent.me.id { &*agent.me.name } else { &*supervisor.me.name });
        assert_eq!((note.text.as_str(), note.mentions.len(), note.after_seq), ("", 0, 1));
        (note.author_id, kind, agent_id)
    };
    let (leads, who, also) = (admin.me.id, agent.me.id, supervisor.me.id);
    let expected = [
        (leads, MemberChangeKind::Joined, who),
        (leads, MemberChangeKind::Left, who),
        (leads, MemberChangeKind::Joined, who),
        (who, MemberChangeKind::Left, who),
        (also, MemberChangeKind::Joined, also),
    ];
    assert_eq!(held.iter().map(line).collect::<Vec<_>>(), expected);
    let heard: Vec<Note> = console.heard_so_far().await.into_iter().filter_map(note_in).collect();
    assert_eq!(heard, held, "live");

    // The list shows nothing of it, and nothing counts as unread.
    let listed_after = admin.conversation(id).await;
    let unchanged = Conversation { members: vec![also], members_version: 5, notes: 5, ..listed_before };
    assert_eq!(listed_after, unchanged);
    assert_eq!(widget.heard_so_far().await, []);
    assert_eq!(answers(&server, &channel, &visitor).await, before, "byte for byte");
    assert_eq!(visitor.say("在吗").await.seq, 2);
    // Who has gone neither hears nor reads what comes after.
    assert_eq!(
        events_after(&agent, 0).await.into_iter().filter(|event| matches!(event, Event::NoteCreated { .. })).count(),
        0
    );
    admin.delete(&format!("/api/v1/conversations/{id}/messages")).await.expect(204);
    assert_eq!(notes(&admin, id).await.items, [], "it goes with the history");
    assert_eq!(store::integrity::check(server.state().db.reader()).await.unwrap(), []);
}

fn note_in(frame: ServerFrame) -> Option<Note> {
    match frame {
        ServerFrame::Event { event: Event::NoteCreated { note }, .. } => Some(note),
        _ => None,
    }
}

async fn a_removed_agent_loses_it_at_once_on_every_path(server: TestServer) {
    let (organisation, agent, visitor, id) = scene(&server).await;
    add(&organisation.admin, id, &agent).await.expect(200);
    let sent = upload(&agent, id, "a.png", picture(8, 8, ImageFormat::Png)).await;
    let messages = format!("/api/v1/conversations/{id}/messages");
    agent.post(&messages, &message(&server, &sent)).await.expect(201);
    let unsent = upload(&agent, id, "b.png", picture(8, 8, ImageFormat::Png)).await;
    let file = sent.attachment().unwrap().id;
    let access: FileAccess = agent.get(&format!("/api/v1/conversations/{id}/file-access")).await.having(200).json();
    let address = format!("{}{file}", access.path);
    agent.get(&address).await.expect(200);
    agent
        .patch(
            &format!("/api/v1/conversations/{id}/personal"),
            &PersonalPatch { pinned: Some(true), ..PersonalPatch::default() },
        )
        .await
        .expect(200);
    let contact = agent.conversation(id).await.contact.id;
    let (mut socket, _) = agent.socket().await;
    let (mut device, _) = agent.on_another_device().await.socket().await;
    let cursor: EventsAfter = agent.get("/api/v1/events").await.json();
    visitor.say("他还在的时候").await;
    remove(&organisation.admin, id, &agent).await.expect(204);

    let withdrawn = Event::ConversationWithdrawn { conversation_id: id, agent_id: agent.me.id, members_version: 2 };
    for console in [&mut socket, &mut device] {
        let heard = console.heard_so_far().await;
        let last = heard.last().cloned();
        assert!(matches!(last, Some(ServerFrame::Event { event, .. }) if event == withdrawn), "{heard:?}");
    }
    visitor.say("之后").await;
    for console in [&mut socket, &mut device] {
        assert_eq!(console.heard_so_far().await, []);
    }
    assert_eq!(events_after(&agent, cursor.cursor).await, [withdrawn], "not even what was for them at the time");
    for path in ["", "/messages", "/file-access"] {
        agent.get(&format!("/api/v1/conversations/{id}{path}")).await.expect(404);
    }
    agent.get(&format!("/api/v1/contacts/{contact}")).await.expect(404);
    agent.get(&address).await.expect(404);
    agent.post(&messages, &server.text("还能说吗")).await.expect(404);
    let refused = agent.post(&messages, &message(&server, &unsent)).await;
    assert!(matches!(refused.code(), ErrorCode::NotFound | ErrorCode::Invalid), "a file that was uploaded before");
    let typing = ClientFrame::Typing { conversation_id: None, active: true, text: None };
    let mut widget = visitor.socket().await;
    widget.send(&typing).await;
    assert_eq!(widget.heard_so_far().await, []);
    assert_eq!(socket.heard_so_far().await, [], "nor that the visitor writes");
    for query in ["", "pinned=true", "unread=true", "assigned=me", "assigned=nobody"] {
        assert_eq!(listed(&agent, query).await, [], "{query}");
    }
    let said = ClientFrame::SendMessage {
        nonce: server.nonce(),
        conversation_id: Some(id),
        content: types::messages::NewContent::Text { text: "还能说吗".to_owned() },
    };
    let refused = socket.ask(&said).await;
    assert!(
        matches!(&refused, ServerFrame::Rejected { problem, .. } if problem.code == ErrorCode::NotFound),
        "{refused:?}"
    );
    // The others go on as before, and whoever comes back sees all of it.
    assert_eq!(organisation.admin.conversation(id).await.members, []);
    add(&organisation.admin, id, &agent).await.expect(200);
    assert_eq!(agent.conversation(id).await.last_seq, organisation.admin.conversation(id).await.last_seq);
    agent.get(&address).await.expect(200);
    assert_eq!(store::integrity::check(server.state().db.reader()).await.unwrap(), []);
}

async fn whoever_has_it_or_leads_decides_and_members_may_leave(server: TestServer) {
    let (organisation, member, _visitor, id) = scene(&server).await;
    let (assignee, other) = (organisation.agent(Role::Agent).await, organisation.agent(Role::Agent).await);
    let supervisor = organisation.agent(Role::Supervisor).await;
    assignee.is_given(id).await;
    add(&other, id, &other).await.expect(404);
    add(&assignee, id, &member).await.expect(200);
    assert_eq!(add(&member, id, &other).await.having(403).code(), ErrorCode::Forbidden);
    add(&supervisor, id, &other).await.expect(200);
    assert_eq!(remove(&member, id, &other).await.having(403).code(), ErrorCode::Forbidden);
    assert_eq!(remove(&supervisor, id, &assignee).await.having(409).code(), ErrorCode::Conflict);
    assert_eq!(assignee.conversation(id).await.members, [member.me.id, other.me.id]);
    for what in ["/messages", ""] {
        let ended = member.delete(&format!("/api/v1/conversations/{id}{what}")).await;
        assert_eq!(ended.having(403).code(), ErrorCode::Forbidden, "who takes part does not end it for everybody");
    }
    remove(&member, id, &member).await.expect(204);
    member.get(&format!("/api/v1/conversations/{id}")).await.expect(404);
    remove(&assignee, id, &other).await.expect(204);
    remove(&assignee, id, &other).await.expect(204);
    assert_eq!(assignee.conversation(id).await.members_version, 4, "who is gone is not removed again");
    // A supervisor who was added goes on seeing it.
    let (mut console, _) = supervisor.socket().await;
    add(&assignee, id, &supervisor).await.expect(200);
    remove(&supervisor, id, &supervisor).await.expect(204);
    let heard = console.heard_so_far().await;
    assert!(
        !heard
            .iter()
            .any(|frame| matches!(frame, ServerFrame::Event { event: Event::ConversationWithdrawn { .. }, .. }))
    );
    supervisor.get(&format!("/api/v1/conversations/{id}")).await.expect(200);
}

async fn only_so_many_take_part(server: TestServer) {
    let (organisation, agent, _visitor, id) = scene(&server).await;
    let full: Vec<AgentId> = (0..limits::MEMBERS_MAX).map(|_| server.state().ids.make(AgentId)).collect();
    let text = Members::from(full).to_string();
    let state = server.state();
    let statement = format!("UPDATE conversation SET members = '{text}'");
    let filled = state.write(move |tx| {
        Box::pin(async move {
            use store::ConnectionTrait;
            tx.conn().execute_unprepared(&statement).await.map_err(store::StoreError::from)?;
            Ok(())
        })
    });
    filled.await.unwrap();
    let refused = add(&organisation.admin, id, &agent).await.having(409);
    assert_eq!(refused.code(), ErrorCode::Conflict);
    assert!(refused.problem().detail.contains("20"));
}

async fn a_list_holds_what_is_assigned_and_what_was_joined_in_one_order(server: TestServer) {
    let organisation = server.organisation().await;
    let (agent, channel) = (organisation.agent(Role::Agent).await, organisation.channel().await);
    let (mut visitors, mut theirs) = (Vec::new(), Vec::new());
    for number in 0..9_i64 {
        server.clock.advance(1_000);
        let visitor = server.visit(&channel.key, None).await;
        let id = visitor.say("你好").await.conversation_id;
        match number % 3 {
            0 => agent.is_given(id).await,
            1 => add(&organisation.admin, id, &agent).await.expect(200),
            _ => {}
        }
        if number % 3 < 2 {
            theirs.push(id);
        }
        visitors.push((visitor, id));
    }
    // The one that was joined first rises to the top, and with it its place in the list of whoever was added.
    server.clock.advance(1_000);
    let (visitor, risen) = &visitors[1];
    visitor.say("又来了").await;
    theirs.retain(|id| id != risen);
    theirs.push(*risen);
    theirs.reverse();
    assert_eq!(listed(&agent, "").await, theirs);
    assert_eq!(listed(&agent, "assigned=me").await, theirs);
    assert_eq!(listed(&agent, "unread=true").await, theirs);
    assert_eq!(listed(&agent, &format!("channel_id={}", channel.id)).await, theirs);
    assert_eq!(listed(&agent, "assigned=nobody").await.len(), 3, "those that were joined and are nobody's");
    let (mut paged, mut query) = (Vec::new(), "limit=2".to_owned());
    loop {
        let page: Page<Conversation> = agent.get(&format!("/api/v1/conversations?{query}")).await.having(200).json();
        paged.extend(page.items.iter().map(|one| one.id));
        match page.next_cursor {
            Some(cursor) => query = format!("limit=2&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(paged, theirs);
    assert_eq!(listed(&organisation.admin, "").await.len(), 9);
    // Whoever was given what they had joined has it once.
    agent.is_given(*risen).await;
    assert_eq!(listed(&agent, "").await, theirs);
    assert_eq!(store::integrity::check(server.state().db.reader()).await.unwrap(), []);
}

async fn another_organisations_agents_and_conversations_are_not_there(server: TestServer) {
    let (organisation, agent, _visitor, id) = scene(&server).await;
    let away = server.organisation().await;
    let stranger = away.agent(Role::Agent).await;
    add(&organisation.admin, id, &stranger).await.expect(404);
    add(&away.admin, id, &stranger).await.expect(404);
    add(&organisation.admin, id, &agent).await.expect(200);
    remove(&away.admin, id, &agent).await.expect(404);
    remove(&organisation.admin, id, &stranger).await.expect(404);
    assert_eq!(organisation.admin.conversation(id).await.members, [agent.me.id]);
    assert_eq!(events_after(&away.admin, 0).await.len(), 0);
}

async fn it_is_in_the_audit_log_and_goes_with_the_conversation(server: TestServer) {
    let (organisation, agent, visitor, id) = scene(&server).await;
    let admin = &organisation.admin;
    add(admin, id, &agent).await.expect(200);
    remove(&agent, id, &agent).await.expect(204);
    add(admin, id, &agent).await.expect(200);
    let log: Page<AuditEntry> = admin.deeds().await;
    let told: Vec<_> = log
        .items
        .iter()
        .filter(|entry| !matches!(entry.action, AuditAction::ChannelCreated { .. }))
        .map(|entry| match &entry.action {
            AuditAction::MemberAdded { conversation_id, member_id, .. } => {
                (entry.agent_id, "in", *conversation_id, *member_id)
            }
            AuditAction::MemberRemoved { conversation_id, member_id, .. } => {
                (entry.agent_id, "out", *conversation_id, *member_id)
            }
            other => panic!("{other:?}"),
        })
        .collect();
    let who = agent.me.id;
    let mut expected = vec![(admin.me.id, "in", id, who), (who, "out", id, who), (admin.me.id, "in", id, who)];
    // Entries of one moment have no order among them.
    let (mut told, by) = (told, |row: &(AgentId, &'static str, ConversationId, AgentId)| (row.1, row.0));
    told.sort_by_key(by);
    expected.sort_by_key(by);
    assert_eq!(told, expected);
    let (mut socket, _) = agent.socket().await;
    admin.delete(&format!("/api/v1/conversations/{id}")).await.expect(204);
    assert_eq!(socket.event().await.1, Event::ConversationDeleted { conversation_id: id });
    assert_eq!(listed(&agent, "").await, []);
    let again = visitor.say("又来了").await.conversation_id;
    agent.get(&format!("/api/v1/conversations/{again}")).await.expect(404);
    add(admin, again, &agent).await.expect(200);
    let channel = admin.conversation(again).await.channel_id;
    let name =
        organisation.admin.get(&format!("/api/v1/channels/{channel}")).await.json::<types::channels::Channel>().name;
    let deleted = types::channels::DeleteChannel { name };
    admin.delete_with(&format!("/api/v1/channels/{channel}"), &deleted).await.expect(204);
    agent.get(&format!("/api/v1/conversations/{again}")).await.expect(404);
}
