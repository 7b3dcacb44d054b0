//! A WebSocket client that is independent of the server's implementation, and may misbehave.

use futures_util::{SinkExt, StreamExt};
use std::time::Duration;
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{self, Message, http};
use types::events::Event;
use types::ws::{ClientFrame, ServerFrame};

/// How long a test waits for something that must come.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a socket hears.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// A frame.
    Frame(Box<ServerFrame>),
    /// The server closed, with this code; 1005 when it gave none, 1006 when the connection broke.
    Closed(u16),
}

/// An open socket.
pub struct WsClient(WebSocketStream<TcpStream>);

impl WsClient {
    /// Connects. The error is the HTTP status that came instead.
    pub async fn connect(url: &str) -> Result<Self, http::StatusCode> {
        Self::connect_with(url, None).await
    }

    /// Connects with a tiny receive buffer: whoever does not read such a socket stops the server's sending soon.
    pub async fn connect_narrow(url: &str) -> Result<Self, http::StatusCode> {
        Self::connect_with(url, Some(4096)).await
    }

    async fn connect_with(url: &str, buffer: Option<u32>) -> Result<Self, http::StatusCode> {
        let address = url.trim_start_matches("ws://").split('/').next().unwrap_or_default();
        let socket = TcpSocket::new_v4().expect("a TCP socket");
        if let Some(bytes) = buffer {
            socket.set_recv_buffer_size(bytes).expect("a buffer's size");
        }
        let stream = socket.connect(address.parse().expect("an address")).await.expect("the server listens");
        match tokio_tungstenite::client_async(url, stream).await {
            Ok((stream, _)) => Ok(Self(stream)),
            Err(tungstenite::Error::Http(response)) => Err(response.status()),
            Err(error) => panic!("{error}"),
        }
    }

    /// Waits for what comes next; protocol pings and pongs are passed over, and where a visitor stands in the queue, which comes whenever
    /// somebody else moves.
    pub async fn next(&mut self) -> Heard {
        loop {
            match self.whatever().await {
                Heard::Frame(frame) if matches!(*frame, ServerFrame::Queue { .. }) => {}
                heard => return heard,
            }
        }
    }

    /// Waits until it is said where the visitor stands in the queue, passing over anything else.
    pub async fn place(&mut self) -> Option<i64> {
        loop {
            match self.whatever().await {
                Heard::Frame(frame) => {
                    if let ServerFrame::Queue { ahead, .. } = *frame {
                        return ahead;
                    }
                }
                Heard::Closed(code) => panic!("closed with {code}"),
            }
        }
    }

    async fn whatever(&mut self) -> Heard {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.0.next()).await.expect("something is heard in time");
            return match message {
                Some(Ok(Message::Text(text))) => {
                    Heard::Frame(Box::new(serde_json::from_str(&text).expect("a frame of the documented form")))
                }
                Some(Ok(Message::Close(frame))) => Heard::Closed(frame.map_or(1005, |frame| frame.code.into())),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                Some(Ok(other)) => panic!("unexpected {other:?}"),
                Some(Err(_)) | None => Heard::Closed(1006),
            };
        }
    }

    /// Waits for the next frame; the server closing instead fails the test.
    pub async fn frame(&mut self) -> ServerFrame {
        match self.next().await {
            Heard::Frame(frame) => *frame,
            Heard::Closed(code) => panic!("closed with {code}"),
        }
    }

    /// Waits for the next frame, which must be `ready`; its cursor.
    pub async fn ready(&mut self) -> Option<i64> {
        match self.frame().await {
            ServerFrame::Ready { cursor, .. } => cursor,
            other => panic!("expected ready, heard {other:?}"),
        }
    }

    /// Waits for the next frame, which must be an event.
    pub async fn event(&mut self) -> (Option<i64>, Event) {
        match self.frame().await {
            ServerFrame::Event { seq, event } => (seq, event),
            other => panic!("expected an event, heard {other:?}"),
        }
    }

    /// Waits until the server closes, passing over frames; the code.
    pub async fn closed(&mut self) -> u16 {
        loop {
            if let Heard::Closed(code) = self.next().await {
                return code;
            }
        }
    }

    /// Asks for a pong and answers what was heard before it: proof that nothing else is on its way.
    pub async fn heard_so_far(&mut self) -> Vec<ServerFrame> {
        self.send(&ClientFrame::Ping {}).await;
        let mut heard = Vec::new();
        loop {
            match self.frame().await {
                ServerFrame::Pong {} => return heard,
                frame => heard.push(frame),
            }
        }
    }

    /// Says a frame.
    pub async fn send(&mut self, frame: &ClientFrame) {
        let text = serde_json::to_string(frame).expect("frames serialise");
        self.raw(Message::text(text)).await;
    }

    /// Says a frame and waits for its answer, passing over events and what is only passing.
    pub async fn ask(&mut self, frame: &ClientFrame) -> ServerFrame {
        self.send(frame).await;
        loop {
            match self.frame().await {
                ServerFrame::Event { .. } | ServerFrame::Typing { .. } => {}
                answer => return answer,
            }
        }
    }

    /// Says anything at all.
    pub async fn raw(&mut self, message: Message) {
        self.0.send(message).await.expect("the connection is open");
    }

    /// The connection below, for bytes that are no WebSocket.
    pub fn tcp(&mut self) -> &mut TcpStream {
        self.0.get_mut()
    }

    /// Says farewell and waits for the answer; the code.
    pub async fn close(mut self) -> u16 {
        // The server may have closed first.
        let _closed = self.0.close(None).await;
        self.closed().await
    }
}
