//! A database that ends a transaction by itself, as SQLite does when the disk is full or fails: what is acknowledged
//! afterwards is on disk, and nothing is told that is not there.

use super::world::{World, by_agent, on_both};
use super::writer::{enqueue, hold};
use crate::tables::event;
use crate::{Database, MessageJob, Sender, StoreError, StoredMessage, WriterOptions, messages};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder};
use types::events::Event;
use types::id::ConversationId;

on_both!(
    one_job_that_ends_the_transaction_takes_no_other_with_it_unnoticed,
    a_write_that_ends_the_transaction_takes_no_other_with_it_unnoticed,
    what_is_acknowledged_after_a_failed_batch_is_on_disk,
);

/// From now on a message with the word 毒 fails and on SQLite ends the whole transaction; one with 碍 fails by itself.
async fn poison(world: &World) {
    let statements = match world.backend() {
        DbBackend::Postgres => &[
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$",
            "CREATE TRIGGER poison BEFORE INSERT ON message FOR EACH ROW WHEN (NEW.content ~ '毒|碍') \
             EXECUTE FUNCTION refuse()",
        ][..],
        _ => &[
            "CREATE TRIGGER poison BEFORE INSERT ON message WHEN NEW.content LIKE '%毒%' \
             BEGIN SELECT RAISE(ROLLBACK, 'refused'); END",
            "CREATE TRIGGER obstacle BEFORE INSERT ON message WHEN NEW.content LIKE '%碍%' \
             BEGIN SELECT RAISE(ABORT, 'refused'); END",
        ],
    };
    for statement in statements {
        world.db.writer().execute_unprepared(statement).await.unwrap();
    }
}

/// Sends these as one batch.
async fn together(world: &World, jobs: &[MessageJob]) -> Vec<Result<StoredMessage, StoreError>> {
    let release = hold(&world.writer).await;
    let mut sends: Vec<_> = jobs.iter().map(|job| Box::pin(world.writer.message(job.clone()))).collect();
    sends.iter_mut().for_each(enqueue);
    release.send(()).unwrap();
    futures_util::future::join_all(sends).await
}

/// What a process that opens the database now finds: the messages' nonces, and that the ledger tells of exactly these.
async fn on_disk(world: &World, conversation: ConversationId) -> Vec<types::id::Nonce> {
    let (db, _writer, _sink): (Database, _, _) = world.restarted(WriterOptions::default()).await;
    let window = messages::for_viewer(db.reader(), world.admin, conversation, messages::Window::After(0), 1_000).await;
    let items = window.unwrap().unwrap().items;
    assert_eq!(
        items.iter().map(|message| message.seq).collect::<Vec<_>>(),
        (1..=i64::try_from(items.len()).unwrap()).collect::<Vec<_>>()
    );
    let ledger = event::Entity::find()
        .filter(event::Column::ConversationId.eq(conversation))
        .order_by_asc(event::Column::Seq)
        .all(db.reader())
        .await
        .unwrap();
    let told: Vec<_> = ledger
        .iter()
        .filter_map(|row| match serde_json::from_str(&row.payload).unwrap() {
            Event::MessageCreated { message } => Some(message),
            _ => None,
        })
        .collect();
    assert_eq!(told, items, "the ledger tells of what is stored, and of nothing else");
    items.into_iter().map(|message| message.nonce).collect()
}

async fn one_job_that_ends_the_transaction_takes_no_other_with_it_unnoticed(world: World) {
    let (visitor, conversation) = world.conversation().await;
    poison(&world).await;
    let say = |text| world.says(Sender::Visitor(visitor), conversation, text, 2_000);
    let jobs = [say("甲"), say("毒"), say("乙")];
    let outcomes = together(&world, &jobs).await;
    assert!(matches!(outcomes[1], Err(StoreError::Db(_))), "{:?}", outcomes[1]);
    let stored = on_disk(&world, conversation).await;
    for (job, outcome) in jobs.iter().zip(&outcomes) {
        assert_eq!(outcome.is_ok(), stored.contains(&job.nonce), "{outcome:?}");
    }
    // Whoever was refused sends again.
    for job in [&jobs[0], &jobs[2]] {
        world.writer.message(job.clone()).await.unwrap();
    }
    let stored = on_disk(&world, conversation).await;
    assert_eq!(stored.len(), 3);
    assert!(stored.contains(&jobs[0].nonce) && stored.contains(&jobs[2].nonce));
}

async fn a_write_that_ends_the_transaction_takes_no_other_with_it_unnoticed(world: World) {
    let (visitor, conversation) = world.conversation().await;
    poison(&world).await;
    let say = |text| world.says(Sender::Visitor(visitor), conversation, text, 2_000);
    let jobs = [say("甲"), say("毒"), say("乙")];
    let release = hold(&world.writer).await;
    let mut writes: Vec<_> = jobs
        .iter()
        .map(|job| {
            let job = job.clone();
            Box::pin(world.writer.run(move |tx| Box::pin(async move { tx.message(job).await })))
        })
        .collect();
    writes.iter_mut().for_each(enqueue);
    release.send(()).unwrap();
    let outcomes = futures_util::future::join_all(writes).await;
    assert!(outcomes[1].is_err());
    let stored = on_disk(&world, conversation).await;
    for (job, outcome) in jobs.iter().zip(&outcomes) {
        assert_eq!(outcome.is_ok(), stored.contains(&job.nonce), "{outcome:?}");
    }
    let again = world.writer.message(jobs[0].clone()).await.unwrap();
    assert!(on_disk(&world, conversation).await.contains(&again.message.nonce));
}

async fn what_is_acknowledged_after_a_failed_batch_is_on_disk(world: World) {
    let (visitor, conversation) = world.conversation().await;
    poison(&world).await;
    for round in 0..3 {
        // The first leaves no transaction, the second one that has to be rolled back: whoever has lost count of them rolls
        // back too little, and from then on commits into a transaction that stays open.
        for refused in ["毒", "碍"] {
            let job = world.says(Sender::Visitor(visitor), conversation, refused, 2_000);
            world.writer.message(job).await.unwrap_err();
        }
        let said = world.says(by_agent(world.admin), conversation, "在", 2_000);
        let acknowledged = world.writer.message(said).await.unwrap();
        assert_eq!(acknowledged.message.seq, round + 2);
        let stored = on_disk(&world, conversation).await;
        assert_eq!(stored.last(), Some(&acknowledged.message.nonce));
    }
}
