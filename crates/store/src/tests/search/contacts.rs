//! Searching for people: by name and by number, page by page, and whoever has the very number.

use crate::Visitor;
use crate::search::{Next, Page, find};
use crate::tables::contact;
use crate::tests::world::{World, at, by_agent, on_both};
use rules::search::{Question, terms};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter};
use types::agents::Role;
use types::search::ContactHit;

on_both!(
    contacts_are_found_by_name_and_number,
    whoever_has_a_name_that_many_have_is_reached_page_by_page,
    an_agent_pages_through_the_contacts_that_are_theirs,
    a_page_on_which_nobody_is_theirs_says_where_to_go_on,
    whoever_has_the_very_number_comes_first,
    whoever_has_the_very_number_is_on_the_first_page_only,
);

async fn contacts_are_found_by_name_and_number(world: World) {
    let (named, _) = world.conversation().await;
    let (_, nameless) = world.conversation().await;
    name(&world, named, "欧阳小明 Tom").await;
    world.index(world.org).await;
    for typed in ["欧阳", "小明", "明", "tom", "欧阳 tom"] {
        let found = world.search(world.admin, typed).await.contacts;
        assert_eq!(found.len(), 1, "{typed}");
        assert_eq!((found[0].contact.id, found[0].highlights.is_empty()), (named.contact_id, false));
    }
    let by_number = world.search(world.admin, "2").await.contacts;
    assert_eq!((by_number.len(), by_number[0].conversation_id), (1, nameless));
    assert!(world.search(world.agent, "欧阳").await.contacts.is_empty(), "not theirs");
    // A new name takes the place of the old one.
    name(&world, named, "司马").await;
    world.index(world.org).await;
    assert!(world.search(world.admin, "欧阳").await.contacts.is_empty());
    assert_eq!(world.search(world.admin, "司马").await.contacts.len(), 1);
}

async fn whoever_has_a_name_that_many_have_is_reached_page_by_page(world: World) {
    let mut conversations = Vec::new();
    for _ in 0..41 {
        let (visitor, conversation) = world.conversation().await;
        name(&world, visitor, "欧阳").await;
        conversations.push(conversation);
    }
    let (other, _) = world.conversation().await;
    name(&world, other, "司马").await;
    // The one who came before all others, and one of the newest.
    for (conversation, millis) in [(conversations[0], 7_000), (conversations[30], 8_000)] {
        world.say(by_agent(world.admin), conversation, "欧阳先生您好", millis).await;
    }
    world.index(world.org).await;
    let (first, next) = page(&world, "欧阳", None).await;
    let below = |from: i64, to: i64| (to..=from).rev();
    assert_eq!(numbers(&first), [31].into_iter().chain(below(41, 32)).chain(below(30, 22)).collect::<Vec<i64>>());
    // Whoever is active meanwhile is neither left out nor met again.
    for conversation in [conversations[5], conversations[35]] {
        world.say(by_agent(world.admin), conversation, "好的", 9_000).await;
    }
    let (second, next) = page(&world, "欧阳", next.contacts).await;
    assert_eq!(numbers(&second), [6].into_iter().chain(below(21, 7)).chain(below(5, 2)).collect::<Vec<i64>>());
    let (third, end) = page(&world, "欧阳", next.contacts).await;
    assert_eq!((numbers(&third), end), (vec![1], Next::default()));
    // The messages go on by themselves.
    let question = Question::read("欧阳").unwrap();
    let (results, _) = find(world.reader(), world.admin, &question, Page::Contacts(22), 20).await.unwrap();
    assert_eq!((results.contacts.len(), results.messages.len()), (20, 0));
    let (results, next) = find(world.reader(), world.admin, &question, Page::First, 1).await.unwrap();
    assert_eq!((results.contacts.len(), results.messages.len()), (20, 1));
    let messages = Page::Messages(next.messages.unwrap());
    let (results, next) = find(world.reader(), world.admin, &question, messages, 1).await.unwrap();
    assert_eq!((results.contacts.len(), results.messages.len(), next), (0, 1, Next::default()));
}

async fn an_agent_pages_through_the_contacts_that_are_theirs(world: World) {
    let mut theirs = Vec::new();
    for number in 1..=60 {
        let (visitor, conversation) = world.conversation().await;
        name(&world, visitor, "欧阳").await;
        if number % 2 == 1 {
            world.assign(conversation, Some(world.agent.agent_id)).await;
            theirs.push(conversation);
        }
    }
    world.index(world.org).await;
    let question = Question::read("欧阳").unwrap();
    let (first, next) = find(world.reader(), world.agent, &question, Page::First, 20).await.unwrap();
    assert_eq!(numbers(&first.contacts), (21..=59).rev().step_by(2).collect::<Vec<i64>>());
    // What they lose meanwhile is on no page any more, and what they had is not somebody else's.
    for conversation in &theirs[1..] {
        world.assign(*conversation, None).await;
    }
    let rest = Page::Contacts(next.contacts.unwrap());
    let (second, end) = find(world.reader(), world.agent, &question, rest, 20).await.unwrap();
    assert_eq!((numbers(&second.contacts), end), (vec![1], Next::default()));
    let spy = world.new_agent(world.new_org().await, Role::Admin).await;
    world.index(spy.org_id).await;
    let (nothing, end) = find(world.reader(), spy, &question, rest, 20).await.unwrap();
    assert_eq!((nothing.contacts, end), (Vec::new(), Next::default()));
}

