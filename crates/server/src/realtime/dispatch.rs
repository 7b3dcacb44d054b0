//! Client frames to actions: one match each, no decisions.

use super::bus::Passing;
use super::frames::text_of;
use super::session::{Answer, Dispatch};
use crate::actions::{conversations, messages, typing};
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use crate::telemetry;
use futures_util::future::LocalBoxFuture;
use std::cell::Cell;
use std::net::IpAddr;
use std::rc::Rc;
use store::listeners::Listeners;
use store::{OrgScope, StoredMessage, Visitor};
use types::error::{ErrorCode, FieldCode};
use types::id::{ConversationId, Nonce, SessionId};
use types::limits::UNSENT_TEXT_MAX;
use types::messages::{Author, SendMessage};
use types::ws::{ClientFrame, CloseCode, ServerFrame};

/// The frames of an agent.
pub(super) struct AgentDispatch {
    pub(super) state: AppState,
    pub(super) scope: OrgScope,
    pub(super) session_id: SessionId,
}

impl Dispatch for AgentDispatch {
    fn dispatch(&mut self, frame: ClientFrame) -> LocalBoxFuture<'static, Answer> {
        let (state, scope, session_id) = (self.state.clone(), self.scope, self.session_id);
        Box::pin(async move {
            // Asked for every frame, from a cache: what the agent may do can change while the socket is open.
            let agent = match AnyAgent::of_session(&state, scope, session_id).await {
                Ok(agent) => agent,
                Err(error) => return identity_failed(&frame, &error),
            };
            if agent.viewed_by.is_some() {
                return refused(&frame, &ApiError::read_only_view());
            }
            match frame {
                ClientFrame::SendMessage { nonce, conversation_id, content } => {
                    let request = SendMessage { nonce, content };
                    let sent = match named(conversation_id) {
                        Ok(conversation_id) => messages::send_message(&state, &agent, conversation_id, request).await,
                        Err(error) => Err(error),
                    };
                    acknowledge(nonce, sent)
                }
                ClientFrame::MarkRead { conversation_id, seq } => quiet(match named(conversation_id) {
                    Ok(id) => conversations::mark_read(&state, &agent, id, seq).await.map(|_| ()),
                    Err(error) => Err(error),
                }),
                ClientFrame::Typing { conversation_id, active, .. } => {
                    let heard = match named(conversation_id) {
                        Ok(id) => typing::heard_of_agent(&state, &agent, id).await,
                        Err(error) => Err(error),
                    };
                    quiet(heard.map(|listeners| {
                        if let Some(listeners) = listeners {
                            pass_agent(&state, &agent, listeners, active);
                        }
                    }))
                }
                ClientFrame::Ping {} => Answer::Pong,
            }
        })
    }
}

/// The frames of a visitor.
pub(super) struct VisitorDispatch {
    pub(super) state: AppState,
    pub(super) visitor: Visitor,
    /// Where the visitor is: identities of visitors are free, addresses are not.
    pub(super) network: IpAddr,
    /// The visitor's one conversation, once this socket knows it.
    pub(super) conversation_id: Rc<Cell<Option<ConversationId>>>,
}

impl Dispatch for VisitorDispatch {
    fn dispatch(&mut self, frame: ClientFrame) -> LocalBoxFuture<'static, Answer> {
        let (state, visitor, known) = (self.state.clone(), self.visitor, self.conversation_id.clone());
        let network = self.network;
        Box::pin(async move {
            // What writes counts as the same request over HTTP would.
            if !matches!(frame, ClientFrame::Ping {} | ClientFrame::Typing { .. }) {
                let together = state.limits.visitors_by_ip.take(network, state.clock.now());
                if let Some(millis) = together.refused_for {
                    return refused(&frame, &ApiError::rate_limited(millis));
                }
            }
            match frame {
                ClientFrame::SendMessage { nonce, content, .. } => {
                    let request = SendMessage { nonce, content };
                    let sent = messages::send_visitor_message(&state, visitor, known.get(), request).await;
                    if let Ok(stored) = &sent {
                        known.set(Some(stored.message.conversation_id));
                    }
                    acknowledge(nonce, sent)
                }
                ClientFrame::MarkRead { seq, .. } => {
                    let marked = conversations::mark_visitor_read(&state, visitor, known.get(), seq).await;
                    if let Ok((conversation_id, _)) = marked {
                        known.set(conversation_id);
                    }
                    quiet(marked.map(|_| ()))
                }
                ClientFrame::Typing { active, text, .. } => {
                    let heard = typing::heard_of_visitor(&state, visitor, network).await;
                    quiet(heard.map(|listeners| {
                        if let Some(listeners) = listeners {
                            pass_visitor(&state, visitor, &listeners, active, text);
                        }
                    }))
                }
                ClientFrame::Ping {} => Answer::Pong,
            }
        })
    }
}

