//! Answering to a message: it comes along in short, and what was recalled does not.

use crate::scene::{Scene, scene};
use testkit::{AgentCaller, TestServer, db_tests};
use types::agents::Role;
use types::error::FieldCode;
use types::events::{Event, EventsAfter};
use types::id::{ConversationId, MessageId};
use types::messages::{Author, Content, Message, MessageWindow, NewContent, Quote, SendMessage};
use types::search::SearchResults;
use types::ws::{ClientFrame, ServerFrame};

db_tests!(
    a_reply_brings_what_it_answers_to_in_short_on_both_sides,
    what_is_quoted_is_a_message_of_the_same_conversation,
    a_recalled_message_is_quoted_without_its_words_before_and_after,
    a_reply_is_found_by_its_own_words,
    visitors_answer_too_and_a_repeated_nonce_is_one_reply,
);

fn reply(server: &TestServer, text: &str, quote: MessageId) -> SendMessage {
    SendMessage { nonce: server.nonce(), content: NewContent::Reply { text: text.to_owned(), quote } }
}

fn path(id: ConversationId) -> String {
    format!("/api/v1/conversations/{id}/messages")
}

async fn answer(server: &TestServer, agent: &AgentCaller, quoted: &Message, text: &str) -> Message {
    agent.post(&path(quoted.conversation_id), &reply(server, text, quoted.id)).await.having(201).json()
}

async fn window(agent: &AgentCaller, id: ConversationId) -> MessageWindow {
    agent.get(&path(id)).await.having(200).json()
}

async fn everything_stored(server: &TestServer) -> String {
    testkit::everything_stored(server.state().db.reader()).await
}

async fn a_reply_brings_what_it_answers_to_in_short_on_both_sides(server: TestServer) {
    let Scene { organisation, visitor, id, asked, .. } = scene(&server).await;
    let admin = organisation.admin.clone();
    let mut widget = visitor.socket().await;
    let said = answer(&server, &admin, &asked, "三十元").await;
    let quote = Quote { message_id: asked.id, seq: 1, author: Author::Visitor, content: asked.content.clone() };
    assert_eq!(said.content, Content::Reply { text: "三十元".to_owned(), quote: Box::new(quote) });
    assert_eq!(widget.event().await.1, Event::MessageCreated { message: said.clone() });
    assert_eq!(window(&admin, id).await.items[1], said);
    let theirs: MessageWindow = visitor.get("/widget/v1/messages").await.json();
    assert_eq!(theirs.items[1], said);
    // The list shows what was said, and a reply to a reply quotes its words only; long ones are cut.
    let preview = admin.conversation(id).await.last_message.unwrap();
    assert_eq!(preview.content, Content::Text { text: "三十元".to_owned() });
    let again = answer(&server, &admin, &said, &"长".repeat(500)).await;
    assert_eq!(again.content.quote().unwrap().content, Content::Text { text: "三十元".to_owned() });
    let third = answer(&server, &admin, &again, "好").await;
    assert_eq!(third.content.quote().unwrap().content, Content::Text { text: "长".repeat(Quote::TEXT_MAX) });
    assert_eq!(admin.conversation(id).await.waiting_since, None, "an answer like any other");
    assert_eq!(store::integrity::check(server.state().db.reader()).await.unwrap(), []);
}

