//! Channels: editing, counting, deleting, purging.

use super::world::{World, at, by_agent, on_both};
use crate::conversations::Listed;
use crate::purge::{Purge, step, unfinished};
use crate::tables::{channel, contact, conversation, event, message, read_mark};
use crate::{
    Actor, Constraint, OrgScope, Sender, StoreError, channels, contacts, conversations, integrity, messages, visitors,
};
use sea_orm::{EntityTrait, PaginatorTrait};
use types::channels::{ChannelContents, ChannelPatch, ChannelStyle};
use types::id::ChannelId;

on_both!(
    a_channel_is_made_and_edited,
    a_key_is_taken_once,
    deleting_makes_everything_vanish_at_once,
    purging_goes_in_chunks_and_leaves_the_rest_alone,
    an_interrupted_purge_is_found_again,
);

/// Deletes a channel as the admin would.
pub(super) async fn delete(world: &World, id: ChannelId) {
    let (scope, actor) = (world.admin.scope(), Actor::Agent(world.admin.agent_id));
    let deleted = world
        .writer
        .run(move |tx| Box::pin(async move { channels::delete(tx, scope, id, actor, at(5_000)).await }))
        .await
        .unwrap();
    assert!(deleted);
}

async fn purge_step(world: &World, id: ChannelId, chunk: u64) -> Purge {
    let scope = world.admin.scope();
    world.writer.run(move |tx| Box::pin(async move { step(tx, scope, id, chunk, at(9)).await })).await.unwrap()
}

async fn edit(world: &World, patch: ChannelPatch) -> channels::ChannelRow {
    let (scope, id) = (world.admin.scope(), world.channel);
    world.write(async move |conn| channels::update(conn, scope, id, &patch, at(2_000)).await).await.unwrap().unwrap()
}

async fn a_channel_is_made_and_edited(world: World) {
    let scope = world.admin.scope();
    let before = channels::get(world.reader(), scope, world.channel).await.unwrap().unwrap();
    let renamed = edit(&world, ChannelPatch { name: Some("商城".to_owned()), ..ChannelPatch::default() }).await;
    assert_eq!((renamed.name.as_str(), renamed.style_revision), ("商城", 1));
    assert_eq!(renamed, channels::get(world.reader(), scope, world.channel).await.unwrap().unwrap());
    assert_eq!(renamed, channels::ChannelRow { name: "商城".to_owned(), updated_at: at(2_000), ..before.clone() });

    let style = ChannelStyle { color: "#ff0000".to_owned(), ..before.style };
    let patch = ChannelPatch { style: Some(style), enabled: Some(false), ..ChannelPatch::default() };
    let restyled = edit(&world, patch.clone()).await;
    assert_eq!((restyled.style_revision, restyled.enabled), (2, false));
    assert_eq!(edit(&world, patch).await.style_revision, 2, "the same style is no new one");
    assert_eq!(channels::by_key(world.reader(), &restyled.key).await.unwrap().unwrap().style_revision, 2);

    let patch = ChannelPatch { introduction: Some("一\0二".to_owned()), ..ChannelPatch::default() };
    assert_eq!(edit(&world, patch).await.introduction, "一二", "PostgreSQL cannot store NUL");

    let second = world.new_channel(world.org).await;
    let ids: Vec<_> = channels::list(world.reader(), scope).await.unwrap().into_iter().map(|row| row.id).collect();
    assert_eq!(ids, [world.channel, second]);
    assert_eq!(channels::count(world.reader(), scope).await.unwrap(), 2);
}

async fn a_key_is_taken_once(world: World) {
    let mut other = world.channel_row(world.org);
    other.key = channels::get(world.reader(), world.admin.scope(), world.channel).await.unwrap().unwrap().key;
    let outcome = world.write(async move |conn| channels::create(conn, other).await).await;
    assert!(matches!(outcome, Err(StoreError::Conflict { constraint: Constraint::ChannelKey })), "{outcome:?}");
}