/// Tells the visitor and the other agents that an agent writes.
fn pass_agent(state: &AppState, agent: &AnyAgent, listeners: Listeners, active: bool) {
    let Listeners { conversation_id, audience, .. } = listeners;
    let author = Author::Agent { id: agent.agent_id, name: agent.name.clone() };
    let frame = ServerFrame::Typing { conversation_id, author, active, text: None };
    state.bus.pass(Passing::new(agent.org_id, audience, Some(agent.agent_id), &frame));
}

/// Tells a visitor's agents that they write, and what, where the channel shows that.
fn pass_visitor(state: &AppState, visitor: Visitor, listeners: &Listeners, active: bool, text: Option<String>) {
    let text = text.filter(|text| listeners.unsent_preview && active && text.chars().count() <= UNSENT_TEXT_MAX);
    let (conversation_id, author) = (listeners.conversation_id, Author::Visitor);
    let frame = ServerFrame::Typing { conversation_id, author, active, text };
    state.bus.pass(Passing::new(visitor.org_id, listeners.agents(), None, &frame));
}

fn named(conversation_id: Option<ConversationId>) -> ApiResult<ConversationId> {
    conversation_id.ok_or_else(|| ApiError::field("conversation_id", FieldCode::Required, "must be given by agents"))
}

fn acknowledge(nonce: Nonce, sent: ApiResult<StoredMessage>) -> Answer {
    Answer::Frame(text_of(&match sent {
        Ok(StoredMessage { message, .. }) => ServerFrame::Ack {
            nonce,
            conversation_id: message.conversation_id,
            message_id: message.id,
            seq: message.seq,
            created_at: message.created_at,
        },
        Err(error) => rejected(nonce, &error),
    }))
}

/// A read mark is not answered: it comes back as an event, or it does not.
fn quiet(done: ApiResult<()>) -> Answer {
    if let Some(cause) = done.err().and_then(|error| error.causes()) {
        tracing::error!(socket.id = telemetry::shown_id(), error.cause = cause, "frame failed");
    }
    Answer::Nothing
}

/// The session has ended, or could not be looked up.
fn identity_failed(frame: &ClientFrame, error: &ApiError) -> Answer {
    if error.problem().code == ErrorCode::Unauthenticated {
        return Answer::Close(CloseCode::Revoked);
    }
    refused(frame, error)
}

/// Nothing was done.
fn refused(frame: &ClientFrame, error: &ApiError) -> Answer {
    match frame {
        ClientFrame::SendMessage { nonce, .. } => Answer::Frame(text_of(&rejected(*nonce, error))),
        // Whoever cannot be looked up at the moment is still there.
        ClientFrame::Ping {} => Answer::Pong,
        ClientFrame::MarkRead { .. } | ClientFrame::Typing { .. } => Answer::Nothing,
    }
}

/// The edge of the socket: where a failure that is ours is logged, once.
fn rejected(nonce: Nonce, error: &ApiError) -> ServerFrame {
    if let Some(cause) = error.causes() {
        tracing::error!(socket.id = telemetry::shown_id(), error.cause = cause, "frame failed");
    }
    ServerFrame::Rejected { nonce: Some(nonce), problem: error.problem().clone() }
}
