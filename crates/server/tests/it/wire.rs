//! HTTP as no well-behaved client writes it: ambiguous lengths, endless heads, packed bodies. By hand, over bare TCP.

use reqwest::Method;
use std::time::Duration;
use testkit::{TestServer, db_tests};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use types::error::ErrorCode;

db_tests!(
    requests_of_ambiguous_length_are_refused,
    a_head_without_end_is_given_up,
    a_head_that_is_too_large_is_refused,
    a_packed_body_is_not_unpacked,
    a_body_that_nobody_asked_for_is_not_kept,
    a_trace_is_not_echoed,
);

const SESSIONS: &str = "/api/v1/auth/sessions";
const PATIENCE: Duration = Duration::from_secs(30);

/// Writes these bytes and reads until the server closes the connection, or has said `enough` bytes.
async fn say(server: &TestServer, bytes: &[u8], enough: usize) -> String {
    let mut wire = TcpStream::connect(server.address()).await.unwrap();
    // The server may hang up before it has everything.
    let _written = wire.write_all(bytes).await;
    let mut heard = Vec::new();
    let mut chunk = [0; 4096];
    let listen = async {
        while heard.len() < enough {
            match wire.read(&mut chunk).await {
                Ok(0) | Err(_) => break,
                Ok(read) => heard.extend_from_slice(&chunk[..read]),
            }
        }
    };
    tokio::time::timeout(PATIENCE, listen).await.expect("the server answers or hangs up");
    String::from_utf8_lossy(&heard).into_owned()
}

async fn requests_of_ambiguous_length_are_refused(server: TestServer) {
    let smuggled = "GET /api/v1/server-info HTTP/1.1\r\nHost: x\r\n\r\n";
    let post = format!("POST {SESSIONS} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n");
    for (what, request) in [
        ("both lengths", format!("{post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}")),
        (
            "both lengths, turned round",
            format!("{post}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n{smuggled}"),
        ),
        ("two different lengths", format!("{post}Content-Length: 2\r\nContent-Length: 40\r\n\r\n{{}}{smuggled}")),
        ("a signed length", format!("{post}Content-Length: +2\r\n\r\n{{}}{smuggled}")),
        ("a list of lengths", format!("{post}Content-Length: 2, 2\r\n\r\n{{}}{smuggled}")),
        ("another coding", format!("{post}Transfer-Encoding: xchunked\r\n\r\n{{}}{smuggled}")),
        (
            "two codings",
            format!("{post}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n{smuggled}"),
        ),
        ("a space before the colon", format!("{post}Content-Length : 2\r\n\r\n{{}}{smuggled}")),
        ("a folded header", format!("{post}X: a\r\n Content-Length: 40\r\nContent-Length: 2\r\n\r\n{{}}{smuggled}")),
        ("a chunk of a wild size", format!("{post}Transfer-Encoding: chunked\r\n\r\n-1\r\n{smuggled}")),
    ] {
        let heard = say(&server, request.as_bytes(), usize::MAX).await;
        assert!(heard.starts_with("HTTP/1.1 400"), "{what}: {heard}");
        assert_eq!(heard.matches("HTTP/1.1").count(), 1, "{what}: the smuggled request was answered: {heard}");
    }
}

async fn a_head_without_end_is_given_up(server: TestServer) {
    // Waits for the real timer, five seconds: the head is below everything that knows our clock.
    let heard = say(&server, b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ", usize::MAX).await;
    assert!(heard.starts_with("HTTP/1.1 408"), "{heard}");
}

async fn a_head_that_is_too_large_is_refused(server: TestServer) {
    let long = "a".repeat(200_000);
    let many: String = (0..200).map(|number| format!("X-{number}: y\r\n")).collect();
    for (what, request) in [
        ("a header", format!("GET /healthz HTTP/1.1\r\nHost: x\r\nX: {long}\r\n\r\n")),
        ("an address", format!("GET /{long} HTTP/1.1\r\nHost: x\r\n\r\n")),
        ("a number of headers", format!("GET /healthz HTTP/1.1\r\nHost: x\r\n{many}\r\n")),
    ] {
        let heard = say(&server, request.as_bytes(), usize::MAX).await;
        assert!(heard.is_empty() || heard.starts_with("HTTP/1.1 4"), "{what}: {heard}");
    }
    server.anonymous().get("/healthz").await.expect(200);
}

async fn a_packed_body_is_not_unpacked(server: TestServer) {
    let caller = server.anonymous();
    for encoding in ["gzip", "br", "deflate", "zstd", "identity, gzip"] {
        let request = caller.request(Method::POST, SESSIONS).header("content-type", "application/json");
        let answer = caller.send(request.header("content-encoding", encoding).body("{}")).await.having(415);
        assert_eq!(answer.code(), ErrorCode::UnsupportedMediaType, "{encoding}");
    }
    let request = caller.request(Method::POST, SESSIONS).header("content-type", "application/json");
    caller.send(request.header("content-encoding", "identity").body("{}")).await.expect(400);
}

async fn a_body_that_nobody_asked_for_is_not_kept(server: TestServer) {
    // The operation reads no body: it answers at once and does not wait for ten gigabytes.
    let head = "POST /api/v1/auth/challenges HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000000\r\n\r\nabc";
    let heard = say(&server, head.as_bytes(), 12).await;
    assert!(heard.starts_with("HTTP/1.1 201"), "{heard}");
}

async fn a_trace_is_not_echoed(server: TestServer) {
    for path in ["/", "/healthz", "/api/v1/me", "/chat/x"] {
        let heard = say(
            &server,
            format!("TRACE {path} HTTP/1.1\r\nHost: x\r\nX-Secret: s3cret\r\nConnection: close\r\n\r\n").as_bytes(),
            usize::MAX,
        )
        .await;
        assert!(heard.starts_with("HTTP/1.1 40") && !heard.contains("s3cret"), "{path}: {heard}");
    }
}
