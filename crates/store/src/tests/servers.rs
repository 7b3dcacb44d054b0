//! Two servers on one database, made to meet at the worst moment: one holds what the other waits for.

use super::world::{World, at, by_agent, on_both};
use super::writer::{enqueue, hold, some_event};
use crate::portable::{Exclusive, ImportError};
use crate::tables::read_mark;
use crate::write::{Changes, ConversationState, HotJob, Mark, NewMark, NewState, Unrouted, place, write_changes};
use crate::{
    Database, DatabaseOptions, PendingEvent, ReadJob, Reader, Sender, StoreError, Viewer, WriterOptions, channels,
    conversations, events,
};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, EntityTrait, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
};
use std::time::Duration;
use types::channels::ChannelPatch;
use types::conversations::ReadState;
use types::id::ConversationId;

on_both!(
    a_mark_set_by_another_server_meanwhile_stays,
    what_another_server_has_stored_meanwhile_is_counted,
    a_mark_never_goes_back,
    a_change_for_another_organisation_changes_nothing,
);

/// SQLite has one writing transaction at a time: there is nothing to wait for crosswise.
mod postgres_only {
    #[test]
    fn a_conversation_and_the_ledger_are_not_waited_for_crosswise() {
        crate::tests::world::on_postgres(super::a_conversation_and_the_ledger_are_not_waited_for_crosswise);
    }

    #[test]
    fn while_a_backup_is_restored_no_server_comes_and_while_one_is_there_none_is() {
        crate::tests::world::on_postgres(
            super::while_a_backup_is_restored_no_server_comes_and_while_one_is_there_none_is,
        );
    }

    #[test]
    fn two_edits_of_a_channel_both_stay() {
        crate::tests::world::on_postgres(super::two_edits_of_a_channel_both_stay);
    }

    #[test]
    fn an_edit_of_a_channel_does_not_hold_up_its_visitors() {
        crate::tests::world::on_postgres(super::an_edit_of_a_channel_does_not_hold_up_its_visitors);
    }

    #[test]
    fn servers_that_add_rows_of_one_organisation_share_its_ledger() {
        crate::tests::world::on_postgres(super::servers_that_add_rows_of_one_organisation_share_its_ledger);
    }
}

/// A transaction of the other server, in which it does these jobs.
async fn other_server(conn: &DatabaseConnection, jobs: &[HotJob]) -> (DatabaseTransaction, Vec<PendingEvent>) {
    let mode = (conn.get_database_backend() == DbBackend::Sqlite).then_some(SqliteTransactionMode::Immediate);
    let options = TransactionOptions { sqlite_transaction_mode: mode, ..TransactionOptions::default() };
    let txn = conn.begin_with_options(options).await.unwrap();
    let placed = place(&txn, jobs, Unrouted::Stored).await.unwrap();
    (txn, placed.events)
}

/// Waits until a writer waits for a row of another one. SQLite's writers wait outside the database.
async fn until_blocked(world: &World) {
    let question = "SELECT count(*) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'parlor writer' AND wait_event_type = 'Lock'";
    let mut blocked = world.backend() != DbBackend::Postgres;
    while !blocked {
        let asked = world.reader().query_one_raw(Statement::from_string(world.backend(), question)).await;
        blocked = asked.unwrap().unwrap().try_get_by_index::<i64>(0).unwrap() > 0;
    }
}

async fn while_a_backup_is_restored_no_server_comes_and_while_one_is_there_none_is(world: World) {
    let url = world.url.clone();
    assert!(matches!(Exclusive::open(&url).await, Err(ImportError::InUse)));
    world.writer.stop().await;
    world.db.close().await.unwrap();
    let restoring = Exclusive::open(&url).await.unwrap();
    let options = DatabaseOptions { acquire_timeout: Duration::from_secs(1), ..DatabaseOptions::default() };
    let refused = Database::connect(&url, &options).await.unwrap_err();
    assert!(crate::chain(&refused).contains("being restored"), "{refused:?}");
    assert!(matches!(Exclusive::open(&url).await, Err(ImportError::InUse)));
    restoring.close().await.unwrap();
    Database::connect(&url, &options).await.unwrap().close().await.unwrap();
}

