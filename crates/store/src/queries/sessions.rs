//! Signed-in devices.
//!
//! **Invariant**: whatever ends a session ends the views that were begun from it, in the same write.

mod views;

pub use views::{NewView, create_view, end_views_by, end_views_of};

use crate::error::StoreError;
use crate::queries::agents::{login_state, role};
use crate::queries::push;
use crate::scope::{OrgScope, before_tenant};
use crate::tables::{agent, api_token, session};
use sea_orm::sea_query::{Query, SimpleExpr};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use std::collections::HashSet;
use types::agents::{LoginState, Role};
use types::id::{AgentId, OrgId, SessionId};
use types::time::Timestamp;

/// Sessions that ended longer ago than this are forgotten at the agent's next sign-in.
const KEEP_ENDED_SECONDS: i64 = 30 * 24 * 3600;

/// A session to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// Its id.
    pub id: SessionId,
    /// The agent's organisation.
    pub org_id: OrgId,
    /// Who signed in.
    pub agent_id: AgentId,
    /// The refresh token's hash.
    pub refresh_hash: String,
    /// The browser.
    pub user_agent: String,
    /// The address.
    pub ip: String,
    /// The time.
    pub at: Timestamp,
    /// Until when it can be refreshed.
    pub expires_at: Timestamp,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Its id.
    pub id: SessionId,
    /// The agent's organisation.
    pub org_id: OrgId,
    /// Whose it is.
    pub agent_id: AgentId,
    /// The browser that it was last used from.
    pub user_agent: String,
    /// The address that it was last used from.
    pub ip: String,
    /// When the agent signed in.
    pub created_at: Timestamp,
    /// When it was last refreshed.
    pub last_used_at: Timestamp,
    /// When the refresh token was last exchanged for a new one.
    pub rotated_at: Option<Timestamp>,
    /// Until when it can be refreshed.
    pub expires_at: Timestamp,
    /// When it was ended.
    pub revoked_at: Option<Timestamp>,
}

impl From<session::Model> for SessionRow {
    fn from(row: session::Model) -> Self {
        Self {
            id: row.id,
            org_id: row.org_id,
            agent_id: row.agent_id,
            user_agent: row.user_agent,
            ip: row.ip,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
            rotated_at: row.rotated_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
        }
    }
}

/// Who acts through a session, and as what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The session.
    pub session_id: SessionId,
    /// The agent's organisation.
    pub org_id: OrgId,
    /// The agent.
    pub agent_id: AgentId,
    /// What they may do now.
    pub role: Role,
    /// Their name now.
    pub name: String,
    /// Whether they receive messages now.
    pub login_state: LoginState,
    /// Whether their account may see contacts' phone numbers and addresses; an admin's may always.
    pub sees_contact_details: bool,
    /// Whether it is set to edit the team's quick replies.
    pub edits_quick_replies: bool,
    /// Whether it is set to edit automatic replies.
    pub edits_automatic_replies: bool,
    /// By whom the agent's console is looked at, if it is no session of the agent's own: nothing is changed by it.
    pub viewed_by: Option<ViewedBy>,
}

/// Who looks at a colleague's console, and from which session of theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ViewedBy {
    /// The admin.
    pub agent_id: AgentId,
    /// Their own session, with which the view ends.
    pub session_id: SessionId,
}

/// The session that a refresh token belongs to, ended or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshMatch {
    /// The session.
    pub session: SessionRow,
    /// Whether the token is the one before the present one: somebody has used it already.
    pub previous: bool,
}

/// A refresh token exchanged for a new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    /// The hash of the token that was shown.
    pub old_hash: String,
    /// The hash of the new token.
    pub new_hash: String,
    /// The browser.
    pub user_agent: String,
    /// The address.
    pub ip: String,
    /// The time.
    pub at: Timestamp,
    /// Until when the session can be refreshed from now on.
    pub expires_at: Timestamp,
}

/// Makes a session, and forgets the agent's long ended ones.
pub async fn create<C: ConnectionTrait>(conn: &C, new: NewSession) -> Result<(), StoreError> {
    let ended = new.at.plus_seconds(-KEEP_ENDED_SECONDS);
    OrgScope::new(new.org_id)
        .delete::<session::Entity>()
        .filter(session::Column::AgentId.eq(new.agent_id))
        .filter(session::Column::ExpiresAt.lt(ended).or(session::Column::RevokedAt.lt(ended)))
        .filter(of_no_token(OrgScope::new(new.org_id)))
        .exec(conn)
        .await?;
    insert(conn, new, None).await
}

