//! What survives a crash and a lost connection, and with which settings.

use super::world::{World, at, by_agent, on_both};
use crate::{
    Database, DatabaseOptions, MessageJob, ReadJob, Reader, Sender, StoreError, Writer, WriterOptions, conversations,
    messages,
};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use std::time::Duration;
use tokio::sync::oneshot;
use types::id::MessageId;

on_both!(
    what_was_acknowledged_is_there_after_the_process_is_gone,
    commits_wait_for_the_disk,
    a_lost_connection_costs_no_message,
    a_lock_that_nobody_gives_back_does_not_stop_the_writer,
    a_commit_that_fails_is_told_and_leaves_nothing,
    two_servers_number_together,
    two_servers_never_take_a_read_mark_back,
);

async fn what_was_acknowledged_is_there_after_the_process_is_gone(world: World) {
    let (visitor, conversation) = world.conversation().await;
    let sent =
        futures_util::future::join_all((0..50).map(|_| world.send(Sender::Visitor(visitor), conversation, 2_000)));
    let sent: Vec<_> = sent.await.into_iter().map(|stored| stored.unwrap().message).collect();
    // Nothing is closed or stopped: another process opens the database as the dead one left it. What a power cut leaves,
    // only the settings promise: see `commits_wait_for_the_disk`.
    let (db, writer, sink) = world.restarted(WriterOptions::default()).await;
    let window = messages::for_viewer(db.reader(), world.admin, conversation, messages::Window::After(1), 100).await;
    assert_eq!(window.unwrap().unwrap().items, sent);
    let next = writer.message(world.says(by_agent(world.admin), conversation, "在", 3_000)).await.unwrap();
    assert_eq!(next.message.seq, 52);
    assert_eq!(sink.events()[0].seq, 53, "the ledger goes on where it was");
}

async fn commits_wait_for_the_disk(world: World) {
    let settings: &[(&str, &str)] = match world.backend() {
        // Whether `fsync` is on is the operator's (and a test cluster's) affair.
        DbBackend::Postgres => &[("SHOW synchronous_commit", "on")],
        _ => &[("PRAGMA synchronous", "2"), ("PRAGMA journal_mode", "wal"), ("PRAGMA foreign_keys", "1")],
    };
    for (question, answer) in settings {
        let row = world.db.writer().query_one_raw(Statement::from_string(world.backend(), *question)).await;
        let row = row.unwrap().unwrap();
        let value =
            row.try_get_by_index::<String>(0).or_else(|_| row.try_get_by_index::<i64>(0).map(|n| n.to_string()));
        assert_eq!(value.unwrap(), *answer, "{question}");
        if world.backend() == DbBackend::Sqlite {
            let pool = world.db.writer().get_sqlite_connection_pool();
            let hot =
                crate::direct::open_to_write(pool.connect_options().get_filename(), Duration::from_secs(5)).unwrap();
            let value: rusqlite::types::Value = hot.query_row(question, [], |row| row.get(0)).unwrap();
            let value = match value {
                rusqlite::types::Value::Integer(number) => number.to_string(),
                rusqlite::types::Value::Text(text) => text,
                other => panic!("{other:?}"),
            };
            assert_eq!(value, *answer, "{question} for hot batches");
        }
    }
}

async fn a_lost_connection_costs_no_message(world: World) {
    let (visitor, conversation) = world.conversation().await;
    if world.backend() == DbBackend::Postgres {
        lose_the_connection(&world).await;
    }
    let sent = world.send(Sender::Visitor(visitor), conversation, 2_000).await.unwrap();
    assert_eq!(sent.message.seq, 2, "the writer has a new connection");
}

