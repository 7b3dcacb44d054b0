//! The upgrade from HTTP to a socket, and the wire below the session loop.

use super::dispatch::{AgentDispatch, VisitorDispatch};
use super::frames::text_of;
use super::hub::Connection;
use super::meter::Meter;
use super::registry::{AgentListener, Listener};
use super::session::{Dispatch, Gone, HEARTBEAT_SECONDS, Incoming, Outgoing, Reader, Session, Writer};
use super::tickets::TicketHolder;
use crate::actions::{channels, sockets};
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use actix_web::{HttpRequest, HttpResponse, web};
use actix_ws::{AggregatedMessage, AggregatedMessageStream, CloseReason, ProtocolError};
use std::cell::Cell;
use std::rc::Rc;
use store::OrgScope;
use types::agents::LoginState;
use types::error::ErrorCode;
use types::limits::FRAME_MAX_BYTES;
use types::ws::{CloseCode, ServerFrame};

/// The window of the settings that say `per_10_seconds`.
const WINDOW_MILLIS: i64 = 10_000;

/// Opens an agent's socket for a ticket.
pub(crate) async fn open_agent_socket(
    state: &AppState,
    request: &HttpRequest,
    body: web::Payload,
    ticket: &str,
) -> ApiResult<HttpResponse> {
    let wire = Wire::upgrade(request, body)?;
    let Some(TicketHolder::Agent { org_id, session_id }) = state.tickets.redeem(ticket) else {
        return Err(ApiError::unauthenticated());
    };
    let scope = OrgScope::new(org_id);
    let agent = AnyAgent::of_session(state, scope, session_id).await?;
    let receiving = agent.login_state == LoginState::Normal;
    let listener = AgentListener { viewer: agent.viewer(), session_id, receiving };
    let connection = state.hub.connect(Listener::Agent(listener)).ok_or_else(ApiError::busy)?;
    // Revocations and changes reach this socket from here on; what happened just before, this look finds.
    let opening = sockets::open_agent_socket(state, scope, session_id).await?;
    connection.correct(opening.receiving);
    let dispatch = AgentDispatch { state: state.clone(), scope, session_id };
    Ok(wire.run(state, connection, dispatch, state.config.limits.agent_messages_per_10_seconds, Some(opening.cursor)))
}

/// Opens a visitor's socket for a ticket.
pub(crate) async fn open_visitor_socket(
    state: &AppState,
    request: &HttpRequest,
    body: web::Payload,
    ticket: &str,
) -> ApiResult<HttpResponse> {
    let wire = Wire::upgrade(request, body)?;
    let Some(TicketHolder::Visitor(visitor)) = state.tickets.redeem(ticket) else {
        return Err(ApiError::unauthenticated());
    };
    let connection = state.hub.connect(Listener::Visitor(visitor)).ok_or_else(ApiError::busy)?;
    // Asked after registration: disabling the channel from now on closes this socket.
    channels::check_open(state, visitor).await?;
    let conversation_id = Rc::new(Cell::new(None));
    let dispatch = VisitorDispatch { state: state.clone(), visitor, conversation_id };
    Ok(wire.run(state, connection, dispatch, state.config.limits.visitor_messages_per_10_seconds, None))
}

/// An accepted upgrade.
struct Wire {
    response: HttpResponse,
    session: actix_ws::Session,
    stream: actix_ws::MessageStream,
}

impl Wire {
    fn upgrade(request: &HttpRequest, body: web::Payload) -> ApiResult<Self> {
        let (response, session, stream) = actix_ws::handle(request, body).map_err(|error| {
            ApiError::new(ErrorCode::MalformedRequest, format!("This address speaks WebSocket only: {error}"))
        })?;
        Ok(Self { response, session, stream })
    }

    fn run<D: Dispatch + 'static>(
        self,
        state: &AppState,
        connection: Connection,
        dispatch: D,
        messages: u32,
        cursor: Option<i64>,
    ) -> HttpResponse {
        let stream = self.stream.max_frame_size(FRAME_MAX_BYTES).aggregate_continuations();
        let session = Box::new(Session {
            reader: SocketReader(stream.max_continuation_size(FRAME_MAX_BYTES)),
            writer: SocketWriter(self.session),
            dispatch,
            queue: connection.queue.clone(),
            clock: state.clock.clone(),
            messages: Meter::new(messages, WINDOW_MILLIS),
            frames: Meter::new(state.config.limits.socket_frames_per_10_seconds, WINDOW_MILLIS),
        });
        let ready = ServerFrame::Ready { cursor, heartbeat_seconds: HEARTBEAT_SECONDS, now: state.clock.now() };
        let ready = text_of(&ready);
        actix_web::rt::spawn(async move {
            let code = session.run(ready).await;
            tracing::debug!(socket.close = code.map(CloseCode::number), "socket closed");
            drop(connection);
        });
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
            Some(Err(error)) => match error {
                ProtocolError::Overflow => Incoming::TooLarge,
                // What the aggregation says of too many fragments; invalid data has a kind of its own.
                ProtocolError::Io(error) if error.kind() == std::io::ErrorKind::Other => Incoming::TooLarge,
                _ => Incoming::Broken,
            },
        }
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
