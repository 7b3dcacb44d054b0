//! The blacklist: visitors from whom nothing is received.
//!
//! The contact's row says so; the conversation's has a copy, which the writer reads with it, and which keeps it out of lists.

use crate::audience::Actor;
use crate::error::StoreError;
use crate::queries::audit::{self, Auditor};
use crate::queries::contacts::seen;
use crate::queries::members::take_part;
use crate::queries::merging;
use crate::queries::place::Place;
use crate::scope::{Viewer, Visitor};
use crate::tables::{channel, contact};
use crate::write::Tx;
use sea_orm::sea_query::{Condition, LockType};
use sea_orm::{ColumnTrait, ConnectionTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait, Select};
use types::audit::AuditAction;
use types::contacts::{BlockedContact, Contact};
use types::id::ContactId;
use types::limits;
use types::page::Page;

/// Puts a contact on the blacklist, or takes them off it. What is so already is no event.
///
/// # Errors
/// [`StoreError::NotFound`] when the agent may not see their conversation.
pub async fn set(
    tx: &mut Tx,
    viewer: Viewer,
    contact_id: ContactId,
    blocked: bool,
    auditor: Auditor,
) -> Result<Contact, StoreError> {
    let (at, scope) = (auditor.at, viewer.scope());
    let person = merging::living(tx.conn(), scope, contact_id).await?;
    // The conversations first, as the writer's batches have it: what they have begun to write is written before.
    merging::conversations_of(tx.conn(), scope, &[person], Some(LockType::Update)).await?;
    let (rows, merged) = merging::hold(tx, scope, &[person]).await?;
    let known = rows.into_iter().next().ok_or(StoreError::NotFound)?;
    if known.merged_into.is_some() || merging::living(tx.conn(), scope, contact_id).await? != person {
        // Merged, or taken apart, a moment ago: it is somebody else's conversations that are locked.
        return Err(StoreError::Locked);
    }
    let contact_id = person;
    // Whose conversation was deleted has none until they are let write again: whoever sees all may see to that.
    seen(tx.conn(), viewer, contact_id).await?.ok_or(StoreError::NotFound)?;
    if known.blocked_at.is_some() == blocked {
        return known.try_into();
    }
    let (blocked_at, version) = (blocked.then_some(at), known.version.saturating_add(1));
    scope
        .update::<contact::Entity>()
        .col_expr(contact::Column::BlockedAt, blocked_at.into())
        .col_expr(contact::Column::Version, version.into())
        .filter(contact::Column::Id.eq(contact_id))
        .exec(tx.conn())
        .await?;
    let contact = Contact { blocked_at, version, ..known.try_into()? };
    merging::set_blocked(tx, scope, &merged, &contact).await?;
    let all = merging::tell_all(tx, scope, Actor::Agent(viewer.agent_id), &contact, at).await?;
    merging::tell_blocked(tx, viewer, &all, (contact_id, &merged), blocked, at)?;
    let (summary, channel_id) = (contact.summary(), contact.channel_id);
    let action = match blocked {
        true => AuditAction::ContactBlocked { contact: summary, channel_id },
        false => AuditAction::ContactUnblocked { contact: summary, channel_id },
    };
    audit::add(tx.conn(), viewer.org_id, auditor, &action).await?;
    Ok(contact)
}

/// Whether a visitor is on the blacklist. Who has never written is not.
pub async fn holds<C: ConnectionTrait>(conn: &C, visitor: Visitor) -> Result<bool, StoreError> {
    let blocked = visitor
        .scope()
        .find::<contact::Entity>()
        .filter(contact::Column::Id.eq(visitor.contact_id))
        .filter(contact::Column::BlockedAt.is_not_null())
        .select_only()
        .column(contact::Column::Id)
        .into_tuple::<ContactId>()
        .one(conn)
        .await?;
    Ok(blocked.is_some())
}

/// Who is on the blacklist, as far as the agent may see their conversations, newest first. Whoever sees all sees those too whose
/// conversation was deleted.
pub async fn list<C: ConnectionTrait>(
    conn: &C,
    viewer: Viewer,
    cursor: Option<Place>,
    limit: u16,
) -> Result<Page<BlockedContact>, StoreError> {
    let limit = limit.clamp(1, limits::PAGE_MAX);
    let rows = page(viewer, cursor).limit(u64::from(limit) + 1).all(conn).await?;
    let more = rows.len() > usize::from(limit);
    // Of several conversations of one contact each would be a row.
    let mut rows = rows;
    rows.dedup_by_key(|row| row.id);
    let blocked = |row: contact::Model| {
        let (channel_id, blocked_at) = (row.channel_id, row.blocked_at?);
        let contact = Contact::try_from(row).map(|contact| contact.summary());
        Some(contact.map(|contact| BlockedContact { contact, channel_id, blocked_at }))
    };
    let items: Vec<BlockedContact> =
        rows.into_iter().take(usize::from(limit)).filter_map(blocked).collect::<Result<_, _>>()?;
    let next = items.last().filter(|_| more);
    let next_cursor = next.map(|last| Place { at: last.blocked_at, id: last.contact.id.0 }.to_string());
    Ok(Page { items, next_cursor })
}

/// A page of the list, without its length.
pub(crate) fn page(viewer: Viewer, cursor: Option<Place>) -> Select<contact::Entity> {
    let mut select = viewer
        .scope()
        .find::<contact::Entity>()
        .filter(contact::Column::BlockedAt.is_not_null())
        .filter(contact::Column::MergedInto.is_null())
        .join(JoinType::InnerJoin, contact::Relation::Channel.def())
        .filter(channel::Column::DeletedAt.is_null())
        .order_by_desc(contact::Column::BlockedAt)
        .order_by_desc(contact::Column::Id);
    if !viewer.sees_all {
        select = select.join(JoinType::InnerJoin, contact::Relation::Conversation.def()).filter(take_part(viewer));
    }
    if let Some(cursor) = cursor {
        select = select.filter(contact::Column::BlockedAt.lte(cursor.at)).filter(
            Condition::any()
                .add(contact::Column::BlockedAt.lt(cursor.at))
                .add(contact::Column::Id.lt(ContactId(cursor.id))),
        );
    }
    select
}
