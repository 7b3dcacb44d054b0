//! Channels.

use crate::audience::{Actor, AgentAudience, Audience};
use crate::error::StoreError;
use crate::events::PendingEvent;
use crate::queries::organisations;
use crate::scope::{OrgScope, before_tenant};
use crate::sql;
use crate::tables::{channel, contact, conversation};
use crate::write::Tx;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, LockType},
};
use types::channels::{ChannelContents, ChannelKind, ChannelPatch, ChannelStyle};
use types::events::Event;
use types::id::{ChannelId, OrgId};
use types::time::Timestamp;

/// A channel, without the addresses that only the server knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelRow {
    /// The channel.
    pub id: ChannelId,
    /// Its organisation.
    pub org_id: OrgId,
    /// Its kind.
    pub kind: ChannelKind,
    /// The public key in the embed code and the chat link.
    pub key: String,
    /// Its name.
    pub name: String,
    /// A few words about it.
    pub introduction: String,
    /// Whether new messages alert the agents.
    pub alert: bool,
    /// Whether visitors can write.
    pub enabled: bool,
    /// Whether agents see what a visitor writes before it is sent.
    pub unsent_preview: bool,
    /// The largest file in megabytes; 0: as the installation allows.
    pub max_file_megabytes: u16,
    /// How it looks.
    pub style: ChannelStyle,
    /// Counts the published styles, from 1.
    pub style_revision: i32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last edited.
    pub updated_at: Timestamp,
}

/// A channel to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewChannel {
    /// The channel's id.
    pub id: ChannelId,
    /// Its organisation.
    pub org_id: OrgId,
    /// Its kind.
    pub kind: ChannelKind,
    /// The public key in the embed code and the chat link.
    pub key: String,
    /// Its name.
    pub name: String,
    /// A few words about it.
    pub introduction: String,
    /// Whether new messages alert the agents.
    pub alert: bool,
    /// Whether visitors can write.
    pub enabled: bool,
    /// Whether agents see what a visitor writes before it is sent.
    pub unsent_preview: bool,
    /// The largest file in megabytes; 0: as the installation allows.
    pub max_file_megabytes: u16,
    /// How it looks.
    pub style: ChannelStyle,
    /// The time.
    pub at: Timestamp,
}

impl TryFrom<channel::Model> for ChannelRow {
    type Error = StoreError;

    fn try_from(row: channel::Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            org_id: row.org_id,
            kind: ChannelKind::parse(&row.kind).ok_or(StoreError::Corrupt { what: "channel.kind" })?,
            key: row.key,
            name: row.name,
            introduction: row.introduction,
            alert: row.alert,
            enabled: row.enabled,
            unsent_preview: row.unsent_preview,
            max_file_megabytes: file_limit_of(row.max_file_megabytes)?,
            style: sql::from_json(&row.style, "channel.style")?,
            style_revision: row.style_revision,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// The organisation's channels, oldest first.
pub async fn list<C: ConnectionTrait>(conn: &C, scope: OrgScope) -> Result<Vec<ChannelRow>, StoreError> {
    let rows =
        present(scope).order_by_asc(channel::Column::CreatedAt).order_by_asc(channel::Column::Id).all(conn).await?;
    rows.into_iter().map(ChannelRow::try_from).collect()
}

/// How many channels the organisation has.
pub async fn count<C: ConnectionTrait>(conn: &C, scope: OrgScope) -> Result<u64, StoreError> {
    Ok(present(scope).count(conn).await?)
}

/// A channel.
pub async fn get<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    channel_id: ChannelId,
) -> Result<Option<ChannelRow>, StoreError> {
    let row = present(scope).filter(channel::Column::Id.eq(channel_id)).one(conn).await?;
    row.map(ChannelRow::try_from).transpose()
}

fn file_limit_of(megabytes: i32) -> Result<u16, StoreError> {
    u16::try_from(megabytes).ok().ok_or(StoreError::Corrupt { what: "channel.max_file_megabytes" })
}

/// The largest file of a channel in megabytes, where it or its organisation says less than the installation.
pub async fn file_limit<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    channel_id: ChannelId,
) -> Result<Option<u16>, StoreError> {
    let found: Option<i32> = present(scope)
        .filter(channel::Column::Id.eq(channel_id))
        .select_only()
        .column(channel::Column::MaxFileMegabytes)
        .into_tuple()
        .one(conn)
        .await?;
    let of_channel = found.map(file_limit_of).transpose()?.unwrap_or_default();
    Ok(smaller(of_channel, organisations::file_limit(conn, scope).await?))
}

/// The smaller of two limits, of which 0 is none.
#[must_use]
pub fn smaller(one: u16, other: u16) -> Option<u16> {
    [one, other].into_iter().filter(|megabytes| *megabytes > 0).min()
}

/// The channel of a public key, in whichever organisation.
pub async fn by_key<C: ConnectionTrait>(conn: &C, key: &str) -> Result<Option<ChannelRow>, StoreError> {
    if !sql::is_storable(key) {
        return Ok(None);
    }
    let row = before_tenant::<channel::Entity>()
        .filter(channel::Column::Key.eq(key))
        .filter(channel::Column::DeletedAt.is_null())
        .one(conn)
        .await?;
    row.map(ChannelRow::try_from).transpose()
}

