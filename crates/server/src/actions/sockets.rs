//! What a socket has to know before it speaks.

use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use rules::permissions::Rights;
use store::{OrgScope, sessions};
use types::agents::LoginState;
use types::id::SessionId;

/// What an agent's socket begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// Whether the login state lets conversations through.
    pub receiving: bool,
    /// What the agent may do.
    pub rights: Rights,
    /// The ledger's newest event.
    pub cursor: i64,
}

/// Looks at the session and the ledger as they are now. Asked once the socket is registered: what is committed later, it
/// hears. The cache of identities is passed by, for it may be a commit behind.
///
/// # Errors
/// Unauthenticated when the session has ended meanwhile.
pub async fn open_agent_socket(state: &AppState, scope: OrgScope, session_id: SessionId) -> ApiResult<Opening> {
    let conn = state.db.reader();
    let identity = sessions::identity(conn, scope, session_id, state.clock.now()).await?;
    let identity = identity.ok_or_else(ApiError::unauthenticated)?;
    let cursor = store::events::cursor(conn, scope).await?;
    let rights = Rights {
        role: identity.role,
        sees_contact_details: identity.sees_contact_details,
        edits_quick_replies: identity.edits_quick_replies,
        edits_automatic_replies: identity.edits_automatic_replies,
    };
    Ok(Opening { receiving: identity.login_state == LoginState::Normal, rights, cursor })
}
