//! Internal notes: agents read them, whom they mention is told, and nothing that a visitor can ask or hear depends on them.

use crate::scene::{Scene, scene};
use reqwest::Method;
use testkit::{AgentCaller, TestServer, VisitorCaller, db_tests};
use types::agents::Role;
use types::channels::Channel;
use types::conversations::{Conversation, MarkRead, Personal, PersonalPatch};
use types::error::FieldCode;
use types::events::{Event, EventsAfter};
use types::id::{AgentId, ConversationId};
use types::limits;
use types::notes::{CreateNote, Note, Notes};
use types::page::Page;
use types::search::SearchResults;
use types::ws::ServerFrame;

db_tests!(
    agents_who_may_see_the_conversation_read_its_notes,
    who_takes_part_writes_notes_and_who_is_removed_neither_reads_nor_hears_them,
    nothing_of_a_visitors_tells_that_there_is_a_note,
    a_repeated_nonce_is_one_note,
    only_who_may_read_a_note_is_mentioned,
    who_is_mentioned_has_it_before_them_until_they_have_looked,
    notes_go_with_the_history_and_with_the_conversation,
    notes_alone_are_cleared_too_and_their_words_are_in_no_row_any_more,
    many_notes_come_page_by_page,
);

fn path(id: ConversationId) -> String {
    format!("/api/v1/conversations/{id}/notes")
}

fn request(server: &TestServer, text: &str, mentions: Vec<AgentId>) -> CreateNote {
    CreateNote { nonce: server.nonce(), text: text.to_owned(), mentions, whisper: false }
}

async fn note(server: &TestServer, agent: &AgentCaller, id: ConversationId, text: &str) -> Note {
    agent.post(&path(id), &request(server, text, Vec::new())).await.having(201).json()
}

pub(crate) async fn notes(agent: &AgentCaller, id: ConversationId) -> Notes {
    agent.get(&path(id)).await.having(200).json()
}

async fn agents_who_may_see_the_conversation_read_its_notes(server: TestServer) {
    let Scene { organisation, visitor, id, .. } = scene(&server).await;
    let admin = organisation.admin.clone();
    let (supervisor, agent) = (organisation.agent(Role::Supervisor).await, organisation.agent(Role::Agent).await);
    let (mut theirs, _) = supervisor.socket().await;
    let (mut strangers, _) = agent.socket().await;
    let before = admin.conversation(id).await;
    let first = note(&server, &admin, id, "老客户，给九折").await;
    assert_eq!((first.number, first.after_seq, first.author_id), (1, 1, admin.me.id));
    assert_eq!(theirs.event().await.1, Event::NoteCreated { note: first.clone() });
    assert_eq!(strangers.heard_so_far().await, [], "it is not their conversation");
    agent.get(&path(id)).await.expect(404);
    agent.post(&path(id), &request(&server, "看不见", Vec::new())).await.expect(404);
    // Beside the conversation: nothing of it moves but the count.
    let after = admin.conversation(id).await;
    assert_eq!(after, Conversation { notes: 1, ..before });
    visitor.say("在吗").await;
    let second = note(&server, &supervisor, id, "已报价").await;
    assert_eq!((second.number, second.after_seq), (2, 2));
    let held = notes(&admin, id).await;
    assert_eq!((held.items, held.count, held.has_earlier), (vec![first, second], 2, false));
    let events: EventsAfter = admin.get("/api/v1/events?after=0").await.having(200).json();
    assert_eq!(events.items.iter().filter(|item| matches!(item.event, Event::NoteCreated { .. })).count(), 2);
    assert_eq!(store::integrity::check(server.state().db.reader()).await.unwrap(), []);
}

