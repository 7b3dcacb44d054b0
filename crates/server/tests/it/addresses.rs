//! Whatever stands in an address or a header, of pages that anybody embeds and of calls that anybody makes: it is answered,
//! and never by an error of ours. Over bare TCP, because no client would send most of it.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use testkit::{TestServer, db_tests, visitor::visit_request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

db_tests!(any_address_and_any_header_is_answered, any_page_and_any_browser_can_open_the_chat);

const CASES: usize = 150;

/// What headers may hold: anything but line ends and NUL, which end a header or the request.
fn header() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>().prop_filter("a header is one line", |byte| !matches!(byte, b'\r' | b'\n' | 0)), 0..120)
}

/// Bytes as an address holds them.
fn encoded(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("%{byte:02x}")).collect()
}

async fn ask(server: &TestServer, request: &[u8]) -> (u16, String) {
    let mut wire = TcpStream::connect(server.address()).await.unwrap();
    wire.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    wire.read_to_end(&mut answer).await.unwrap();
    let text = String::from_utf8_lossy(&answer).into_owned();
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok());
    (status.unwrap_or_else(|| panic!("no answer to {:?}", String::from_utf8_lossy(request))), text)
}

async fn any_address_and_any_header_is_answered(server: TestServer) {
    let key = server.organisation().await.channel().await.key;
    let mut dice = TestRunner::deterministic();
    let names = [
        "User-Agent",
        "Referer",
        "X-Forwarded-For",
        "Accept-Encoding",
        "Accept-Language",
        "Cookie",
        "Authorization",
        "If-None-Match",
        "Origin",
    ];
    for number in 0..CASES {
        let (made_up, query, values) = (vec(any::<u8>(), 0..40), vec(any::<u8>(), 0..60), vec(header(), names.len()))
            .new_tree(&mut dice)
            .unwrap()
            .current();
        let key = if number % 2 == 0 { key.clone() } else { encoded(&made_up) };
        let query = encoded(&query);
        let path = match number % 4 {
            0 | 1 => format!("/w/{key}.js?v={query}&{query}"),
            _ => format!("/chat/{key}?lang={query}"),
        };
        let mut request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n").into_bytes();
        for (name, value) in names.iter().zip(&values) {
            request.extend(name.as_bytes());
            request.extend(b": ");
            request.extend(value);
            request.extend(b"\r\n");
        }
        request.extend(b"\r\n");
        let (status, text) = ask(&server, &request).await;
        assert!(status < 500, "{}: {text}", String::from_utf8_lossy(&request));
        // Bytes that no header may hold end the request before it reaches us; all else is one of the page's own answers.
        assert!([200, 304, 400, 404].contains(&status), "{status}: {}", String::from_utf8_lossy(&request));
    }
}

async fn any_page_and_any_browser_can_open_the_chat(server: TestServer) {
    let key = server.organisation().await.channel().await.key;
    let caller = server.anonymous();
    let mut dice = TestRunner::deterministic();
    for _ in 0..CASES {
        let (url, title, referrer, locale, agent) =
            (".{0,60}", ".{0,60}", ".{0,60}", ".{0,35}", "[ -~]{0,700}").new_tree(&mut dice).unwrap().current();
        let mut visit = visit_request(&key, None);
        visit.page.url = url;
        visit.page.title = title;
        visit.page.referrer = referrer;
        visit.locale = locale;
        let request =
            caller.request(reqwest::Method::POST, "/widget/v1/sessions").header("user-agent", agent).json(&visit);
        caller.send(request).await.expect(200);
    }
}
