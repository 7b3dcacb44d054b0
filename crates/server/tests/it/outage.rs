//! The database is away for a while: callers are told to try again, and the second try stores one message.

use bench::lock::Lock;
use std::pin::pin;
use store::ConnectionTrait;
use testkit::{TestServer, db_tests};
use types::error::ErrorCode;
use types::messages::{Message, MessageWindow};
use types::ws::{ClientFrame, ServerFrame};

db_tests!(a_database_that_is_away_makes_callers_try_again,);

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

    let lock = Lock::take(server.database_url()).await.unwrap();
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
    lock.release().await.unwrap();

    assert!(matches!(socket.ask(&frame).await, ServerFrame::Ack { seq: 2, .. }));
    let again: Message = visitor.post("/widget/v1/messages", &message).await.having(200).json();
    assert_eq!(again.seq, 2);
    assert_eq!(visitor.get("/widget/v1/messages").await.json::<MessageWindow>().items.len(), 2);
    server.anonymous().get("/healthz").await.expect(200);
}