async fn insert<C: ConnectionTrait>(conn: &C, new: NewSession, viewed_by: Option<ViewedBy>) -> Result<(), StoreError> {
    let row = session::ActiveModel {
        id: Set(new.id),
        org_id: Set(new.org_id),
        agent_id: Set(new.agent_id),
        refresh_hash: Set(new.refresh_hash),
        previous_hash: Set(None),
        rotated_at: Set(None),
        user_agent: Set(new.user_agent),
        ip: Set(new.ip),
        created_at: Set(new.at),
        last_used_at: Set(new.at),
        expires_at: Set(new.expires_at),
        revoked_at: Set(None),
        viewed_by: Set(viewed_by.map(|by| by.agent_id)),
        viewed_from: Set(viewed_by.map(|by| by.session_id)),
    };
    session::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}

/// Who acts through a session. `None` when it has ended or its agent cannot sign in any more.
pub async fn identity<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    session_id: SessionId,
    now: Timestamp,
) -> Result<Option<Identity>, StoreError> {
    let row = scope
        .find::<session::Entity>()
        .filter(session::Column::Id.eq(session_id))
        .filter(session::Column::RevokedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(now))
        .find_also_related(agent::Entity)
        .one(conn)
        .await?;
    let Some((session, Some(agent))) = row else { return Ok(None) };
    if agent.disabled_at.is_some() {
        return Ok(None);
    }
    let viewed_by = session.viewed_by.zip(session.viewed_from);
    let viewed_by = viewed_by.map(|(agent_id, session_id)| ViewedBy { agent_id, session_id });
    if let Some(by) = viewed_by
        && !views::may_look(conn, scope, by, now).await?
    {
        return Ok(None);
    }
    Ok(Some(Identity {
        session_id: session.id,
        org_id: session.org_id,
        agent_id: agent.id,
        role: role(&agent.role)?,
        name: agent.name,
        login_state: login_state(&agent.login_state)?,
        sees_contact_details: agent.sees_contact_details,
        edits_quick_replies: agent.edits_quick_replies,
        edits_automatic_replies: agent.edits_automatic_replies,
        viewed_by,
    }))
}

/// The session of a refresh token, in whichever organisation.
pub async fn by_refresh_hash<C: ConnectionTrait>(conn: &C, hash: &str) -> Result<Option<RefreshMatch>, StoreError> {
    let row = before_tenant::<session::Entity>()
        .filter(session::Column::RefreshHash.eq(hash).or(session::Column::PreviousHash.eq(hash)))
        .one(conn)
        .await?;
    Ok(row.map(|row| RefreshMatch { previous: row.refresh_hash != hash, session: row.into() }))
}

/// Exchanges the refresh token. `false`: somebody has exchanged it already, or the session has ended.
pub async fn rotate<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    session_id: SessionId,
    rotation: Rotation,
) -> Result<bool, StoreError> {
    let updated = scope
        .update::<session::Entity>()
        .col_expr(session::Column::RefreshHash, rotation.new_hash.into())
        .col_expr(session::Column::PreviousHash, rotation.old_hash.clone().into())
        .col_expr(session::Column::RotatedAt, rotation.at.into())
        .col_expr(session::Column::LastUsedAt, rotation.at.into())
        .col_expr(session::Column::ExpiresAt, rotation.expires_at.into())
        .col_expr(session::Column::UserAgent, rotation.user_agent.into())
        .col_expr(session::Column::Ip, rotation.ip.into())
        .filter(session::Column::Id.eq(session_id))
        .filter(session::Column::RefreshHash.eq(rotation.old_hash))
        .filter(session::Column::RevokedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(rotation.at))
        .exec(conn)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Whether a session is that of a signed-in device: not of an API token, which ends in its own ways, nor somebody else's view.
fn of_a_device(scope: OrgScope) -> SimpleExpr {
    of_no_token(scope).and(session::Column::ViewedBy.is_null())
}

fn of_no_token(scope: OrgScope) -> SimpleExpr {
    let mut of_tokens = Query::select();
    of_tokens
        .column(api_token::Column::SessionId)
        .from(api_token::Entity)
        .and_where(api_token::Column::OrgId.eq(scope.org_id()));
    session::Column::Id.not_in_subquery(of_tokens)
}

/// The agent's live sessions on devices, newest first.
pub async fn list<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agent_id: AgentId,
    now: Timestamp,
) -> Result<Vec<SessionRow>, StoreError> {
    let rows = scope
        .find::<session::Entity>()
        .filter(session::Column::AgentId.eq(agent_id))
        .filter(session::Column::RevokedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(now))
        .filter(of_a_device(scope))
        .order_by_desc(session::Column::CreatedAt)
        .order_by_desc(session::Column::Id)
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(SessionRow::from).collect())
}

