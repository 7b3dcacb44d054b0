//! What agents set of conversations: pinned, muted, marked unread for themselves; cleared and deleted for everybody.

use testkit::{AgentCaller, Heard, TestServer, VisitorCaller, db_tests};
use types::agents::Role;
use types::audit::{AuditAction, AuditEntry};
use types::channels::Channel;
use types::conversations::{Conversation, MarkRead, PersonalPatch};
use types::error::ErrorCode;
use types::events::{Event, EventsAfter};
use types::id::ConversationId;
use types::limits;
use types::messages::MessageWindow;
use types::page::Page;
use types::visitors::VisitorSession;
use types::ws::ServerFrame;

db_tests!(
    pinning_muting_and_marking_are_ones_own,
    only_so_many_are_pinned,
    a_cleared_history_is_gone_for_everybody_and_counts_on,
    a_long_history_is_cleared_in_steps,
    a_deleted_conversation_is_gone_and_the_next_message_begins_another,
    what_cannot_be_brought_back_is_in_the_audit_log,
    whoever_is_blocked_and_deleted_can_be_let_back_in,
    what_is_pinned_and_out_of_sight_takes_no_place,
);

const ALL: PersonalPatch =
    PersonalPatch { pinned: Some(true), muted: Some(true), marked_unread: Some(true), mentioned: None };

async fn personalise(agent: &AgentCaller, id: ConversationId, patch: PersonalPatch) -> Conversation {
    agent.patch(&format!("/api/v1/conversations/{id}/personal"), &patch).await.having(200).json()
}

async fn listed(agent: &AgentCaller, query: &str) -> Vec<ConversationId> {
    let page: Page<Conversation> = agent.get(&format!("/api/v1/conversations?{query}")).await.having(200).json();
    page.items.iter().map(|conversation| conversation.id).collect()
}

async fn messages(agent: &AgentCaller, id: ConversationId, query: &str) -> MessageWindow {
    agent.get(&format!("/api/v1/conversations/{id}/messages?{query}")).await.having(200).json()
}

