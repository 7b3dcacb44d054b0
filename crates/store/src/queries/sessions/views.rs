//! Sessions by which an admin looks at a colleague's console.
//!
//! **Invariant**: a view is good only while its admin's own session is, and they may manage colleagues: it is ended by the same write
//! that ends or changes that, and asked for besides. Whoever begins one holds the admin's session until the commit, so that whoever ends that
//! session on another server finds the view, or the view finds it ended.

use super::{NewSession, ViewedBy, insert};
use crate::error::StoreError;
use crate::queries::agents::{self, role};
use crate::queries::audit::{self, Auditor, Origin};
use crate::scope::{OrgScope, before_tenant};
use crate::tables::{agent, session};
use rules::permissions::{Permission, can};
use sea_orm::sea_query::{LockBehavior, LockType, SimpleExpr};
use sea_orm::{ColumnTrait, ConnectionTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use std::collections::HashSet;
use types::audit::AuditAction;
use types::id::{AgentId, AuditId, SessionId};
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
    let held = scope.find::<session::Entity>().filter(session::Column::Id.eq(new.by.session_id));
    held.lock(LockType::NoKeyUpdate).one(conn).await?;
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

/// Those of these sessions of admins from which they may look at colleagues' consoles, in whichever organisation.
pub(super) async fn looking_on<C: ConnectionTrait>(
    conn: &C,
    from: &[SessionId],
    now: Timestamp,
) -> Result<HashSet<SessionId>, StoreError> {
    if from.is_empty() {
        return Ok(HashSet::new());
    }
    let rows: Vec<(SessionId, String)> = before_tenant::<session::Entity>()
        .inner_join(agent::Entity)
        .filter(session::Column::Id.is_in(from.iter().copied()))
        .filter(session::Column::ViewedBy.is_null())
        .filter(session::Column::RevokedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(now))
        .filter(agent::Column::DisabledAt.is_null())
        .select_only()
        .column(session::Column::Id)
        .column(agent::Column::Role)
        .into_tuple()
        .all(conn)
        .await?;
    let mut looking = HashSet::with_capacity(rows.len());
    for (id, text) in rows {
        if can(role(&text)?, Permission::ManageAgents).is_ok() {
            looking.insert(id);
        }
    }
    Ok(looking)
}

/// Whether a view has run out that nobody has ended.
pub async fn one_has_run_out<C: ConnectionTrait>(conn: &C, now: Timestamp) -> Result<bool, StoreError> {
    let first: Option<SessionId> =
        run_out(now).select_only().column(session::Column::Id).into_tuple().one(conn).await?;
    Ok(first.is_some())
}

/// Ends views that have run out, the longest ago first, at most as many as there are ids for their entries in the log, and writes those, as
/// of the moment at which each ended. Answers how many. What another server is just ending is left to it.
pub async fn end_what_ran_out<C: ConnectionTrait>(
    conn: &C,
    now: Timestamp,
    entries: Vec<AuditId>,
) -> Result<usize, StoreError> {
    let rows = run_out(now)
        .limit(u64::try_from(entries.len()).unwrap_or(u64::MAX))
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(conn)
        .await?;
    let count = rows.len();
    for (row, id) in rows.into_iter().zip(entries) {
        let scope = OrgScope::new(row.org_id);
        end(conn, scope, session::Column::Id.eq(row.id), row.expires_at).await?;
        let Some(admin_id) = row.viewed_by else { continue };
        let name = async |id: AgentId| agents::get(conn, scope, id).await.map(|agent| agent.map(|agent| agent.name));
        // Who is removed leaves their name behind.
        let (Some(agent_name), Some(viewed_name)) = (name(admin_id).await?, name(row.agent_id).await?) else {
            continue;
        };
        let at = row.expires_at;
        let auditor = Auditor { id, agent_id: admin_id, agent_name, origin: Origin::default(), at };
        let action = AuditAction::AgentViewEnded { viewed_id: row.agent_id, viewed_name };
        audit::add(conn, row.org_id, auditor, &action).await?;
    }
    Ok(count)
}

pub(crate) fn run_out(now: Timestamp) -> Select<session::Entity> {
    before_tenant::<session::Entity>()
        .filter(session::Column::ViewedBy.is_not_null())
        .filter(session::Column::RevokedAt.is_null())
        .filter(session::Column::ExpiresAt.lte(now))
        .order_by_asc(session::Column::ExpiresAt)
        .order_by_asc(session::Column::Id)
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