async fn a_lock_that_nobody_gives_back_does_not_stop_the_writer(world: World) {
    let (visitor, conversation) = world.conversation().await;
    let patient_for = |lock_timeout, statement_timeout| DatabaseOptions {
        lock_timeout,
        statement_timeout,
        ..DatabaseOptions::default()
    };
    let (moment, hour) = (Duration::from_millis(50), Duration::from_secs(3600));
    let db = Database::connect(&world.url, &patient_for(moment, hour)).await.unwrap();
    let writer = Writer::spawn(&db, WriterOptions::default(), world.sink.clone());
    // Another server that hangs in the middle of a write.
    let (_hung_db, hung, _) = world.restarted(WriterOptions::default()).await;
    let ((held, is_held), (go, gate)) = (oneshot::channel::<()>(), oneshot::channel::<()>());
    let holding = tokio::spawn(async move {
        hung.run(move |tx| {
            Box::pin(async move {
                tx.conn().execute_unprepared("UPDATE conversation SET last_seq = last_seq").await?;
                held.send(()).unwrap();
                gate.await.unwrap();
                Ok::<_, StoreError>(())
            })
        })
        .await
    });
    is_held.await.unwrap();

    let says = || world.says(Sender::Visitor(visitor), conversation, "在吗", 2_000);
    let refused = writer.message(says()).await.unwrap_err();
    assert!(matches!(refused, StoreError::Locked) && refused.is_away(), "{refused:?}");
    go.send(()).unwrap();
    holding.await.unwrap().unwrap();
    assert_eq!(writer.message(says()).await.unwrap().message.seq, 2, "the writer goes on");

    if world.backend() == DbBackend::Postgres {
        let db = Database::connect(&world.url, &patient_for(hour, moment)).await.unwrap();
        let writer = Writer::spawn(&db, WriterOptions::default(), world.sink.clone());
        let endless = writer.run(|tx| {
            Box::pin(async move {
                tx.conn().execute_unprepared("SELECT pg_sleep(3600)").await?;
                Ok::<_, StoreError>(())
            })
        });
        let ended = endless.await.unwrap_err();
        assert!(ended.is_away(), "{ended:?}");
    }
}

/// There is no network in between for SQLite.
mod postgres_only {
    #[test]
    fn a_network_that_goes_silent_costs_a_moment_and_no_message() {
        crate::tests::world::on_postgres(super::a_network_that_goes_silent_costs_a_moment_and_no_message);
    }

    #[test]
    fn the_answer_to_a_commit_that_is_lost_is_told() {
        crate::tests::world::on_postgres(super::the_answer_to_a_commit_that_is_lost_is_told);
    }
}

/// Stands between us and the database.
struct Wire {
    url: String,
    /// Connections made before this became another number are silent: open, and nothing passes.
    silenced: tokio::sync::watch::Sender<u32>,
}

impl Wire {
    async fn to(url: &str) -> Self {
        let (rest, name) = url.rsplit_once('/').unwrap();
        let at = rest.rfind(['@', '/']).unwrap() + 1;
        let (scheme, server) = rest.split_at(at);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("{scheme}{}/{name}", listener.local_addr().unwrap());
        let (silenced, silence) = tokio::sync::watch::channel(0);
        let server = server.to_owned();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let (far, mut silence) = (tokio::net::TcpStream::connect(&server).await.unwrap(), silence.clone());
                silence.mark_unchanged();
                tokio::spawn(async move {
                    let (mut near, mut far) = (near, far);
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                        // Both ends stay open for as long as the test runs.
                        _ = silence.changed() => std::future::pending().await,
                    }
                });
            }
        });
        Self { url, silenced }
    }

    fn silence(&self) {
        self.silenced.send_modify(|number| *number += 1);
    }
}

/// Patient for moments instead of half minutes.
async fn over(wire: &Wire) -> Database {
    let moment = Duration::from_millis(700);
    let options =
        DatabaseOptions { readers: 2, lock_timeout: moment, statement_timeout: moment, ..DatabaseOptions::default() };
    Database::connect(&wire.url, &options).await.unwrap()
}

