//! What admins do to agents: editing them, keeping them from signing in, and removing them.
//!
//! **Invariant**: whoever is removed is disabled, too, in no group, and cannot be found by an account; their row stays, so that what
//! they wrote keeps its author.

use super::agents::{Agent, Settings};
use crate::error::StoreError;
use crate::scope::OrgScope;
use crate::tables::{agent, agent_group_member, conversation, conversation_member, organisation};
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, ConnectionTrait, PaginatorTrait, QueryFilter, QuerySelect};
use types::agents::Role;
use types::id::AgentId;
use types::people::AgentContents;
use types::time::Timestamp;

/// Keeps who works here, as what, and in which groups, as it is until the commit, over any number of servers. Behind the locks of
/// agents' rows, where both are needed: the end of every write that tells something waits for this one.
pub async fn lock<C: ConnectionTrait>(conn: &C, scope: OrgScope) -> Result<(), StoreError> {
    scope.find::<organisation::Entity>().lock(LockType::NoKeyUpdate).one(conn).await?;
    Ok(())
}

/// Whether an admin who can sign in is left without this agent.
pub async fn another_admin_works<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    without: AgentId,
) -> Result<bool, StoreError> {
    let others = scope
        .find::<agent::Entity>()
        .filter(agent::Column::Id.ne(without))
        .filter(agent::Column::Role.eq(Role::Admin.as_str()))
        .filter(agent::Column::DisabledAt.is_null());
    Ok(others.count(conn).await? > 0)
}

/// Writes what is set of an agent.
pub(crate) async fn set<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agent_id: AgentId,
    settings: Settings,
) -> Result<(), StoreError> {
    let Settings { level, capacity, sees_contact_details, edits_quick_replies, edits_automatic_replies } = settings;
    scope
        .update::<agent::Entity>()
        .col_expr(agent::Column::Level, i32::from(level).into())
        .col_expr(agent::Column::Capacity, i32::from(capacity).into())
        .col_expr(agent::Column::SeesContactDetails, sees_contact_details.into())
        .col_expr(agent::Column::EditsQuickReplies, edits_quick_replies.into())
        .col_expr(agent::Column::EditsAutomaticReplies, edits_automatic_replies.into())
        .filter(agent::Column::Id.eq(agent_id))
        .exec(conn)
        .await?;
    Ok(())
}

/// Writes an agent as an admin has edited them, without their groups. `Conflict` with
/// [`Constraint::AgentAccount`](crate::Constraint::AgentAccount) when the account is taken.
pub async fn save<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agent: &Agent,
    at: Timestamp,
) -> Result<(), StoreError> {
    scope
        .update::<agent::Entity>()
        .col_expr(agent::Column::Account, agent.account.to_lowercase().into())
        .col_expr(agent::Column::Name, agent.name.as_str().into())
        .col_expr(agent::Column::Email, agent.email.as_str().into())
        .col_expr(agent::Column::Mobile, agent.mobile.as_str().into())
        .col_expr(agent::Column::Role, agent.role.as_str().into())
        .col_expr(agent::Column::UpdatedAt, at.into())
        .filter(agent::Column::Id.eq(agent.id))
        .exec(conn)
        .await?;
    set(conn, scope, agent.id, agent.settings).await
}

/// Keeps an agent from signing in, and says who gets what is theirs; or lets them sign in again.
pub async fn set_disabled<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agent_id: AgentId,
    disabled_at: Option<Timestamp>,
    heir_id: Option<AgentId>,
    at: Timestamp,
) -> Result<(), StoreError> {
    scope
        .update::<agent::Entity>()
        .col_expr(agent::Column::DisabledAt, disabled_at.into())
        .col_expr(agent::Column::HeirId, heir_id.into())
        .col_expr(agent::Column::UpdatedAt, at.into())
        .filter(agent::Column::Id.eq(agent_id))
        .exec(conn)
        .await?;
    Ok(())
}

/// Removes an agent. The name stays, and the picture, for what they wrote; the account is free for somebody else, and how they were
/// reached is forgotten.
pub async fn remove<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agent_id: AgentId,
    heir_id: Option<AgentId>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let groups = scope.delete::<agent_group_member::Entity>();
    groups.filter(agent_group_member::Column::AgentId.eq(agent_id)).exec(conn).await?;
    scope
        .update::<agent::Entity>()
        // Nobody can type it, and nobody else has it.
        .col_expr(agent::Column::Account, format!("~{agent_id}").into())
        .col_expr(agent::Column::Email, "".into())
        .col_expr(agent::Column::Mobile, "".into())
        .col_expr(agent::Column::PasswordHash, "".into())
        .col_expr(agent::Column::SavedViews, None::<String>.into())
        .col_expr(agent::Column::DisabledAt, at.into())
        .col_expr(agent::Column::RemovedAt, at.into())
        .col_expr(agent::Column::HeirId, heir_id.into())
        .col_expr(agent::Column::UpdatedAt, at.into())
        .filter(agent::Column::Id.eq(agent_id))
        .exec(conn)
        .await?;
    Ok(())
}

/// What an agent has, and would be handed on.
pub async fn contents<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agent_id: AgentId,
) -> Result<AgentContents, StoreError> {
    let conversations = scope.find::<conversation::Entity>().filter(conversation::Column::AssigneeId.eq(agent_id));
    let memberships =
        scope.find::<conversation_member::Entity>().filter(conversation_member::Column::AgentId.eq(agent_id));
    Ok(AgentContents { conversations: conversations.count(conn).await?, memberships: memberships.count(conn).await? })
}

/// The same, unless there is no such agent.
pub async fn contents_of<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agent_id: AgentId,
) -> Result<Option<AgentContents>, StoreError> {
    if super::agents::get(conn, scope, agent_id).await?.is_none() {
        return Ok(None);
    }
    contents(conn, scope, agent_id).await.map(Some)
}
