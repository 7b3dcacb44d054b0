//! Who visitors are to the company: the secret by which its server proves it, and the contact of an account.
//!
//! **Invariant**: of one channel's contacts at most one has an account's id, which a unique index keeps.

use crate::error::StoreError;
use crate::scope::{OrgScope, Visitor};
use crate::tables::{channel_identity, contact};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Set};
use types::id::{ChannelId, ContactId};
use types::time::Timestamp;

/// A channel's identity secrets, sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityRow {
    /// The present one.
    pub secret: String,
    /// Since when.
    pub secret_since: Timestamp,
    /// The one before, and until when it is good.
    pub previous: Option<(String, Timestamp)>,
}

/// The channel's identity secrets, where it has any.
pub async fn get<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    channel_id: ChannelId,
) -> Result<Option<IdentityRow>, StoreError> {
    let rows = scope.find::<channel_identity::Entity>();
    let row = rows.filter(channel_identity::Column::ChannelId.eq(channel_id)).one(conn).await?;
    Ok(row.map(|row| IdentityRow {
        secret: row.secret,
        secret_since: row.secret_since,
        previous: row.previous.zip(row.previous_until),
    }))
}

/// Sets the channel's identity secrets. The caller has locked the channel.
pub async fn set<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    channel_id: ChannelId,
    row: IdentityRow,
) -> Result<(), StoreError> {
    remove(conn, scope, channel_id).await?;
    let (previous, previous_until) = row.previous.unzip();
    let row = channel_identity::ActiveModel {
        channel_id: Set(channel_id),
        org_id: Set(scope.org_id()),
        secret: Set(row.secret),
        secret_since: Set(row.secret_since),
        previous: Set(previous),
        previous_until: Set(previous_until),
    };
    channel_identity::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}

/// Takes the channel's identity secrets away. `false`: there were none.
pub async fn remove<C: ConnectionTrait>(conn: &C, scope: OrgScope, channel_id: ChannelId) -> Result<bool, StoreError> {
    let rows = scope.delete::<channel_identity::Entity>();
    let gone = rows.filter(channel_identity::Column::ChannelId.eq(channel_id)).exec(conn).await?;
    Ok(gone.rows_affected > 0)
}

/// The channel's contact of this account.
pub async fn contact_of<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    channel_id: ChannelId,
    external_id: &str,
) -> Result<Option<ContactId>, StoreError> {
    let contacts = scope.find::<contact::Entity>().filter(contact::Column::ChannelId.eq(channel_id));
    let contacts = contacts.filter(contact::Column::ExternalId.eq(external_id));
    Ok(contacts.select_only().column(contact::Column::Id).into_tuple().one(conn).await?)
}

/// The account, if no contact of the channel has it.
pub(crate) async fn free<C: ConnectionTrait>(
    conn: &C,
    visitor: Visitor,
    external_id: Option<String>,
) -> Result<Option<String>, StoreError> {
    let Some(external_id) = external_id else { return Ok(None) };
    let taken = contact_of(conn, visitor.scope(), visitor.channel_id, &external_id).await?;
    Ok(taken.is_none().then_some(external_id))
}
