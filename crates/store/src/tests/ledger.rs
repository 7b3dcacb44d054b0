//! The ledger: order, audiences, catching up.

use super::world::{Memory, World, at, by_agent, on_both};
use super::writer::enqueue;
use crate::events::{CATCH_UP_MAX, after, cursor};
use crate::members::Held;
use crate::tables::organisation;
use crate::{Reader, Sender, StoreError, Writer, WriterOptions, clearing};
use futures_util::future::{Either, join_all};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use std::sync::Arc;
use types::events::Event;

on_both!(
    the_ledger_is_what_was_handed_over,
    everyone_sees_only_what_is_for_them,
    catching_up_in_small_steps,
    too_far_behind_means_afresh,
    a_deleted_channels_events_are_gone_at_once,
    what_told_of_cleared_messages_is_gone_at_once,
    what_is_ended_right_behind_a_write_takes_what_that_told_with_it,
    notes_cleared_while_an_earlier_clearing_is_purged_are_purged_too,
    whoever_meets_an_event_of_another_version_starts_afresh,
);

async fn the_ledger_is_what_was_handed_over(world: World) {
    let (visitor, conversation) = world.conversation().await;
    let work = (0..60).map(|index| {
        let world = &world;
        async move {
            match index % 3 {
                0 => drop(world.send(Sender::Visitor(visitor), conversation, 2_000).await.unwrap()),
                1 => drop(world.read(Reader::Agent(world.admin), conversation, index).await.unwrap()),
                _ => drop(world.conversation().await),
            }
        }
    });
    join_all(work).await;
    let handed_over = world.sink.events();
    let ledger = after(world.reader(), world.admin, Some(0), 500).await.unwrap();
    assert_eq!(ledger.items.len(), handed_over.len());
    for (stored, handed) in ledger.items.iter().zip(&handed_over) {
        assert_eq!(stored.seq, handed.seq);
        assert_eq!(serde_json::to_string(&stored.event).unwrap(), *handed.payload);
    }
    assert_eq!(ledger.cursor, cursor(world.reader(), world.admin.scope()).await.unwrap());
    assert!(!ledger.has_more && !ledger.resync);
}

async fn what_told_of_cleared_messages_is_gone_at_once(world: World) {
    let (visitor, conversation) = world.conversation().await;
    world.send(Sender::Visitor(visitor), conversation, 2_000).await.unwrap();
    let (viewer, id) = (world.admin, types::id::AuditId(world.uuid()));
    let auditor = crate::audit::Auditor {
        id,
        agent_id: viewer.agent_id,
        agent_name: "小客".to_owned(),
        origin: crate::audit::Origin::default(),
        at: at(3_000),
    };
    let clearing = world
        .writer
        .run_alone(move |tx| Box::pin(async move { crate::clearing::clear(tx, viewer, conversation, auditor).await }));
    clearing.await.unwrap_or_else(|error: crate::StoreError| panic!("{error}"));
    world.send(Sender::Visitor(visitor), conversation, 4_000).await.unwrap();
    // The rows are all there: nobody has purged them.
    let ledger = after(world.reader(), world.admin, Some(0), 500).await.unwrap();
    let told: Vec<i64> = ledger
        .items
        .iter()
        .filter_map(|item| match &item.event {
            Event::MessageCreated { message, .. } => Some(message.seq),
            _ => None,
        })
        .collect();
    assert_eq!(told, [3]);
    assert!(ledger.items.iter().any(|item| matches!(item.event, Event::ConversationCreated { .. })));
    assert!(ledger.items.iter().any(|item| matches!(item.event, Event::ConversationCleared { seq: 2, .. })));
}