async fn who_takes_part_writes_notes_and_who_is_removed_neither_reads_nor_hears_them(server: TestServer) {
    let Scene { organisation, id, .. } = scene(&server).await;
    let (admin, agent) = (organisation.admin.clone(), organisation.agent(Role::Agent).await);
    let member = format!("/api/v1/conversations/{id}/members/{}", agent.me.id);
    let first = note(&server, &admin, id, "加入之前的").await;
    admin.send(admin.request(Method::PUT, &member)).await.expect(200);
    let held = notes(&agent, id).await.items;
    assert_eq!(held[0], first, "with the history");
    assert!(held.len() == 2 && held[1].change.is_some(), "and with the line that they joined");
    let (mut socket, _) = agent.socket().await;
    let mention = request(&server, "请你跟进", vec![agent.me.id]);
    let said: Note = admin.post(&path(id), &mention).await.having(201).json();
    assert_eq!(socket.event().await.1, Event::NoteCreated { note: said });
    assert!(matches!(socket.event().await.1, Event::ConversationPersonalised { .. }), "it mentions them");
    let theirs = note(&server, &agent, id, "好的").await;
    assert_eq!(socket.event().await.1, Event::NoteCreated { note: theirs });
    let cursor: EventsAfter = agent.get("/api/v1/events").await.json();

    admin.delete(&member).await.expect(204);
    note(&server, &admin, id, "他走之后的").await;
    admin.post(&path(id), &request(&server, "还在吗", vec![agent.me.id])).await.expect(422);
    agent.get(&path(id)).await.expect(404);
    agent.post(&path(id), &request(&server, "我还想说", Vec::new())).await.expect(404);
    let told = |frame: &ServerFrame| matches!(frame, ServerFrame::Event { event: Event::NoteCreated { .. }, .. });
    assert!(!socket.heard_so_far().await.iter().any(told));
    let missed: EventsAfter = agent.get(&format!("/api/v1/events?after={}", cursor.cursor)).await.having(200).json();
    assert!(missed.items.iter().all(|item| matches!(item.event, Event::ConversationWithdrawn { .. })));
}

/// What a visitor is answered, byte for byte, but for tickets and passes, which are new each time.
pub(crate) async fn answers(server: &TestServer, channel: &Channel, visitor: &VisitorCaller) -> Vec<String> {
    let session = server.try_visit(&channel.key, Some(visitor.token())).await.having(200);
    let mut session: serde_json::Value = session.json();
    for fresh in ["ticket", "visitor_token", "files"] {
        session[fresh] = serde_json::Value::Null;
    }
    let mut all = vec![session.to_string()];
    for path in ["/widget/v1/messages", "/widget/v1/messages?after_seq=0", "/widget/v1/unread"] {
        all.push(visitor.get(path).await.having(200).json::<serde_json::Value>().to_string());
    }
    all
}

async fn nothing_of_a_visitors_tells_that_there_is_a_note(server: TestServer) {
    let Scene { organisation, channel, visitor, id, .. } = scene(&server).await;
    let admin = organisation.admin.clone();
    let mut widget = visitor.socket().await;
    let before = answers(&server, &channel, &visitor).await;
    let mention = request(&server, "机密备注", vec![admin.me.id]);
    admin.post(&path(id), &mention).await.expect(201);
    note(&server, &organisation.agent(Role::Supervisor).await, id, "机密备注二").await;
    assert_eq!(widget.heard_so_far().await, []);
    assert_eq!(answers(&server, &channel, &visitor).await, before);
    // The next messages are numbered as if nothing had been written between.
    assert_eq!(admin.say(id, "三十元").await.seq, 2);
    assert_eq!(visitor.say("好").await.seq, 3);
    let after = answers(&server, &channel, &visitor).await.concat();
    assert!(!after.contains("机密") && !after.contains("note"), "{after}");
    let found: SearchResults = admin.get("/api/v1/search?q=机密").await.having(200).json();
    assert!(found.messages.is_empty(), "notes are not messages");
    visitor.get(&path(id)).await.expect(401);
    visitor.post(&path(id), &request(&server, "x", Vec::new())).await.expect(401);
}

async fn a_repeated_nonce_is_one_note(server: TestServer) {
    let Scene { organisation, id, .. } = scene(&server).await;
    let admin = organisation.admin.clone();
    let request = request(&server, "老客户", Vec::new());
    let first: Note = admin.post(&path(id), &request).await.having(201).json();
    let again: Note = admin.post(&path(id), &request).await.having(200).json();
    assert_eq!((&again, notes(&admin, id).await.items), (&first, vec![first.clone()]));
}

