//! What visits tell about a visitor.

use super::world::{World, at, on_both};
use crate::contacts::{self, VisitFacts};
use crate::members::Members;
use crate::tables::{contact, conversation};
use crate::{AgentAudience, Visitor, VisitorAudience, visitors};
use sea_orm::{EntityTrait, IntoActiveModel, NotSet, Set};
use types::contacts::Contact;
use types::events::Event;
use types::id::{ContactId, ConversationId};
use types::time::Timestamp;

on_both!(
    the_same_visit_is_noted_every_five_minutes,
    a_changed_fact_is_noted_at_once,
    unknown_visitors_are_not_noted,
    what_cannot_be_stored_is_left_out,
    an_agent_sees_the_contacts_of_their_conversations,
    a_conversation_whose_person_nobody_names_is_of_who_is_there_for_its_visitor,
);

async fn note(world: &World, visitor: Visitor, facts: &VisitFacts, now: Timestamp) -> Option<Contact> {
    let facts = facts.clone();
    let work =
        world.writer.run(move |tx| Box::pin(async move { contacts::note_visit(tx, visitor, &facts, now).await }));
    work.await.unwrap()
}

fn facts(ip: &str, browser: &str) -> VisitFacts {
    VisitFacts { ip: Some(ip.to_owned()), browser: Some(browser.to_owned()), ..VisitFacts::default() }
}

async fn the_same_visit_is_noted_every_five_minutes(world: World) {
    let (visitor, _) = world.conversation().await;
    let events = world.sink.events().len();
    let nothing = VisitFacts::default();
    assert_eq!(note(&world, visitor, &nothing, at(1_000 + 299_999)).await, None);
    assert_eq!(world.sink.events().len(), events);
    let state = visitors::state(world.reader(), visitor).await.unwrap().unwrap();
    assert!(!state.visit_is_news(&nothing, at(1_000 + 299_999)));
    assert!(state.visit_is_news(&nothing, at(1_000 + 300_000)));
    let noted = note(&world, visitor, &nothing, at(1_000 + 300_000)).await.unwrap();
    assert_eq!(noted.last_seen_at, at(301_000));
}

async fn a_changed_fact_is_noted_at_once(world: World) {
    let (visitor, conversation) = world.conversation().await;
    let first = VisitFacts {
        region: Some("中国 · 广东 · 深圳".to_owned()),
        landing_page: Some("https://example.com/a".to_owned()),
        ..facts("203.0.113.7", "Chrome 140")
    };
    note(&world, visitor, &first, at(1_001)).await.unwrap();
    // A new address whose region nobody knows; another page, which is not where they landed; nothing about the browser.
    let second = VisitFacts {
        ip: Some("198.51.100.9".to_owned()),
        landing_page: Some("https://example.com/b".to_owned()),
        landing_title: Some("乙".to_owned()),
        referrer: Some("https://search.example".to_owned()),
        ..VisitFacts::default()
    };
    let noted = note(&world, visitor, &second, at(1_002)).await.unwrap();
    assert_eq!(noted.ip.as_deref(), Some("198.51.100.9"));
    assert_eq!(noted.region, None);
    assert_eq!(noted.browser.as_deref(), Some("Chrome 140"));
    assert_eq!(noted.landing_page.as_deref(), Some("https://example.com/a"));
    assert_eq!(noted.landing_title, None, "it would be the other page's");
    assert_eq!(noted.referrer.as_deref(), Some("https://search.example"));

    let stored = contacts::get(world.reader(), world.admin, visitor.contact_id).await.unwrap().unwrap();
    assert_eq!(stored, noted);
    let event = world.sink.events().pop().unwrap();
    assert_eq!(
        serde_json::from_str::<Event>(&event.payload).unwrap(),
        Event::ContactUpdated { conversation_id: Some(conversation), contact: Box::new(noted) }
    );
    assert_eq!(event.audience.agents, AgentAudience::Conversation { assignee: None, members: Members::default() });
    assert_eq!((event.audience.visitors, event.conversation_id), (VisitorAudience::None, Some(conversation)));
}

async fn unknown_visitors_are_not_noted(world: World) {
    let visitor = world.visitor();
    assert_eq!(note(&world, visitor, &facts("203.0.113.7", "Chrome 140"), at(1_000)).await, None);
    assert_eq!(visitors::state(world.reader(), visitor).await.unwrap(), None);
}

async fn what_cannot_be_stored_is_left_out(world: World) {
    let visitor = world.visitor();
    let mut first = world.first(visitor, "你好", 1_000);
    first.facts = VisitFacts { landing_title: Some("a\0b".to_owned()), ..facts("203.0.113.7", "Chro\0me") };
    world.writer.first_message(first).await.unwrap();
    let contact = contacts::get(world.reader(), world.admin, visitor.contact_id).await.unwrap().unwrap();
    assert_eq!((contact.ip.as_deref(), contact.browser, contact.landing_title), (Some("203.0.113.7"), None, None));
    let noted = note(&world, visitor, &facts("198.51.100.9", "Edge\0"), at(1_001)).await.unwrap();
    assert_eq!((noted.ip.as_deref(), noted.browser), (Some("198.51.100.9"), None));
    assert_eq!(crate::channels::by_key(world.reader(), "key\0").await.unwrap(), None);
    assert_eq!(crate::agents::by_account(world.reader(), "account\0").await.unwrap(), None);
}

async fn an_agent_sees_the_contacts_of_their_conversations(world: World) {
    let (visitor, conversation) = world.conversation().await;
    assert_eq!(contacts::get(world.reader(), world.agent, visitor.contact_id).await.unwrap(), None);
    world.assign(conversation, Some(world.agent.agent_id)).await;
    assert!(contacts::get(world.reader(), world.agent, visitor.contact_id).await.unwrap().is_some());
}

/// As a server of the release before writes it, which knows nothing of merges.
async fn a_conversation_whose_person_nobody_names_is_of_who_is_there_for_its_visitor(world: World) {
    let (visitor, known) = world.conversation().await;
    let (db, other_id) = (world.db.writer(), ContactId(world.uuid()));
    let find = |id| conversation::Entity::find_by_id(id).one(db);
    let mut other = contact::Entity::find_by_id(visitor.contact_id).one(db).await.unwrap().unwrap().into_active_model();
    (other.id, other.number, other.merged_into) = (Set(other_id), Set(4_711), Set(Some(visitor.contact_id)));
    contact::Entity::insert(other).exec_without_returning(db).await.unwrap();
    let mut new = find(known).await.unwrap().unwrap().into_active_model();
    let id = ConversationId(world.uuid());
    (new.id, new.contact_id, new.person_id) = (Set(id), Set(other_id), NotSet);
    conversation::Entity::insert(new).exec_without_returning(db).await.unwrap();
    assert_eq!(find(id).await.unwrap().unwrap().person_id, visitor.contact_id);
}