async fn what_is_ended_right_behind_a_write_takes_what_that_told_with_it(world: World) {
    for deletes in [false, true] {
        let (visitor, conversation) = world.conversation().await;
        world.send(Sender::Visitor(visitor), conversation, 2_000).await.unwrap();
        let viewer = world.admin;
        let note = note(&world, "底价二十元");
        let (id, agent_name) = (types::id::AuditId(world.uuid()), "小客".to_owned());
        let auditor = crate::audit::Auditor {
            id,
            agent_id: viewer.agent_id,
            agent_name,
            origin: crate::audit::Origin::default(),
            at: at(3_000),
        };
        let (writer, work) = Writer::new(&world.db, WriterOptions::default(), Arc::new(Memory::default()));
        // Both stand in the queue before anything is done, so that they are taken from it together.
        let mut written = Box::pin(writer.run(move |tx| {
            Box::pin(async move {
                let held = Held::lock(tx, viewer, conversation).await?.ok_or(StoreError::NotFound)?;
                crate::notes::create(tx, viewer, held, note).await
            })
        }));
        let mut ended = Box::pin(writer.run_alone(move |tx| {
            Box::pin(async move {
                if deletes {
                    return clearing::delete(tx, viewer, conversation, auditor, 100).await.map(drop);
                }
                clearing::clear(tx, viewer, conversation, auditor).await
            })
        }));
        enqueue(&mut written);
        enqueue(&mut ended);
        let both = futures_util::future::join(written, ended);
        match futures_util::future::select(Box::pin(both), Box::pin(work)).await {
            Either::Left(((written, ended), _)) => drop((written.unwrap(), ended.unwrap())),
            Either::Right(_) => panic!("the writer has ended"),
        }
        let ledger = after(world.reader(), viewer, Some(0), 500).await.unwrap();
        let told = ledger.items.iter().filter(|item| matches!(item.event, Event::NoteCreated { .. })).count();
        assert_eq!(told, 0, "deleted: {deletes}");
    }
}

fn note(world: &World, text: &str) -> crate::notes::NewNote {
    let (id, nonce) = (types::id::NoteId(world.uuid()), types::id::Nonce(world.uuid()));
    let (author_name, text) = ("小客".to_owned(), text.to_owned());
    crate::notes::NewNote { id, nonce, author_name, text, whisper: false, mentions: Vec::new(), at: at(3_000) }
}

async fn notes_cleared_while_an_earlier_clearing_is_purged_are_purged_too(world: World) {
    let (visitor, conversation) = world.conversation().await;
    world.send(Sender::Visitor(visitor), conversation, 2_000).await.unwrap();
    let viewer = world.admin;
    let clear = async || {
        let (id, agent_name) = (types::id::AuditId(world.uuid()), "小客".to_owned());
        let auditor = crate::audit::Auditor {
            id,
            agent_id: viewer.agent_id,
            agent_name,
            origin: crate::audit::Origin::default(),
            at: at(3_000),
        };
        let cleared = world
            .writer
            .run_alone(move |tx| Box::pin(async move { clearing::clear(tx, viewer, conversation, auditor).await }));
        cleared.await.unwrap_or_else(|error: StoreError| panic!("{error}"));
    };
    let step = async || {
        let scope = viewer.scope();
        let step = world
            .writer
            .run(move |tx| Box::pin(async move { clearing::step(tx.conn(), scope, conversation, 100).await }));
        step.await.unwrap_or_else(|error: StoreError| panic!("{error}")).expect("one step is enough")
    };
    let finish = async |purged| {
        let scope = viewer.scope();
        let end = world
            .writer
            .run(move |tx| Box::pin(async move { clearing::finish(tx.conn(), scope, conversation, purged).await }));
        end.await.unwrap_or_else(|error: StoreError| panic!("{error}"));
    };
    clear().await;
    let first = step().await;
    let note = note(&world, "底价二十元");
    let written = world.writer.run(move |tx| {
        Box::pin(async move {
            let held = crate::members::Held::lock(tx, viewer, conversation).await?.expect("it is there");
            crate::notes::create(tx, viewer, held, note).await
        })
    });
    written.await.unwrap_or_else(|error: StoreError| panic!("{error}"));
    clear().await;
    // Whoever purges the first one has looked for its events by now.
    finish(first).await;
    assert_eq!(clearing::unfinished(world.reader()).await.unwrap(), [(viewer.org_id, conversation)]);
    finish(step().await).await;
    assert_eq!(clearing::unfinished(world.reader()).await.unwrap(), []);
}

