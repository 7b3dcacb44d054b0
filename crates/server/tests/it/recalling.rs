//! Recalling a message: within two minutes, by its author, for everybody, and for good.

use crate::attachments;
use crate::scene::{Scene, scene};
use server::clock::Clock;
use testkit::{AgentCaller, Answer, TestServer, db_tests};
use types::agents::Role;
use types::attachments::FileAccess;
use types::error::ErrorCode;
use types::events::{Event, EventsAfter};
use types::id::{ConversationId, MessageId};
use types::messages::{Content, Message, MessageWindow};
use types::search::SearchResults;
use types::visitors::VisitorSession;
use types::ws::ClientFrame;

db_tests!(
    a_recalled_message_keeps_its_place_and_says_nothing_on_either_side,
    its_words_are_in_no_row_any_more,
    only_the_author_recalls_and_only_for_two_minutes,
    a_repeated_nonce_brings_nothing_back,
    a_recalled_file_is_served_no_more_and_collected,
    who_was_away_learns_of_it,
    what_is_cleared_or_elsewhere_is_not_there_to_be_recalled,
);

const SECRET: &str = "内部底价三百二十元";

async fn try_recall(agent: &AgentCaller, id: ConversationId, message: MessageId) -> Answer {
    agent.post_empty(&format!("/api/v1/conversations/{id}/messages/{message}/recall")).await
}

async fn recall(agent: &AgentCaller, message: &Message) -> Message {
    try_recall(agent, message.conversation_id, message.id).await.having(200).json()
}

async fn window(agent: &AgentCaller, id: ConversationId) -> MessageWindow {
    agent.get(&format!("/api/v1/conversations/{id}/messages")).await.having(200).json()
}

async fn a_recalled_message_keeps_its_place_and_says_nothing_on_either_side(server: TestServer) {
    let Scene { organisation, visitor, id, .. } = scene(&server).await;
    let admin = organisation.admin.clone();
    let supervisor = organisation.agent(Role::Supervisor).await;
    let said = admin.say(id, SECRET).await;
    let next = visitor.say("好的").await;
    let (mut console, _) = supervisor.socket().await;
    let mut widget = visitor.socket().await;

    let recalled = recall(&admin, &said).await;
    assert_eq!(recalled, Message { content: Content::Recalled {}, ..said.clone() });
    let told = Event::MessageRecalled { conversation_id: id, message_id: said.id, seq: said.seq, recalls: 1 };
    assert_eq!(console.event().await.1, told);
    assert_eq!(widget.event().await, (None, told), "the visitor hears it without the ledger's number");

    let shown = window(&supervisor, id).await;
    assert_eq!((shown.recalls, shown.items.len()), (1, 3));
    assert_eq!((&shown.items[1], &shown.items[2]), (&recalled, &next));
    let theirs: MessageWindow = visitor.get("/widget/v1/messages").await.json();
    assert_eq!((theirs.recalls, theirs.items), (1, shown.items));
    let conversation = supervisor.conversation(id).await;
    assert_eq!(
        (conversation.last_seq, conversation.recalls, conversation.unread),
        (3, 1, 2),
        "what is unread stays so"
    );
    assert_eq!(conversation.last_message.unwrap().seq, 3);

    // The newest one is what the list shows.
    let newest = admin.say(id, SECRET).await;
    recall(&admin, &newest).await;
    let conversation = supervisor.conversation(id).await;
    let preview = conversation.last_message.unwrap();
    assert_eq!((preview.seq, preview.content, conversation.recalls), (4, Content::Recalled {}, 2));

    // Twice is as good as once, and tells nobody anything.
    console.heard_so_far().await;
    assert_eq!(recall(&admin, &said).await, recalled);
    assert_eq!(console.heard_so_far().await, []);
    assert_eq!(store::integrity::check(server.state().db.reader()).await.unwrap(), []);
}

async fn everything_stored(server: &TestServer) -> String {
    testkit::everything_stored(server.state().db.reader()).await
}

async fn found(agent: &AgentCaller, text: &str) -> usize {
    agent.get(&format!("/api/v1/search?q={text}")).await.having(200).json::<SearchResults>().messages.len()
}

async fn its_words_are_in_no_row_any_more(server: TestServer) {
    let Scene { organisation, id, .. } = scene(&server).await;
    let admin = organisation.admin.clone();
    let said = admin.say(id, SECRET).await;
    // The index is a moment behind.
    testkit::in_time("it is found", async { while found(&admin, "底价").await == 0 {} }).await;
    assert!(everything_stored(&server).await.contains(SECRET), "this test can see it");
    recall(&admin, &said).await;
    let stored = everything_stored(&server).await;
    assert!(!stored.contains(SECRET) && !stored.contains("底价"), "nor are its terms");
    assert_eq!(found(&admin, "底价").await, 0);
    let events: EventsAfter = admin.get("/api/v1/events?after=0").await.having(200).json();
    let told: Vec<&Event> = events.items.iter().map(|item| &item.event).collect();
    let again = told.iter().any(|event| matches!(event, Event::MessageCreated { message } if message.id == said.id));
    assert!(again, "that something was said there stays in the ledger");
}

