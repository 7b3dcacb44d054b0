//! The form before the chat: what is known of who would be asked, and that they have answered.
//!
//! **Invariant**: whoever has answered is a contact from then on, though they have no conversation yet: what they said is neither lost by
//! a restart nor known to one server only, and they are not asked again.

use crate::audience::Actor;
use crate::error::StoreError;
use crate::queries::channels;
use crate::queries::contacts::{self, VisitFacts};
use crate::queries::visitors::{new_contact, next_contact_number};
use crate::queries::{custom_fields, identity, merging};
use crate::scope::Visitor;
use crate::tables::contact;
use crate::write::Tx;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use types::pre_chat::{Known, PreChatForm};
use types::time::Timestamp;

/// What the visitor's contact says of them, or who is there instead since they were merged; `None` while there is none.
pub async fn contact_of<C: ConnectionTrait>(conn: &C, visitor: Visitor) -> Result<Option<VisitFacts>, StoreError> {
    let scope = visitor.scope();
    let own = scope.find::<contact::Entity>().filter(contact::Column::Id.eq(visitor.contact_id));
    let own = own.filter(contact::Column::ChannelId.eq(visitor.channel_id)).one(conn).await?;
    let Some(own) = own else { return Ok(None) };
    let Some(into) = own.merged_into else { return Ok(Some(VisitFacts::from(&own))) };
    let row = scope.find::<contact::Entity>().filter(contact::Column::Id.eq(into)).one(conn).await?;
    // Whose account proves them is their own: others' browsers prove nothing here.
    Ok(row.map(|row| VisitFacts { external_id: own.external_id, ..VisitFacts::from(&row) }))
}

/// What is known of a visitor: what their contact says, and what this visit tells beside it.
#[must_use]
pub fn known<'a>(contact: Option<&'a VisitFacts>, visit: &'a VisitFacts) -> Known<'a> {
    Known {
        name: contact.and_then(|facts| facts.name.as_deref()).or(visit.name.as_deref()),
        phone: contact.and_then(|facts| facts.phone.as_deref()).or(visit.phone.as_deref()),
        stands: contact.map(|facts| facts.custom.as_slice()).unwrap_or_default(),
        told: &visit.custom,
        is_contact: contact.is_some(),
    }
}

/// Refuses a conversation to whom the form asks for something that is not known.
pub(crate) async fn check<C: ConnectionTrait>(
    conn: &C,
    visitor: Visitor,
    form: &PreChatForm,
    contact: Option<&contact::Model>,
    visit: &VisitFacts,
) -> Result<(), StoreError> {
    if !form.enabled {
        return Ok(());
    }
    let fields = custom_fields::get(conn, visitor.scope()).await?;
    let contact = contact.map(VisitFacts::from);
    if form.is_unanswered(&fields, &known(contact.as_ref(), visit)) {
        return Err(StoreError::Unanswered);
    }
    Ok(())
}

/// Keeps what a visitor has answered, with what is known of their visit: for a contact who is there, what is empty of it; otherwise they
/// become one. Locks the organisation, so in a transaction of its own.
///
/// # Errors
/// [`StoreError::Conflict`] with a primary key when another server has made the contact meanwhile: once more, and it is there.
pub async fn answered(tx: &mut Tx, visitor: Visitor, facts: &VisitFacts, at: Timestamp) -> Result<(), StoreError> {
    if let Some(known) = merging::locked_person(tx.conn(), visitor.scope(), visitor.contact_id).await? {
        if known.blocked_at.is_some() {
            return Err(StoreError::Blocked);
        }
        return contacts::write_visit(tx, visitor, known, facts, at).await.map(drop);
    }
    if channels::get(tx.conn(), visitor.scope(), visitor.channel_id).await?.is_none() {
        return Err(StoreError::NotFound);
    }
    let number = next_contact_number(tx.conn(), visitor.scope()).await?;
    let mut facts = facts.storable();
    facts.external_id = identity::free(tx.conn(), visitor, facts.external_id).await?;
    let told = std::mem::take(&mut facts.custom);
    contact::Entity::insert(new_contact(visitor, facts, number, at)).exec_without_returning(tx.conn()).await?;
    custom_fields::begin(tx.conn(), visitor.scope(), visitor.contact_id, &told).await?;
    // The search, lists and webhooks learn of them by it, as of those whom an import makes.
    let new = contacts::locked(tx.conn(), visitor.scope(), visitor.contact_id).await?.ok_or(StoreError::NotFound)?;
    tx.append(contacts::updated(visitor.org_id, None, Actor::Visitor(visitor.contact_id), new.try_into()?, at)?);
    Ok(())
}