async fn two_edits_of_a_channel_both_stay(world: World) {
    let (scope, id) = (world.admin.scope(), world.channel);
    let renamed = ChannelPatch { name: Some("商城".to_owned()), ..ChannelPatch::default() };
    let hidden = ChannelPatch { enabled: Some(false), ..ChannelPatch::default() };
    let (other, _writer, _sink) = world.restarted(WriterOptions::default()).await;
    let txn = other.writer().begin().await.unwrap();
    channels::update(&txn, scope, id, &renamed, at(2_000)).await.unwrap().unwrap();
    let second = world.write(async move |conn| channels::update(conn, scope, id, &hidden, at(3_000)).await);
    let first = async {
        until_blocked(&world).await;
        txn.commit().await.unwrap();
    };
    let (second, ()) = tokio::join!(second, first);
    let second = second.unwrap().unwrap();
    assert_eq!((second.name.as_str(), second.enabled), ("商城", false));
    assert_eq!(channels::get(world.reader(), scope, id).await.unwrap().unwrap(), second);
}

async fn an_edit_of_a_channel_does_not_hold_up_its_visitors(world: World) {
    let (scope, id) = (world.admin.scope(), world.channel);
    let renamed = ChannelPatch { name: Some("商城".to_owned()), ..ChannelPatch::default() };
    let (other, _writer, _sink) = world.restarted(WriterOptions::default()).await;
    let txn = other.writer().begin().await.unwrap();
    channels::update(&txn, scope, id, &renamed, at(2_000)).await.unwrap().unwrap();
    // Holds the organisation's row, for which the edit will wait: it must not wait for the edit in turn.
    world.conversation().await;
    events::append(&txn, vec![some_event(world.org)]).await.unwrap();
    txn.commit().await.unwrap();
}

fn read(viewer: Viewer, conversation_id: ConversationId, seq: i64) -> ReadJob {
    ReadJob { conversation_id, reader: Reader::Agent(viewer), seq, at: at(9_000) }
}

async fn stored_mark(world: &World) -> (i64, i64) {
    let mark = read_mark::Entity::find().one(world.reader()).await.unwrap().unwrap();
    (mark.seq, mark.inbound_count)
}

async fn a_mark_set_by_another_server_meanwhile_stays(world: World) {
    let (visitor, conversation) = world.conversation().await;
    for _ in 0..4 {
        world.send(Sender::Visitor(visitor), conversation, 2_000).await.unwrap();
    }
    let (other, _writer, _sink) = world.restarted(WriterOptions::default()).await;
    let (txn, _) = other_server(other.writer(), &[HotJob::Read(read(world.admin, conversation, 5))]).await;
    let mut behind = Box::pin(world.writer.read(read(world.admin, conversation, 2)));
    enqueue(&mut behind);
    until_blocked(&world).await;
    txn.commit().await.unwrap();
    assert_eq!(behind.await.unwrap(), ReadState { seq: 5, unread: 0 });
    assert_eq!(stored_mark(&world).await, (5, 5));
}

async fn what_another_server_has_stored_meanwhile_is_counted(world: World) {
    let (visitor, conversation) = world.conversation().await;
    let (other, _writer, _sink) = world.restarted(WriterOptions::default()).await;
    let said = world.says(Sender::Visitor(visitor), conversation, "嗯", 2_000);
    let (txn, _) = other_server(other.writer(), &[HotJob::Message(said)]).await;
    let mut all = Box::pin(world.writer.read(read(world.admin, conversation, 2)));
    enqueue(&mut all);
    until_blocked(&world).await;
    txn.commit().await.unwrap();
    assert_eq!(all.await.unwrap(), ReadState { seq: 2, unread: 0 });
    assert_eq!(stored_mark(&world).await, (2, 2));
}

