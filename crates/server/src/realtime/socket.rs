//! The upgrade from HTTP to a socket, and the wire below the session loop.

use super::admission::{Admitted, admit_agent, admit_visitor};
use super::frame_headers::guard;
use super::session::{Dispatch, Gone, Incoming, Outgoing, Reader, Writer};
use crate::error::{ApiError, ApiResult};
use crate::extract;
use crate::limits::network_of;
use crate::state::AppState;
use crate::telemetry;
use actix_web::error::PayloadError;
use actix_web::{HttpRequest, HttpResponse, web};
use actix_ws::{AggregatedMessage, AggregatedMessageStream, CloseReason, ProtocolError};
use std::io::ErrorKind;
use std::net::IpAddr;
use types::error::ErrorCode;
use types::limits::FRAME_MAX_BYTES;
use types::ws::CloseCode;

/// Opens an agent's socket for a ticket.
pub(crate) async fn open_agent_socket(
    state: &AppState,
    request: &HttpRequest,
    body: web::Payload,
    ticket: &str,
) -> ApiResult<HttpResponse> {
    if !extract::is_from_own_page(state, request) {
        // The ticket would keep strangers out as well: no page can fetch one but ours.
        return Err(ApiError::new(ErrorCode::Forbidden, "Only this server's own pages open this socket"));
    }
    let wire = Wire::upgrade(request, body).await?;
    Ok(wire.run(state, admit_agent(state, network(state, request), ticket).await?))
}

/// Opens a visitor's socket for a ticket.
pub(crate) async fn open_visitor_socket(
    state: &AppState,
    request: &HttpRequest,
    body: web::Payload,
    ticket: &str,
) -> ApiResult<HttpResponse> {
    let wire = Wire::upgrade(request, body).await?;
    Ok(wire.run(state, admit_visitor(state, network(state, request), ticket).await?))
}

fn network(state: &AppState, request: &HttpRequest) -> IpAddr {
    network_of(extract::client_ip(state, request).0)
}

/// An accepted upgrade.
struct Wire {
    response: HttpResponse,
    session: actix_ws::Session,
    stream: actix_ws::MessageStream,
}

impl Wire {
    async fn upgrade(request: &HttpRequest, body: web::Payload) -> ApiResult<Self> {
        let refused = |error: actix_web::Error| {
            ApiError::new(ErrorCode::MalformedRequest, format!("This address speaks WebSocket only: {error}"))
        };
        let body = guard(request, body, FRAME_MAX_BYTES).await.map_err(refused)?;
        let (response, session, stream) = actix_ws::handle(request, body).map_err(refused)?;
        Ok(Self { response, session, stream })
    }

    fn run<D: Dispatch + 'static>(self, state: &AppState, admitted: Admitted<D>) -> HttpResponse {
        let stream = self.stream.max_frame_size(FRAME_MAX_BYTES).aggregate_continuations();
        let reader = SocketReader(stream.max_continuation_size(FRAME_MAX_BYTES));
        let (session, ready, connection) = admitted.session(state, reader, SocketWriter(self.session));
        let metrics = state.metrics.clone();
        // A socket goes by the id of the request that opened it.
        let id = telemetry::request_id().unwrap_or_else(|| state.ids.make(types::id::RequestId));
        actix_web::rt::spawn(telemetry::within(id, async move {
            let code = session.run(ready).await;
            tracing::debug!(socket.id = %id, socket.close = code.map(CloseCode::number), "socket closed");
            metrics.sockets.closed(code);
            drop(connection);
        }));
        self.response
    }
}

struct SocketReader(AggregatedMessageStream);

impl Reader for SocketReader {
    async fn next(&mut self) -> Incoming {
        match self.0.recv().await {
            Some(Ok(AggregatedMessage::Text(text))) => Incoming::Text(text),
            Some(Ok(AggregatedMessage::Binary(_))) => Incoming::Binary,
            Some(Ok(AggregatedMessage::Ping(bytes))) => Incoming::Ping(bytes),
            Some(Ok(AggregatedMessage::Pong(_))) => Incoming::Pong,
            Some(Ok(AggregatedMessage::Close(_))) => Incoming::Farewell,
            None => Incoming::Gone,
            Some(Err(error)) => fault(&error),
        }
    }
}

/// What an error of the stream means.
fn fault(error: &ProtocolError) -> Incoming {
    let error = match error {
        ProtocolError::Overflow => return Incoming::TooLarge,
        // Invalid data has a kind of its own.
        ProtocolError::Io(error) if error.kind() == ErrorKind::Other => error,
        _ => return Incoming::Broken,
    };
    match error.get_ref().and_then(|inner| inner.downcast_ref()) {
        // The guard, of a frame that announces too much or of a fragment too many.
        Some(PayloadError::Overflow) => Incoming::TooLarge,
        // The connection broke off below: nobody said too much, and nobody is there to be told anything.
        Some(_) => Incoming::Gone,
        // What the aggregation says of a message that is too large in all.
        None => Incoming::TooLarge,
    }
}

struct SocketWriter(actix_ws::Session);

impl Writer for SocketWriter {
    async fn send(&mut self, out: Outgoing) -> Result<(), Gone> {
        let session = &mut self.0;
        let sent = match out {
            Outgoing::Text(text) => session.text(text).await,
            Outgoing::Pong(bytes) => session.pong(&bytes).await,
            Outgoing::Close(code) => session.clone().close(Some(reason(code))).await,
            Outgoing::CloseToo => session.clone().close(None).await,
        };
        sent.map_err(|actix_ws::Closed| Gone)
    }
}

fn reason(code: CloseCode) -> CloseReason {
    CloseReason { code: code.number().into(), description: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    #[test]
    fn a_connection_that_breaks_off_has_not_said_too_much() {
        let other = |error: PayloadError| ProtocolError::Io(io::Error::other(error));
        let reset = || io::Error::from(ErrorKind::ConnectionReset);
        for gone in [PayloadError::Incomplete(None), PayloadError::Incomplete(Some(reset())), PayloadError::Io(reset())]
        {
            assert!(matches!(fault(&other(gone)), Incoming::Gone));
        }
        for large in [
            ProtocolError::Overflow,
            other(PayloadError::Overflow),
            ProtocolError::Io(io::Error::other("Exceeded maximum continuation size")),
        ] {
            assert!(matches!(fault(&large), Incoming::TooLarge), "{large:?}");
        }
        for broken in
            [ProtocolError::UnmaskedFrame, ProtocolError::Io(io::Error::new(ErrorKind::InvalidData, "no UTF-8"))]
        {
            assert!(matches!(fault(&broken), Incoming::Broken), "{broken:?}");
        }
    }
}
