//! The sites on whose pages a channel's chat may stand. A channel that may stand everywhere has no row.

use crate::error::StoreError;
use crate::scope::OrgScope;
use crate::sql;
use crate::tables::channel_domains;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};
use types::id::ChannelId;

/// The channel's allowed domains; none: everywhere.
pub async fn get<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    channel_id: ChannelId,
) -> Result<Vec<String>, StoreError> {
    let rows = scope.find::<channel_domains::Entity>();
    let row = rows.filter(channel_domains::Column::ChannelId.eq(channel_id)).one(conn).await?;
    row.map_or(Ok(Vec::new()), |row| sql::from_json(&row.items, "channel_domains.items"))
}

/// Sets the channel's allowed domains. The caller has locked the channel.
pub async fn set<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    channel_id: ChannelId,
    items: &[String],
) -> Result<(), StoreError> {
    let rows = scope.delete::<channel_domains::Entity>();
    rows.filter(channel_domains::Column::ChannelId.eq(channel_id)).exec(conn).await?;
    if items.is_empty() {
        return Ok(());
    }
    let row = channel_domains::ActiveModel {
        channel_id: Set(channel_id),
        org_id: Set(scope.org_id()),
        items: Set(sql::to_json(&items)?),
    };
    channel_domains::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}
