//! The pictures that agents choose of themselves: one each, or none.
//!
//! **Invariant**: a row is its agent's picture, or has a time at which it expires. What is set is claimed and what it replaces is
//! freed by one write, under the agent's lock.

use crate::error::StoreError;
use crate::scope::{OrgScope, before_tenant};
use crate::tables::{agent, avatar};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use types::id::{AgentId, AvatarId, OrgId};
use types::time::Timestamp;

/// A picture that has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewAvatar {
    /// Its id: random enough that nobody guesses it.
    pub id: AvatarId,
    /// Whose it will be.
    pub agent_id: AgentId,
    /// How many bytes it has.
    pub bytes: i64,
    /// When it is collected, unless it has been set.
    pub expires_at: Timestamp,
    /// The time.
    pub at: Timestamp,
}

/// Notes a picture that has come.
pub async fn create<C: ConnectionTrait>(conn: &C, scope: OrgScope, new: NewAvatar) -> Result<(), StoreError> {
    let row = avatar::ActiveModel {
        id: Set(new.id),
        org_id: Set(scope.org_id()),
        agent_id: Set(new.agent_id),
        bytes: Set(new.bytes),
        expires_at: Set(Some(new.expires_at)),
        created_at: Set(new.at),
    };
    avatar::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}

/// The agent's picture from now on, or none. The caller has locked the agent. `false`: there is no such picture of theirs any more.
pub async fn set<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agent_id: AgentId,
    id: Option<AvatarId>,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let of_agent = avatar::Column::AgentId.eq(agent_id);
    scope
        .update::<avatar::Entity>()
        .col_expr(avatar::Column::ExpiresAt, Expr::value(0_i64))
        .filter(of_agent.clone())
        .filter(avatar::Column::ExpiresAt.is_null())
        .exec(conn)
        .await?;
    if let Some(id) = id {
        let claimed = scope
            .update::<avatar::Entity>()
            .col_expr(avatar::Column::ExpiresAt, Expr::value(None::<i64>))
            .filter(of_agent)
            .filter(avatar::Column::Id.eq(id))
            .filter(avatar::Column::ExpiresAt.gt(at))
            .exec(conn)
            .await?;
        if claimed.rows_affected != 1 {
            return Ok(false);
        }
    }
    let updated = scope
        .update::<agent::Entity>()
        .col_expr(agent::Column::AvatarId, id.into())
        .col_expr(agent::Column::UpdatedAt, at.into())
        .filter(agent::Column::Id.eq(agent_id))
        .exec(conn)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Whose organisation's picture this is, while it is an agent's.
pub async fn served<C: ConnectionTrait>(conn: &C, id: AvatarId) -> Result<Option<OrgId>, StoreError> {
    Ok(before_tenant::<avatar::Entity>()
        .filter(avatar::Column::Id.eq(id))
        .filter(avatar::Column::ExpiresAt.is_null())
        .select_only()
        .column(avatar::Column::OrgId)
        .into_tuple()
        .one(conn)
        .await?)
}

/// The picture of an agent; nothing where there is no such agent either.
pub async fn of_agent<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agent_id: AgentId,
) -> Result<Option<AvatarId>, StoreError> {
    let found: Option<Option<AvatarId>> = scope
        .find::<agent::Entity>()
        .filter(agent::Column::Id.eq(agent_id))
        .select_only()
        .column(agent::Column::AvatarId)
        .into_tuple()
        .one(conn)
        .await?;
    Ok(found.flatten())
}

/// Pictures of all organisations whose time has come, without the first `skipped`.
pub async fn expired<C: ConnectionTrait>(
    conn: &C,
    at: Timestamp,
    skipped: u64,
    limit: u64,
) -> Result<Vec<(OrgId, AvatarId)>, StoreError> {
    Ok(before_tenant::<avatar::Entity>()
        .filter(avatar::Column::ExpiresAt.lte(at))
        .order_by_asc(avatar::Column::ExpiresAt)
        .order_by_asc(avatar::Column::Id)
        .offset(skipped)
        .limit(limit)
        .select_only()
        .columns([avatar::Column::OrgId, avatar::Column::Id])
        .into_tuple()
        .all(conn)
        .await?)
}

/// Forgets pictures whose bytes are gone.
pub async fn forget<C: ConnectionTrait>(conn: &C, scope: OrgScope, ids: Vec<AvatarId>) -> Result<(), StoreError> {
    scope
        .delete::<avatar::Entity>()
        .filter(avatar::Column::Id.is_in(ids))
        .filter(avatar::Column::ExpiresAt.is_not_null())
        .exec(conn)
        .await?;
    Ok(())
}