async fn what_is_quoted_is_a_message_of_the_same_conversation(server: TestServer) {
    let Scene { organisation, channel, visitor, id, asked, .. } = scene(&server).await;
    let admin = organisation.admin.clone();
    let other = server.visit(&channel.key, None).await.say("我的秘密").await;
    for quote in [other.id, MessageId(server.nonce().0)] {
        let refused = admin.post(&path(id), &reply(&server, "好", quote)).await.having(422).problem();
        let error = &refused.errors[0];
        assert_eq!((error.field.as_str(), error.code), ("content.quote", FieldCode::Wrong));
        visitor.post("/widget/v1/messages", &reply(&server, "好", quote)).await.expect(422);
    }
    // Whoever may not see a conversation learns nothing of its messages, nor does a newcomer of anybody's.
    let agent = organisation.agent(Role::Agent).await;
    for quote in [asked.id, other.id] {
        agent.post(&path(id), &reply(&server, "好", quote)).await.expect(404);
    }
    let newcomer = server.visit(&channel.key, None).await;
    newcomer.post("/widget/v1/messages", &reply(&server, "好", asked.id)).await.expect(422);
    assert_eq!(window(&admin, id).await.items, std::slice::from_ref(&asked), "nothing was stored");
    let empty = admin.post(&path(id), &reply(&server, "  ", asked.id)).await.having(422).problem();
    assert_eq!(empty.errors[0].field, "content.text");
    admin.delete(&path(id)).await.expect(204);
    admin.post(&path(id), &reply(&server, "好", asked.id)).await.expect(422);
}

async fn a_recalled_message_is_quoted_without_its_words_before_and_after(server: TestServer) {
    const SECRET: &str = "底价二十元";
    let Scene { organisation, visitor, id, .. } = scene(&server).await;
    let admin = organisation.admin.clone();
    let said = admin.say(id, SECRET).await;
    let before = answer(&server, &admin, &said, "请保密").await;
    visitor.post("/widget/v1/messages", &reply(&server, "好的", said.id)).await.expect(201);
    assert_eq!(before.content.quote().unwrap().content, Content::Text { text: SECRET.to_owned() });
    admin.post_empty(&format!("{}/{}/recall", path(id), said.id)).await.expect(200);
    let after = answer(&server, &admin, &said, "刚才发错了").await;
    assert!(!everything_stored(&server).await.contains(SECRET));
    for message in window(&admin, id).await.items.into_iter().filter(|message| message.seq > said.seq) {
        let quote = message.content.quote().expect("all of them answer to it");
        assert_eq!((quote.seq, &quote.content), (said.seq, &Content::Recalled {}));
    }
    let events: EventsAfter = admin.get("/api/v1/events?after=0").await.having(200).json();
    let told = events.items.iter().any(|item| item.event == Event::MessageCreated { message: after.clone() });
    assert!(told, "who was away hears the same");
}

async fn a_reply_is_found_by_its_own_words(server: TestServer) {
    let Scene { organisation, asked, .. } = scene(&server).await;
    let admin = organisation.admin.clone();
    let said = answer(&server, &admin, &asked, "库存充足").await;
    let find = async |text: &str| {
        admin.get(&format!("/api/v1/search?q={text}")).await.having(200).json::<SearchResults>().messages
    };
    let hits = testkit::in_time("it is found", async {
        loop {
            let hits = find("库存").await;
            if !hits.is_empty() {
                return hits;
            }
        }
    });
    assert_eq!(hits.await.iter().map(|hit| hit.message_id).collect::<Vec<_>>(), [said.id]);
    let quoted: Vec<MessageId> = find("蓝色").await.iter().map(|hit| hit.message_id).collect();
    assert_eq!(quoted, [asked.id], "once, where it was said");
}

async fn visitors_answer_too_and_a_repeated_nonce_is_one_reply(server: TestServer) {
    let Scene { organisation, visitor, id, .. } = scene(&server).await;
    let admin = organisation.admin.clone();
    let said = admin.say(id, "三十元").await;
    let message = reply(&server, "太好了", said.id);
    let first: Message = visitor.post("/widget/v1/messages", &message).await.having(201).json();
    assert_eq!(first.content.quote().unwrap().message_id, said.id);
    let again: Message = visitor.post("/widget/v1/messages", &message).await.having(200).json();
    assert_eq!(again, first);
    let mut socket = visitor.socket().await;
    let (nonce, content) = (message.nonce, message.content);
    let frame = ClientFrame::SendMessage { nonce, conversation_id: None, content };
    assert!(matches!(socket.ask(&frame).await, ServerFrame::Ack { message_id, .. } if message_id == first.id));
    assert_eq!(window(&admin, id).await.items.len(), 3);
}