async fn a_conversation_and_the_ledger_are_not_waited_for_crosswise(world: World) {
    let (visitor, conversation) = world.conversation().await;
    let (other, _writer, _sink) = world.restarted(WriterOptions::default()).await;
    let said = world.says(by_agent(world.admin), conversation, "在", 2_000);
    let (txn, events) = other_server(other.writer(), &[HotJob::Message(said)]).await;
    // What stands in the queue together: two that touch the organisation's row, and one that wants the other server's
    // conversation, whose batch will want the organisation's row.
    let org = world.org;
    let release = hold(&world.writer).await;
    let mut event = Box::pin(world.writer.run(move |tx| {
        Box::pin(async move {
            tx.append(some_event(org));
            Ok::<_, StoreError>(())
        })
    }));
    enqueue(&mut event);
    let mut stranger = Box::pin(world.writer.first_message(world.first(world.visitor(), "你好", 2_000)));
    enqueue(&mut stranger);
    let mut known = Box::pin(world.writer.first_message(world.first(visitor, "在吗", 2_000)));
    enqueue(&mut known);
    release.send(()).unwrap();
    let there = async {
        until_blocked(&world).await;
        events::append(&txn, events).await?;
        txn.commit().await?;
        Ok::<_, StoreError>(())
    };
    let (event, stranger, known, there) = tokio::join!(event, stranger, known, there);
    event.unwrap();
    assert_eq!(stranger.unwrap().message.seq, 1);
    there.unwrap();
    assert_eq!(known.unwrap().message.seq, 3, "after the other server's");
}

async fn servers_that_add_rows_of_one_organisation_share_its_ledger(world: World) {
    let (other, _writer, _sink) = world.restarted(WriterOptions::default()).await;
    let (txn, _) = other_server(other.writer(), &[]).await;
    channels::create(&txn, world.channel_row(world.org)).await.unwrap();
    // What should not be waited for at all is an error soon.
    world.db.writer().execute_unprepared("SET lock_timeout = '2s'").await.unwrap();
    let (org, channel) = (world.org, world.channel_row(world.org));
    let added = world.writer.run(move |tx| {
        Box::pin(async move {
            tx.append(some_event(org));
            channels::create(tx.conn(), channel).await
        })
    });
    added.await.unwrap();
    events::append(&txn, vec![some_event(world.org)]).await.unwrap();
    txn.commit().await.unwrap();
}

async fn a_mark_never_goes_back(world: World) {
    let (_, conversation_id) = world.conversation().await;
    for (seq, inbound_count) in [(3, 2), (1, 1)] {
        let mark = NewMark {
            org_id: world.org,
            conversation_id,
            agent_id: world.admin.agent_id,
            mark: Mark { seq, inbound_count },
            at: at(0),
        };
        let changes = Changes { marks: vec![mark], ..Changes::default() };
        write_changes(world.db.writer(), changes).await.unwrap();
    }
    assert_eq!(stored_mark(&world).await, (3, 2));
}

async fn a_change_for_another_organisation_changes_nothing(world: World) {
    let (visitor, conversation_id) = world.conversation().await;
    let state = ConversationState {
        contact_id: visitor.contact_id,
        assignee_id: None,
        members: crate::members::Members::default(),
        last_seq: 9,
        inbound_count: 9,
        waiting_since: None,
        agents_read_seq: 9,
        visitor_read_seq: 9,
        visitor_read_outbound: 0,
        last_activity_at: at(9_000),
        blocked: false,
        closed: false,
        queued: true,
        snoozed: false,
    };
    for (org_id, last_seq) in [(world.new_org().await, 1), (world.org, 9)] {
        let new = NewState { org_id, conversation_id, state: state.clone(), last_message: None };
        let changes = Changes { conversations: vec![new], ..Changes::default() };
        write_changes(world.db.writer(), changes).await.unwrap();
        let row = conversations::get(world.reader(), world.admin, conversation_id).await.unwrap().unwrap();
        assert_eq!(row.last_seq, last_seq);
    }
}
