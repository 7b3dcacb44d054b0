//! One's own account and sessions.

use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use store::{Actor, AgentAudience, Audience, OrgScope, PendingEvent, Tx, agents, sessions};
use types::agents::{ChangePassword, LoginState, Me, MePatch};
use types::error::FieldCode;
use types::events::Event;
use types::id::{AgentId, SessionId};
use types::time::Timestamp;

/// Changes one's own account.
///
/// # Errors
/// Unauthenticated when the account is gone meanwhile.
pub async fn update_me(state: &AppState, agent: &AnyAgent, patch: MePatch) -> ApiResult<Me> {
    let (scope, agent_id, session_id, now) = (agent.scope(), agent.agent_id, agent.session_id, state.clock.now());
    let me = state
        .write(move |tx| {
            Box::pin(async move {
                let me = read_me(tx, scope, agent_id, session_id).await?;
                match patch.login_state {
                    Some(wanted) if wanted != me.login_state => {
                        set_login_state(tx, scope, agent_id, session_id, wanted, now).await
                    }
                    _ => Ok(me),
                }
            })
        })
        .await?;
    state.sessions.forget_agent(agent_id);
    Ok(me)
}

/// Sets the login state and tells the agent's own devices, inside a write.
pub(crate) async fn set_login_state(
    tx: &mut Tx,
    scope: OrgScope,
    agent_id: AgentId,
    session_id: SessionId,
    wanted: LoginState,
    now: Timestamp,
) -> ApiResult<Me> {
    if !agents::set_login_state(tx.conn(), scope, agent_id, wanted, now).await? {
        return Err(ApiError::unauthenticated());
    }
    let me = read_me(tx, scope, agent_id, session_id).await?;
    tx.append(PendingEvent {
        org_id: scope.org_id(),
        conversation_id: None,
        actor: Actor::Agent(agent_id),
        audience: Audience::agents(AgentAudience::One(agent_id)),
        event: Event::MeUpdated { me: me.clone() },
        at: now,
    });
    Ok(me)
}

async fn read_me(tx: &Tx, scope: OrgScope, agent_id: AgentId, session_id: SessionId) -> ApiResult<Me> {
    agents::me(tx.conn(), scope, agent_id, session_id).await?.ok_or_else(ApiError::unauthenticated)
}

/// Changes one's own password, which ends every other session.
///
/// # Errors
/// A field error when the old password is wrong; rate limited after too many of those.
pub async fn change_password(state: &AppState, agent: &AnyAgent, request: ChangePassword) -> ApiResult<()> {
    let (scope, agent_id, session_id, now) = (agent.scope(), agent.agent_id, agent.session_id, state.clock.now());
    let row = agents::get(state.db.reader(), scope, agent_id).await?.ok_or_else(ApiError::unauthenticated)?;
    // The same count as for signing in: a stolen access token is no way around it.
    state.limits.login_by_account.begin(&row.account, now).map_err(ApiError::rate_limited)?;
    if !state.passwords.verify(Some(row.password_hash), request.old_password.into()).await? {
        return Err(ApiError::field("old_password", FieldCode::Wrong, "is not your password"));
    }
    state.limits.login_by_account.clear(&row.account);
    let hash = state.passwords.hash(&state.ids, request.new_password.into()).await?;
    let ended = state
        .write(move |tx| {
            Box::pin(async move {
                if !agents::set_password_hash(tx.conn(), scope, agent_id, &hash, now).await? {
                    return Err(ApiError::unauthenticated());
                }
                Ok(sessions::revoke_all(tx.conn(), scope, agent_id, Some(session_id), now).await?)
            })
        })
        .await?;
    hang_up(state, ended);
    Ok(())
}

/// Ends one session of an agent; its sockets close at once.
///
/// # Errors
/// Not found when the agent has no such session.
pub async fn end_session(state: &AppState, scope: OrgScope, agent_id: AgentId, session_id: SessionId) -> ApiResult<()> {
    let now = state.clock.now();
    if !state
        .write(move |tx| {
            Box::pin(async move { Ok(sessions::revoke(tx.conn(), scope, agent_id, session_id, now).await?) })
        })
        .await?
    {
        return Err(ApiError::not_found("session"));
    }
    hang_up(state, [session_id]);
    Ok(())
}

/// Ends every session of an agent, the asking one included.
///
/// # Errors
/// Only those of the database.
pub async fn end_all_sessions(state: &AppState, agent: &AnyAgent) -> ApiResult<()> {
    let (scope, agent_id, now) = (agent.scope(), agent.agent_id, state.clock.now());
    let ended = state
        .write(move |tx| {
            Box::pin(async move { Ok(sessions::revoke_all(tx.conn(), scope, agent_id, None, now).await?) })
        })
        .await?;
    hang_up(state, ended);
    Ok(())
}

/// Makes the end of sessions felt at once: nothing is believed from memory, no socket stays open.
fn hang_up(state: &AppState, ended: impl IntoIterator<Item = SessionId>) {
    for session_id in ended {
        state.sessions.forget(session_id);
        state.hub.close_session(session_id);
    }
}
