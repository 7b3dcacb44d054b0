//! The list of conversations: pages, order, channels.

use std::collections::HashSet;
use testkit::{AgentCaller, TestServer, db_tests};
use types::agents::Role;
use types::contacts::Contact;
use types::conversations::{Conversation, MarkRead};
use types::error::ErrorCode;
use types::id::ConversationId;
use types::page::Page;

db_tests!(
    the_list_has_the_newest_activity_first,
    pages_hold_each_conversation_once_while_messages_arrive,
    a_cursor_serves_its_own_list_only,
    a_contact_is_numbered_and_known,
);

async fn page(agent: &AgentCaller, query: &str) -> Page<Conversation> {
    agent.get(&format!("/api/v1/conversations?{query}")).await.having(200).json()
}

async fn the_list_has_the_newest_activity_first(server: TestServer) {
    let organisation = server.organisation().await;
    let (one, two) = (organisation.channel().await, organisation.channel().await);
    let mut visitors = Vec::new();
    for channel in [&one, &two, &one] {
        let visitor = server.visit(&channel.key, None).await;
        server.clock.advance(1_000);
        let id = visitor.say("你好").await.conversation_id;
        visitors.push((visitor, id));
    }
    let ids: Vec<ConversationId> = visitors.iter().map(|(_, id)| *id).collect();
    let listed = async |query: &str| -> Vec<ConversationId> {
        page(&organisation.admin, query).await.items.iter().map(|conversation| conversation.id).collect()
    };
    assert_eq!(listed("").await, [ids[2], ids[1], ids[0]]);
    server.clock.advance(1_000);
    visitors[0].0.say("我又来了").await;
    assert_eq!(listed("").await, [ids[0], ids[2], ids[1]]);
    assert_eq!(listed(&format!("channel_id={}", one.id)).await, [ids[0], ids[2]]);
    let read = format!("/api/v1/conversations/{}/read", ids[0]);
    organisation.admin.put(&read, &MarkRead { seq: 2 }).await.expect(200);
    assert_eq!(listed("unread=true").await, [ids[2], ids[1]]);
    assert_eq!(listed(&format!("unread=true&channel_id={}", one.id)).await, [ids[2]]);
    assert_eq!(listed("unread=false").await, [ids[0], ids[2], ids[1]]);
    visitors[0].0.say("还有").await;
    assert_eq!(listed("unread=true").await, [ids[0], ids[2], ids[1]]);
    let newest = page(&organisation.admin, "limit=1").await.items.remove(0);
    let preview = newest.last_message.unwrap();
    assert_eq!((preview.seq, newest.last_seq, newest.unread), (3, 3, 1));
    assert_eq!(preview.content, types::messages::Content::Text { text: "还有".to_owned() });
    // An agent sees what is assigned to them: nothing yet.
    let agent = organisation.agent(Role::Agent).await;
    assert!(page(&agent, "").await.items.is_empty());
    assert!(page(&server.organisation().await.admin, "").await.items.is_empty());
}

async fn pages_hold_each_conversation_once_while_messages_arrive(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let mut visitors = Vec::new();
    for _ in 0..9 {
        let visitor = server.visit(&channel.key, None).await;
        // Several at the same moment: the id decides their order.
        if visitors.len() % 3 == 0 {
            server.clock.advance(1_000);
        }
        let id = visitor.say("你好").await.conversation_id;
        visitors.push((id, visitor));
    }
    let mut seen = Vec::new();
    let mut query = "limit=2".to_owned();
    loop {
        let page = page(&organisation.admin, &query).await;
        seen.extend(page.items.iter().map(|conversation| conversation.id));
        // Somebody already listed writes again and rises to the top.
        server.clock.advance(1_000);
        let (_, listed) = visitors.iter().find(|(id, _)| *id == seen[0]).unwrap();
        listed.say("还有").await;
        match page.next_cursor {
            Some(cursor) => query = format!("limit=2&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 9);
    assert_eq!(seen.iter().collect::<HashSet<_>>().len(), 9);
}

async fn a_cursor_serves_its_own_list_only(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    for _ in 0..2 {
        server.visit(&channel.key, None).await.say("你好").await;
    }
    let cursor = page(&organisation.admin, "limit=1").await.next_cursor.unwrap();
    assert_eq!(page(&organisation.admin, &format!("cursor={cursor}")).await.items.len(), 1);
    let refused = async |query: String| {
        organisation.admin.get(&format!("/api/v1/conversations?{query}")).await.having(400).code()
    };
    for query in [
        format!("cursor={cursor}&channel_id={}", channel.id),
        format!("cursor=x{cursor}"),
        "cursor=".to_owned(),
        "channel_id=all".to_owned(),
        "limit=-".to_owned(),
    ] {
        assert_eq!(refused(query.clone()).await, ErrorCode::MalformedRequest, "{query}");
    }
    assert_eq!(organisation.admin.get("/api/v1/conversations?limit=101").await.having(422).faults()[0].0, "limit");
}

async fn a_contact_is_numbered_and_known(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    for number in 1..=3 {
        let visitor = server.visit(&channel.key, None).await;
        let id = visitor.say("你好").await.conversation_id;
        let summary = organisation.admin.conversation(id).await.contact;
        assert_eq!((summary.number, summary.id), (number, visitor.session.contact_id));
        let contact: Contact =
            organisation.admin.get(&format!("/api/v1/contacts/{}", summary.id)).await.having(200).json();
        assert_eq!((contact.number, contact.channel_id), (number, channel.id));
    }
}