async fn only_who_may_read_a_note_is_mentioned(server: TestServer) {
    let Scene { organisation, id, .. } = scene(&server).await;
    let admin = organisation.admin.clone();
    let (supervisor, agent) = (organisation.agent(Role::Supervisor).await, organisation.agent(Role::Agent).await);
    let stranger = server.organisation().await.admin.me.id;
    for wrong in [agent.me.id, stranger] {
        let refused = admin.post(&path(id), &request(&server, "看看", vec![admin.me.id, wrong])).await.having(422);
        let error = &refused.problem().errors[0];
        assert_eq!((error.field.as_str(), error.code), ("mentions", FieldCode::Wrong));
    }
    let many = vec![admin.me.id; limits::MENTIONS_MAX + 1];
    admin.post(&path(id), &request(&server, "看看", many)).await.expect(422);
    admin.post(&path(id), &request(&server, " ", Vec::new())).await.expect(422);
    assert_eq!(notes(&admin, id).await.count, 0, "nothing was stored");
    agent.is_given(id).await;
    let mentions = vec![agent.me.id, supervisor.me.id, agent.me.id];
    let said: Note = admin.post(&path(id), &request(&server, "看看", mentions)).await.having(201).json();
    assert_eq!(said.mentions.len(), 2, "everybody once");
}

async fn who_is_mentioned_has_it_before_them_until_they_have_looked(server: TestServer) {
    let Scene { organisation, id, .. } = scene(&server).await;
    let (admin, supervisor) = (organisation.admin.clone(), organisation.agent(Role::Supervisor).await);
    let personal = format!("/api/v1/conversations/{id}/personal");
    let read = MarkRead { seq: 1 };
    supervisor.put(&format!("/api/v1/conversations/{id}/read"), &read).await.expect(200);
    let before = supervisor.conversation(id).await;
    let (mut socket, _) = supervisor.socket().await;
    let both = vec![supervisor.me.id, admin.me.id];
    let first = request(&server, "请看一下", both.clone());
    let note: Note = admin.post(&path(id), &first).await.having(201).json();
    assert_eq!(socket.event().await.1, Event::NoteCreated { note });
    let mentioned = Personal { mentioned: true, revision: 1, ..Personal::default() };
    let told = Event::ConversationPersonalised { conversation_id: id, agent_id: supervisor.me.id, personal: mentioned };
    assert_eq!(socket.event().await.1, told);
    let after = supervisor.conversation(id).await;
    assert_eq!(after, Conversation { mentioned: true, personal_revision: 1, notes: 1, ..before.clone() });
    assert!(!admin.conversation(id).await.mentioned, "who writes a note has read it");
    let unread = async || supervisor.get("/api/v1/conversations?unread=true").await.json::<Page<Conversation>>().items;
    assert_eq!(unread().await, [after]);
    // What is so already is not told again.
    admin.post(&path(id), &request(&server, "再看一下", both)).await.expect(201);
    assert!(matches!(socket.event().await.1, Event::NoteCreated { .. }));
    let patch = |mentioned| PersonalPatch { mentioned: Some(mentioned), ..PersonalPatch::default() };
    supervisor.patch(&personal, &patch(true)).await.expect(200);
    let seen: Conversation = supervisor.patch(&personal, &patch(false)).await.having(200).json();
    assert_eq!(seen, Conversation { personal_revision: 2, notes: 2, ..before });
    let personal_now = Personal { revision: 2, ..Personal::default() };
    let told =
        Event::ConversationPersonalised { conversation_id: id, agent_id: supervisor.me.id, personal: personal_now };
    assert_eq!(socket.event().await.1, told);
    assert_eq!(unread().await, []);
    // Nobody mentions themselves by asking for it.
    let wanted: Conversation = supervisor.patch(&personal, &patch(true)).await.having(200).json();
    assert!(!wanted.mentioned);
    // With the notes goes what they mention.
    admin.post(&path(id), &request(&server, "还有", vec![supervisor.me.id])).await.expect(201);
    assert!(supervisor.conversation(id).await.mentioned);
    admin.delete(&format!("/api/v1/conversations/{id}/messages")).await.expect(204);
    assert!(!supervisor.conversation(id).await.mentioned);
    assert_eq!(store::integrity::check(server.state().db.reader()).await.unwrap(), []);
}

