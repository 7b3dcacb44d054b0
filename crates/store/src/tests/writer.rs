//! The writer: order, back pressure, closures that fail, panic or stop it.

use super::world::{Memory, World, at, by_agent, on_both};
use crate::audience::{Actor, AgentAudience, Audience};
use crate::tables::{event, message, organisation};
use crate::{CommitSink, CommittedEvent, PendingEvent, Sender, StoreError, Writer, WriterOptions, organisations};
use futures_util::FutureExt;
use sea_orm::{ConnectionTrait, EntityTrait, PaginatorTrait, QueryOrder};
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};
use tokio::sync::oneshot;
use types::events::Event;
use types::id::{ChannelId, OrgId};

on_both!(
    a_full_queue_answers_busy_and_loses_nothing,
    jobs_are_done_in_the_order_of_the_queue,
    a_closure_that_fails_leaves_nothing_behind,
    a_closure_that_panics_harms_nobody_else,
    what_was_queued_behind_a_transaction_that_broke_hears_that_nothing_was_stored,
    a_stopped_writer_finishes_and_then_answers_busy,
    events_are_handed_over_after_the_commit_and_before_the_answer,
    what_is_not_answered_yet_is_counted,
);

/// Holds the writer up until the returned sender is used.
pub(super) async fn hold(writer: &Writer) -> oneshot::Sender<()> {
    let (release, released) = oneshot::channel::<()>();
    let (started, running) = oneshot::channel();
    let writer = writer.clone();
    tokio::spawn(async move {
        let work = writer.run(move |_tx| {
            Box::pin(async move {
                started.send(()).unwrap();
                released.await.unwrap();
                Ok::<_, StoreError>(())
            })
        });
        work.await.unwrap();
    });
    running.await.unwrap();
    release
}

/// Polls a call once, which puts its job into the queue.
pub(super) fn enqueue<F: Future + Unpin>(call: &mut F) {
    assert!(call.poll_unpin(&mut Context::from_waker(Waker::noop())).is_pending());
}

async fn a_full_queue_answers_busy_and_loses_nothing(world: World) {
    let (visitor, conversation) = world.conversation().await;
    world.writer.stop().await;
    let (_db, writer, _sink) = world.restarted(WriterOptions { queue: 3, batch: 8 }).await;
    let release = hold(&writer).await;
    let mut waiting = Vec::new();
    for _ in 0..3 {
        let job = world.says(Sender::Visitor(visitor), conversation, "嗯", 2_000);
        let mut send = Box::pin({
            let writer = writer.clone();
            async move { writer.message(job).await }
        });
        enqueue(&mut send);
        waiting.push(send);
    }
    let refused = writer.message(world.says(Sender::Visitor(visitor), conversation, "嗯", 2_000)).await;
    assert!(matches!(refused, Err(StoreError::Busy)), "{refused:?}");
    release.send(()).unwrap();
    for (index, send) in waiting.into_iter().enumerate() {
        assert_eq!(send.await.unwrap().message.seq, i64::try_from(index).unwrap() + 2);
    }
}

async fn jobs_are_done_in_the_order_of_the_queue(world: World) {
    let (visitor, conversation) = world.conversation().await;
    let release = hold(&world.writer).await;
    let mut first = Box::pin(world.send(Sender::Visitor(visitor), conversation, 2_000));
    enqueue(&mut first);
    let mut count =
        Box::pin(world.writer.run(move |tx| {
            Box::pin(async move { Ok::<_, StoreError>(message::Entity::find().count(tx.conn()).await?) })
        }));
    enqueue(&mut count);
    let mut last = Box::pin(world.send(by_agent(world.admin), conversation, 2_000));
    enqueue(&mut last);
    release.send(()).unwrap();
    assert_eq!(last.await.unwrap().message.seq, 3);
    assert_eq!(count.await.unwrap(), 2, "after the first, before the last");
    assert_eq!(first.await.unwrap().message.seq, 2);
}

pub(super) fn some_event(org_id: OrgId) -> PendingEvent {
    PendingEvent {
        org_id,
        conversation_id: None,
        actor: Actor::System,
        audience: Audience::agents(AgentAudience::Everyone),
        event: Event::ChannelDeleted { channel_id: ChannelId(org_id.0) },
        at: at(0),
    }
}

async fn a_closure_that_fails_leaves_nothing_behind(world: World) {
    let before = organisation::Entity::find().count(world.reader()).await.unwrap();
    let (org, id) = (world.org, OrgId(world.uuid()));
    let release = hold(&world.writer).await;
    // Both stand in the queue, so they share a transaction.
    let mut failing = Box::pin(world.writer.run(move |tx| {
        Box::pin(async move {
            let new = organisations::NewOrganisation { id, name: "乙".to_owned(), at: at(0) };
            organisations::create(tx.conn(), new).await?;
            tx.append(some_event(org));
            Err::<(), _>(StoreError::NotFound)
        })
    }));
    enqueue(&mut failing);
    let mut good = Box::pin(world.writer.run(move |tx| {
        Box::pin(async move {
            tx.append(some_event(org));
            Ok::<_, StoreError>(())
        })
    }));
    enqueue(&mut good);
    release.send(()).unwrap();
    assert!(matches!(failing.await, Err(StoreError::NotFound)));
    good.await.unwrap();
    assert_eq!(organisation::Entity::find().count(world.reader()).await.unwrap(), before);
    assert_eq!(world.sink.events().iter().map(|event| event.seq).collect::<Vec<_>>(), [1]);
}

