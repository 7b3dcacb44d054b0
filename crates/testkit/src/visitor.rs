//! Visitors of a channel.

use crate::caller::{Answer, Caller};
use crate::server::TestServer;
use crate::ws::WsClient;
use std::ops::Deref;
use types::auth::SocketTicket;
use types::id::Nonce;
use types::messages::{Message, NewContent, SendMessage};
use types::visitors::{OpenVisitorSession, PageVisit, VisitorSession};

/// A visitor who has the chat open in one tab.
#[derive(Clone)]
pub struct VisitorCaller {
    caller: Caller,
    /// What the server said when the chat was opened.
    pub session: VisitorSession,
}

impl Deref for VisitorCaller {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl VisitorCaller {
    /// The same visitor in another tab, or after a reload.
    pub async fn again(&self, channel_key: &str) -> Self {
        self.server.visit(channel_key, Some(self.token())).await
    }

    /// The same visitor, by way of another server of the installation.
    #[must_use]
    pub fn by(&self, server: &TestServer) -> Self {
        Self { caller: self.caller.at(server), session: self.session.clone() }
    }

    /// An open socket that has said `ready`.
    pub async fn socket(&self) -> WsClient {
        let mut socket = WsClient::connect(&self.socket_url().await).await.expect("the socket opens");
        assert_eq!(socket.ready().await, None, "visitors have no cursor");
        socket
    }

    /// An address that opens one socket.
    pub async fn socket_url(&self) -> String {
        let ticket: SocketTicket = self.post_empty("/widget/v1/socket-tickets").await.having(201).json();
        self.server.socket_url(&format!("/widget/v1/socket?ticket={}", ticket.ticket))
    }

    /// Sends a text.
    pub async fn say(&self, text: &str) -> Message {
        self.post("/widget/v1/messages", &self.server.text(text)).await.having(201).json()
    }
}

impl TestServer {
    /// A visitor of this channel: a new one, or the one of an earlier visit's token.
    pub async fn visit(&self, channel_key: &str, token: Option<&str>) -> VisitorCaller {
        let answer = self.try_visit(channel_key, token).await;
        self.visitor(answer.having(200).json())
    }

    /// The visitor of an open chat.
    #[must_use]
    pub fn visitor(&self, session: VisitorSession) -> VisitorCaller {
        VisitorCaller { caller: self.anonymous().with_token(&session.visitor_token), session }
    }

    /// Asks for the chat of a channel.
    pub async fn try_visit(&self, channel_key: &str, token: Option<&str>) -> Answer {
        self.anonymous().post("/widget/v1/sessions", &visit_request(channel_key, token)).await
    }

    /// A text to send, with a nonce of its own.
    #[must_use]
    pub fn text(&self, text: &str) -> SendMessage {
        SendMessage { nonce: self.nonce(), content: NewContent::Text { text: text.to_owned() } }
    }

    /// A fresh nonce.
    #[must_use]
    pub fn nonce(&self) -> Nonce {
        self.state().ids.make(Nonce)
    }
}

/// What a widget on a product page says when the chat is opened.
#[must_use]
pub fn visit_request(channel_key: &str, token: Option<&str>) -> OpenVisitorSession {
    OpenVisitorSession {
        channel_key: channel_key.to_owned(),
        visitor_token: token.map(str::to_owned),
        after_seq: None,
        page: PageVisit {
            url: "https://shop.example/products/1".to_owned(),
            title: "商品".to_owned(),
            referrer: "https://search.example/?q=shop".to_owned(),
        },
        locale: "zh-CN".to_owned(),
        identity: None,
        details: None,
    }
}
