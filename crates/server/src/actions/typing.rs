//! Who is told that somebody writes.

use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use std::net::IpAddr;
use store::{
    Visitor,
    listeners::{self, Listeners},
};
use types::agents::LoginState;
use types::id::ConversationId;

/// Who hears that the agent writes to a conversation; nobody while the agent is suspended.
///
/// # Errors
/// Not found when it is not theirs.
pub async fn heard_of_agent(
    state: &AppState,
    agent: &AnyAgent,
    conversation_id: ConversationId,
) -> ApiResult<Option<Listeners>> {
    if agent.login_state == LoginState::Suspended {
        return Ok(None);
    }
    let listeners = listeners::of_agent(state.db.reader(), agent.viewer(), conversation_id).await?;
    listeners.map(Some).ok_or_else(|| ApiError::not_found("conversation"))
}

/// Who hears that the visitor writes; nobody before their first message, and when their address says so too often.
///
/// # Errors
/// Those of the database.
pub async fn heard_of_visitor(state: &AppState, visitor: Visitor, network: IpAddr) -> ApiResult<Option<Listeners>> {
    // Each costs a look into the database, and sockets are many.
    if state.limits.typing_by_ip.take(network, state.clock.now()).refused_for.is_some() {
        return Ok(None);
    }
    Ok(listeners::of_visitor(state.db.reader(), visitor).await?)
}
