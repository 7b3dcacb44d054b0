//! The welcome: what begins a conversation begins it once, and counts for nobody.

use super::world::{World, at, by_agent, content, on_both};
use crate::audience::Actor;
use crate::audit::{self, Auditor};
use crate::messages::{self, Window};
use crate::tables::event;
use crate::{
    FirstMessage, Reader, Sender, StoredMessage, Visitor, WriterOptions, clearing, conversations, integrity, visitors,
    welcome,
};
use futures_util::future::join_all;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use types::audit::{AuditAction, AuditFilter};
use types::id::{AuditId, ConversationId, MessageId, Nonce};
use types::messages::{Author, Message};

on_both!(
    a_conversation_begins_with_the_welcome_and_nobody_has_answered,
    tabs_that_begin_at_once_are_welcomed_once,
    servers_that_begin_at_once_welcome_once,
    a_conversation_keeps_the_welcome_that_it_began_with,
    whoever_begins_anew_is_welcomed_anew,
    a_welcome_is_set_changed_and_taken_away,
    organisations_welcome_their_own_visitors,
);

const WELCOME: &str = "您好，欢迎光临";

impl World {
    async fn greet(&self, text: &str, millis: i64) -> bool {
        let auditor = Auditor {
            id: AuditId(self.uuid()),
            agent_id: self.admin.agent_id,
            agent_name: "小王".to_owned(),
            origin: crate::audit::Origin::default(),
            at: at(millis),
        };
        let (scope, text) = (self.admin.scope(), text.to_owned());
        let set = self.writer.run(move |tx| Box::pin(async move { welcome::set(tx, scope, text, auditor).await }));
        set.await.unwrap()
    }

    async fn said_to(&self, visitor: Visitor) -> Vec<Message> {
        messages::for_visitor(self.reader(), visitor, Window::After(0), 100).await.unwrap().items
    }
}

fn words(messages: &[Message]) -> Vec<(&Author, &str)> {
    messages.iter().map(|message| (&message.author, message.content.text().unwrap_or_default())).collect()
}

async fn a_conversation_begins_with_the_welcome_and_nobody_has_answered(world: World) {
    world.greet(WELCOME, 500).await;
    let visitor = world.visitor();
    let first = world.first(visitor, "你好", 1_000);
    let stored = world.writer.first_message(first.clone()).await.unwrap();
    assert_eq!((stored.message.seq, stored.duplicate), (2, false));
    let said = world.said_to(visitor).await;
    assert_eq!(words(&said), [(&Author::Automatic, WELCOME), (&Author::Visitor, "你好")]);
    assert_eq!(
        (said[0].id, said[0].nonce, said[0].created_at),
        (first.welcome_id, Nonce(visitor.contact_id.0), at(1_000))
    );

    let id = first.conversation_id;
    let row = conversations::get(world.reader(), world.admin, id).await.unwrap().unwrap();
    assert_eq!((row.last_seq, row.unread, row.read_seq), (2, 1, 0), "one message to read: the visitor's");
    assert_eq!((row.waiting_since, row.agents_read_seq, row.visitor_read_seq), (Some(at(1_000)), 0, 2));
    assert_eq!(row.last_message.map(|last| last.author), Some(Author::Visitor));
    let state = visitors::state(world.reader(), visitor).await.unwrap().unwrap();
    assert_eq!((state.unread, state.last_seq), (0, 2), "no badge for what was seen before");
    assert_eq!(world.sink.kinds(), ["conversation_created", "message_created", "message_created"]);
    let automatic = event::Entity::find().filter(event::Column::Actor.eq(Actor::System.to_string()));
    assert_eq!(automatic.count(world.reader()).await.unwrap(), 1);

    world.send(Sender::Visitor(visitor), id, 2_000).await.unwrap();
    let row = conversations::get(world.reader(), world.admin, id).await.unwrap().unwrap();
    assert_eq!((row.waiting_since, row.unread), (Some(at(1_000)), 2), "whoever waits has waited since the first");
    assert_eq!(world.read(Reader::Agent(world.admin), id, 1).await.unwrap().unread, 2);
    world.send(by_agent(world.admin), id, 3_000).await.unwrap();
    let state = visitors::state(world.reader(), visitor).await.unwrap().unwrap();
    assert_eq!(state.unread, 1, "an answer counts");
    assert_eq!(integrity::check(world.reader()).await.unwrap(), []);
}

/// The same visitor's first messages of several tabs, each sent more than once.
fn from_tabs(world: &World, visitor: Visitor) -> Vec<FirstMessage> {
    let tabs: Vec<FirstMessage> = (0..4).map(|tab| world.first(visitor, &format!("第 {tab} 页"), 1_000)).collect();
    let again = |first: &FirstMessage| FirstMessage {
        conversation_id: ConversationId(world.uuid()),
        id: MessageId(world.uuid()),
        welcome_id: MessageId(world.uuid()),
        ..first.clone()
    };
    tabs.iter().flat_map(|first| [first.clone(), again(first), again(first)]).collect()
}

fn check_once(stored: &[StoredMessage], said: &[Message]) {
    assert_eq!(stored.iter().filter(|stored| !stored.duplicate).count(), 4);
    assert_eq!(said.len(), 5, "{said:?}");
    assert_eq!(words(said)[0], (&Author::Automatic, WELCOME));
    assert!(said[1..].iter().all(|message| message.author == Author::Visitor));
}

