//! Merging two contacts who are one person, and undoing it.
//!
//! The merged contact's row stays, with all that it had, and leads to the survivor by `merged_into`; their conversations become the
//! survivor's by `person_id`. Whose browser a conversation belongs to (`contact_id`) never changes, so that nobody reads what was said
//! with the other one, and everything that concerns visitors goes on as before.
//!
//! **Invariant**: every contact has at most one conversation of their own, and at most `CONTACT_MERGES_MAX` were merged into another,
//! which bounds what a merge writes.

mod duplicates;
mod filling;
mod going;
mod kept;
mod persons;
mod told;
mod undoing;

pub use duplicates::list as duplicates;
#[cfg(test)]
pub(crate) use duplicates::{of_account, of_name, of_phone, others};
pub(crate) use filling::fill;
pub(crate) use going::going_with;
pub(crate) use kept::forget_field;
#[cfg(test)]
pub(crate) use persons::leading_to;
pub use persons::living;
pub(crate) use persons::{
    conversations_of, hold, living_of, locked_person, merged, merged_into, seeing_any, tell, tell_all,
};
pub(crate) use told::lone_updates;
pub use told::{ToldAsOne, forget as forget_told, told_as_one};
pub use undoing::{Undone, refusal, undo};

use crate::audience::Actor;
use crate::error::StoreError;
use crate::events::{self, PendingEvent};
use crate::queries::audit::{self, Auditor};
use crate::queries::contacts::locked;
use crate::queries::custom_fields;
use crate::queries::tags::{self, written};
use crate::scope::{OrgScope, Viewer};
use crate::sql;
use crate::tables::{channel, contact, contact_merge, contact_tag, conversation};
use crate::write::Tx;
use kept::{Kept, Seen};
use rules::merging::{self, Accounts, accounts};
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};
use types::audit::AuditAction;
use types::contact_merges::{ContactFields, ContactMerge, ContactMerges, MergeContacts, MergedContact};
use types::contacts::Contact;
use types::events::Event;
use types::id::{ChannelId, ContactId, ContactMergeId};
use types::limits;
use types::time::Timestamp;

/// What became of a merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Merged {
    /// It holds.
    Done(Box<MergedContact>),
    /// They are one contact already, or one and the same.
    One,
    /// Somebody else has changed one of them since the versions that were looked at: nothing was written.
    Changed,
    /// They have proven two accounts at the company: nothing was written.
    TwoAccounts,
    /// The other one has proven an account and the survivor has not: nothing was written.
    OtherSurvives,
    /// More would be merged into one contact than can be: nothing was written.
    TooMany,
    /// Together they have more tags than a contact can have: nothing was written.
    TooManyTags,
}

