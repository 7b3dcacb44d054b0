//! Tags: who has them, what deleting them takes with it, and the list of a tag's conversations.

use super::world::{World, at, on_both};
use crate::conversations::Listed;
use crate::tables::{contact, contact_tag, tag};
use crate::tags::{self, Spread};
use crate::{OrgScope, Visitor, contacts, conversations, integrity};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait};
use types::contacts::Contact;
use types::id::{ConversationId, TagGroupId, TagId};
use types::tags::{Tag, TagColor, TagGroup};

on_both!(
    a_contact_has_the_tags_that_were_set_and_is_found_by_them,
    a_deleted_tag_is_taken_off_its_contacts_in_steps,
    a_deleted_channel_takes_its_contacts_tags_with_it,
    a_conversation_that_begins_anew_knows_its_contacts_tags,
    a_tag_of_many_is_walked_through_in_bounded_pages,
);

/// A group with so many tags.
async fn group(world: &World, tags: usize) -> TagGroup {
    let tag = |number: usize| Tag { id: TagId(world.uuid()), name: format!("标签{number}"), color: TagColor::Red };
    let group = TagGroup {
        id: TagGroupId(world.uuid()),
        name: "级别".to_owned(),
        single_choice: false,
        rank: 0,
        version: 1,
        tags: (0..tags).map(tag).collect(),
    };
    let (scope, made) = (world.admin.scope(), group.clone());
    world
        .write(async move |conn| {
            tags::create_group(conn, scope, &made, at(1)).await?;
            for tag in made.tags.iter().enumerate() {
                tags::create_tag(conn, scope, made.id, (tag.1, tag.0), at(1)).await?;
            }
            Ok(())
        })
        .await
        .unwrap();
    group
}

async fn put(world: &World, visitor: Visitor, tag_ids: &[TagId]) -> Contact {
    let (admin, tag_ids) = (world.admin, tag_ids.to_vec());
    let work = world.writer.run(move |tx| {
        Box::pin(async move {
            let held = tags::hold(tx, admin, visitor.contact_id).await?;
            tags::put(tx, admin, held, tag_ids, at(2_000)).await
        })
    });
    work.await.unwrap()
}

async fn discard(world: &World, tag_id: TagId) {
    let scope = world.admin.scope();
    world.write(async move |conn| tags::discard(conn, scope, &[tag_id]).await).await.unwrap();
}

async fn step(world: &World, scope: OrgScope, tag_id: TagId, chunk: u64) -> bool {
    world
        .writer
        .run(move |tx| Box::pin(async move { tags::step(tx.conn(), scope, tag_id, chunk).await }))
        .await
        .unwrap()
}

async fn listed(world: &World, tag_id: TagId) -> Vec<ConversationId> {
    let of_tag = Listed { tag_id: Some(tag_id), ..Listed::default() };
    let page = conversations::list(world.reader(), world.admin, of_tag, None, 100).await.unwrap();
    page.items.into_iter().map(|one| one.id).collect()
}

async fn a_contact_has_the_tags_that_were_set_and_is_found_by_them(world: World) {
    let group = group(&world, 3).await;
    let ids: Vec<TagId> = group.tags.iter().map(|tag| tag.id).collect();
    assert_eq!(tags::list(world.reader(), world.admin.scope()).await.unwrap(), std::slice::from_ref(&group));
    let (one, older) = world.conversation_of(world.visitor(), 1_000).await;
    let (other, newer) = world.conversation_of(world.visitor(), 1_500).await;
    let tagged = put(&world, one, &ids[..2]).await;
    assert_eq!((tagged.tag_ids.as_slice(), tagged.version), (&ids[..2], 1));
    put(&world, other, &ids[1..]).await;
    assert_eq!(contacts::get(world.reader(), world.admin, one.contact_id).await.unwrap().unwrap(), tagged);
    let seen = conversations::get(world.reader(), world.admin, older).await.unwrap().unwrap();
    assert_eq!(seen.contact, tagged.summary());
    assert_eq!(listed(&world, ids[0]).await, [older]);
    assert_eq!(listed(&world, ids[1]).await, [newer, older]);
    let contents = tags::group_contents(world.reader(), world.admin.scope(), &group).await.unwrap();
    assert_eq!((contents.contacts, contents.contacts_with_several), (2, 2));
    assert_eq!(tags::contents(world.reader(), world.admin.scope(), ids[0]).await.unwrap().contacts, 1);
    put(&world, one, &[]).await;
    assert_eq!(listed(&world, ids[1]).await, [newer]);
    // An agent sees what is theirs of it.
    let of_tag = Listed { tag_id: Some(ids[1]), ..Listed::default() };
    let page = async || conversations::list(world.reader(), world.agent, of_tag, None, 100).await.unwrap().items.len();
    assert_eq!(page().await, 0);
    world.assign(newer, Some(world.agent.agent_id)).await;
    assert_eq!(page().await, 1);
    assert_eq!(integrity::check(world.reader()).await.unwrap(), []);
}

