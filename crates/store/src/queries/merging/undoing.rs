//! Undoing a merge: each of the two is there again with what was theirs. What has changed since stays with the survivor.

use super::kept::{self, Kept, Seen};
use super::told::{self, ToldAsOne};
use super::{are_there, conversations_of, happened, hold, lead, merged_into, seeing_any, set_blocked, tell};
use super::{tell_blocked, with, write_fields};
use crate::audience::Actor;
use crate::error::StoreError;
use crate::queries::audit::{self, Auditor};
use crate::queries::{custom_fields, tags};
use crate::scope::{OrgScope, Viewer};
use crate::tables::{contact, contact_merge, conversation};
use crate::write::Tx;
use rules::merging::{restored_beside, settled};
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter};
use types::audit::AuditAction;
use types::contact_merges::{ContactFields, SeparatedContacts, TakenFields};
use types::contacts::{Contact, ContactSummary};
use types::events::Event;
use types::id::{ContactId, ContactMergeId};
use types::limits;
use types::tags::TagGroup;
use types::time::Timestamp;

/// What became of an undoing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undone {
    /// Both are there.
    Done(Box<SeparatedContacts>),
    /// It is too long ago: nothing was written.
    TooLate,
    /// The survivor was merged into somebody else since, which is undone first: nothing was written.
    MergedSince,
}

/// Why a merge cannot be undone, as far as it can be told before anything is deleted for it; [`undo`] looks again.
///
/// # Errors
/// [`StoreError::NotFound`] when there is none, or one of the two is of a channel that is deleted.
pub async fn refusal<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    (survivor_id, id): (ContactId, ContactMergeId),
    at: Timestamp,
) -> Result<Option<Undone>, StoreError> {
    let merges = kept::of(conn, scope, &[survivor_id]).await?;
    let (row, kept) = merges.into_iter().find(|(row, _)| row.id == id).ok_or(StoreError::NotFound)?;
    let survivor = scope.find::<contact::Entity>().filter(contact::Column::Id.eq(survivor_id)).one(conn).await?;
    let survivor = survivor.ok_or(StoreError::NotFound)?;
    let refused = refused(&row, &survivor, at);
    if refused.is_none() {
        are_there(conn, scope, [survivor.channel_id, kept.channel_id]).await?;
    }
    Ok(refused)
}

fn refused(row: &contact_merge::Model, survivor: &contact::Model, at: Timestamp) -> Option<Undone> {
    let undo_seconds = limits::CONTACT_MERGE_UNDO_DAYS.saturating_mul(24 * 60 * 60);
    if at > row.merged_at.plus_seconds(undo_seconds) {
        return Some(Undone::TooLate);
    }
    survivor.merged_into.map(|_| Undone::MergedSince)
}