async fn only_the_author_recalls_and_only_for_two_minutes(server: TestServer) {
    let Scene { organisation, visitor, id, .. } = scene(&server).await;
    let admin = organisation.admin.clone();
    let supervisor = organisation.agent(Role::Supervisor).await;
    let agent = organisation.agent(Role::Agent).await;
    let said = admin.say(id, "三百元").await;
    let theirs = visitor.say("太贵了").await;
    let refused = try_recall(&supervisor, id, said.id).await.having(403);
    assert_eq!(refused.problem().code, ErrorCode::Forbidden);
    assert_eq!(try_recall(&admin, id, theirs.id).await.having(403).problem().code, ErrorCode::Forbidden);
    assert_eq!(try_recall(&agent, id, said.id).await.having(404).problem().code, ErrorCode::NotFound);

    server.clock.advance(120_000);
    let last = admin.say(id, "二百元").await;
    recall(&admin, &said).await;
    server.clock.advance(120_001);
    let late = try_recall(&admin, id, last.id).await.having(409);
    assert_eq!(late.problem().code, ErrorCode::Conflict);
    assert!(late.problem().detail.contains("120 seconds"), "{}", late.problem().detail);
    assert_eq!(window(&admin, id).await.items.last(), Some(&last), "nothing has changed");
    // Of what is recalled already it is never too late.
    recall(&admin, &said).await;
}

async fn a_repeated_nonce_brings_nothing_back(server: TestServer) {
    let Scene { organisation, id, .. } = scene(&server).await;
    let admin = organisation.admin.clone();
    let message = server.text(SECRET);
    let path = format!("/api/v1/conversations/{id}/messages");
    let said: Message = admin.post(&path, &message).await.having(201).json();
    let recalled = recall(&admin, &said).await;
    let again: Message = admin.post(&path, &message).await.having(200).json();
    assert_eq!(again, recalled);
    let (mut socket, _) = admin.socket().await;
    let (nonce, content) = (message.nonce, message.content);
    socket.ask(&ClientFrame::SendMessage { nonce, conversation_id: Some(id), content }).await;
    assert_eq!(window(&admin, id).await.items[1], recalled);
    assert!(!everything_stored(&server).await.contains(SECRET));
}

async fn a_recalled_file_is_served_no_more_and_collected(server: TestServer) {
    let Scene { organisation, id, visitor, .. } = scene(&server).await;
    let admin = organisation.admin.clone();
    let picture = attachments::picture(40, 30, image::ImageFormat::Png);
    let file = attachments::upload(&admin, id, "offer.png", picture).await;
    let sent: Message = attachments::send(&admin, id, &attachments::message(&server, &file)).await.having(201).json();
    let access: FileAccess = admin.get(&format!("/api/v1/conversations/{id}/file-access")).await.having(200).json();
    let address = file.attachment().unwrap().path(&access);
    visitor.get(&address).await.expect(200);
    recall(&admin, &sent).await;
    for path in [address.clone(), format!("{address}/preview"), format!("{address}/download")] {
        visitor.get(&path).await.expect(404);
    }
    assert!(!everything_stored(&server).await.contains(r#""type":"image""#), "only its row, until it is collected");
    let due = store::attachments::expired(server.state().db.reader(), server.clock.now(), 0, 10).await.unwrap();
    assert_eq!(due.len(), 1, "the next sweep takes it");
}

async fn who_was_away_learns_of_it(server: TestServer) {
    let Scene { organisation, channel, visitor, id, .. } = scene(&server).await;
    let admin = organisation.admin.clone();
    let said = admin.say(id, SECRET).await;
    let seq = said.seq;
    recall(&admin, &said).await;
    // A visitor asks for what comes after what they hold, and hears that something of that was recalled.
    let mut request = testkit::visitor::visit_request(&channel.key, Some(visitor.token()));
    request.after_seq = Some(seq);
    let session: VisitorSession = visitor.post("/widget/v1/sessions", &request).await.having(200).json();
    assert_eq!((session.messages.items.len(), session.messages.recalls), (0, 1));
    request.after_seq = None;
    let session: VisitorSession = visitor.post("/widget/v1/sessions", &request).await.having(200).json();
    assert_eq!(session.messages.items[1].content, Content::Recalled {});
}

async fn what_is_cleared_or_elsewhere_is_not_there_to_be_recalled(server: TestServer) {
    let Scene { organisation, channel, id, .. } = scene(&server).await;
    let admin = organisation.admin.clone();
    let said = admin.say(id, "三百元").await;
    let other = server.visit(&channel.key, None).await.say("在吗").await.conversation_id;
    try_recall(&admin, other, said.id).await.expect(404);
    let stranger = server.organisation().await;
    try_recall(&stranger.admin, id, said.id).await.expect(404);
    admin.delete(&format!("/api/v1/conversations/{id}/messages")).await.expect(204);
    try_recall(&admin, id, said.id).await.expect(404);
}
