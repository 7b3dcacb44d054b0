//! Messages: numbers without gaps, nonces, visibility, and what a bad job does to its batch.

use super::world::{World, at, by_agent, content, on_both};
use crate::conversations::Listed;
use crate::tables::message;
use crate::write::{HotJob, Outcome, Unrouted, place};
use crate::{Constraint, Sender, StoreError, conversations, messages};
use futures_util::future::join_all;
use sea_orm::{ColumnTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, TransactionTrait};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use types::id::{ConversationId, MessageId};
use types::messages::Author;

on_both!(
    many_producers_leave_no_gap,
    a_repeated_nonce_returns_the_first_result,
    a_nonce_repeated_at_once_is_stored_once,
    a_nonce_repeated_within_a_batch_is_stored_once,
    the_same_nonce_of_two_senders_is_two_messages,
    a_first_message_makes_contact_and_conversation,
    a_first_message_sent_twice_at_once_makes_one_conversation,
    contact_numbers_count_from_one,
    only_the_bad_job_of_a_batch_fails,
    whoever_may_not_see_a_conversation_cannot_write_there,
    a_deleted_channel_takes_no_message,
    time_does_not_go_back_within_a_conversation,
    a_preview_is_cut,
    a_batch_is_a_handful_of_statements,
);

async fn many_producers_leave_no_gap(world: World) {
    let conversations = [world.conversation().await, world.conversation().await, world.conversation().await];
    let sends = (0..240).map(|index| {
        let (visitor, conversation) = conversations[index % 3];
        let sender = if index % 2 == 0 { Sender::Visitor(visitor) } else { by_agent(world.admin) };
        world.send(sender, conversation, 2_000)
    });
    let stored = join_all(sends).await.into_iter().collect::<Result<Vec<_>, _>>().unwrap();
    assert!(stored.iter().all(|stored| !stored.duplicate));

    for (_, conversation) in conversations {
        let seqs: Vec<i64> = message::Entity::find()
            .filter(message::Column::ConversationId.eq(conversation))
            .order_by_asc(message::Column::Seq)
            .all(world.reader())
            .await
            .unwrap()
            .into_iter()
            .map(|row| row.seq)
            .collect();
        assert_eq!(seqs, (1..=81).collect::<Vec<i64>>());
        let row = conversations::get(world.reader(), world.admin, conversation).await.unwrap().unwrap();
        assert_eq!(row.last_seq, 81);
    }
    let ledger: Vec<i64> = world.sink.events().iter().map(|event| event.seq).collect();
    assert_eq!(ledger, (1..=246).collect::<Vec<i64>>(), "every event once, in the order of the ledger");
}

async fn a_repeated_nonce_returns_the_first_result(world: World) {
    let (visitor, conversation) = world.conversation().await;
    let mut job = world.says(Sender::Visitor(visitor), conversation, "在吗", 2_000);
    let first = world.writer.message(job.clone()).await.unwrap();
    // A resend has a new id, a later time, and maybe even other words: what counts is what was stored.
    job.id = MessageId(world.uuid());
    job.content = content("不在");
    job.at = at(3_000);
    let again = world.writer.message(job.clone()).await.unwrap();
    assert!(!first.duplicate && again.duplicate);
    assert_eq!(first.message, again.message);

    world.writer.stop().await;
    let (_db, restarted, sink) = world.restarted(crate::WriterOptions::default()).await;
    let after_restart = restarted.message(job).await.unwrap();
    assert!(after_restart.duplicate);
    assert_eq!(after_restart.message, first.message);
    assert!(sink.events().is_empty(), "a repetition tells nobody anything");
}

async fn a_nonce_repeated_at_once_is_stored_once(world: World) {
    let (visitor, conversation) = world.conversation().await;
    let job = world.says(Sender::Visitor(visitor), conversation, "在吗", 2_000);
    let sends = (0..40).map(|_| {
        let mut job = job.clone();
        job.id = MessageId(world.uuid());
        world.writer.message(job)
    });
    let stored = join_all(sends).await.into_iter().collect::<Result<Vec<_>, _>>().unwrap();
    assert_eq!(stored.iter().filter(|stored| !stored.duplicate).count(), 1);
    assert!(stored.iter().all(|other| other.message == stored[0].message));
    assert_eq!(message::Entity::find().count(world.reader()).await.unwrap(), 2);
}

