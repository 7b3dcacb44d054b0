//! A writer that has ended, panics or cannot write is noticed.

use super::world::{Memory, World, by_agent, on_both};
use crate::write::{FRESH, Proof};
use crate::{CommitSink, CommittedEvent, Sender, StoreError, Writer, WriterOptions};
use sea_orm::{ConnectionTrait, DbBackend};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::time::Instant;

on_both!(
    a_writer_that_has_stopped_is_noticed,
    a_disk_that_takes_nothing_is_noticed,
    a_panic_in_the_hot_path_ends_nothing,
);

async fn a_writer_that_has_stopped_is_noticed(world: World) {
    world.conversation().await;
    world.writer.prove().await.unwrap();
    world.writer.stop().await;
    let outcome = world.writer.prove().await;
    assert!(matches!(outcome, Err(StoreError::Busy)), "{outcome:?}");
}

/// From now on nothing that is written finds room, and SQLite ends the whole transaction, as it does when a disk is full.
async fn fill_the_disk(world: &World) {
    let full = match world.backend() {
        DbBackend::Postgres => &[
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'disk is full'; END $$",
            "CREATE TRIGGER full_trial BEFORE INSERT ON write_trial EXECUTE FUNCTION no_room()",
            "CREATE TRIGGER full_message BEFORE INSERT ON message EXECUTE FUNCTION no_room()",
        ][..],
        _ => &[
            "CREATE TRIGGER full_trial BEFORE INSERT ON write_trial BEGIN SELECT RAISE(ROLLBACK, 'disk is full'); END",
            "CREATE TRIGGER full_message BEFORE INSERT ON message BEGIN SELECT RAISE(ROLLBACK, 'disk is full'); END",
        ],
    };
    for statement in full {
        world.db.writer().execute_unprepared(statement).await.unwrap();
    }
}

async fn make_room(world: &World) {
    let room = match world.backend() {
        DbBackend::Postgres => &["DROP FUNCTION no_room CASCADE"][..],
        _ => &["DROP TRIGGER full_trial", "DROP TRIGGER full_message"],
    };
    for statement in room {
        world.db.writer().execute_unprepared(statement).await.unwrap();
    }
}

async fn a_disk_that_takes_nothing_is_noticed(world: World) {
    // Nothing has been written by this writer: only a trial can tell.
    fill_the_disk(&world).await;
    let outcome = world.writer.prove().await;
    assert!(matches!(outcome, Err(StoreError::Db(_))), "{outcome:?}");
    make_room(&world).await;
    world.writer.prove().await.unwrap();

    // A proof that is fresh ends with the first write that fails, whatever goes well that writes nothing.
    let (visitor, conversation) = world.conversation().await;
    fill_the_disk(&world).await;
    world.send(Sender::Visitor(visitor), conversation, 2_000).await.unwrap_err();
    world.writer.run(|_tx| Box::pin(async { Ok::<_, StoreError>(()) })).await.unwrap();
    assert!(world.writer.prove().await.is_err());
    make_room(&world).await;
    world.writer.prove().await.unwrap();
    world.send(Sender::Visitor(visitor), conversation, 2_000).await.unwrap();
}

#[test]
fn a_proof_grows_old() {
    let proof = Proof::default();
    let now = Instant::now();
    assert!(!proof.is_fresh(now), "nothing has been written yet");
    proof.given();
    assert!(proof.is_fresh(now));
    assert!(!proof.is_fresh(Instant::now() + FRESH));
    proof.doubt();
    assert!(!proof.is_fresh(now));
}

/// Panics when it is first handed something.
#[derive(Default)]
struct Fragile {
    broken: AtomicBool,
    inner: Memory,
}

impl CommitSink for Fragile {
    fn committed(&self, events: Vec<CommittedEvent>) {
        assert!(self.broken.swap(true, Ordering::SeqCst), "on purpose");
        self.inner.committed(events);
    }

    fn uncertain(&self) {
        self.inner.uncertain();
    }
}

async fn a_panic_in_the_hot_path_ends_nothing(world: World) {
    let (visitor, conversation) = world.conversation().await;
    world.writer.stop().await;
    let sink = Arc::new(Fragile::default());
    let writer = Writer::spawn(&world.db, WriterOptions::default(), sink.clone());
    let said = world.says(Sender::Visitor(visitor), conversation, "嗯", 2_000);
    let outcome = writer.message(said.clone()).await;
    assert!(matches!(outcome, Err(StoreError::Interrupted)), "{outcome:?}");
    let again = writer.message(said).await.unwrap();
    assert!(again.duplicate, "it had been stored");
    assert_eq!(sink.inner.uncertain_times(), 1, "everybody has to look what they missed");
    let next = writer.message(world.says(by_agent(world.admin), conversation, "在", 2_000)).await.unwrap();
    assert_eq!((next.message.seq, sink.inner.events().len()), (3, 1));
    writer.prove().await.unwrap();
}