/// Merges another contact into this one.
///
/// # Errors
/// [`StoreError::NotFound`] when one of them is not there, or of a channel that is deleted.
pub async fn merge(
    tx: &mut Tx,
    viewer: Viewer,
    (id, contact_id): (ContactMergeId, ContactId),
    request: &MergeContacts,
    auditor: Auditor,
) -> Result<Merged, StoreError> {
    let scope = viewer.scope();
    let contact_id = living(tx.conn(), scope, contact_id).await?;
    let other_id = living(tx.conn(), scope, request.other_id).await?;
    if contact_id == other_id {
        let known = locked(tx.conn(), scope, contact_id).await?;
        return known.map(|_| Merged::One).ok_or(StoreError::NotFound);
    }
    let both = [contact_id, other_id];
    // The conversations first, as the writer's batches have it: what they have begun to write is written before.
    conversations_of(tx.conn(), scope, &both, Some(LockType::Update)).await?;
    let (rows, leading) = hold(tx, scope, &both).await?;
    let row = |id| rows.iter().find(|row| row.id == id).cloned().ok_or(StoreError::NotFound);
    let [survivor, other] = [row(contact_id)?, row(other_id)?];
    are_there(tx.conn(), scope, [survivor.channel_id, other.channel_id]).await?;
    if survivor.merged_into.is_some() || other.merged_into.is_some() {
        return Ok(Merged::Changed);
    }
    if (request.version, request.other_version) != (survivor.version, other.version) {
        return Ok(Merged::Changed);
    }
    let [there, came_before]: [Vec<contact::Model>; 2] =
        [contact_id, other_id].map(|id| leading.iter().filter(|row| row.merged_into == Some(id)).cloned().collect());
    // Who has outlived their channel has lost the account that it had proven; whoever leads to them may have it at another one.
    match accounts(account_of(&survivor, &there), account_of(&other, &came_before)) {
        Accounts::Fit => {}
        Accounts::OtherSurvives => return Ok(Merged::OtherSurvives),
        Accounts::Differ => return Ok(Merged::TwoAccounts),
    }
    let moved: Vec<ContactId> = std::iter::once(other_id).chain(came_before.iter().map(|contact| contact.id)).collect();
    if there.len().saturating_add(moved.len()) > limits::CONTACT_MERGES_MAX {
        return Ok(Merged::TooMany);
    }
    tags::lock(tx.conn(), scope).await?;
    let groups = tags::list(tx.conn(), scope).await?;
    let known = [Contact::try_from(survivor.clone())?, Contact::try_from(other.clone())?];
    let [before, theirs] = [ContactFields::from(&known[0]), ContactFields::from(&known[1])];
    let mut after = merging::merged(&before, &theirs, &request.take, &groups);
    custom_fields::lock(tx.conn(), scope).await?;
    let fields = custom_fields::get(tx.conn(), scope).await?;
    after.custom_values.retain(|value| fields.get(value.field_id).is_some());
    if after.tag_ids.len() > limits::CONTACT_TAGS_MAX {
        return Ok(Merged::TooManyTags);
    }
    let [known, theirs_known] = known;
    let was = known.summary();
    let told_from = events::cursor(tx.conn(), scope).await?;
    // Newer than both: whoever holds one of the two sees that the survivor took their place.
    let version = survivor.version.max(other.version).saturating_add(1);
    let own = Seen::alone(&survivor, &there, &kept::of(tx.conn(), scope, &[contact_id]).await?);
    let seen = own.with(there.iter().chain([&other]));
    let contact = Contact { version, first_seen_at: seen.first, last_seen_at: seen.last, ..with(known, after.clone()) };
    write_fields(tx, scope, &before, &contact).await?;
    lead(tx, scope, &moved, contact_id, &contact).await?;
    let leading = merged_into(tx.conn(), scope, contact_id).await?;
    set_blocked(tx, scope, &leading, &contact).await?;

    let kept = Kept {
        before,
        after,
        take: request.take.clone(),
        own,
        told_from,
        other_blocked_at: other.blocked_at,
        other: theirs_known.summary(),
        channel_id: other.channel_id,
        moved: moved.clone(),
    };
    let row = contact_merge::ActiveModel {
        id: Set(id),
        org_id: Set(viewer.org_id),
        survivor_id: Set(contact_id),
        merged_id: Set(other_id),
        agent_id: Set(auditor.agent_id),
        agent_name: Set(auditor.agent_name.clone()),
        kept: Set(sql::to_json(&kept)?),
        merged_at: Set(auditor.at),
    };
    contact_merge::Entity::insert(row).exec_without_returning(tx.conn()).await?;

    let at = auditor.at;
    let all = tell_all(tx, scope, Actor::Agent(viewer.agent_id), &contact, at).await?;
    if survivor.blocked_at.is_some() != contact.blocked_at.is_some()
        || other.blocked_at.is_some() != contact.blocked_at.is_some()
    {
        tell_blocked(tx, viewer, &all, (contact_id, &leading), contact.blocked_at.is_some(), at)?;
    }
    let came: Vec<_> = all.iter().filter(|row| moved.contains(&row.contact_id)).cloned().collect();
    let event = Event::ContactMerged { contact_id: other_id, survivor_id: contact_id };
    tx.append(happened(viewer, seeing_any(&came)?, event, at));
    let action = AuditAction::ContactsMerged {
        // By their own name, and not by one that may be the other one's.
        contact: was,
        merged: kept.other.clone(),
        channel_id: kept.channel_id,
    };
    audit::add(tx.conn(), viewer.org_id, auditor.clone(), &action).await?;
    let merge = wire(id, contact_id, kept, (auditor.agent_id, auditor.agent_name), at);
    Ok(Merged::Done(Box::new(MergedContact { contact, merge })))
}

