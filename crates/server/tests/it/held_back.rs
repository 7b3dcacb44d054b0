//! Requests whose body is held back: what the caller may do is looked at when everything has been said.

use testkit::{TestServer, db_tests};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use types::agents::Role;
use types::channels::ChannelPatch;
use types::error::ErrorCode;
use types::messages::MessageWindow;

db_tests!(
    a_session_that_ends_while_a_body_is_held_back_writes_nothing,
    a_channel_that_is_disabled_while_a_body_is_held_back_takes_nothing,
    whoever_shows_no_identity_is_told_before_the_body_has_come,
    whoever_may_not_is_told_so_and_not_what_is_wrong_with_the_body,
);

const TOKEN: &str = "a token of sixteen";

/// A request of which only the last byte is missing.
struct HeldBack {
    wire: TcpStream,
    last: [u8; 1],
}

impl HeldBack {
    async fn begin(server: &TestServer, path: &str, token: &str) -> Self {
        let body = serde_json::to_vec(&server.text("held back")).unwrap();
        let (last, first) = body.split_last().unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let mut wire = TcpStream::connect(server.address()).await.unwrap();
        wire.write_all(&[head.as_bytes(), first].concat()).await.unwrap();
        Self { wire, last: [*last] }
    }

    /// Waits until the server works on it: two are in flight, it and the question itself.
    async fn has_begun(self, server: &TestServer) -> Self {
        let asked = async {
            loop {
                let text = server.anonymous().with_token(TOKEN).get("/metrics").await.having(200).text().to_owned();
                if text.contains("parlor_http_requests_in_flight 2\n") {
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(20), asked).await.expect("the request begins");
        self
    }

    /// Says the rest; the status of the answer.
    async fn end(mut self) -> String {
        self.wire.write_all(&self.last).await.unwrap();
        self.answer().await
    }

    async fn answer(mut self) -> String {
        let mut heard = String::new();
        self.wire.read_to_string(&mut heard).await.unwrap();
        heard.split_whitespace().nth(1).unwrap_or_default().to_owned()
    }
}

async fn measured(server: &TestServer) {
    server.reconfigure(|config| config.metrics.token = TOKEN.to_owned().into()).await;
}

async fn a_session_that_ends_while_a_body_is_held_back_writes_nothing(server: TestServer) {
    measured(&server).await;
    let organisation = server.organisation().await;
    let visitor = server.visit(&organisation.channel().await.key, None).await;
    let id = visitor.say("你好").await.conversation_id;
    let stolen = organisation.admin.on_another_device().await;
    let path = format!("/api/v1/conversations/{id}/messages");
    let allowed = HeldBack::begin(&server, &path, stolen.token()).await.has_begun(&server).await;
    assert_eq!(allowed.end().await, "201");

    let held = HeldBack::begin(&server, &path, stolen.token()).await.has_begun(&server).await;
    organisation.admin.delete(&format!("/api/v1/me/sessions/{}", stolen.me.session_id)).await.expect(204);
    assert_eq!(held.end().await, "401");
    let window: MessageWindow = organisation.admin.get(&path).await.json();
    assert_eq!(window.items.len(), 2);
}

async fn a_channel_that_is_disabled_while_a_body_is_held_back_takes_nothing(server: TestServer) {
    measured(&server).await;
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let visitor = server.visit(&channel.key, None).await;
    let held = HeldBack::begin(&server, "/widget/v1/messages", visitor.token()).await.has_begun(&server).await;
    let patch = ChannelPatch { enabled: Some(false), ..ChannelPatch::default() };
    organisation.admin.patch(&format!("/api/v1/channels/{}", channel.id), &patch).await.expect(200);
    assert_eq!(held.end().await, "403");
}

async fn whoever_shows_no_identity_is_told_before_the_body_has_come(server: TestServer) {
    let channel = server.organisation().await.channel().await;
    let visitor = server.visit(&channel.key, None).await;
    let path = format!("/api/v1/conversations/{}/messages", uuid::Uuid::nil());
    for (path, token) in [(path.as_str(), visitor.token()), ("/widget/v1/messages", "made.up.token")] {
        assert_eq!(HeldBack::begin(&server, path, token).await.answer().await, "401");
    }
}

async fn whoever_may_not_is_told_so_and_not_what_is_wrong_with_the_body(server: TestServer) {
    let organisation = server.organisation().await;
    let agent = organisation.agent(Role::Agent).await;
    let ended = organisation.admin.on_another_device().await;
    organisation.admin.delete(&format!("/api/v1/me/sessions/{}", ended.me.session_id)).await.expect(204);
    for body in [r#"{"name":""}"#, r#"{"name":7}"#, "[", ""] {
        agent.post_raw("/api/v1/channels", body).await.expect(403);
        ended.post_raw("/api/v1/channels", body).await.expect(401);
        let refused = organisation.admin.post_raw("/api/v1/channels", body).await;
        assert!(matches!(refused.code(), ErrorCode::MalformedRequest | ErrorCode::Invalid), "{body}");
    }

    let channel = organisation.channel().await;
    let visitor = server.visit(&channel.key, None).await;
    let patch = ChannelPatch { enabled: Some(false), ..ChannelPatch::default() };
    organisation.admin.patch(&format!("/api/v1/channels/{}", channel.id), &patch).await.expect(200);
    visitor.post_raw("/widget/v1/messages", "{").await.expect(403);
}
