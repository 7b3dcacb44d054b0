//! Who is let in: from a ticket to a registered socket that is ready to run.

use super::dispatch::{AgentDispatch, VisitorDispatch};
use super::hub::Connection;
use super::meter::Meter;
use super::registry::{AgentListener, Listener};
use super::session::{HEARTBEAT_SECONDS, Reader, Session, Writer};
use super::tickets::TicketHolder;
use crate::actions::{channels, sockets};
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use std::cell::Cell;
use std::rc::Rc;
use store::OrgScope;
use types::agents::LoginState;
use types::ws::ServerFrame;

/// The window of the settings that say `per_10_seconds`.
const WINDOW_MILLIS: i64 = 10_000;

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
pub(super) async fn admit_agent(state: &AppState, ticket: &str) -> ApiResult<Admitted<AgentDispatch>> {
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
    let messages = state.config.limits.agent_messages_per_10_seconds;
    Ok(Admitted { connection, dispatch, messages, cursor: Some(opening.cursor) })
}

/// Lets a visitor in for a ticket.
///
/// # Errors
/// Unauthenticated when the ticket is not good; an error that says so when the channel is closed; busy when the server stops.
pub(super) async fn admit_visitor(state: &AppState, ticket: &str) -> ApiResult<Admitted<VisitorDispatch>> {
    let Some(TicketHolder::Visitor(visitor)) = state.tickets.redeem(ticket) else {
        return Err(ApiError::unauthenticated());
    };
    let connection = state.hub.connect(Listener::Visitor(visitor)).ok_or_else(ApiError::busy)?;
    // Asked after registration: disabling the channel from now on closes this socket.
    channels::check_open(state, visitor).await?;
    let conversation_id = Rc::new(Cell::new(None));
    let dispatch = VisitorDispatch { state: state.clone(), visitor, conversation_id };
    let messages = state.config.limits.visitor_messages_per_10_seconds;
    Ok(Admitted { connection, dispatch, messages, cursor: None })
}

impl<D> Admitted<D> {
    /// Their socket's loop over this wire, what it says first, and the registration, which must live as long.
    pub(super) fn session<R: Reader, W: Writer>(
        self,
        state: &AppState,
        reader: R,
        writer: W,
    ) -> (Session<R, W, D>, ServerFrame, Connection) {
        let Self { connection, dispatch, messages, cursor } = self;
        let session = Session {
            reader,
            writer,
            dispatch,
            queue: connection.queue.clone(),
            clock: state.clock.clone(),
            messages: Meter::new(messages, WINDOW_MILLIS),
            frames: Meter::new(state.config.limits.socket_frames_per_10_seconds, WINDOW_MILLIS),
        };
        let ready = ServerFrame::Ready { cursor, heartbeat_seconds: HEARTBEAT_SECONDS, now: state.clock.now() };
        (session, ready, connection)
    }
}