async fn a_deleted_tag_is_taken_off_its_contacts_in_steps(world: World) {
    let ids: Vec<TagId> = group(&world, 2).await.tags.iter().map(|tag| tag.id).collect();
    let mut visitors = Vec::new();
    for _ in 0..3 {
        let (visitor, _) = world.conversation().await;
        put(&world, visitor, &ids).await;
        visitors.push(visitor);
    }
    let scope = world.admin.scope();
    assert!(step(&world, scope, ids[0], 2).await, "one that is there is left alone");
    assert_eq!(listed(&world, ids[0]).await.len(), 3);
    discard(&world, ids[0]).await;
    assert_eq!(listed(&world, ids[0]).await, [], "gone at once");
    assert_eq!(tags::list(world.reader(), scope).await.unwrap()[0].tags.len(), 1);
    assert_eq!(tags::contents_of_tag(world.reader(), scope, ids[0]).await.unwrap(), None);
    assert_eq!(tags::unfinished(world.reader()).await.unwrap(), [(world.org, ids[0])]);
    let foreign = OrgScope::new(world.new_org().await);
    assert!(step(&world, foreign, ids[0], 2).await);
    assert!(!step(&world, scope, ids[0], 2).await, "there is more");
    assert!(step(&world, scope, ids[0], 2).await);
    assert_eq!(tags::unfinished(world.reader()).await.unwrap(), []);
    for visitor in visitors {
        let contact = contacts::get(world.reader(), world.admin, visitor.contact_id).await.unwrap().unwrap();
        assert_eq!((contact.tag_ids.as_slice(), contact.version), (&ids[1..], 1));
    }
    assert_eq!(tag::Entity::find().count(world.reader()).await.unwrap(), 1);
    assert_eq!(integrity::check(world.reader()).await.unwrap(), []);
}

async fn a_deleted_channel_takes_its_contacts_tags_with_it(world: World) {
    let ids: Vec<TagId> = group(&world, 2).await.tags.iter().map(|tag| tag.id).collect();
    let (visitor, _) = world.conversation().await;
    put(&world, visitor, &ids).await;
    super::channels::delete(&world, world.channel).await;
    let (scope, channel) = (world.admin.scope(), world.channel);
    loop {
        let step = world
            .writer
            .run(move |tx| Box::pin(async move { crate::purge::step(tx, scope, channel, 100, at(9)).await }));
        if step.await.unwrap() == crate::purge::Purge::Done {
            break;
        }
    }
    let (contacts, rows) = (contact::Entity::find(), contact_tag::Entity::find());
    assert_eq!(contacts.count(world.reader()).await.unwrap(), 0);
    assert_eq!(rows.count(world.reader()).await.unwrap(), 0);
}

