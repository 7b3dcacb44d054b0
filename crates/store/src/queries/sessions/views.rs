//! Sessions by which an admin looks at a colleague's console.
//!
//! **Invariant**: a view is good only while its admin's own session is, and they may manage colleagues: it is ended by the same write
//! that ends or changes that, and asked for besides, because another server may have begun the one while the other ended.

use super::{NewSession, ViewedBy, insert};
use crate::error::StoreError;
use crate::queries::agents::role;
use crate::scope::OrgScope;
use crate::tables::{agent, session};
use rules::permissions::{Permission, can};
use sea_orm::sea_query::SimpleExpr;
use sea_orm::{ColumnTrait, ConnectionTrait, ExprTrait, QueryFilter};
use types::id::{AgentId, SessionId};
use types::time::Timestamp;

/// A view to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewView {
    /// Its session.
    pub id: SessionId,
    /// Whose console it is.
    pub agent_id: AgentId,
    /// Who looks.
    pub by: ViewedBy,
    /// Their browser.
    pub user_agent: String,
    /// Their address.
    pub ip: String,
    /// The time.
    pub at: Timestamp,
    /// When it ends at the latest.
    pub until: Timestamp,
}

/// Begins a view; until when it is good at most. `None`: whoever asks may not look any more.
pub async fn create_view<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    new: NewView,
) -> Result<Option<Timestamp>, StoreError> {
    let Some(own) = looking(conn, scope, new.by, new.at).await? else { return Ok(None) };
    let expires_at = Ord::min(new.until, own.expires_at);
    let session = NewSession {
        id: new.id,
        org_id: scope.org_id(),
        agent_id: new.agent_id,
        // No refresh token has such a hash.
        refresh_hash: format!("view:{}", new.id),
        user_agent: new.user_agent,
        ip: new.ip,
        at: new.at,
        expires_at,
    };
    insert(conn, session, Some(new.by)).await?;
    Ok(Some(expires_at))
}

/// Whether an admin may look at colleagues' consoles from this session of theirs.
pub(super) async fn may_look<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    by: ViewedBy,
    now: Timestamp,
) -> Result<bool, StoreError> {
    Ok(looking(conn, scope, by, now).await?.is_some())
}

/// The admin's own session, while it is good and they may manage colleagues.
async fn looking<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    by: ViewedBy,
    now: Timestamp,
) -> Result<Option<session::Model>, StoreError> {
    let row = scope
        .find::<session::Entity>()
        .filter(session::Column::Id.eq(by.session_id))
        .filter(session::Column::AgentId.eq(by.agent_id))
        // Nobody looks through another's eyes at a third.
        .filter(session::Column::ViewedBy.is_null())
        .filter(session::Column::RevokedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(now))
        .find_also_related(agent::Entity)
        .one(conn)
        .await?;
    let Some((own, Some(admin))) = row else { return Ok(None) };
    let may = admin.disabled_at.is_none() && can(role(&admin.role)?, Permission::ManageAgents).is_ok();
    Ok(may.then_some(own))
}

/// Ends the views that were begun from these sessions, and returns them.
pub(super) async fn end_of_sessions<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    sessions: &[SessionId],
    at: Timestamp,
) -> Result<Vec<SessionId>, StoreError> {
    end(conn, scope, session::Column::ViewedFrom.is_in(sessions.iter().copied()), at).await
}

/// Ends the views that an agent has begun, who may not look any more, and returns them.
pub async fn end_views_by<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agent_id: AgentId,
    at: Timestamp,
) -> Result<Vec<SessionId>, StoreError> {
    end(conn, scope, session::Column::ViewedBy.eq(agent_id), at).await
}

/// Ends the views of one colleague that were begun from one session, and returns them.
pub async fn end_views_of<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    by: ViewedBy,
    agent_id: AgentId,
    at: Timestamp,
) -> Result<Vec<SessionId>, StoreError> {
    let of_them = session::Column::ViewedFrom.eq(by.session_id).and(session::Column::AgentId.eq(agent_id));
    end(conn, scope, of_them.and(session::Column::ExpiresAt.gt(at)), at).await
}

async fn end<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    which: SimpleExpr,
    at: Timestamp,
) -> Result<Vec<SessionId>, StoreError> {
    let update = scope
        .update::<session::Entity>()
        .col_expr(session::Column::RevokedAt, at.into())
        .filter(which)
        .filter(session::Column::RevokedAt.is_null());
    Ok(update.exec_with_returning(conn).await?.into_iter().map(|session| session.id).collect())
}