async fn notes_go_with_the_history_and_with_the_conversation(server: TestServer) {
    let Scene { organisation, visitor, id, .. } = scene(&server).await;
    let admin = organisation.admin.clone();
    note(&server, &admin, id, "清空前").await;
    let (mut console, cursor) = admin.socket().await;
    let mut widget = visitor.socket().await;
    clear(&admin, id).await;
    assert_eq!(console.event().await.1, Event::ConversationCleared { conversation_id: id, seq: 1 });
    assert_eq!(console.event().await.1, Event::NotesCleared { conversation_id: id, number: 1 });
    assert_eq!(widget.event().await.1, Event::ConversationCleared { conversation_id: id, seq: 1 });
    assert_eq!(widget.heard_so_far().await, [], "the visitor hears of the messages alone");
    let cleared = notes(&admin, id).await;
    assert_eq!((cleared.items, cleared.count, cleared.cleared), (vec![], 1, 1));
    assert_eq!(notes_told(&admin, 0).await, 0, "nobody reads it from the ledger");
    let next = note(&server, &admin, id, "清空后").await;
    assert_eq!((next.number, next.after_seq), (2, 1));
    assert_eq!(notes(&admin, id).await.items, [next]);
    assert_eq!(notes_told(&admin, cursor).await, 1);
    assert_eq!(store::integrity::check(server.state().db.reader()).await.unwrap(), []);
    admin.delete(&format!("/api/v1/conversations/{id}")).await.expect(204);
    admin.get(&path(id)).await.expect(404);
    assert!(!everything_stored(&server).await.contains("清空后"));
}

async fn clear(agent: &AgentCaller, id: ConversationId) {
    agent.delete(&format!("/api/v1/conversations/{id}/messages")).await.expect(204);
}

/// How many notes the ledger tells of after a point.
async fn notes_told(agent: &AgentCaller, after: i64) -> usize {
    let events: EventsAfter = agent.get(&format!("/api/v1/events?after={after}")).await.having(200).json();
    events.items.iter().filter(|item| matches!(item.event, Event::NoteCreated { .. })).count()
}

async fn everything_stored(server: &TestServer) -> String {
    testkit::everything_stored(server.state().db.reader()).await
}

async fn notes_alone_are_cleared_too_and_their_words_are_in_no_row_any_more(server: TestServer) {
    const SECRET: &str = "底价二十元";
    let Scene { organisation, visitor, id, .. } = scene(&server).await;
    let admin = organisation.admin.clone();
    clear(&admin, id).await;
    note(&server, &admin, id, SECRET).await;
    assert!(everything_stored(&server).await.contains(SECRET), "this test can see it");
    let (mut console, _) = admin.socket().await;
    let mut widget = visitor.socket().await;
    clear(&admin, id).await;
    assert_eq!(console.event().await.1, Event::NotesCleared { conversation_id: id, number: 1 });
    assert_eq!(widget.heard_so_far().await, []);
    assert_eq!(notes(&admin, id).await.items, []);
    crate::conversation_settings::purged(&server).await;
    assert!(!everything_stored(&server).await.contains(SECRET));
    // Where there is nothing left to clear nothing happens.
    clear(&admin, id).await;
    assert_eq!(console.heard_so_far().await, []);
    assert_eq!(visitor.say("在吗").await.seq, 2);
    assert_eq!(store::integrity::check(server.state().db.reader()).await.unwrap(), []);
}

async fn many_notes_come_page_by_page(server: TestServer) {
    server.reconfigure(|config| config.limits.requests_per_minute = 1_000_000).await;
    let Scene { organisation, id, .. } = scene(&server).await;
    let admin = organisation.admin.clone();
    let most = i64::from(limits::NOTES_MAX);
    for number in 0..=most {
        note(&server, &admin, id, &number.to_string()).await;
    }
    let newest = notes(&admin, id).await;
    assert_eq!((newest.items.len(), newest.items[0].number, newest.has_earlier), (100, 2, true));
    let rest: Notes = admin.get(&format!("{}?before=2", path(id))).await.having(200).json();
    assert_eq!((rest.items.len(), rest.items[0].number, rest.has_earlier), (1, 1, false));
}