async fn what_was_queued_behind_a_transaction_that_broke_hears_that_nothing_was_stored(world: World) {
    let release = hold(&world.writer).await;
    let mut breaking = Box::pin(world.writer.run(|tx| {
        Box::pin(async move {
            tx.conn().execute_unprepared("ROLLBACK").await?;
            Ok::<_, StoreError>(())
        })
    }));
    enqueue(&mut breaking);
    let org = world.org;
    let mut behind = Box::pin(world.writer.run(move |tx| {
        Box::pin(async move {
            tx.append(some_event(org));
            Ok::<_, StoreError>(())
        })
    }));
    enqueue(&mut behind);
    release.send(()).unwrap();
    for outcome in [breaking.await, behind.await] {
        assert!(matches!(outcome, Err(StoreError::Db(_))), "{outcome:?}");
    }
    assert_eq!(world.sink.events(), []);
    world.conversation().await;
    assert_eq!(world.sink.events().len(), 2, "the writer goes on");
}

async fn a_closure_that_panics_harms_nobody_else(world: World) {
    let release = hold(&world.writer).await;
    let mut panicking = Box::pin(
        world
            .writer
            .run(|_tx| Box::pin(async move { if true { panic!("on purpose") } else { Ok::<(), StoreError>(()) } })),
    );
    enqueue(&mut panicking);
    let org = world.org;
    let mut good = Box::pin(world.writer.run(move |tx| {
        Box::pin(async move {
            tx.append(some_event(org));
            Ok::<_, StoreError>(())
        })
    }));
    enqueue(&mut good);
    release.send(()).unwrap();
    assert!(matches!(panicking.await, Err(StoreError::Interrupted)));
    good.await.unwrap();
    assert_eq!(world.sink.events().len(), 1);
}

async fn a_stopped_writer_finishes_and_then_answers_busy(world: World) {
    let (visitor, conversation) = world.conversation().await;
    let release = hold(&world.writer).await;
    let mut queued = Box::pin(world.send(Sender::Visitor(visitor), conversation, 2_000));
    enqueue(&mut queued);
    let mut stopping = Box::pin(world.writer.stop());
    enqueue(&mut stopping);
    release.send(()).unwrap();
    stopping.await;
    assert_eq!(queued.await.unwrap().message.seq, 2);
    let late = world.send(Sender::Visitor(visitor), conversation, 2_000).await;
    assert!(matches!(late, Err(StoreError::Busy)), "{late:?}");
    world.writer.stop().await;
}

async fn what_is_not_answered_yet_is_counted(world: World) {
    let (visitor, conversation) = world.conversation().await;
    let (writer, work) = Writer::new(&world.db, WriterOptions::default(), Arc::new(Memory::default()));
    let mut work = Box::pin(work);
    let send = || Box::pin(writer.message(world.says(Sender::Visitor(visitor), conversation, "嗯", 2_000)));
    let (mut one, mut two) = (send(), send());
    assert!(futures_util::poll!(&mut one).is_pending() && futures_util::poll!(&mut two).is_pending());
    assert_eq!(writer.pending(), 2, "nobody has written anything yet");
    let both = futures_util::future::join(one, two);
    match futures_util::future::select(Box::pin(both), &mut work).await {
        futures_util::future::Either::Left(((one, two), _)) => {
            assert_eq!((one.unwrap().message.seq, two.unwrap().message.seq), (2, 3))
        }
        futures_util::future::Either::Right(_) => panic!("the writer has ended"),
    }
    assert_eq!(writer.pending(), 0);
}

/// Reads the database over a connection of its own at the moment of the handing over.
struct Watch {
    url: String,
    inner: Memory,
    seen: Mutex<Vec<String>>,
}

impl CommitSink for Watch {
    fn committed(&self, events: Vec<CommittedEvent>) {
        let url = self.url.clone();
        let reading = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let other = sea_orm::Database::connect(url).await.unwrap();
                event::Entity::find().order_by_asc(event::Column::Seq).all(&other).await.unwrap()
            })
        });
        let rows = reading.join().unwrap();
        self.seen.lock().unwrap().extend(rows.into_iter().map(|row| row.payload));
        self.inner.committed(events);
    }

    fn uncertain(&self) {}
}

async fn events_are_handed_over_after_the_commit_and_before_the_answer(world: World) {
    let visitor = world.visitor();
    world.writer.stop().await;
    let sink = Arc::new(Watch { url: world.url.clone(), inner: Memory::default(), seen: Mutex::default() });
    let writer = Writer::spawn(&world.db, WriterOptions::default(), sink.clone());
    writer.first_message(world.first(visitor, "嗯", 2_000)).await.unwrap();
    let handed_over: Vec<String> = sink.inner.events().iter().map(|event| event.payload.as_ref().to_owned()).collect();
    assert_eq!(handed_over.len(), 2, "handed over before the answer");
    assert_eq!(*sink.seen.lock().unwrap(), handed_over, "on disk before it was handed over, byte for byte");
}
