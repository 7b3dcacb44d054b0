//! The published styles of channels. Every publishing adds one; of many the newest are kept.

use crate::error::StoreError;
use crate::queries::channels::ChannelRow;
use crate::scope::OrgScope;
use crate::sql;
use crate::tables::style_version::{self, Column, Entity};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use types::channel_style::{StyleVersion, StyleVersions};
use types::id::{AgentId, ChannelId};
use types::limits::STYLE_VERSIONS_KEPT;
use types::time::Timestamp;

/// Who published a style, and whether it was an earlier one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publishing {
    /// Who.
    pub agent_id: AgentId,
    /// Their name now.
    pub agent_name: String,
    /// The version that is published anew.
    pub restored_from: Option<i32>,
    /// When.
    pub at: Timestamp,
}

/// The versions of a channel, newest first. The caller has seen that the channel is there.
pub async fn list<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    channel_id: ChannelId,
) -> Result<StyleVersions, StoreError> {
    let rows = scope
        .find::<Entity>()
        .filter(Column::ChannelId.eq(channel_id))
        .order_by_desc(Column::Revision)
        .limit(u64::from(STYLE_VERSIONS_KEPT))
        .all(conn)
        .await?;
    let items = rows.into_iter().map(version_of).collect::<Result<_, _>>()?;
    Ok(StyleVersions { items })
}

/// One version.
pub async fn get<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    channel_id: ChannelId,
    revision: i32,
) -> Result<Option<StyleVersion>, StoreError> {
    let row = scope
        .find::<Entity>()
        .filter(Column::ChannelId.eq(channel_id))
        .filter(Column::Revision.eq(revision))
        .one(conn)
        .await?;
    row.map(version_of).transpose()
}

/// The present style of a channel from before there were versions, as its only one.
#[must_use]
pub fn unkept(row: ChannelRow) -> StyleVersion {
    StyleVersion {
        revision: row.style_revision,
        style: row.style,
        published_by: None,
        publisher_name: String::new(),
        restored_from: None,
        published_at: row.updated_at,
    }
}

/// Keeps the first style of a new channel.
pub async fn begin<C: ConnectionTrait>(conn: &C, row: &ChannelRow, by: Publishing) -> Result<(), StoreError> {
    add(conn, row, Some(by)).await
}

/// Keeps a style that was just published, after `before`, which a channel from before there were versions has not kept.
pub async fn publish<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    before: &ChannelRow,
    after: &ChannelRow,
    by: Publishing,
) -> Result<(), StoreError> {
    if get(conn, scope, before.id, before.style_revision).await?.is_none() {
        add(conn, before, None).await?;
    }
    add(conn, after, Some(by)).await?;
    scope
        .delete::<Entity>()
        .filter(Column::ChannelId.eq(after.id))
        .filter(Column::Revision.lte(after.style_revision - i32::from(STYLE_VERSIONS_KEPT)))
        .exec(conn)
        .await?;
    Ok(())
}

/// Forgets the versions of a channel that goes.
pub(crate) async fn forget<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    channel_id: ChannelId,
) -> Result<(), StoreError> {
    scope.delete::<Entity>().filter(Column::ChannelId.eq(channel_id)).exec(conn).await?;
    Ok(())
}

async fn add<C: ConnectionTrait>(conn: &C, row: &ChannelRow, by: Option<Publishing>) -> Result<(), StoreError> {
    let published_at = by.as_ref().map_or(row.updated_at, |by| by.at);
    let version = style_version::ActiveModel {
        org_id: Set(row.org_id),
        channel_id: Set(row.id),
        revision: Set(row.style_revision),
        style: Set(sql::to_json(&row.style)?),
        restored_from: Set(by.as_ref().and_then(|by| by.restored_from)),
        published_by: Set(by.as_ref().map(|by| by.agent_id)),
        publisher_name: Set(by.map(|by| by.agent_name).unwrap_or_default()),
        published_at: Set(published_at),
    };
    Entity::insert(version).exec_without_returning(conn).await?;
    Ok(())
}

fn version_of(row: style_version::Model) -> Result<StyleVersion, StoreError> {
    Ok(StyleVersion {
        revision: row.revision,
        style: sql::from_json(&row.style, "style_version.style")?,
        published_by: row.published_by,
        publisher_name: row.publisher_name,
        restored_from: row.restored_from,
        published_at: row.published_at,
    })
}