async fn whoever_meets_an_event_of_another_version_starts_afresh(world: World) {
    let (visitor, conversation) = world.conversation().await;
    world.send(Sender::Visitor(visitor), conversation, 2_000).await.unwrap();
    world.writer_lets_go().await;
    let newer = "UPDATE event SET payload = '{\"type\":\"from_the_future\"}' WHERE seq = 2";
    world.db.writer().execute_unprepared(newer).await.unwrap();
    let answer = after(world.reader(), world.admin, Some(0), 500).await.unwrap();
    assert_eq!((answer.items.len(), answer.cursor, answer.has_more, answer.resync), (0, 3, false, true));
    let beyond = after(world.reader(), world.admin, Some(2), 500).await.unwrap();
    assert_eq!((beyond.items.len(), beyond.resync), (1, false), "what comes later is still told");
}

async fn everyone_sees_only_what_is_for_them(world: World) {
    let (_, not_mine) = world.conversation().await;
    let (visitor, mine) = world.conversation().await;
    world.assign(mine, Some(world.agent.agent_id)).await;
    world.send(Sender::Visitor(visitor), mine, 2_000).await.unwrap();
    world.read(Reader::Agent(world.agent), mine, 2).await.unwrap();
    world.read(Reader::Agent(world.admin), not_mine, 1).await.unwrap();

    let seen = after(world.reader(), world.agent, Some(0), 500).await.unwrap();
    let expected: Vec<_> = world
        .sink
        .events()
        .into_iter()
        .filter(|event| event.audience.agents.includes(world.agent))
        .map(|event| event.seq)
        .collect();
    assert_eq!(seen.items.iter().map(|item| item.seq).collect::<Vec<_>>(), expected, "as the live connections do");
    assert_eq!(expected.len(), 3, "the message, the own mark, the agents' mark");
    assert_eq!(seen.cursor, cursor(world.reader(), world.agent.scope()).await.unwrap());

    let seen = after(world.reader(), world.admin, Some(0), 500).await.unwrap();
    let marks = seen.items.iter().filter_map(|item| match &item.event {
        Event::ConversationRead { agent_id, .. } => Some(*agent_id),
        _ => None,
    });
    assert_eq!(marks.collect::<Vec<_>>(), [world.admin.agent_id], "an agent's own mark is nobody else's");
}

async fn catching_up_in_small_steps(world: World) {
    let (_, conversation) = world.conversation().await;
    for _ in 0..7 {
        world.send(by_agent(world.admin), conversation, 2_000).await.unwrap();
    }
    let (mut at, mut seen) = (0, Vec::new());
    loop {
        let step = after(world.reader(), world.admin, Some(at), 4).await.unwrap();
        assert!(step.cursor > at);
        at = step.cursor;
        seen.extend(step.items.iter().map(|item| item.seq));
        if !step.has_more {
            break;
        }
    }
    assert_eq!(seen, (1..=9).collect::<Vec<i64>>());
    let nothing = after(world.reader(), world.admin, Some(at), 4).await.unwrap();
    assert_eq!((nothing.items.len(), nothing.cursor, nothing.has_more), (0, 9, false));
    let start = after(world.reader(), world.admin, None, 4).await.unwrap();
    assert_eq!((start.items.len(), start.cursor, start.has_more, start.resync), (0, 9, false, false));
}

async fn too_far_behind_means_afresh(world: World) {
    let newest = CATCH_UP_MAX + 10;
    organisation::Entity::update_many()
        .col_expr(organisation::Column::LastEventSeq, newest.into())
        .filter(organisation::Column::Id.eq(world.org))
        .exec(world.db.writer())
        .await
        .unwrap();
    for (from, resync) in [(9, true), (10, false), (newest, false), (newest + 1, true)] {
        let answer = after(world.reader(), world.admin, Some(from), 500).await.unwrap();
        assert_eq!(answer.resync, resync, "from {from}");
        if resync {
            assert_eq!((answer.cursor, answer.has_more), (newest, false));
        }
    }
}

async fn a_deleted_channels_events_are_gone_at_once(world: World) {
    world.conversation().await;
    super::channels::delete(&world, world.channel).await;
    let seen = after(world.reader(), world.admin, Some(0), 500).await.unwrap();
    assert_eq!(
        seen.items.into_iter().map(|item| item.event).collect::<Vec<_>>(),
        [Event::ChannelDeleted { channel_id: world.channel }]
    );
}