/// Refuses what concerns a channel that is deleted.
async fn are_there<C: ConnectionTrait>(conn: &C, scope: OrgScope, ids: [ChannelId; 2]) -> Result<(), StoreError> {
    let channels = scope
        .find_by_keys::<channel::Entity>()
        .filter(channel::Column::Id.is_in(ids))
        .filter(channel::Column::DeletedAt.is_null())
        .all(conn)
        .await?;
    let all = ids.iter().all(|id| channels.iter().any(|channel| channel.id == *id));
    if all { Ok(()) } else { Err(StoreError::NotFound) }
}

/// The account of a contact, or of somebody who leads to them.
fn account_of<'a>(contact: &'a contact::Model, merged: &'a [contact::Model]) -> Option<&'a str> {
    std::iter::once(contact).chain(merged).find_map(|row| row.external_id.as_deref())
}

/// A contact with what agents note.
fn with(contact: Contact, fields: ContactFields) -> Contact {
    let ContactFields { name, phone, remark, blocked_at, tag_ids, custom_values } = fields;
    Contact { name, phone, remark, blocked_at, tag_ids, custom_values, ..contact }
}

/// Writes a contact whose fields were others before.
async fn write_fields(
    tx: &mut Tx,
    scope: OrgScope,
    before: &ContactFields,
    contact: &Contact,
) -> Result<(), StoreError> {
    scope
        .update::<contact::Entity>()
        .col_expr(contact::Column::Name, contact.name.clone().into())
        .col_expr(contact::Column::Phone, contact.phone.clone().into())
        .col_expr(contact::Column::Remark, contact.remark.clone().into())
        .col_expr(contact::Column::BlockedAt, contact.blocked_at.into())
        .col_expr(contact::Column::Tags, written(&contact.tag_ids).into())
        .col_expr(contact::Column::CustomValues, sql::to_json(&contact.custom_values)?.into())
        .col_expr(contact::Column::FirstSeenAt, contact.first_seen_at.into())
        .col_expr(contact::Column::LastSeenAt, contact.last_seen_at.into())
        .col_expr(contact::Column::Version, contact.version.into())
        .filter(contact::Column::Id.eq(contact.id))
        .exec(tx.conn())
        .await?;
    custom_fields::note(tx.conn(), scope, contact.id, &before.custom_values, &contact.custom_values).await?;
    if before.tag_ids != contact.tag_ids {
        let tags = scope.delete::<contact_tag::Entity>();
        tags.filter(contact_tag::Column::ContactId.eq(contact.id)).exec(tx.conn()).await?;
        let row = |tag_id: &_| contact_tag::ActiveModel {
            org_id: Set(scope.org_id()),
            tag_id: Set(*tag_id),
            contact_id: Set(contact.id),
        };
        if !contact.tag_ids.is_empty() {
            let rows = contact_tag::Entity::insert_many(contact.tag_ids.iter().map(row));
            rows.exec_without_returning(tx.conn()).await?;
        }
    }
    Ok(())
}

