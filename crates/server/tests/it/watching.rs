//! Supervisors watch conversations unnoticed and whisper to their agents, and visitors who wait are told their place.

use crate::notes::answers;
use serde_json::json;
use testkit::{TestServer, db_tests};
use types::agents::Role;
use types::contact_list::ContactExport;
use types::error::ErrorCode;
use types::events::Event;
use types::messages::Author;
use types::notes::Note;
use types::ws::{ClientFrame, ServerFrame};

db_tests!(
    who_watches_sees_all_of_it_live_and_is_not_noticed,
    a_whisper_reaches_the_agent_and_nothing_of_the_visitors,
    who_waits_is_told_their_place_as_it_changes,
);

async fn who_watches_sees_all_of_it_live_and_is_not_noticed(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.assigning_channel().await;
    let (agent, supervisor) = (organisation.agent(Role::Agent).await, organisation.agent(Role::Supervisor).await);
    let (mut theirs, _) = agent.socket().await;
    let visitor = server.visit(&channel.key, None).await;
    let id = visitor.say("在吗？").await.conversation_id;
    assert_eq!(agent.conversation(id).await.assignee_id, Some(agent.me.id));
    let visitor = visitor.again(&channel.key).await;
    let mut widget = visitor.socket().await;
    let (mut watching, _) = supervisor.socket().await;
    assert!(theirs.heard_so_far().await.len() >= 2, "it was given to them");
    let before = answers(&server, &channel, &visitor).await;

    // Opening it and reading it is the supervisor's own affair.
    supervisor.get(&format!("/api/v1/conversations/{id}/messages")).await.expect(200);
    supervisor.put(&format!("/api/v1/conversations/{id}/read"), &json!({ "seq": 1 })).await.expect(200);
    assert_eq!(supervisor.conversation(id).await.unread, 0);
    assert_eq!(theirs.heard_so_far().await, [], "the agent does not hear of it");
    assert_eq!(widget.heard_so_far().await, [], "nor does the visitor");
    assert_eq!(answers(&server, &channel, &visitor).await, before);
    let still = agent.conversation(id).await;
    assert_eq!((still.agents_read_seq, still.unread, still.members), (0, 1, Vec::new()));

    // Both sides' typing is watched.
    let typing = |active| ClientFrame::Typing { conversation_id: Some(id), active, text: None };
    drop(watching.heard_so_far().await);
    theirs.send(&typing(true)).await;
    widget.send(&ClientFrame::Typing { conversation_id: None, active: true, text: None }).await;
    let mut authors = Vec::new();
    while authors.len() < 2 {
        if let ServerFrame::Typing { author, .. } = watching.frame().await {
            authors.push(matches!(author, Author::Visitor));
        }
    }
    authors.sort_unstable();
    assert_eq!(authors, [false, true]);

    // Whoever has it is noticed, and so is who was added to it.
    agent.put(&format!("/api/v1/conversations/{id}/read"), &json!({ "seq": 1 })).await.expect(200);
    loop {
        if let ServerFrame::Event { event: Event::AgentsRead { seq, .. }, .. } = widget.frame().await {
            assert_eq!(seq, 1);
            break;
        }
    }
    // An agent sees nobody else's.
    let stranger = organisation.agent(Role::Agent).await;
    stranger.get(&format!("/api/v1/conversations/{id}")).await.expect(404);
}

