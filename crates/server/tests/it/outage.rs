//! The database is away for a while: callers are told to try again, and the second try stores one message.

use std::pin::pin;
use std::sync::Arc;
use store::{
    CommitSink, CommittedEvent, ConnectionTrait, Database, DatabaseOptions, StoreError, Writer, WriterOptions,
};
use testkit::{TestServer, db_tests};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use types::error::ErrorCode;
use types::messages::{Message, MessageWindow};
use types::ws::{ClientFrame, ServerFrame};

db_tests!(a_database_that_is_away_makes_callers_try_again,);

/// Another process that hears nothing of what it writes.
struct Nobody;

impl CommitSink for Nobody {
    fn committed(&self, _: Vec<CommittedEvent>) {}

    fn uncertain(&self) {}
}

/// Another process holds the organisation's row, or on SQLite the whole file, until told to let go.
async fn hold(server: &TestServer) -> (oneshot::Sender<()>, JoinHandle<Result<(), StoreError>>) {
    let db = Database::connect(server.database_url(), &DatabaseOptions::default()).await.unwrap();
    let writer = Writer::spawn(&db, WriterOptions::default(), Arc::new(Nobody));
    let (held, is_held) = oneshot::channel::<()>();
    let (go, gate) = oneshot::channel::<()>();
    let holding = tokio::spawn(async move {
        writer
            .run(move |tx| {
                Box::pin(async move {
                    tx.conn().execute_unprepared("UPDATE organisation SET name = name").await?;
                    held.send(()).unwrap();
                    gate.await.unwrap();
                    Ok::<(), StoreError>(())
                })
            })
            .await
    });
    is_held.await.unwrap();
    (go, holding)
}

/// PostgreSQL would let the writer wait; its connection is cut instead. SQLite gives up waiting by itself.
async fn cut(server: &TestServer) {
    if server.is_sqlite() {
        return std::future::pending().await;
    }
    let waiting = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
    server.state().db.reader().execute_unprepared(waiting).await.unwrap();
}

async fn a_database_that_is_away_makes_callers_try_again(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let visitor = server.visit(&channel.key, None).await;
    visitor.say("你好").await;
    let mut socket = visitor.socket().await;
    let message = server.text("听得到吗");
    let frame =
        ClientFrame::SendMessage { nonce: message.nonce, conversation_id: None, content: message.content.clone() };

    let (go, holding) = hold(&server).await;
    let answer = {
        let mut answer = pin!(socket.ask(&frame));
        loop {
            tokio::select! {
                answer = &mut answer => break answer,
                () = cut(&server) => {}
            }
        }
    };
    match answer {
        ServerFrame::Rejected { nonce, problem } => {
            // Not `busy`, which promises that nothing was stored.
            let said = (nonce, problem.code, problem.retry_after);
            assert_eq!(said, (Some(message.nonce), ErrorCode::Unavailable, Some(1)));
        }
        other => panic!("{other:?}"),
    }
    go.send(()).unwrap();
    holding.await.unwrap().unwrap();

    assert!(matches!(socket.ask(&frame).await, ServerFrame::Ack { seq: 2, .. }));
    let again: Message = visitor.post("/widget/v1/messages", &message).await.having(200).json();
    assert_eq!(again.seq, 2);
    assert_eq!(visitor.get("/widget/v1/messages").await.json::<MessageWindow>().items.len(), 2);
    server.anonymous().get("/healthz").await.expect(200);
}
