//! The tree of channels: groups, the channels in them, and the order of both.
//!
//! A channel's row says which group it is in and where it stands there. **Invariant**: whoever changes the tree takes the
//! organisation's row for themselves first ([`lock`]), so that what they have read holds until the commit, over any number of
//! servers.

use crate::error::StoreError;
use crate::queries::channels;
use crate::scope::OrgScope;
use crate::tables::{channel, channel_group, organisation};
use sea_orm::sea_query::{CaseStatement, Expr, LockType};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use std::collections::HashMap;
use types::channel_tree::{ChannelGroup, ChannelTree};
use types::id::{ChannelGroupId, ChannelId};
use types::tags::comparable;
use types::time::Timestamp;

/// Places that one statement sets, well below the number of values that a database takes.
const PLACES: usize = 200;

/// Keeps the tree as it is until the commit.
pub async fn lock<C: ConnectionTrait>(conn: &C, scope: OrgScope) -> Result<(), StoreError> {
    scope.find::<organisation::Entity>().lock(LockType::NoKeyUpdate).one(conn).await?;
    Ok(())
}

/// The tree.
pub async fn read<C: ConnectionTrait>(conn: &C, scope: OrgScope) -> Result<ChannelTree, StoreError> {
    let revision: Option<i64> = scope
        .find::<organisation::Entity>()
        .select_only()
        .column(organisation::Column::ChannelTreeRevision)
        .into_tuple()
        .one(conn)
        .await?;
    let groups = scope
        .find::<channel_group::Entity>()
        .order_by_asc(channel_group::Column::Place)
        .order_by_asc(channel_group::Column::CreatedAt)
        .order_by_asc(channel_group::Column::Id)
        .all(conn)
        .await?;
    let rows: Vec<(ChannelId, Option<ChannelGroupId>)> = channels::present(scope)
        .order_by_asc(channel::Column::Place)
        .order_by_asc(channel::Column::CreatedAt)
        .order_by_asc(channel::Column::Id)
        .select_only()
        .columns([channel::Column::Id, channel::Column::GroupId])
        .into_tuple()
        .all(conn)
        .await?;
    let mut placed = HashMap::<Option<ChannelGroupId>, Vec<ChannelId>>::new();
    for (id, group_id) in rows {
        placed.entry(group_id).or_default().push(id);
    }
    let channel_ids = placed.remove(&None).unwrap_or_default();
    let group = |row: channel_group::Model| ChannelGroup {
        channel_ids: placed.remove(&Some(row.id)).unwrap_or_default(),
        id: row.id,
        name: row.name,
    };
    let revision = revision.ok_or(StoreError::NotFound)?;
    Ok(ChannelTree { revision, channel_ids, groups: groups.into_iter().map(group).collect() })
}

/// Where the next channel of no group stands.
pub(crate) async fn next_place<C: ConnectionTrait>(conn: &C, scope: OrgScope) -> Result<i64, StoreError> {
    let last: Option<i64> = channels::present(scope)
        .filter(channel::Column::GroupId.is_null())
        .select_only()
        .column(channel::Column::Place)
        .order_by_desc(channel::Column::Place)
        .into_tuple()
        .one(conn)
        .await?;
    Ok(last.map_or(0, |last| last.saturating_add(1)))
}

/// Adds a group without channels. The caller has [locked](lock) the tree, and [saves](save) it.
pub async fn create_group<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    group: &ChannelGroup,
    at: Timestamp,
) -> Result<(), StoreError> {
    let row = channel_group::ActiveModel {
        id: Set(group.id),
        org_id: Set(scope.org_id()),
        name: Set(group.name.clone()),
        name_key: Set(comparable(&group.name)),
        place: Set(0),
        created_at: Set(at),
    };
    channel_group::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}

/// Deletes a group. The caller has [locked](lock) the tree, and [saves](save) the one in which its channels stand elsewhere.
pub async fn delete_group<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    group_id: ChannelGroupId,
) -> Result<(), StoreError> {
    scope.delete::<channel_group::Entity>().filter(channel_group::Column::Id.eq(group_id)).exec(conn).await?;
    Ok(())
}

/// Writes what of the tree is not as it was, and the revision. The caller has [locked](lock) it; groups that are new or gone have
/// been [created](create_group) and [deleted](delete_group).
pub async fn save<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    before: &ChannelTree,
    after: &ChannelTree,
) -> Result<(), StoreError> {
    if before.channel_ids != after.channel_ids {
        put_channels(conn, scope, None, &after.channel_ids).await?;
    }
    for group in &after.groups {
        let was = before.groups.iter().find(|was| was.id == group.id);
        if was.is_none_or(|was| was.channel_ids != group.channel_ids) {
            put_channels(conn, scope, Some(group.id), &group.channel_ids).await?;
        }
        if was.is_some_and(|was| was.name != group.name) {
            rename_group(conn, scope, group).await?;
        }
    }
    let order = |tree: &ChannelTree| tree.groups.iter().map(|group| group.id).collect::<Vec<_>>();
    let groups = order(after);
    if order(before) != groups {
        for (from, ids) in stretches(&groups) {
            let mut places = CaseStatement::new();
            for (place, id) in (from..).zip(ids) {
                places = places.case(channel_group::Column::Id.eq(*id), place);
            }
            scope
                .update::<channel_group::Entity>()
                .col_expr(channel_group::Column::Place, places.finally(Expr::col(channel_group::Column::Place)).into())
                .filter(channel_group::Column::Id.is_in(ids.iter().copied()))
                .exec(conn)
                .await?;
        }
    }
    scope
        .update::<organisation::Entity>()
        .col_expr(organisation::Column::ChannelTreeRevision, after.revision.into())
        .exec(conn)
        .await?;
    Ok(())
}

async fn rename_group<C: ConnectionTrait>(conn: &C, scope: OrgScope, group: &ChannelGroup) -> Result<(), StoreError> {
    scope
        .update::<channel_group::Entity>()
        .col_expr(channel_group::Column::Name, group.name.clone().into())
        .col_expr(channel_group::Column::NameKey, comparable(&group.name).into())
        .filter(channel_group::Column::Id.eq(group.id))
        .exec(conn)
        .await?;
    Ok(())
}

async fn put_channels<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    group_id: Option<ChannelGroupId>,
    channel_ids: &[ChannelId],
) -> Result<(), StoreError> {
    for (from, ids) in stretches(channel_ids) {
        let mut places = CaseStatement::new();
        for (place, id) in (from..).zip(ids) {
            places = places.case(channel::Column::Id.eq(*id), place);
        }
        scope
            .update::<channel::Entity>()
            .col_expr(channel::Column::GroupId, group_id.into())
            .col_expr(channel::Column::Place, places.finally(Expr::col(channel::Column::Place)).into())
            .filter(channel::Column::Id.is_in(ids.iter().copied()))
            .exec(conn)
            .await?;
    }
    Ok(())
}

/// As many as one statement takes, with the place of the first.
fn stretches<T>(ids: &[T]) -> impl Iterator<Item = (i64, &[T])> {
    let begin = |number: usize| i64::try_from(number.saturating_mul(PLACES)).unwrap_or(i64::MAX);
    ids.chunks(PLACES).enumerate().map(move |(number, ids)| (begin(number), ids))
}
