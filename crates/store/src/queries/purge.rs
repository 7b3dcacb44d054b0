//! Purging deleted channels, in steps that never hold the writer for long.

use crate::error::StoreError;
use crate::queries::{assignment, attachments, merging, style_versions, webhooks};
use crate::scope::{OrgScope, before_tenant};
use crate::tables::{
    channel, contact, contact_custom_field, contact_tag, conversation, conversation_member, event, message, note,
    read_mark,
};
use crate::write::Tx;
use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QuerySelect};
use types::id::{ChannelId, ContactId, ConversationId, OrgId};
use types::time::Timestamp;

/// Conversations that one step looks at.
const CONVERSATIONS: u64 = 64;

/// Whether a purge is finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purge {
    /// There are rows left: do another step.
    More,
    /// Nothing is left of the channel.
    Done,
}

/// The deleted channels of all organisations that still have rows.
pub async fn unfinished<C: ConnectionTrait>(conn: &C) -> Result<Vec<(OrgId, ChannelId)>, StoreError> {
    Ok(before_tenant::<channel::Entity>()
        .filter(channel::Column::DeletedAt.is_not_null())
        .select_only()
        .columns([channel::Column::OrgId, channel::Column::Id])
        .into_tuple()
        .all(conn)
        .await?)
}

/// Deletes at most `chunk` messages, at most `chunk` events, and what belongs to a few conversations. Does nothing to a
/// channel that is not deleted, or that another server is purging.
pub async fn step(
    tx: &mut Tx,
    scope: OrgScope,
    channel_id: ChannelId,
    chunk: u64,
    at: Timestamp,
) -> Result<Purge, StoreError> {
    let conn = tx.conn();
    let chunk = Ord::max(chunk, 1);
    let deleted = scope
        .find::<channel::Entity>()
        .filter(channel::Column::Id.eq(channel_id))
        .filter(channel::Column::DeletedAt.is_not_null())
        // Another server is at it.
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .one(conn)
        .await?;
    if deleted.is_none() {
        return Ok(Purge::Done);
    }
    let some: Vec<(ConversationId, ContactId)> = scope
        .find::<conversation::Entity>()
        .filter(conversation::Column::ChannelId.eq(channel_id))
        .select_only()
        .columns([conversation::Column::Id, conversation::Column::ContactId])
        .limit(CONVERSATIONS)
        .into_tuple()
        .all(conn)
        .await?;
    if some.is_empty() {
        return last(tx, scope, channel_id, chunk, at).await;
    }
    let (conversations, contacts): (Vec<_>, Vec<_>) = some.into_iter().unzip();

    // First, so that no file is left whose message is gone.
    attachments::free(conn, scope, &contacts).await?;
    webhooks::forget(conn, scope, &conversations, None).await?;
    let messages = scope
        .delete::<message::Entity>()
        .filter(message::Column::Id.in_subquery(messages_of(&conversations, chunk)))
        .exec(conn)
        .await?;
    let events = scope
        .delete::<event::Entity>()
        .filter(event::Column::Seq.in_subquery(events_of(scope, &conversations, chunk)))
        .exec(conn)
        .await?;
    if messages.rows_affected >= chunk || events.rows_affected >= chunk {
        return Ok(Purge::More);
    }
    scope.delete::<note::Entity>().filter(note::Column::ConversationId.is_in(conversations.clone())).exec(conn).await?;
    scope
        .delete::<conversation_member::Entity>()
        .filter(conversation_member::Column::ConversationId.is_in(conversations.clone()))
        .exec(conn)
        .await?;
    scope
        .delete::<read_mark::Entity>()
        .filter(read_mark::Column::ConversationId.is_in(conversations.clone()))
        .exec(conn)
        .await?;
    scope.delete::<conversation::Entity>().filter(conversation::Column::Id.is_in(conversations)).exec(conn).await?;
    let contacts = merging::going_with(tx, scope, channel_id, contacts, at).await?;
    forget_contacts(tx.conn(), scope, contacts).await?;
    Ok(Purge::More)
}

pub(crate) async fn forget_contacts<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    contacts: Vec<ContactId>,
) -> Result<(), StoreError> {
    let tags = scope.delete::<contact_tag::Entity>();
    tags.filter(contact_tag::Column::ContactId.is_in(contacts.clone())).exec(conn).await?;
    let fields = scope.delete::<contact_custom_field::Entity>();
    fields.filter(contact_custom_field::Column::ContactId.is_in(contacts.clone())).exec(conn).await?;
    scope.delete::<contact::Entity>().filter(contact::Column::Id.is_in(contacts)).exec(conn).await?;
    Ok(())
}

/// When there is no conversation left: contacts without one, and the channel itself.
async fn last(
    tx: &mut Tx,
    scope: OrgScope,
    channel_id: ChannelId,
    chunk: u64,
    at: Timestamp,
) -> Result<Purge, StoreError> {
    let conn = tx.conn();
    let contacts: Vec<ContactId> = scope
        .find::<contact::Entity>()
        .filter(contact::Column::ChannelId.eq(channel_id))
        .select_only()
        .column(contact::Column::Id)
        .limit(chunk)
        .into_tuple()
        .all(conn)
        .await?;
    if !contacts.is_empty() {
        let contacts = merging::going_with(tx, scope, channel_id, contacts, at).await?;
        forget_contacts(tx.conn(), scope, contacts).await?;
        return Ok(Purge::More);
    }
    assignment::forget(conn, scope, channel_id).await?;
    style_versions::forget(conn, scope, channel_id).await?;
    scope.delete::<channel::Entity>().filter(channel::Column::Id.eq(channel_id)).exec(conn).await?;
    Ok(Purge::Done)
}

fn messages_of(conversations: &[ConversationId], limit: u64) -> SelectStatement {
    Query::select()
        .column(message::Column::Id)
        .from(message::Entity)
        .and_where(Expr::col(message::Column::ConversationId).is_in(conversations.iter().copied()))
        .limit(limit)
        .to_owned()
}

fn events_of(scope: OrgScope, conversations: &[ConversationId], limit: u64) -> SelectStatement {
    Query::select()
        .column(event::Column::Seq)
        .from(event::Entity)
        .and_where(Expr::col(event::Column::ConversationId).is_in(conversations.iter().copied()))
        .and_where(Expr::col(event::Column::OrgId).eq(scope.org_id()))
        .limit(limit)
        .to_owned()
}