async fn a_conversation_that_begins_anew_knows_its_contacts_tags(world: World) {
    let ids: Vec<TagId> = group(&world, 1).await.tags.iter().map(|tag| tag.id).collect();
    let (visitor, conversation) = world.conversation().await;
    put(&world, visitor, &ids).await;
    let admin = world.admin;
    let auditor = crate::audit::Auditor {
        id: types::id::AuditId(world.uuid()),
        agent_id: admin.agent_id,
        agent_name: "小王".to_owned(),
        origin: crate::audit::Origin::default(),
        at: at(3_000),
    };
    let deleted = world
        .writer
        .run(move |tx| Box::pin(async move { crate::clearing::delete(tx, admin, conversation, auditor, 100).await }));
    deleted.await.unwrap();
    let (_, again) = world.conversation_of(visitor, 4_000).await;
    let created = world.sink.events().into_iter().rfind(|event| event.kind == "conversation_created");
    let event: types::events::Event = serde_json::from_str(&created.unwrap().payload).unwrap();
    let types::events::Event::ConversationCreated { conversation } = event else { panic!("{event:?}") };
    assert_eq!((conversation.id, conversation.contact.tag_ids.as_slice()), (again, ids.as_slice()));
}

async fn a_tag_of_many_is_walked_through_in_bounded_pages(world: World) {
    let ids: Vec<TagId> = group(&world, 1).await.tags.iter().map(|tag| tag.id).collect();
    let scope = world.admin.scope();
    assert_eq!(tags::spread(world.reader(), scope, ids[0]).await.unwrap(), Spread::Narrow);
    assert_eq!(tags::spread(world.reader(), scope, TagId(world.uuid())).await.unwrap(), Spread::Gone);
    // Everybody has it, but for the contact of the newest 1,200 conversations.
    world.writer_lets_go().await;
    let (org, channel) = (world.org.0.simple(), world.channel.0.simple());
    let (numbers, uuid, id, tagged) = match world.backend() {
        DbBackend::Postgres => (
            "generate_series(1, 7000) AS n(n)",
            ("'", "'::uuid"),
            "lpad(to_hex(n.n), 32, '0')::uuid",
            format!("':{}'", ids[0]),
        ),
        _ => (
            "(WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 7000) SELECT n FROM r) AS n",
            ("x'", "'"),
            "unhex(printf('%032x', n.n))",
            format!("':{}'", ids[0]),
        ),
    };
    let quoted = |hex: &dyn std::fmt::Display| format!("{}{hex}{}", uuid.0, uuid.1);
    let (org, channel, tag) = (quoted(&org), quoted(&channel), quoted(&ids[0].0.simple()));
    for statement in [
        format!(
            "INSERT INTO contact (id, org_id, channel_id, number, first_seen_at, last_seen_at, tags)
             SELECT {id}, {org}, {channel}, n.n, 0, 0, CASE WHEN n.n <= 5800 THEN {tagged} ELSE '' END FROM {numbers}"
        ),
        format!(
            "INSERT INTO conversation (id, org_id, channel_id, contact_id, last_activity_at, created_at)
             SELECT {id}, {org}, {channel}, {id}, n.n, n.n FROM {numbers}"
        ),
        format!(
            "INSERT INTO contact_tag (org_id, tag_id, contact_id) SELECT {org}, {tag}, {id} FROM {numbers} WHERE n.n <= 5800"
        ),
    ] {
        world.db.writer().execute_unprepared(&statement).await.unwrap();
    }
    assert_eq!(tags::spread(world.reader(), scope, ids[0]).await.unwrap(), Spread::Wide);
    let of_tag = Listed { tag_id: Some(ids[0]), ..Listed::default() };
    let (mut cursor, mut pages, mut found) = (None, Vec::new(), Vec::new());
    loop {
        let page = conversations::list(world.reader(), world.admin, of_tag, cursor, 100).await.unwrap();
        pages.push(page.items.len());
        found.extend(page.items.into_iter().map(|one| one.last_activity_at.0));
        let Some(next) = page.next_cursor else { break };
        cursor = Some(next.parse().unwrap());
    }
    assert_eq!(found, (1..=5800).rev().collect::<Vec<i64>>());
    // The first thousand that are looked at have it not.
    assert_eq!(pages[..3], [0, 100, 100]);
}