async fn tabs_that_begin_at_once_are_welcomed_once(world: World) {
    world.greet(WELCOME, 500).await;
    for _ in 0..5 {
        let visitor = world.visitor();
        let sends = from_tabs(&world, visitor).into_iter().map(|first| world.writer.first_message(first));
        let stored = join_all(sends).await.into_iter().collect::<Result<Vec<_>, _>>().unwrap();
        check_once(&stored, &world.said_to(visitor).await);
    }
    assert_eq!(integrity::check(world.reader()).await.unwrap(), []);
}

async fn servers_that_begin_at_once_welcome_once(world: World) {
    world.greet(WELCOME, 500).await;
    let (_db, second, _sink) = world.restarted(WriterOptions::default()).await;
    for _ in 0..5 {
        let visitor = world.visitor();
        let sends = from_tabs(&world, visitor).into_iter().enumerate().map(|(place, first)| {
            let server = if place % 2 == 0 { world.writer.clone() } else { second.clone() };
            async move { server.first_message(first).await }
        });
        let stored = join_all(sends).await.into_iter().collect::<Result<Vec<_>, _>>().unwrap();
        check_once(&stored, &world.said_to(visitor).await);
    }
    assert_eq!(integrity::check(world.reader()).await.unwrap(), []);
}

async fn a_conversation_keeps_the_welcome_that_it_began_with(world: World) {
    let (before, _) = world.conversation().await;
    world.greet(WELCOME, 1_500).await;
    let (visitor, id) = world.conversation_of(world.visitor(), 2_000).await;
    world.greet("周末愉快", 2_500).await;
    world.send(Sender::Visitor(visitor), id, 3_000).await.unwrap();
    // Sent again by a tab that has not heard of the conversation.
    world.writer.first_message(world.first(visitor, "还在吗", 4_000)).await.unwrap();
    world.writer.first_message(world.first(before, "还在吗", 4_000)).await.unwrap();
    assert_eq!(
        words(&world.said_to(visitor).await),
        [
            (&Author::Automatic, WELCOME),
            (&Author::Visitor, "你好"),
            (&Author::Visitor, "嗯"),
            (&Author::Visitor, "还在吗")
        ]
    );
    let said = world.said_to(before).await;
    assert_eq!(words(&said), [(&Author::Visitor, "你好"), (&Author::Visitor, "还在吗")], "it had begun without");
}

async fn whoever_begins_anew_is_welcomed_anew(world: World) {
    world.greet(WELCOME, 500).await;
    let (visitor, id) = world.conversation().await;
    let auditor = |number| Auditor {
        id: AuditId(uuid::Uuid::from_u128(number)),
        agent_id: world.admin.agent_id,
        agent_name: "小王".to_owned(),
        origin: crate::audit::Origin::default(),
        at: at(2_000),
    };
    let viewer = world.admin;
    let (clear, delete) = (auditor(1), auditor(2));
    let cleared =
        world.writer.run_alone(move |tx| Box::pin(async move { clearing::clear(tx, viewer, id, clear).await }));
    cleared.await.unwrap();
    world.send(Sender::Visitor(visitor), id, 2_500).await.unwrap();
    assert_eq!(words(&world.said_to(visitor).await), [(&Author::Visitor, "嗯")], "it is the same conversation");
    let deleted =
        world.writer.run_alone(move |tx| Box::pin(async move { clearing::delete(tx, viewer, id, delete, 100).await }));
    assert!(matches!(deleted.await.unwrap(), clearing::Deletion::Done));
    assert_eq!(world.said_to(visitor).await, []);
    world.writer.first_message(world.first(visitor, "又来了", 3_000)).await.unwrap();
    let said = world.said_to(visitor).await;
    assert_eq!(words(&said), [(&Author::Automatic, WELCOME), (&Author::Visitor, "又来了")]);
    assert_eq!(integrity::check(world.reader()).await.unwrap(), []);
}

async fn a_welcome_is_set_changed_and_taken_away(world: World) {
    let scope = world.admin.scope();
    assert_eq!(welcome::get(world.reader(), scope).await.unwrap(), None);
    assert!(!world.greet("", 100).await, "there was none");
    for (text, news) in [(WELCOME, true), (WELCOME, false), ("周末愉快", true)] {
        assert_eq!(world.greet(text, 200).await, news);
        assert_eq!(welcome::get(world.reader(), scope).await.unwrap().as_deref(), Some(text));
    }
    assert!(world.greet("", 300).await);
    assert_eq!(welcome::get(world.reader(), scope).await.unwrap(), None);
    let (log, _) = audit::page(world.reader(), scope, &AuditFilter::default(), None, 10).await.unwrap();
    let mut logged: Vec<_> = log.into_iter().map(|entry| entry.action).collect();
    logged.reverse();
    let set = |text: &str| AuditAction::WelcomeSet { text: text.to_owned() };
    assert_eq!(logged, [set(WELCOME), set("周末愉快"), set("")]);
    let (visitor, _) = world.conversation().await;
    assert_eq!(words(&world.said_to(visitor).await), [(&Author::Visitor, "你好")]);
}

async fn organisations_welcome_their_own_visitors(world: World) {
    let other = world.new_org().await;
    world.greet(WELCOME, 500).await;
    let visitor = Visitor { org_id: other, channel_id: world.new_channel(other).await, ..world.visitor() };
    let stored = world.writer.first_message(world.first(visitor, "你好", 1_000)).await.unwrap();
    assert_eq!((stored.message.seq, stored.message.content), (1, content("你好")));
}
