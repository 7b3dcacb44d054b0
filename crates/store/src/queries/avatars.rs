//! The pictures that agents choose of themselves and of channels: one each, or none.
//!
//! **Invariant**: a row is its agent's picture, or its channel's, or has a time at which it expires. What is set is claimed and what it
//! replaces is freed by one write, under the lock of the agent, or of the channel.

use crate::error::StoreError;
use crate::scope::{OrgScope, before_tenant};
use crate::tables::{agent, avatar, channel};
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use types::id::{AgentId, AvatarId, ChannelId, OrgId};
use types::time::Timestamp;

/// A picture that has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewAvatar {
    /// Its id: random enough that nobody guesses it.
    pub id: AvatarId,
    /// Whose it will be, or who has chosen it of a channel.
    pub agent_id: AgentId,
    /// The channel whose it will be.
    pub channel_id: Option<ChannelId>,
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
        channel_id: Set(new.channel_id),
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
    let of_agent = avatar::Column::AgentId.eq(agent_id).and(avatar::Column::ChannelId.is_null());
    if !replace(conn, scope, of_agent, id, at).await? {
        return Ok(false);
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

/// The channel's picture from now on, or none. The caller has locked the channel. `false`: there is no such picture of it any more.
pub async fn set_channels<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    channel_id: ChannelId,
    id: Option<AvatarId>,
    at: Timestamp,
) -> Result<bool, StoreError> {
    if !replace(conn, scope, avatar::Column::ChannelId.eq(channel_id), id, at).await? {
        return Ok(false);
    }
    let updated = scope
        .update::<channel::Entity>()
        .col_expr(channel::Column::AvatarId, id.into())
        .col_expr(channel::Column::UpdatedAt, at.into())
        .filter(channel::Column::Id.eq(channel_id))
        .filter(channel::Column::DeletedAt.is_null())
        .exec(conn)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// The pictures of a channel that is deleted are shown no more, and are collected.
pub(crate) async fn free_channels<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    channel_id: ChannelId,
) -> Result<(), StoreError> {
    free(conn, scope, avatar::Column::ChannelId.eq(channel_id)).await
}

async fn free<C: ConnectionTrait>(conn: &C, scope: OrgScope, whose: SimpleExpr) -> Result<(), StoreError> {
    scope
        .update::<avatar::Entity>()
        .col_expr(avatar::Column::ExpiresAt, Expr::value(0_i64))
        .filter(whose)
        .filter(avatar::Column::ExpiresAt.is_null())
        .exec(conn)
        .await?;
    Ok(())
}

/// Frees the picture that there is and claims another one, if any. `false`: that is not there any more.
async fn replace<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    whose: SimpleExpr,
    id: Option<AvatarId>,
    at: Timestamp,
) -> Result<bool, StoreError> {
    free(conn, scope, whose.clone()).await?;
    let Some(id) = id else { return Ok(true) };
    let claimed = scope
        .update::<avatar::Entity>()
        .col_expr(avatar::Column::ExpiresAt, Expr::value(None::<i64>))
        .filter(whose)
        .filter(avatar::Column::Id.eq(id))
        .filter(avatar::Column::ExpiresAt.gt(at))
        .exec(conn)
        .await?;
    Ok(claimed.rows_affected == 1)
}

/// Whose organisation's picture this is, while it is somebody's.
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