/// Undoes a merge into this contact. What was [told](super::told_as_one) of the two as one goes with it. Only by
/// [`Writer::run_alone`](crate::write::Writer::run_alone).
///
/// # Errors
/// [`StoreError::NotFound`] when there is none: it was undone, or one of the two was deleted.
pub async fn undo(
    tx: &mut Tx,
    viewer: Viewer,
    (survivor_id, id): (ContactId, ContactMergeId),
    told: &ToldAsOne,
    auditor: Auditor,
) -> Result<Undone, StoreError> {
    let scope = viewer.scope();
    conversations_of(tx.conn(), scope, &[survivor_id], Some(LockType::Update)).await?;
    let (rows, leading) = hold(tx, scope, &[survivor_id]).await?;
    let survivor = rows.into_iter().next().ok_or(StoreError::NotFound)?;
    // Behind the locks: a colleague may have undone it, or another one of the survivor's, a moment ago.
    let mut merges = kept::of(tx.conn(), scope, &[survivor_id]).await?;
    let place = merges.iter().position(|(row, _)| row.id == id).ok_or(StoreError::NotFound)?;
    let alone = Seen::alone(&survivor, &leading, &merges);
    let later = merges.split_off(place.saturating_add(1));
    let (row, kept) = merges.pop().ok_or(StoreError::NotFound)?;
    if let Some(refused) = refused(&row, &survivor, auditor.at) {
        return Ok(refused);
    }
    let other_id = row.merged_id;
    let other = leading.iter().find(|row| row.id == other_id).cloned().ok_or(StoreError::NotFound)?;
    are_there(tx.conn(), scope, [survivor.channel_id, other.channel_id]).await?;
    told::end(tx, scope, survivor_id, told, auditor.at).await?;
    tags::lock(tx.conn(), scope).await?;
    let groups = tags::list(tx.conn(), scope).await?;
    let known = Contact::try_from(survivor.clone())?;
    let now = ContactFields::from(&known);
    let still = still(&later, &leading)?;
    let mut after = restored_beside(&now, (&kept.before, &kept.after), &still, &groups);
    // A field may have been deleted since.
    custom_fields::lock(tx.conn(), scope).await?;
    let fields = custom_fields::get(tx.conn(), scope).await?;
    after.custom_values.retain(|value| fields.get(value.field_id).is_some());
    // What the other one had came back with their row; whether they are on the blacklist stood with the survivor meanwhile, but not
    // because somebody else was who was merged later.
    let without_later = later
        .iter()
        .rev()
        .fold(now.blocked_at, |at, (_, later)| if at == later.after.blocked_at { later.before.blocked_at } else { at });
    let is_as_left = without_later == kept.after.blocked_at;
    let other_blocked_at = if is_as_left { kept.other_blocked_at } else { without_later };
    // Newer than what everybody holds of the survivor, in whose place the other one is now.
    let version = survivor.version.max(other.version).saturating_add(1);
    let (moved, staying): (Vec<_>, Vec<_>) = leading.iter().partition(|row| kept.moved.contains(&row.id));
    let moved: Vec<ContactId> = moved.into_iter().map(|row| row.id).collect();
    let seen = alone.with(staying.into_iter());
    let contact = Contact { version, first_seen_at: seen.first, last_seen_at: seen.last, ..with(known, after) };
    write_fields(tx, scope, &now, &contact).await?;

    set_right_later(tx, scope, later, &kept, (&still, &groups)).await?;
    let theirs_known = Contact::try_from(other.clone())?;
    let theirs_before = ContactFields::from(&theirs_known);
    // Their groups of tags may be others by now.
    let tag_ids = settled(&theirs_known.tag_ids, &groups);
    let back = Contact { version, blocked_at: other_blocked_at, tag_ids, ..theirs_known };
    if back.tag_ids != theirs_before.tag_ids {
        write_fields(tx, scope, &theirs_before, &back).await?;
    }
    lead(tx, scope, &moved, other_id, &back).await?;
    scope
        .update::<contact::Entity>()
        .col_expr(contact::Column::MergedInto, None::<ContactId>.into())
        .col_expr(contact::Column::BlockedAt, back.blocked_at.into())
        .filter(contact::Column::Id.eq(other_id))
        .exec(tx.conn())
        .await?;
    let own = merged_into(tx.conn(), scope, survivor_id).await?;
    let theirs = merged_into(tx.conn(), scope, other_id).await?;
    set_blocked(tx, scope, &own, &contact).await?;
    set_blocked(tx, scope, &theirs, &back).await?;
    let merges = scope.delete::<contact_merge::Entity>();
    merges.filter(contact_merge::Column::Id.eq(id)).exec(tx.conn()).await?;

    let mut of = conversations_of(tx.conn(), scope, &[survivor_id, other_id], None).await?;
    let mut of = |id| -> Vec<conversation::Model> { of.remove(&id).unwrap_or_default() };
    let (kept_ones, came) = (of(survivor_id), of(other_id));
    let (actor, at) = (Actor::Agent(viewer.agent_id), auditor.at);
    // By the name of before, and not of now, which a later merge may have brought: undone, that looks no further back than itself.
    let ContactFields { name, tag_ids, .. } = kept.before;
    let as_before = ContactSummary { name, tag_ids, ..contact.summary() };
    for (conversations, who) in [(&kept_ones, &as_before), (&came, &back.summary())] {
        told::set_right_begun(tx, scope, conversations, who, (row.merged_at, at)).await?;
    }
    told::set_right_entries(tx, scope, &as_before, told).await?;
    tell(tx, viewer.org_id, &kept_ones, actor, &contact, at)?;
    tell(tx, viewer.org_id, &came, actor, &back, at)?;
    let was = survivor.blocked_at.is_some();
    if contact.blocked_at.is_some() != was {
        tell_blocked(tx, viewer, &kept_ones, (survivor_id, &own), !was, at)?;
    }
    if back.blocked_at.is_some() != was {
        tell_blocked(tx, viewer, &came, (other_id, &theirs), !was, at)?;
    }
    let event = Event::ContactMergeUndone { contact_id: other_id, survivor_id };
    tx.append(happened(viewer, seeing_any(&came)?, event, at));
    let action = AuditAction::ContactMergeUndone {
        contact: contact.summary(),
        merged: back.summary(),
        channel_id: other.channel_id,
    };
    audit::add(tx.conn(), viewer.org_id, auditor, &action).await?;
    Ok(Undone::Done(Box::new(SeparatedContacts { contact, other: back })))
}

/// What those have who were merged into a survivor later and still are, and what was taken of it.
fn still(
    later: &[(contact_merge::Model, Kept)],
    leading: &[contact::Model],
) -> Result<Vec<(ContactFields, TakenFields)>, StoreError> {
    let have = |(row, kept): &(contact_merge::Model, Kept)| {
        let other = leading.iter().find(|other| other.id == row.merged_id).ok_or(StoreError::NotFound)?;
        let fields = ContactFields::from(&Contact::try_from(other.clone())?);
        Ok((ContactFields { blocked_at: kept.other_blocked_at, ..fields }, kept.take.clone()))
    };
    later.iter().map(have).collect()
}

/// Takes what has come by a merge, and by no other that holds, out of what later ones keep: undone, they would bring it back.
async fn set_right_later(
    tx: &Tx,
    scope: OrgScope,
    later: Vec<(contact_merge::Model, Kept)>,
    undone: &Kept,
    (still, groups): (&[(ContactFields, TakenFields)], &[TagGroup]),
) -> Result<(), StoreError> {
    for (place, (row, kept)) in later.into_iter().enumerate() {
        let (earlier, _) = still.split_at_checked(place).unwrap_or_default();
        let (so_far, _) = still.split_at_checked(place.saturating_add(1)).unwrap_or_default();
        let without = |fields: &ContactFields, beside: &[(ContactFields, TakenFields)]| {
            restored_beside(fields, (&undone.before, &undone.after), beside, groups)
        };
        let (before, after) = (without(&kept.before, earlier), without(&kept.after, so_far));
        kept::write(tx.conn(), scope, row.id, &Kept { before, after, ..kept }).await?;
    }
    Ok(())
}
