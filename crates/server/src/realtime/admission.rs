//! Who is let in: from a ticket to a registered socket that is ready to run.

use super::dispatch::{AgentDispatch, VisitorDispatch};
use super::frames::text_of;
use super::hub::{Connection, NotConnected};
use super::meter::Meter;
use super::registry::{AgentListener, Listener};
use super::session::{HEARTBEAT_SECONDS, Reader, Session, Writer};
use super::sight::Sight;
use super::tickets::TicketHolder;
use crate::actions::{channels, sockets};
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use bytestring::ByteString;
use std::cell::Cell;
use std::net::IpAddr;
use std::rc::Rc;
use store::OrgScope;
use types::agents::LoginState;
use types::ws::ServerFrame;

/// The window of the settings that say `per_10_seconds`.
const WINDOW_MILLIS: i64 = 10_000;
/// How often a socket may say within the window that somebody writes: once a second, with room for what is emptied.
const TYPING: u32 = 15;
/// When to come back if there are too many sockets: it takes this long until a half-open one is noticed.
const TOO_MANY_MILLIS: i64 = 90_000;

/// Somebody who is let in: registered already, so that everything committed from here on waits for them.
pub(super) struct Admitted<D> {
    /// The registered socket. Dropping it takes it out of the hub.
    pub(super) connection: Connection,
    /// Carries out their frames.
    pub(super) dispatch: D,
    /// How many messages they may send within the window.
    pub(super) messages: u32,
    /// Where the ledger stands, for agents.
    pub(super) cursor: Option<i64>,
}

/// Lets an agent in for a ticket.
///
/// # Errors
/// Unauthenticated when the ticket or the session is not good; busy when the server stops.
pub(super) async fn admit_agent(state: &AppState, network: IpAddr, ticket: &str) -> ApiResult<Admitted<AgentDispatch>> {
    let Some(TicketHolder::Agent { org_id, session_id }) = state.tickets.redeem(&state.shared, ticket).await else {
        return Err(ApiError::unauthenticated());
    };
    let scope = OrgScope::new(org_id);
    let agent = AnyAgent::of_session(state, scope, session_id).await?;
    let receiving = agent.login_state == LoginState::Normal;
    let is_view = agent.viewed_by.is_some();
    let listener = AgentListener { viewer: agent.viewer(), session_id, receiving, is_view };
    let connection = connect(state, network, Listener::Agent(listener))?;
    // Revocations and changes reach this socket from here on; what happened just before, this look finds.
    let opening = sockets::open_agent_socket(state, scope, session_id).await?;
    connection.correct_sight(Sight::from(opening.rights));
    connection.correct(opening.receiving);
    if opening.receiving && !is_view {
        // Whoever has come may be who somebody waits for.
        state.queues.tell(org_id);
    }
    if state.bus.opened(org_id, opening.cursor) {
        connection.queue.resync();
    }
    let dispatch = AgentDispatch { state: state.clone(), scope, session_id };
    let messages = state.config.limits.agent_messages_per_10_seconds;
    Ok(Admitted { connection, dispatch, messages, cursor: Some(opening.cursor) })
}

/// Lets a visitor in for a ticket.
///
/// # Errors
/// Unauthenticated when the ticket is not good; an error that says so when the channel is closed; busy when the server stops.
pub(super) async fn admit_visitor(
    state: &AppState,
    network: IpAddr,
    ticket: &str,
) -> ApiResult<Admitted<VisitorDispatch>> {
    let Some(TicketHolder::Visitor(visitor)) = state.tickets.redeem(&state.shared, ticket).await else {
        return Err(ApiError::unauthenticated());
    };
    let connection = connect(state, network, Listener::Visitor(visitor))?;
    // Asked after registration: disabling the channel or blocking the visitor from now on closes this socket.
    channels::check_open(state, visitor).await?;
    let conversation_id = Rc::new(Cell::new(None));
    let dispatch = VisitorDispatch { state: state.clone(), visitor, network, conversation_id };
    let messages = state.config.limits.visitor_messages_per_10_seconds;
    Ok(Admitted { connection, dispatch, messages, cursor: None })
}

/// Registers a socket, if its owner and its network have not too many already.
fn connect(state: &AppState, network: IpAddr, listener: Listener) -> ApiResult<Connection> {
    state.hub.connect(listener, network, &state.config.limits.sockets).map_err(|reason| match reason {
        NotConnected::Stopping => ApiError::stopping(),
        NotConnected::TooMany => {
            tracing::warn!(
                client.network = %network,
                "a socket was refused: too many of one owner or network; behind a proxy, see trusted_proxies"
            );
            ApiError::rate_limited(TOO_MANY_MILLIS)
        }
    })
}

impl<D> Admitted<D> {
    /// Their socket's loop over this wire, what it says first, and the registration, which must live as long.
    pub(super) fn session<R: Reader, W: Writer>(
        self,
        state: &AppState,
        reader: R,
        writer: W,
    ) -> (Box<Session<R, W, D>>, ByteString, Connection) {
        let Self { connection, dispatch, messages, cursor } = self;
        let session = Box::new(Session {
            reader,
            writer,
            dispatch,
            queue: connection.queue.clone(),
            clock: state.clock.clone(),
            messages: Meter::new(messages, WINDOW_MILLIS),
            typing: Meter::new(TYPING, WINDOW_MILLIS),
            frames: Meter::new(state.config.limits.socket_frames_per_10_seconds, WINDOW_MILLIS),
            traffic: state.metrics.sockets.frames().clone(),
        });
        let ready = ServerFrame::Ready { cursor, heartbeat_seconds: HEARTBEAT_SECONDS, now: state.clock.now() };
        (session, text_of(&ready), connection)
    }
}
