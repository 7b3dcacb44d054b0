//! The upgrade from HTTP to a socket, and the wire below the session loop.

use super::dispatch::{AgentDispatch, VisitorDispatch};
use super::hub::{Connection, NotConnected};
use super::meter::Meter;
use super::registry::{AgentListener, Listener};
use super::session::{Dispatch, Gone, HEARTBEAT_SECONDS, Incoming, Outgoing, Reader, Session, Writer};
use super::tickets::TicketHolder;
use crate::actions::{channels, sockets};
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::extract;
use crate::limits::network_of;
use crate::state::AppState;
use actix_web::{HttpRequest, HttpResponse, web};
use actix_ws::{AggregatedMessage, AggregatedMessageStream, CloseReason, ProtocolError};
use std::cell::Cell;
use std::net::IpAddr;
use std::rc::Rc;
use store::OrgScope;
use types::agents::LoginState;
use types::error::ErrorCode;
use types::limits::FRAME_MAX_BYTES;
use types::ws::{CloseCode, ServerFrame};

/// Messages that a visitor may send at once, and again within each further window.
const VISITOR_BURST: u32 = 20;
/// The same for an agent, who talks to many.
const AGENT_BURST: u32 = 100;
const BURST_MILLIS: i64 = 10_000;
/// When to come back if there are too many sockets: it takes this long until a half-open one is noticed.
const TOO_MANY_MILLIS: i64 = 90_000;

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
    let wire = Wire::upgrade(request, body)?;
    let Some(TicketHolder::Agent { org_id, session_id }) = state.tickets.redeem(ticket) else {
        return Err(ApiError::unauthenticated());
    };
    let scope = OrgScope::new(org_id);
    let agent = AnyAgent::of_session(state, scope, session_id).await?;
    let receiving = agent.login_state == LoginState::Normal;
    let listener = AgentListener { viewer: agent.viewer(), session_id, receiving };
    let connection = connect(state, request, Listener::Agent(listener))?;
    // Revocations and changes reach this socket from here on; what happened just before, this look finds.
    let opening = sockets::open_agent_socket(state, scope, session_id).await?;
    connection.correct(opening.receiving);
    let dispatch = AgentDispatch { state: state.clone(), scope, session_id };
    Ok(wire.run(state, connection, dispatch, AGENT_BURST, Some(opening.cursor)))
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
    let connection = connect(state, request, Listener::Visitor(visitor))?;
    // Asked after registration: disabling the channel from now on closes this socket.
    channels::check_open(state, visitor).await?;
    let conversation_id = Rc::new(Cell::new(None));
    let dispatch = VisitorDispatch { state: state.clone(), visitor, network: network(state, request), conversation_id };
    Ok(wire.run(state, connection, dispatch, VISITOR_BURST, None))
}

/// Registers a socket, if its owner and its network have not too many already.
fn connect(state: &AppState, request: &HttpRequest, listener: Listener) -> ApiResult<Connection> {
    let network = network(state, request);
    state.hub.connect(listener, network, &state.config.limits.sockets).map_err(|reason| match reason {
        NotConnected::Stopping => ApiError::busy(),
        NotConnected::TooMany => {
            tracing::warn!(
                client.network = %network,
                "a socket was refused: too many of one owner or network; behind a proxy, see trusted_proxies"
            );
            ApiError::rate_limited(TOO_MANY_MILLIS)
        }
    })
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
        burst: u32,
        cursor: Option<i64>,
    ) -> HttpResponse {
        let stream = self.stream.max_frame_size(FRAME_MAX_BYTES).aggregate_continuations();
        let session = Session {
            reader: SocketReader(stream.max_continuation_size(FRAME_MAX_BYTES)),
            writer: SocketWriter(self.session),
            dispatch,
            queue: connection.queue.clone(),
            clock: state.clock.clone(),
            messages: Meter::new(burst, BURST_MILLIS),
        };
        let ready = ServerFrame::Ready { cursor, heartbeat_seconds: HEARTBEAT_SECONDS, now: state.clock.now() };
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