async fn a_page_on_which_nobody_is_theirs_says_where_to_go_on(world: World) {
    let (visitor, conversation) = world.conversation().await;
    name(&world, visitor, "欧阳").await;
    world.assign(conversation, Some(world.agent.agent_id)).await;
    world.index(world.org).await;
    world.writer_lets_go().await;
    // Straight into the index: what nobody may see takes its place there all the same.
    let statements = match world.backend() {
        DbBackend::Postgres => vec![
            "INSERT INTO search_document (docid, org_id, terms)
             SELECT docid + n, org_id, terms FROM search_document, generate_series(1, 6000) AS n
             WHERE contact_id IS NOT NULL"
                .to_owned(),
        ],
        _ => vec![
            "INSERT INTO search_document (docid, org_id)
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000)
             SELECT docid + i, org_id FROM search_document, n WHERE contact_id IS NOT NULL"
                .to_owned(),
            format!(
                "INSERT INTO search_index (rowid, terms)
                 SELECT docid, '{}' FROM search_document WHERE message_id IS NULL AND contact_id IS NULL",
                terms("欧阳 1").join(" ")
            ),
        ],
    };
    for statement in statements.iter().map(String::as_str).chain(["UPDATE organisation SET last_contact_number = 6001"])
    {
        world.db.writer().execute_unprepared(statement).await.unwrap();
    }
    let question = Question::read("欧阳").unwrap();
    let (first, next) = find(world.reader(), world.agent, &question, Page::First, 20).await.unwrap();
    assert_eq!(first.contacts, [], "the page has looked at its share");
    let rest = Page::Contacts(next.contacts.unwrap());
    let (second, end) = find(world.reader(), world.agent, &question, rest, 20).await.unwrap();
    assert_eq!((numbers(&second.contacts), end), (vec![1], Next::default()));
}

async fn whoever_has_the_very_number_comes_first(world: World) {
    let mut all = Vec::new();
    for _ in 0..45 {
        all.push(world.conversation().await.0.contact_id);
    }
    world.index(world.org).await;
    let hits = world.search(world.admin, "4").await.contacts;
    assert_eq!(numbers(&hits), [4, 45, 44, 43, 42, 41, 40]);
    assert_eq!(hits[0].contact.id, all[3]);
    assert_eq!(world.search(world.agent, "4").await.contacts.len(), 0, "not theirs to see");
}

async fn whoever_has_the_very_number_is_on_the_first_page_only(world: World) {
    for _ in 0..25 {
        let (visitor, _) = world.conversation().await;
        name(&world, visitor, "3号").await;
    }
    world.index(world.org).await;
    let (first, next) = page(&world, "3", None).await;
    assert_eq!(numbers(&first), [3].into_iter().chain((7..=25).rev()).collect::<Vec<i64>>());
    let (second, end) = page(&world, "3", next.contacts).await;
    assert_eq!((numbers(&second), end), (vec![6, 5, 4, 2, 1], Next::default()));
}

/// A page of contacts as the admin sees it, and where the next ones begin.
async fn page(world: &World, typed: &str, before: Option<i64>) -> (Vec<ContactHit>, Next) {
    let page = before.map_or(Page::First, Page::Contacts);
    let (results, next) = find(world.reader(), world.admin, &Question::read(typed).unwrap(), page, 20).await.unwrap();
    (results.contacts, next)
}

fn numbers(hits: &[ContactHit]) -> Vec<i64> {
    hits.iter().map(|hit| hit.contact.number).collect()
}

/// Gives a contact a name, with the event that an edit would append.
async fn name(world: &World, visitor: Visitor, name: &str) {
    world.writer_lets_go().await;
    contact::Entity::update_many()
        .col_expr(contact::Column::Name, name.to_owned().into())
        .filter(contact::Column::Id.eq(visitor.contact_id))
        .exec(world.db.writer())
        .await
        .unwrap();
    let contact = crate::contacts::get(world.reader(), world.admin, visitor.contact_id).await.unwrap().unwrap();
    let org_id = world.org;
    let conversation_id = crate::visitors::state(world.reader(), visitor).await.unwrap().unwrap().conversation_id;
    let event = crate::PendingEvent {
        org_id,
        conversation_id: None,
        actor: crate::Actor::System,
        audience: crate::Audience::agents(crate::AgentAudience::Everyone),
        event: types::events::Event::ContactUpdated {
            conversation_id: Some(conversation_id),
            contact: Box::new(contact),
        },
        at: at(5_000),
    };
    world
        .writer
        .run(move |tx| {
            tx.append(event);
            Box::pin(async { Ok::<_, crate::StoreError>(()) })
        })
        .await
        .unwrap();
}