async fn a_nonce_repeated_within_a_batch_is_stored_once(world: World) {
    let (visitor, conversation) = world.conversation().await;
    let job = world.says(Sender::Visitor(visitor), conversation, "在吗", 2_000);
    let other = world.says(Sender::Visitor(visitor), conversation, "喂", 2_000);
    let batch = [job.clone(), other, job].map(HotJob::Message);
    let txn = world.db.writer().begin().await.unwrap();
    let placed = place(&txn, &batch, Unrouted::Stored).await.unwrap();
    txn.commit().await.unwrap();
    let stored: Vec<_> = placed
        .outcomes
        .into_iter()
        .map(|outcome| match outcome {
            Outcome::Stored(stored) => (stored.message.seq, stored.duplicate),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(stored, [(2, false), (3, false), (2, true)]);
    assert_eq!(placed.events.len(), 2);
}

async fn the_same_nonce_of_two_senders_is_two_messages(world: World) {
    let (visitor, conversation) = world.conversation().await;
    let from_visitor = world.says(Sender::Visitor(visitor), conversation, "在吗", 2_000);
    let mut from_agent = world.says(by_agent(world.admin), conversation, "在", 2_000);
    from_agent.nonce = from_visitor.nonce;
    world.writer.message(from_visitor).await.unwrap();
    let second = world.writer.message(from_agent).await.unwrap();
    assert!(!second.duplicate);
    assert_eq!(second.message.seq, 3);
    assert_eq!(
        second.message.author,
        Author::Agent { id: world.admin.agent_id, name: "小王".to_owned() },
        "under the name of the time"
    );
}

async fn a_first_message_makes_contact_and_conversation(world: World) {
    let visitor = world.visitor();
    let mut first = world.first(visitor, "你好", 1_000);
    first.facts.ip = Some("203.0.113.7".to_owned());
    let stored = world.writer.first_message(first.clone()).await.unwrap();
    assert_eq!((stored.message.seq, stored.duplicate), (1, false));
    assert_eq!(stored.message.conversation_id, first.conversation_id);
    assert_eq!(world.sink.kinds(), ["conversation_created", "message_created"]);

    let row = conversations::get(world.reader(), world.admin, first.conversation_id).await.unwrap().unwrap();
    assert_eq!((row.unread, row.read_seq, row.last_seq, row.visitor_read_seq), (1, 0, 1, 1));
    assert_eq!(row.waiting_since, Some(at(1_000)));
    let contact = crate::contacts::get(world.reader(), world.admin, visitor.contact_id).await.unwrap().unwrap();
    assert_eq!((contact.number, contact.ip.as_deref()), (1, Some("203.0.113.7")));

    // The same again: nothing new.
    let again = world.writer.first_message(first).await.unwrap();
    assert!(again.duplicate);
    assert_eq!(world.sink.events().len(), 2);
}

async fn a_first_message_sent_twice_at_once_makes_one_conversation(world: World) {
    let visitor = world.visitor();
    let (one, other) = (world.first(visitor, "一", 1_000), world.first(visitor, "二", 1_000));
    let (one, other) = tokio::join!(world.writer.first_message(one), world.writer.first_message(other));
    let (one, other) = (one.unwrap().message, other.unwrap().message);
    assert_eq!(one.conversation_id, other.conversation_id);
    let mut seqs = [one.seq, other.seq];
    seqs.sort_unstable();
    assert_eq!(seqs, [1, 2]);
}

async fn contact_numbers_count_from_one(world: World) {
    join_all((0..12).map(|_| world.conversation())).await;
    let page = conversations::list(world.reader(), world.admin, Listed::default(), None, 100).await.unwrap();
    let mut numbers: Vec<i64> = page.items.iter().map(|row| row.contact.number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=12).collect::<Vec<i64>>());
}

async fn only_the_bad_job_of_a_batch_fails(world: World) {
    let (visitor, conversation) = world.conversation().await;
    let taken = world.send(Sender::Visitor(visitor), conversation, 2_000).await.unwrap().message.id;
    let sends = (0..30).map(|index| {
        let mut job = world.says(Sender::Visitor(visitor), conversation, "嗯", 2_000);
        match index {
            7 => job.id = taken,
            11 => job.conversation_id = ConversationId(world.uuid()),
            _ => {}
        }
        world.writer.message(job)
    });
    for (index, outcome) in join_all(sends).await.into_iter().enumerate() {
        match index {
            7 => assert!(
                matches!(outcome, Err(StoreError::Conflict { constraint: Constraint::PrimaryKey })),
                "{outcome:?}"
            ),
            11 => assert!(matches!(outcome, Err(StoreError::NotFound)), "{outcome:?}"),
            _ => assert!(outcome.is_ok(), "{index}: {outcome:?}"),
        }
    }
    let row = conversations::get(world.reader(), world.admin, conversation).await.unwrap().unwrap();
    assert_eq!(row.last_seq, 30);
    assert_eq!(message::Entity::find().count(world.reader()).await.unwrap(), 30);
    let ledger: Vec<i64> = world.sink.events().iter().map(|event| event.seq).collect();
    assert_eq!(ledger, (1..=31).collect::<Vec<i64>>());
}

async fn whoever_may_not_see_a_conversation_cannot_write_there(world: World) {
    let (_, conversation) = world.conversation().await;
    let stranger = world.visitor();
    for sender in [by_agent(world.agent), Sender::Visitor(stranger)] {
        let outcome = world.send(sender.clone(), conversation, 2_000).await;
        assert!(matches!(outcome, Err(StoreError::NotFound)), "{sender:?}: {outcome:?}");
    }
    world.assign(conversation, Some(world.agent.agent_id)).await;
    assert!(world.send(by_agent(world.agent), conversation, 2_000).await.is_ok());
}

async fn a_deleted_channel_takes_no_message(world: World) {
    let (visitor, conversation) = world.conversation().await;
    super::channels::delete(&world, world.channel).await;
    for outcome in [
        world.send(Sender::Visitor(visitor), conversation, 2_000).await,
        world.send(by_agent(world.admin), conversation, 2_000).await,
        world.writer.first_message(world.first(visitor, "还在吗", 2_000)).await,
        world.writer.first_message(world.first(world.visitor(), "有人吗", 2_000)).await,
    ] {
        assert!(matches!(outcome, Err(StoreError::NotFound)), "{outcome:?}");
    }
}

async fn time_does_not_go_back_within_a_conversation(world: World) {
    let (visitor, conversation) = world.conversation().await;
    let early = world.send(Sender::Visitor(visitor), conversation, 500).await.unwrap();
    assert_eq!(early.message.created_at, at(1_000));
    let window =
        messages::for_viewer(world.reader(), world.admin, conversation, messages::Window::Newest, 10).await.unwrap();
    assert_eq!(window.unwrap().items[1], early.message);
}

async fn a_preview_is_cut(world: World) {
    let (visitor, conversation) = world.conversation().await;
    let text = "长😀".repeat(100);
    let job = world.says(Sender::Visitor(visitor), conversation, &text, 2_000);
    world.writer.message(job).await.unwrap();
    let row = conversations::get(world.reader(), world.admin, conversation).await.unwrap().unwrap();
    assert_eq!(row.last_message.unwrap().content, content(&"长😀".repeat(60)));
}

async fn a_batch_is_a_handful_of_statements(world: World) {
    let places = [world.conversation().await, world.conversation().await, world.conversation().await];
    let count = Arc::new(AtomicUsize::new(0));
    let mut conn = world.db.writer().clone();
    let counted = count.clone();
    conn.set_metric_callback(move |_statement| {
        counted.fetch_add(1, Ordering::SeqCst);
    });
    let mut counts = Vec::new();
    for size in [2, 64] {
        let jobs: Vec<_> = (0..size)
            .map(|index| {
                let (visitor, conversation) = places[index % 3];
                let sender = if index % 2 == 0 { Sender::Visitor(visitor) } else { by_agent(world.admin) };
                HotJob::Message(world.says(sender, conversation, "嗯", 2_000))
            })
            .collect();
        count.store(0, Ordering::SeqCst);
        let txn = conn.begin().await.unwrap();
        let placed = place(&txn, &jobs, Unrouted::Stored).await.unwrap();
        crate::events::append(&txn, placed.events).await.unwrap();
        txn.commit().await.unwrap();
        counts.push(count.load(Ordering::SeqCst));
    }
    // On PostgreSQL the lock.
    let lock = usize::from(world.backend() == DbBackend::Postgres);
    // The probe, the conversations, the messages, the marks (two chunks of three), the ledger's place, the events.
    assert_eq!(counts, [6 + lock, 7 + lock]);
}
