//! What an orchestrator asks.

use testkit::TestServer;
use types::error::ErrorCode;

async fn a_server_whose_writer_has_ended_is_not_healthy(server: TestServer) {
    let caller = server.anonymous();
    caller.get("/healthz").await.expect(200);
    server.state().writer.stop().await;
    let answer = caller.get("/healthz").await.having(503);
    assert_eq!(answer.code(), ErrorCode::Unavailable);
    // Reading still works, so the database's answer alone would not tell.
    caller.get("/api/v1/server-info").await.expect(200);
    server.state().db.ping().await.unwrap();
}

testkit::db_tests!(a_server_whose_writer_has_ended_is_not_healthy);