async fn deleting_makes_everything_vanish_at_once(world: World) {
    let (visitor, conversation) = world.conversation().await;
    let (scope, reader) = (world.admin.scope(), world.reader());
    let key = channels::get(reader, scope, world.channel).await.unwrap().unwrap().key;
    world.send(by_agent(world.admin), conversation, 2_000).await.unwrap();
    world.conversation().await;
    assert_eq!(
        channels::contents(reader, scope, world.channel).await.unwrap(),
        Some(ChannelContents { contacts: 2, conversations: 2, messages: 3 })
    );
    delete(&world, world.channel).await;

    assert_eq!(world.sink.kinds().last(), Some(&"channel_deleted"));
    assert_eq!(channels::get(reader, scope, world.channel).await.unwrap(), None);
    assert_eq!(channels::by_key(reader, &key).await.unwrap(), None);
    assert_eq!(channels::list(reader, scope).await.unwrap(), []);
    assert_eq!(channels::contents(reader, scope, world.channel).await.unwrap(), None);
    assert_eq!(conversations::list(reader, world.admin, Listed::default(), None, 50).await.unwrap().items, []);
    assert_eq!(conversations::get(reader, world.admin, conversation).await.unwrap(), None);
    assert_eq!(contacts::get(reader, world.admin, visitor.contact_id).await.unwrap(), None);
    assert_eq!(visitors::state(reader, visitor).await.unwrap(), None);
    let newest = messages::Window::Newest;
    assert_eq!(messages::for_viewer(reader, world.admin, conversation, newest, 50).await.unwrap(), None);
    assert_eq!(messages::for_visitor(reader, visitor, newest, 50).await.unwrap().items, []);
    let (scope, id) = (world.admin.scope(), world.channel);
    let patch = ChannelPatch::default();
    let edited = world.write(async move |conn| channels::update(conn, scope, id, &patch, at(6_000)).await).await;
    assert_eq!(edited.unwrap(), None);
    let again = world
        .writer
        .run(move |tx| Box::pin(async move { channels::delete(tx, scope, id, Actor::System, at(6_000)).await }));
    assert!(!again.await.unwrap(), "deleted once");
}

/// Rows of each table that a purge empties.
async fn rows(world: &World) -> [u64; 6] {
    let reader = world.reader();
    [
        channel::Entity::find().count(reader).await.unwrap(),
        contact::Entity::find().count(reader).await.unwrap(),
        conversation::Entity::find().count(reader).await.unwrap(),
        message::Entity::find().count(reader).await.unwrap(),
        read_mark::Entity::find().count(reader).await.unwrap(),
        event::Entity::find().count(reader).await.unwrap(),
    ]
}

async fn purging_goes_in_chunks_and_leaves_the_rest_alone(mut world: World) {
    let (doomed, kept) = (world.channel, world.new_channel(world.org).await);
    for _ in 0..3 {
        let (visitor, conversation) = world.conversation().await;
        for _ in 0..10 {
            world.send(Sender::Visitor(visitor), conversation, 2_000).await.unwrap();
        }
        world.send(by_agent(world.admin), conversation, 2_000).await.unwrap();
    }
    world.channel = kept;
    world.conversation().await;
    assert_eq!(rows(&world).await, [2, 4, 4, 37, 3, 41]);
    assert_eq!(purge_step(&world, doomed, 10).await, Purge::Done, "it is not deleted");
    delete(&world, doomed).await;

    let mut steps = 0;
    let mut before = rows(&world).await;
    while purge_step(&world, doomed, 10).await == Purge::More {
        let after = rows(&world).await;
        assert!(before[3] - after[3] <= 10 && before[5] - after[5] <= 10, "{before:?} {after:?}");
        before = after;
        steps += 1;
    }
    assert!(steps >= 4, "{steps}");
    assert_eq!(rows(&world).await, [1, 1, 1, 1, 0, 3], "the other channel's, and that the channel was deleted");
    assert_eq!(unfinished(world.reader()).await.unwrap(), []);
    assert_eq!(integrity::check(world.reader()).await.unwrap(), [], "what a purge leaves is whole");
}

async fn an_interrupted_purge_is_found_again(world: World) {
    world.conversation().await;
    delete(&world, world.channel).await;
    assert_eq!(purge_step(&world, world.channel, 1).await, Purge::More);
    world.writer.stop().await;
    let (db, writer, _) = world.restarted(crate::WriterOptions::default()).await;
    let left = unfinished(db.reader()).await.unwrap();
    assert_eq!(left, [(world.org, world.channel)]);
    for (org, id) in left {
        let scope = OrgScope::new(org);
        while writer.run(move |tx| Box::pin(async move { step(tx, scope, id, 500, at(9)).await })).await.unwrap()
            == Purge::More
        {}
    }
    assert_eq!(unfinished(db.reader()).await.unwrap(), []);
}
