//! Looking at a colleague's console.
//!
//! A view is a session of the colleague's by which nothing is changed: `auth::actor` refuses what would, and so does a socket's dispatch.
//! It has no refresh token, and the admin's own cookie stays as it is, so that they come back without signing in.

use crate::actions::me::hang_up;
use crate::actions::people::By;
use crate::auth::access_token;
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use store::agents;
use store::sessions::{self, NewView, ViewedBy};
use types::audit::AuditAction;
use types::error::ErrorCode;
use types::id::{AgentId, SessionId};
use types::people::AgentView;

/// Seconds that a view lasts at most.
const VIEW_SECONDS: i64 = 3600;

/// Opens a colleague's console to look at.
///
/// # Errors
/// Not found; a conflict for oneself and for whoever cannot sign in; unauthenticated when the asking session has ended meanwhile.
pub async fn begin_agent_view(state: &AppState, admin: &AnyAgent, agent_id: AgentId) -> ApiResult<AgentView> {
    let mut by = By::of(state, admin)?;
    by.other(agent_id, "views the console as themselves")?;
    let (scope, at, id) = (by.scope, by.auditor.at, state.ids.make(SessionId));
    let origin = admin.origin();
    let new = NewView {
        id,
        agent_id,
        by: ViewedBy { agent_id: admin.agent_id, session_id: admin.session_id },
        user_agent: origin.user_agent.unwrap_or_default(),
        ip: origin.ip.unwrap_or_default(),
        at,
        until: at.plus_seconds(VIEW_SECONDS),
    };
    let begun = state.write(move |tx| {
        Box::pin(async move {
            let viewed = by.hold(tx, agent_id).await?;
            if viewed.disabled_at.is_some() {
                return Err(ApiError::new(
                    ErrorCode::Conflict,
                    "Nobody views the console as somebody who cannot sign in",
                ));
            }
            let until = sessions::create_view(tx.conn(), scope, new).await?.ok_or_else(ApiError::unauthenticated)?;
            let viewed_name = viewed.name.clone();
            by.log(tx, &AuditAction::AgentViewBegun { viewed_id: agent_id, viewed_name, until }).await?;
            Ok((viewed.name, until))
        })
    });
    let (name, expires_at) = begun.await?;
    let token = access_token::issue_until(&state.keys.access, scope.org_id(), agent_id, id, at, expires_at);
    Ok(AgentView { agent_id, name, access_token: token.map_err(ApiError::internal)?, expires_at })
}

/// Ends the views of a colleague's console that were opened from the session that asks.
///
/// # Errors
/// Not found.
pub async fn end_agent_view(state: &AppState, admin: &AnyAgent, agent_id: AgentId) -> ApiResult<()> {
    let mut by = By::of(state, admin)?;
    let looking = ViewedBy { agent_id: admin.agent_id, session_id: admin.session_id };
    let ended = state.write(move |tx| {
        Box::pin(async move {
            let viewed = agents::get(tx.conn(), by.scope, agent_id).await?;
            let viewed_name = viewed.ok_or_else(|| ApiError::not_found("agent"))?.name;
            let ended = sessions::end_views_of(tx.conn(), by.scope, looking, agent_id, by.auditor.at).await?;
            if !ended.is_empty() {
                by.log(tx, &AuditAction::AgentViewEnded { viewed_id: agent_id, viewed_name }).await?;
            }
            Ok(ended)
        })
    });
    hang_up(state, ended.await?);
    Ok(())
}