async fn pinning_muting_and_marking_are_ones_own(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let visitor = server.visit(&channel.key, None).await;
    let id = visitor.say("你好").await.conversation_id;
    let (admin, supervisor) = (organisation.admin.clone(), organisation.agent(Role::Supervisor).await);
    let (mut own, _) = admin.on_another_device().await.socket().await;
    let (mut others, _) = supervisor.socket().await;

    let changed = personalise(&admin, id, ALL).await;
    assert_eq!(
        (changed.pinned, changed.muted, changed.marked_unread, changed.personal_revision),
        (true, true, true, 1)
    );
    match own.event().await.1 {
        Event::ConversationPersonalised { conversation_id, agent_id, personal } => {
            assert_eq!((conversation_id, agent_id, personal), (id, admin.me.id, changed.personal()));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(others.heard_so_far().await, [], "nobody else hears of it");
    assert_eq!(supervisor.conversation(id).await.personal_revision, 0);
    assert_eq!(personalise(&admin, id, ALL).await.personal_revision, 1, "what is so already is no change");
    assert_eq!(own.heard_so_far().await, []);

    // Reading and writing leave it as it is, and it leaves the read mark as it is.
    assert_eq!(changed.unread, 1);
    admin.put(&format!("/api/v1/conversations/{id}/read"), &MarkRead { seq: 1 }).await.expect(200);
    admin.say(id, "您好").await;
    let read = admin.conversation(id).await;
    assert_eq!((read.unread, read.pinned, read.muted, read.marked_unread), (0, true, true, true));
    assert_eq!(listed(&admin, "pinned=true").await, [id]);
    assert_eq!(listed(&admin, "unread=true").await, [id], "marked unread");
    assert_eq!(listed(&supervisor, "pinned=true").await, []);
    let back = PersonalPatch { pinned: Some(false), marked_unread: Some(false), ..PersonalPatch::default() };
    let back = personalise(&admin, id, back).await;
    assert_eq!((back.pinned, back.muted, back.read_seq, back.personal_revision), (false, true, 2, 2));
    assert_eq!((listed(&admin, "pinned=true").await, listed(&admin, "unread=true").await), (vec![], vec![]));
}

async fn only_so_many_are_pinned(server: TestServer) {
    server.reconfigure(|config| config.limits.new_visitors_per_ip_per_minute = 1_000).await;
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let pin = PersonalPatch { pinned: Some(true), ..PersonalPatch::default() };
    let mut last = None;
    for _ in 0..=limits::PINNED_MAX {
        last = Some(server.visit(&channel.key, None).await.say("你好").await.conversation_id);
        if listed(&organisation.admin, "pinned=true&limit=100").await.len() < usize::from(limits::PINNED_MAX) {
            personalise(&organisation.admin, last.unwrap(), pin).await;
        }
    }
    let path = format!("/api/v1/conversations/{}/personal", last.unwrap());
    let refused = organisation.admin.patch(&path, &pin).await.having(409);
    assert_eq!(refused.problem().code, ErrorCode::Conflict);
    let page: Page<Conversation> = organisation.admin.get("/api/v1/conversations?pinned=true").await.having(200).json();
    assert_eq!(
        (page.items.len(), page.next_cursor),
        (usize::from(limits::PINNED_MAX), None),
        "one page holds them all"
    );
}

/// Waits until the rows of everything that was cleared are gone.
pub(crate) async fn purged(server: &TestServer) {
    let state = server.state();
    let done = async {
        while !store::clearing::unfinished(state.db.reader()).await.unwrap().is_empty() {
            // They go as writes; a write behind them is the thing to wait for.
            state.write(|_| Box::pin(async { Ok(()) })).await.unwrap();
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), done).await.expect("the purge ends");
}

async fn a_conversation(server: &TestServer, channel: &Channel, messages: usize) -> (VisitorCaller, ConversationId) {
    let visitor = server.visit(&channel.key, None).await;
    let id = visitor.say("1").await.conversation_id;
    for number in 2..=messages {
        visitor.say(&number.to_string()).await;
    }
    (visitor, id)
}

async fn a_cleared_history_is_gone_for_everybody_and_counts_on(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    let (visitor, id) = a_conversation(&server, &channel, 3).await;
    admin.say(id, "您好").await;
    let (mut console, cursor) = admin.socket().await;
    let mut widget = visitor.socket().await;
    admin.delete(&format!("/api/v1/conversations/{id}/messages")).await.expect(204);
    assert_eq!(console.event().await.1, Event::ConversationCleared { conversation_id: id, seq: 4 });
    assert_eq!(widget.event().await.1, Event::ConversationCleared { conversation_id: id, seq: 4 });

    let cleared = admin.conversation(id).await;
    assert_eq!((cleared.last_seq, cleared.cleared_seq, cleared.unread, cleared.read_seq), (4, 4, 0, 4));
    assert_eq!((cleared.last_message, cleared.waiting_since), (None, None));
    let supervisor = organisation.agent(Role::Supervisor).await;
    assert_eq!(supervisor.conversation(id).await.unread, 0, "what is gone is unread for nobody");
    for query in ["", "before_seq=5", "after_seq=0", "after_seq=2"] {
        let window = messages(&admin, id, query).await;
        assert_eq!((window.items.len(), window.has_earlier, window.cleared_seq), (0, false, 4), "{query}");
    }
    let again: VisitorSession = server.try_visit(&channel.key, Some(visitor.token())).await.having(200).json();
    assert_eq!((again.messages.items.len(), again.messages.cleared_seq, again.unread), (0, 4, 0));

    let next = visitor.say("重新开始").await;
    assert_eq!((next.seq, next.conversation_id), (5, id));
    let window = messages(&supervisor, id, "").await;
    assert_eq!((window.items.as_slice(), window.has_earlier), ([next].as_slice(), false));
    assert_eq!(supervisor.conversation(id).await.unread, 1);
    assert_eq!(listed(&supervisor, "unread=true").await, [id]);
    purged(&server).await;
    let events: EventsAfter = admin.get("/api/v1/events?after=0").await.having(200).json();
    let told = events.items.iter().filter(|item| matches!(item.event, Event::MessageCreated { .. }));
    assert_eq!(told.map(|item| item.seq).filter(|seq| *seq <= cursor).count(), 0, "the ledger has forgotten them");
    assert_eq!(store::integrity::check(server.state().db.reader()).await.unwrap(), []);
    admin.delete(&format!("/api/v1/conversations/{id}/messages")).await.expect(204);
    admin.delete(&format!("/api/v1/conversations/{id}/messages")).await.expect(204);
    let heard = console.heard_so_far().await;
    let clearings =
        |frame: &&ServerFrame| matches!(frame, ServerFrame::Event { event: Event::ConversationCleared { .. }, .. });
    assert_eq!(heard.iter().filter(clearings).count(), 1, "nothing to clear is no event");
}

async fn a_long_history_is_cleared_in_steps(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    let (visitor, id) = a_conversation(&server, &channel, 2).await;
    admin.says_much(id, 1_203).await;
    admin.delete(&format!("/api/v1/conversations/{id}/messages")).await.expect(204);
    assert_eq!(messages(&admin, id, "after_seq=0").await.items, []);
    visitor.say("之后").await;
    purged(&server).await;
    assert_eq!(store::integrity::check(server.state().db.reader()).await.unwrap(), []);
    admin.says_much(id, 1_100).await;
    admin.delete(&format!("/api/v1/conversations/{id}")).await.expect(204);
    admin.get(&format!("/api/v1/conversations/{id}")).await.expect(404);
    assert_eq!(store::integrity::check(server.state().db.reader()).await.unwrap(), []);
    // Every step that cannot be undone has its entry, the one on the way to the deletion too, and none is counted twice.
    let log: Page<AuditEntry> = admin.deeds().await;
    let mut gone: Vec<_> = log
        .items
        .iter()
        .filter(|entry| !matches!(entry.action, AuditAction::ChannelCreated { .. }))
        .map(|entry| match entry.action {
            AuditAction::ConversationCleared { messages, .. } => ("cleared", messages),
            AuditAction::ConversationDeleted { messages, .. } => ("deleted", messages),
            _ => ("else", 0),
        })
        .collect();
    gone.sort_unstable();
    assert_eq!(gone, [("cleared", 1_101), ("cleared", 1_205), ("deleted", 0)]);
}

async fn a_deleted_conversation_is_gone_and_the_next_message_begins_another(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    let (visitor, id) = a_conversation(&server, &channel, 2).await;
    let (mut console, _) = admin.socket().await;
    let mut widget = visitor.socket().await;
    // The socket has learnt which conversation is the visitor's.
    let said = |text| types::ws::ClientFrame::SendMessage {
        nonce: server.nonce(),
        conversation_id: None,
        content: types::messages::NewContent::Text { text: String::from(text) },
    };
    assert!(matches!(widget.ask(&said("三")).await, ServerFrame::Ack { seq: 3, .. }));
    let contact = admin.conversation(id).await.contact;
    admin.delete(&format!("/api/v1/conversations/{id}")).await.expect(204);
    let deleted = Event::ConversationDeleted { conversation_id: id };
    for socket in [&mut console, &mut widget] {
        let mut heard = socket.heard_so_far().await;
        assert!(matches!(heard.pop(), Some(ServerFrame::Event { event, .. }) if event == deleted));
    }
    for path in ["", "/messages"] {
        admin.get(&format!("/api/v1/conversations/{id}{path}")).await.expect(404);
    }
    assert_eq!(listed(&admin, "").await, []);
    let mut request = testkit::visitor::visit_request(&channel.key, Some(visitor.token()));
    request.after_seq = Some(3);
    let session: VisitorSession = visitor.post("/widget/v1/sessions", &request).await.having(200).json();
    assert_eq!((session.conversation_id, session.messages.cleared_seq), (None, 3), "what a tab still holds is gone");

    let ServerFrame::Ack { conversation_id, seq, .. } = widget.ask(&said("我又来了")).await else {
        panic!("no ack")
    };
    assert_eq!((seq, conversation_id == id), (1, false));
    assert_eq!(admin.conversation(conversation_id).await.contact, contact, "who they are is still known");
    assert_eq!(store::integrity::check(server.state().db.reader()).await.unwrap(), []);
    assert!(!matches!(console.next().await, Heard::Closed(_)));
}

async fn what_cannot_be_brought_back_is_in_the_audit_log(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    server.clock.advance(1_000);
    let (_, id) = a_conversation(&server, &channel, 2).await;
    let agent = organisation.agent(Role::Agent).await;
    agent.delete(&format!("/api/v1/conversations/{id}")).await.expect(404);
    agent.is_given(id).await;
    let contact = admin.conversation(id).await.contact;
    agent.delete(&format!("/api/v1/conversations/{id}/messages")).await.expect(204);
    server.clock.advance(1_000);
    let blocked = format!("/api/v1/contacts/{}/blocked", contact.id);
    admin.put(&blocked, &types::contacts::SetBlocked { blocked: true }).await.expect(200);
    server.clock.advance(1_000);
    admin.delete(&format!("/api/v1/conversations/{id}")).await.expect(204);

    agent.get("/api/v1/audit").await.expect(403);
    let page: Page<AuditEntry> = admin.get("/api/v1/audit?limit=2").await.having(200).json();
    let cursor = page.next_cursor.unwrap();
    let rest: Page<AuditEntry> = admin.get(&format!("/api/v1/audit?cursor={cursor}")).await.having(200).json();
    let all = page.items.into_iter().chain(rest.items);
    let mut log: Vec<AuditEntry> = all.filter(|entry| !matches!(entry.action, AuditAction::LoggedIn { .. })).collect();
    let first = log.pop().map(|entry| entry.action);
    assert_eq!(first, Some(AuditAction::ChannelCreated { channel_id: channel.id, name: channel.name.clone() }));
    let who: Vec<_> = log.iter().map(|entry| (entry.agent_id, entry.agent_name.as_str())).collect();
    assert_eq!(who, [(admin.me.id, "小admin"), (admin.me.id, "小admin"), (agent.me.id, "小agent")]);
    assert!(
        matches!(&log[0].action, AuditAction::ConversationDeleted { conversation_id, .. } if *conversation_id == id)
    );
    assert!(matches!(&log[1].action, AuditAction::ContactBlocked { contact: blocked, .. } if blocked.id == contact.id));
    let cleared =
        AuditAction::ConversationCleared { conversation_id: id, contact, channel_id: channel.id, messages: 2 };
    assert_eq!(log[2].action, cleared);
    assert_eq!(rest.next_cursor, None);
}

async fn whoever_is_blocked_and_deleted_can_be_let_back_in(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    let agent = organisation.agent(Role::Agent).await;
    let (visitor, id) = a_conversation(&server, &channel, 1).await;
    agent.is_given(id).await;
    let contact = admin.conversation(id).await.contact;
    let path = format!("/api/v1/contacts/{}/blocked", contact.id);
    admin.put(&path, &types::contacts::SetBlocked { blocked: true }).await.expect(200);
    admin.delete(&format!("/api/v1/conversations/{id}")).await.expect(204);

    let listed: Page<types::contacts::BlockedContact> = admin.get("/api/v1/blacklist").await.having(200).json();
    assert_eq!(listed.items.iter().map(|one| one.contact.id).collect::<Vec<_>>(), [contact.id]);
    let theirs: Page<types::contacts::BlockedContact> = agent.get("/api/v1/blacklist").await.having(200).json();
    assert_eq!(theirs.items, [], "it is nobody's any more");
    agent.put(&path, &types::contacts::SetBlocked { blocked: false }).await.expect(404);
    let away = server.organisation().await;
    away.admin.put(&path, &types::contacts::SetBlocked { blocked: false }).await.expect(404);
    let unblocked: types::contacts::Contact =
        admin.put(&path, &types::contacts::SetBlocked { blocked: false }).await.having(200).json();
    assert_eq!(unblocked.blocked_at, None);
    assert_eq!(visitor.say("我又来了").await.seq, 1);
    assert_eq!(store::integrity::check(server.state().db.reader()).await.unwrap(), []);
}

async fn what_is_pinned_and_out_of_sight_takes_no_place(server: TestServer) {
    server.reconfigure(|config| config.limits.new_visitors_per_ip_per_minute = 1_000).await;
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    let pin = PersonalPatch { pinned: Some(true), ..PersonalPatch::default() };
    for _ in 0..limits::PINNED_MAX {
        let id = server.visit(&channel.key, None).await.say("你好").await.conversation_id;
        personalise(&admin, id, pin).await;
        let contact = admin.conversation(id).await.contact.id;
        let path = format!("/api/v1/contacts/{contact}/blocked");
        admin.put(&path, &types::contacts::SetBlocked { blocked: true }).await.expect(200);
    }
    let id = server.visit(&channel.key, None).await.say("你好").await.conversation_id;
    personalise(&admin, id, pin).await;
    assert_eq!(self::listed(&admin, "pinned=true").await, [id]);
}