async fn a_network_that_goes_silent_costs_a_moment_and_no_message(world: World) {
    let (visitor, conversation) = world.conversation().await;
    let wire = Wire::to(&world.url).await;
    let db = over(&wire).await;
    let writer = Writer::spawn(&db, WriterOptions::default(), world.sink.clone());
    let says = |millis| world.says(Sender::Visitor(visitor), conversation, "在吗", millis);
    assert_eq!(writer.message(says(2_000)).await.unwrap().message.seq, 2);
    for round in 0..2 {
        let listed = conversations::get(db.reader(), world.admin, conversation).await.unwrap().unwrap();
        assert_eq!(listed.last_seq, 2 + round);
        wire.silence();
        let listed = conversations::get(db.reader(), world.admin, conversation).await.unwrap().unwrap();
        assert_eq!(listed.last_seq, 2 + round, "asked once more, on another connection");
        let (job, doubts) = (says(3_000), world.sink.uncertain_times());
        if let Err(error) = writer.message(job.clone()).await {
            assert!(error.is_away(), "{error:?}");
            let told = world.sink.uncertain_times() > doubts;
            assert!(told || !matches!(error, StoreError::Interrupted), "nobody knows what became of it");
        }
        assert_eq!(writer.message(job).await.unwrap().message.seq, 3 + round, "stored once");
        // In the middle of a closure's transaction, too.
        let (begun, has_begun) = oneshot::channel();
        let interrupted = writer.run(move |tx| {
            Box::pin(async move {
                begun.send(()).unwrap();
                loop {
                    tx.conn().execute_unprepared("SELECT 1").await?;
                }
                #[expect(unreachable_code, reason = "names the type")]
                Ok::<(), StoreError>(())
            })
        });
        let cut = async {
            has_begun.await.unwrap();
            wire.silence();
        };
        let (interrupted, ()) = tokio::join!(interrupted, cut);
        assert!(interrupted.as_ref().is_err_and(StoreError::is_away), "{interrupted:?}");
    }
}

/// The database's own number of the connection that a closure writes on.
async fn own_pid(tx: &crate::Tx) -> Result<i32, StoreError> {
    let own = Statement::from_string(DbBackend::Postgres, "SELECT pg_backend_pid() AS pid");
    Ok(tx.conn().query_one_raw(own).await?.ok_or(StoreError::NotFound)?.try_get_by("pid")?)
}

async fn the_answer_to_a_commit_that_is_lost_is_told(world: World) {
    let cut = world
        .writer
        .run(move |tx| {
            Box::pin(async move {
                let pid = own_pid(tx).await?;
                // Runs inside the commit, which therefore nobody answers.
                let trap = format!(
                    "CREATE FUNCTION vanish() RETURNS trigger LANGUAGE plpgsql AS
                     $$ BEGIN PERFORM pg_terminate_backend({pid}); PERFORM pg_sleep(60); RETURN NULL; END $$;
                     CREATE CONSTRAINT TRIGGER vanish AFTER UPDATE ON organisation DEFERRABLE INITIALLY DEFERRED
                     FOR EACH ROW EXECUTE FUNCTION vanish();
                     UPDATE organisation SET name = name"
                );
                tx.conn().execute_unprepared(&trap).await?;
                Ok::<_, StoreError>(())
            })
        })
        .await;
    assert!(cut.is_err(), "{cut:?}");
    assert_eq!(world.sink.uncertain_times(), 1);
    let (visitor, conversation) = world.conversation().await;
    assert_eq!(world.sink.uncertain_times(), 2, "it might have been done after everybody had looked");
    world.send(Sender::Visitor(visitor), conversation, 2_000).await.unwrap();
    assert_eq!(world.sink.uncertain_times(), 2);
}

async fn lose_the_connection(world: &World) {
    let reader = world.reader().clone();
    let cut = world
        .writer
        .run(move |tx| {
            Box::pin(async move {
                let pid = own_pid(tx).await?;
                reader.execute_unprepared(&format!("SELECT pg_terminate_backend({pid})")).await?;
                Ok::<_, StoreError>(())
            })
        })
        .await;
    assert!(cut.is_err(), "{cut:?}");
}