async fn a_whisper_reaches_the_agent_and_nothing_of_the_visitors(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.assigning_channel().await;
    let (agent, supervisor) = (organisation.agent(Role::Agent).await, organisation.agent(Role::Supervisor).await);
    let (mut theirs, _) = agent.socket().await;
    let visitor = server.visit(&channel.key, None).await;
    let id = visitor.say("太贵了").await.conversation_id;
    let visitor = visitor.again(&channel.key).await;
    let mut widget = visitor.socket().await;
    drop(theirs.heard_so_far().await);
    let before = answers(&server, &channel, &visitor).await;
    let path = format!("/api/v1/conversations/{id}/notes");
    let whisper = json!({ "nonce": server.nonce(), "text": "悄悄话：可以打九折", "whisper": true });
    let note: Note = supervisor.post(&path, &whisper).await.having(201).json();
    assert!(note.whisper);
    assert_eq!(note.mentions, [agent.me.id]);
    assert_eq!(theirs.event().await.1, Event::NoteCreated { note: note.clone() });
    let Event::ConversationPersonalised { personal, .. } = theirs.event().await.1 else { panic!("with a sign") };
    assert!(personal.mentioned && agent.conversation(id).await.mentioned);
    let again: Note = supervisor.post(&path, &whisper).await.having(200).json();
    assert_eq!(again, note, "its nonce was used before");

    // The visitor: no frame, no answer, no history.
    let contact = agent.conversation(id).await.contact.id;
    assert_eq!(widget.heard_so_far().await, []);
    assert_eq!(answers(&server, &channel, &visitor).await, before);
    visitor.say("好吧").await;
    let heard = format!("{:?}", widget.heard_so_far().await);
    let told = answers(&server, &channel, &visitor).await.join("\n");
    assert!(!heard.contains("九折") && !told.contains("九折") && told.contains("好吧"));
    // What is carried out of the visitor's data goes to them, too.
    let address = format!("/api/v1/contacts/{contact}/data-exports");
    let export: ContactExport = organisation.admin.post_empty(&address).await.having(201).json();
    let carried = server.anonymous().get(&export.path).await.having(200).text();
    assert!(carried.contains("太贵了") && !carried.contains("九折"), "{carried}");
    visitor.get(&path).await.expect(401);
    visitor.get(&format!("/api/v1/contacts/{contact}")).await.expect(401);

    // Who may, and to whom.
    let other = json!({ "nonce": server.nonce(), "text": "我也说", "whisper": true });
    agent.post(&path, &other).await.expect(403);
    let taken = format!("/api/v1/conversations/{id}/take-over");
    supervisor.post_empty(&taken).await.expect(200);
    assert_eq!(supervisor.post(&path, &other).await.having(409).code(), ErrorCode::Conflict);
}

async fn who_waits_is_told_their_place_as_it_changes(server: TestServer) {
    let organisation = server.organisation().await;
    let (channel, by_hand) = (organisation.assigning_channel().await, organisation.channel().await);
    let elsewhere = server.visit(&by_hand.key, None).await;
    elsewhere.say("另一个渠道").await;
    let mut visitors = Vec::new();
    for text in ["一", "二", "三"] {
        server.clock.advance(1);
        let visitor = server.visit(&channel.key, None).await;
        let id = visitor.say(text).await.conversation_id;
        visitors.push((visitor.again(&channel.key).await, id));
    }
    let ahead = async |place: usize| visitors[place].0.again(&channel.key).await.session.queue_ahead;
    assert_eq!([ahead(0).await, ahead(1).await, ahead(2).await], [Some(0), Some(1), Some(2)]);
    assert_eq!(elsewhere.again(&by_hand.key).await.session.queue_ahead, Some(0), "each channel has a line of its own");
    let (mut first, mut last) = (visitors[0].0.socket().await, visitors[2].0.socket().await);
    // Whoever is taken out of the line waits no more, and the others move up.
    let agent = organisation.agent(Role::Supervisor).await;
    agent.post_empty(&format!("/api/v1/conversations/{}/take-over", visitors[0].1)).await.expect(200);
    while first.place().await.is_some() {}
    while last.place().await != Some(1) {}
    assert_eq!([ahead(0).await, ahead(1).await, ahead(2).await], [None, Some(0), Some(1)]);
    organisation.admin.post_empty(&format!("/api/v1/conversations/{}/close", visitors[1].1)).await.expect(200);
    while last.place().await != Some(0) {}
    // An agent comes, and nobody waits.
    let (_socket, _) = agent.socket().await;
    while last.place().await.is_some() {}
    assert_eq!(ahead(2).await, None);
}