/// Makes a channel.
pub async fn create<C: ConnectionTrait>(conn: &C, new: NewChannel) -> Result<ChannelRow, StoreError> {
    let row = channel::Model {
        id: new.id,
        org_id: new.org_id,
        kind: new.kind.as_str().to_owned(),
        key: new.key,
        name: new.name,
        introduction: sql::storable(&new.introduction),
        alert: new.alert,
        enabled: new.enabled,
        unsent_preview: new.unsent_preview,
        max_file_megabytes: new.max_file_megabytes.into(),
        style: sql::to_json(&new.style)?,
        style_revision: 1,
        created_at: new.at,
        updated_at: new.at,
        deleted_at: None,
        assigns_by_hand: false,
    };
    // A model becomes one whose every column is unchanged, and nothing of it would be stored.
    let insert = row.clone().into_active_model().reset_all();
    channel::Entity::insert(insert).exec_without_returning(conn).await?;
    row.try_into()
}

/// Edits a channel. A style that differs from the present one gets the next revision.
pub async fn update<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    channel_id: ChannelId,
    patch: &ChannelPatch,
    at: Timestamp,
) -> Result<Option<ChannelRow>, StoreError> {
    // Locked until the commit: another server's edit waits and then begins with this one's outcome. Not against foreign keys:
    // whoever adds a contact holds the organisation's row, for which an edit waits in turn.
    let row = present(scope).filter(channel::Column::Id.eq(channel_id)).lock(LockType::NoKeyUpdate).one(conn).await?;
    let Some(before) = row.map(ChannelRow::try_from).transpose()? else { return Ok(None) };
    let restyled = patch.style.as_ref().is_some_and(|style| *style != before.style);
    let after = ChannelRow {
        name: patch.name.clone().unwrap_or(before.name),
        introduction: patch.introduction.as_deref().map_or(before.introduction, sql::storable),
        alert: patch.alert.unwrap_or(before.alert),
        enabled: patch.enabled.unwrap_or(before.enabled),
        unsent_preview: patch.unsent_preview.unwrap_or(before.unsent_preview),
        max_file_megabytes: patch.max_file_megabytes.unwrap_or(before.max_file_megabytes),
        style: patch.style.clone().unwrap_or(before.style),
        style_revision: before.style_revision + i32::from(restyled),
        updated_at: at,
        ..before
    };
    let updated = scope
        .update::<channel::Entity>()
        .col_expr(channel::Column::Name, after.name.clone().into())
        .col_expr(channel::Column::Introduction, after.introduction.clone().into())
        .col_expr(channel::Column::Alert, after.alert.into())
        .col_expr(channel::Column::Enabled, after.enabled.into())
        .col_expr(channel::Column::UnsentPreview, after.unsent_preview.into())
        .col_expr(channel::Column::MaxFileMegabytes, i32::from(after.max_file_megabytes).into())
        .col_expr(channel::Column::Style, sql::to_json(&after.style)?.into())
        .col_expr(channel::Column::StyleRevision, after.style_revision.into())
        .col_expr(channel::Column::UpdatedAt, at.into())
        .filter(channel::Column::Id.eq(channel_id))
        .filter(channel::Column::DeletedAt.is_null())
        .exec(conn)
        .await?;
    Ok((updated.rows_affected == 1).then_some(after))
}

/// What goes when the channel is deleted. Nothing is counted by scanning messages: their numbers have no gaps.
pub async fn contents<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    channel_id: ChannelId,
) -> Result<Option<ChannelContents>, StoreError> {
    if get(conn, scope, channel_id).await?.is_none() {
        return Ok(None);
    }
    let contacts =
        scope.find::<contact::Entity>().filter(contact::Column::ChannelId.eq(channel_id)).count(conn).await?;
    let sums: Option<(i64, Option<i64>)> = scope
        .find::<conversation::Entity>()
        .filter(conversation::Column::ChannelId.eq(channel_id))
        .select_only()
        .column_as(conversation::Column::Id.count(), "conversations")
        // PostgreSQL sums bigints to a numeric, which nothing here can be large enough to need.
        .column_as(Expr::col(conversation::Column::LastSeq).sum().cast_as("bigint"), "messages")
        .into_tuple()
        .one(conn)
        .await?;
    let (conversations, messages) = sums.unwrap_or_default();
    Ok(Some(ChannelContents {
        contacts,
        conversations: u64::try_from(conversations).unwrap_or_default(),
        messages: u64::try_from(messages.unwrap_or_default()).unwrap_or_default(),
    }))
}

/// Deletes a channel: from this commit on nothing of it is to be seen. Its rows go later, by
/// [`purge::step`](crate::purge::step). `false`: no such channel.
pub async fn delete(
    tx: &mut Tx,
    scope: OrgScope,
    channel_id: ChannelId,
    actor: Actor,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let updated = scope
        .update::<channel::Entity>()
        .col_expr(channel::Column::DeletedAt, at.into())
        .filter(channel::Column::Id.eq(channel_id))
        .filter(channel::Column::DeletedAt.is_null())
        .exec(tx.conn())
        .await?;
    if updated.rows_affected == 0 {
        return Ok(false);
    }
    tx.append(PendingEvent {
        org_id: scope.org_id(),
        conversation_id: None,
        actor,
        audience: Audience::agents(AgentAudience::Everyone),
        event: Event::ChannelDeleted { channel_id },
        at,
    });
    Ok(true)
}

/// The channels that are not deleted.
fn present(scope: OrgScope) -> sea_orm::Select<channel::Entity> {
    scope.find::<channel::Entity>().filter(channel::Column::DeletedAt.is_null())
}