/// Has these lead to a contact, with the conversations of theirs.
async fn lead(
    tx: &Tx,
    scope: OrgScope,
    moved: &[ContactId],
    to: ContactId,
    contact: &Contact,
) -> Result<(), StoreError> {
    scope
        .update::<contact::Entity>()
        .col_expr(contact::Column::MergedInto, Some(to).into())
        .col_expr(contact::Column::Version, contact.version.into())
        .filter(contact::Column::Id.is_in(moved.iter().copied()))
        .exec(tx.conn())
        .await?;
    scope
        .update::<conversation::Entity>()
        .col_expr(conversation::Column::PersonId, to.into())
        .filter(conversation::Column::ContactId.is_in(moved.iter().copied()))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Writes whether a contact is on the blacklist where else that stands: with those who lead to them, whose sockets are asked by their own
/// rows, and with their conversations.
pub(crate) async fn set_blocked(
    tx: &Tx,
    scope: OrgScope,
    merged: &[contact::Model],
    contact: &Contact,
) -> Result<(), StoreError> {
    if !merged.is_empty() {
        scope
            .update::<contact::Entity>()
            .col_expr(contact::Column::BlockedAt, contact.blocked_at.into())
            .filter(contact::Column::Id.is_in(merged.iter().map(|row| row.id)))
            .exec(tx.conn())
            .await?;
    }
    scope
        .update::<conversation::Entity>()
        .col_expr(conversation::Column::Blocked, contact.blocked_at.is_some().into())
        .filter(conversation::Column::PersonId.eq(contact.id))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Tells that a contact is on the blacklist, or is not, with every conversation of theirs and for each who leads to them: by their ids
/// their connections are found.
pub(crate) fn tell_blocked(
    tx: &mut Tx,
    viewer: Viewer,
    conversations: &[conversation::Model],
    (contact_id, merged): (ContactId, &[contact::Model]),
    blocked: bool,
    at: Timestamp,
) -> Result<(), StoreError> {
    let seen = seeing_any(conversations)?;
    let mut tell = |conversation: Option<&conversation::Model>, contact_id| -> Result<(), StoreError> {
        let conversation_id = conversation.map(|row| row.id);
        let audience = conversation.map_or_else(|| Ok(seen.clone()), crate::queries::members::seeing)?;
        let event = Event::ContactBlocked { conversation_id, contact_id, blocked };
        tx.append(PendingEvent { conversation_id, ..happened(viewer, audience, event, at) });
        Ok(())
    };
    if conversations.is_empty() {
        tell(None, contact_id)?;
    }
    for conversation in conversations {
        tell(Some(conversation), contact_id)?;
    }
    for other in merged {
        tell(conversations.iter().find(|row| row.contact_id == other.id), other.id)?;
    }
    Ok(())
}

/// An event of no conversation, which outlives them.
fn happened(viewer: Viewer, audience: crate::audience::Audience, event: Event, at: Timestamp) -> PendingEvent {
    let actor = Actor::Agent(viewer.agent_id);
    PendingEvent { org_id: viewer.org_id, conversation_id: None, actor, audience, event, at }
}

fn wire(
    id: ContactMergeId,
    survivor_id: ContactId,
    kept: Kept,
    (merged_by, merged_by_name): (types::id::AgentId, String),
    merged_at: Timestamp,
) -> ContactMerge {
    let undo_until = merged_at.plus_seconds(limits::CONTACT_MERGE_UNDO_DAYS.saturating_mul(24 * 60 * 60));
    let Kept { other: merged, channel_id, .. } = kept;
    ContactMerge { id, survivor_id, merged, channel_id, merged_by, merged_by_name, merged_at, undo_until }
}

/// What was merged into a contact, and before into those who lead to them, newest first.
pub async fn list<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    contact_id: ContactId,
) -> Result<ContactMerges, StoreError> {
    let leading = merged_into(conn, scope, contact_id).await?;
    let survivors: Vec<ContactId> = std::iter::once(contact_id).chain(leading.into_iter().map(|row| row.id)).collect();
    let merges = kept::of(conn, scope, &survivors).await?;
    let item = |(row, kept): (contact_merge::Model, Kept)| {
        wire(row.id, row.survivor_id, kept, (row.agent_id, row.agent_name), row.merged_at)
    };
    Ok(ContactMerges { items: merges.into_iter().rev().map(item).collect() })
}