/// What makes the commit of the transaction fail that executes it.
fn poison(world: &World) -> Vec<String> {
    if world.backend() == DbBackend::Postgres {
        return vec![
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$".to_owned(),
            "CREATE CONSTRAINT TRIGGER refuse AFTER UPDATE ON organisation DEFERRABLE INITIALLY DEFERRED
             FOR EACH ROW EXECUTE FUNCTION refuse()"
                .to_owned(),
            "UPDATE organisation SET name = name".to_owned(),
        ];
    }
    vec![
        "PRAGMA defer_foreign_keys = ON".to_owned(),
        format!("UPDATE contact SET channel_id = x'{}'", world.uuid().simple()),
    ]
}

async fn a_commit_that_fails_is_told_and_leaves_nothing(world: World) {
    let (visitor, conversation) = world.conversation().await;
    let (poison, org) = (poison(&world), world.org);
    let refused = world
        .writer
        .run(move |tx| {
            Box::pin(async move {
                for statement in poison {
                    tx.conn().execute_unprepared(&statement).await?;
                }
                tx.append(super::writer::some_event(org));
                Ok::<_, StoreError>(())
            })
        })
        .await;
    assert!(matches!(refused, Err(StoreError::Db(_) | StoreError::Conflict { .. })), "{refused:?}");
    assert_eq!(world.sink.uncertain_times(), 0, "the database has answered: nobody needs to look again");
    assert_eq!(world.sink.events().len(), 2, "only those of the first message");

    let sent = world.send(Sender::Visitor(visitor), conversation, 2_000).await.unwrap();
    assert_eq!(sent.message.seq, 2);
    assert_eq!(world.sink.events().pop().unwrap().seq, 3, "the failed write left no gap");
}

async fn two_servers_number_together(world: World) {
    let (visitor, conversation) = world.conversation().await;
    let (other_db, other, other_sink) = world.restarted(WriterOptions::default()).await;
    let sends = (0..120).map(|index| {
        // Every message is sent to both servers, as by a client that reconnects in between.
        let job = world.says(Sender::Visitor(visitor), conversation, &index.to_string(), 2_000);
        let again = MessageJob { id: MessageId(world.uuid()), ..job.clone() };
        let (writer, other) = (&world.writer, &other);
        async move { tokio::join!(writer.message(job), other.message(again)) }
    });
    for (one, two) in futures_util::future::join_all(sends).await {
        let (one, two) = (one.unwrap(), two.unwrap());
        assert_eq!(one.message, two.message);
        assert_ne!(one.duplicate, two.duplicate, "one of them stored it");
    }
    let row = conversations::get(other_db.reader(), world.admin, conversation).await.unwrap().unwrap();
    assert_eq!((row.last_seq, row.unread), (121, 121));
    let mut ledger: Vec<i64> = world.sink.events().iter().chain(&other_sink.events()).map(|event| event.seq).collect();
    ledger.sort_unstable();
    assert_eq!(ledger, (1..=122).collect::<Vec<i64>>());
}

async fn two_servers_never_take_a_read_mark_back(world: World) {
    let (visitor, conversation) = world.conversation().await;
    let (_other_db, other, _other_sink) = world.restarted(WriterOptions::default()).await;
    for _ in 0..25 {
        let newest = world.send(Sender::Visitor(visitor), conversation, 2_000).await.unwrap().message.seq;
        let reads =
            |seq| ReadJob { conversation_id: conversation, reader: Reader::Agent(world.admin), seq, at: at(9_000) };
        // Two tabs of one agent on two servers: one has seen the newest message, the other not yet.
        let (ahead, behind) = tokio::join!(world.writer.read(reads(newest)), other.read(reads(newest - 1)));
        assert_eq!(ahead.unwrap().seq, newest);
        assert!(behind.unwrap().seq >= newest - 1);
        let row = conversations::get(world.reader(), world.admin, conversation).await.unwrap().unwrap();
        assert_eq!((row.read_seq, row.unread), (newest, 0));
    }
}