/// Ends one of the agent's sessions on devices or of tokens, with the views that it began, and returns those that it ended. None: it
/// is not theirs, or has ended already.
pub async fn revoke<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agent_id: AgentId,
    session_id: SessionId,
    at: Timestamp,
) -> Result<Vec<SessionId>, StoreError> {
    let updated = scope
        .update::<session::Entity>()
        .col_expr(session::Column::RevokedAt, at.into())
        .filter(session::Column::Id.eq(session_id))
        .filter(session::Column::AgentId.eq(agent_id))
        .filter(session::Column::ViewedBy.is_null())
        .filter(session::Column::RevokedAt.is_null())
        .exec(conn)
        .await?;
    // Only what was theirs: nobody ends another's subscription by naming it.
    let ended = if updated.rows_affected == 1 { vec![session_id] } else { Vec::new() };
    all_of(conn, scope, ended, at).await
}

/// What has to go with sessions that have just ended: the subscriptions of their browsers, and the views that they began. Returns all
/// that has ended.
async fn all_of<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    mut ended: Vec<SessionId>,
    at: Timestamp,
) -> Result<Vec<SessionId>, StoreError> {
    if ended.is_empty() {
        return Ok(ended);
    }
    push::remove(conn, scope, &ended).await?;
    let views = views::end_of_sessions(conn, scope, &ended, at).await?;
    ended.extend(views);
    Ok(ended)
}

/// Ends the agent's oldest sessions beyond the `most` that they can have, and returns those that it ended.
pub async fn revoke_oldest<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agent_id: AgentId,
    most: usize,
    at: Timestamp,
) -> Result<Vec<SessionId>, StoreError> {
    let surplus: Vec<SessionId> =
        list(conn, scope, agent_id, at).await?.into_iter().skip(most).map(|row| row.id).collect();
    if surplus.is_empty() {
        return Ok(surplus);
    }
    scope
        .update::<session::Entity>()
        .col_expr(session::Column::RevokedAt, at.into())
        .filter(session::Column::AgentId.eq(agent_id))
        .filter(session::Column::Id.is_in(surplus.iter().copied()))
        .exec(conn)
        .await?;
    all_of(conn, scope, surplus, at).await
}

/// Ends everything that acts as the agent, API tokens and views of theirs and by them included, and returns the sessions that it ended.
pub async fn revoke_with_tokens<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agent_id: AgentId,
    at: Timestamp,
) -> Result<Vec<SessionId>, StoreError> {
    let update = scope
        .update::<session::Entity>()
        .col_expr(session::Column::RevokedAt, at.into())
        .filter(session::Column::AgentId.eq(agent_id))
        .filter(session::Column::RevokedAt.is_null());
    let ended: Vec<SessionId> = update.exec_with_returning(conn).await?.into_iter().map(|session| session.id).collect();
    all_of(conn, scope, ended, at).await
}

/// Ends the agent's sessions on devices, all or all but one, with the views that they began, and returns
/// those that it ended.
pub async fn revoke_all<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agent_id: AgentId,
    except: Option<SessionId>,
    at: Timestamp,
) -> Result<Vec<SessionId>, StoreError> {
    let mut update = scope
        .update::<session::Entity>()
        .col_expr(session::Column::RevokedAt, at.into())
        .filter(session::Column::AgentId.eq(agent_id))
        .filter(session::Column::RevokedAt.is_null())
        .filter(of_a_device(scope));
    if let Some(except) = except {
        update = update.filter(session::Column::Id.ne(except));
    }
    let ended: Vec<SessionId> = update.exec_with_returning(conn).await?.into_iter().map(|session| session.id).collect();
    all_of(conn, scope, ended, at).await
}

/// Those of these sessions, in whichever organisation, that have ended: revoked, expired, forgotten, or of an agent who cannot
/// sign in any more. Looked up by id, so it costs what is asked for and not what the table holds.
pub async fn ended<C: ConnectionTrait>(
    conn: &C,
    session_ids: &[SessionId],
    now: Timestamp,
) -> Result<Vec<SessionId>, StoreError> {
    let live: HashSet<SessionId> = before_tenant::<session::Entity>()
        .inner_join(agent::Entity)
        .filter(session::Column::Id.is_in(session_ids.iter().copied()))
        .filter(session::Column::RevokedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(now))
        .filter(agent::Column::DisabledAt.is_null())
        .select_only()
        .column(session::Column::Id)
        .into_tuple()
        .all(conn)
        .await?
        .into_iter()
        .collect();
    Ok(session_ids.iter().copied().filter(|id| !live.contains(id)).collect())
}
