//! Undoing a merge: each of the two is there again with what was theirs. What has changed since stays with the survivor.

use super::told::{self, ToldAsOne};
use super::{Kept, are_there, conversations_of, happened, hold, lead, merged_into, seeing_any, set_blocked, tell};
use super::{tell_blocked, with, write_fields};
use crate::audience::Actor;
use crate::error::StoreError;
use crate::queries::audit::{self, Auditor};
use crate::queries::{custom_fields, tags};
use crate::scope::{OrgScope, Viewer};
use crate::sql;
use crate::tables::{contact, contact_merge, conversation};
use crate::write::Tx;
use rules::merging::{restored, settled};
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};
use types::audit::AuditAction;
use types::contact_merges::{ContactFields, SeparatedContacts};
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

/// Undoes a merge into this contact. What was [told](super::told_as_one) of the two as one goes with it. Only by
/// [`Writer::run_alone`](crate::write::Writer::run_alone).
///
/// # Errors
/// [`StoreError::NotFound`] when there is none: it was undone, or one of the two was deleted.
pub async fn undo(
    tx: &mut Tx,
    viewer: Viewer,
    (contact_id, id): (ContactId, ContactMergeId),
    told: &ToldAsOne,
    auditor: Auditor,
) -> Result<Undone, StoreError> {
    let scope = viewer.scope();
    let of_id = || scope.find_by_keys::<contact_merge::Entity>().filter(contact_merge::Column::Id.eq(id));
    let row = of_id().filter(contact_merge::Column::SurvivorId.eq(contact_id)).one(tx.conn()).await?;
    let row = row.ok_or(StoreError::NotFound)?;
    let undo_seconds = limits::CONTACT_MERGE_UNDO_DAYS.saturating_mul(24 * 60 * 60);
    if auditor.at > row.merged_at.plus_seconds(undo_seconds) {
        return Ok(Undone::TooLate);
    }
    let (survivor_id, other_id) = (row.survivor_id, row.merged_id);
    conversations_of(tx.conn(), scope, &[survivor_id], Some(LockType::Update)).await?;
    let (rows, leading) = hold(tx, scope, &[survivor_id]).await?;
    let survivor = rows.into_iter().next().ok_or(StoreError::NotFound)?;
    if of_id().one(tx.conn()).await?.is_none() {
        // A colleague was faster.
        return Err(StoreError::NotFound);
    }
    let other = leading.into_iter().find(|row| row.id == other_id);
    let Some(other) = other.filter(|_| survivor.merged_into.is_none()) else { return Ok(Undone::MergedSince) };
    are_there(tx, scope, [survivor.channel_id, other.channel_id]).await?;
    told::end(tx, scope, survivor_id, told, auditor.at).await?;
    let kept: Kept = sql::from_json(&row.kept, "contact_merge.kept")?;
    tags::lock(tx.conn(), scope).await?;
    let groups = tags::list(tx.conn(), scope).await?;
    let known = Contact::try_from(survivor.clone())?;
    let now = ContactFields::from(&known);
    let mut after = restored(&now, &kept.before, &kept.after, &groups);
    // A field may have been deleted since.
    custom_fields::lock(tx.conn(), scope).await?;
    let fields = custom_fields::get(tx.conn(), scope).await?;
    after.custom_values.retain(|value| fields.get(value.field_id).is_some());
    let later = later_ones(tx, scope, (survivor_id, id)).await?;
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
    let first_seen_at =
        if survivor.first_seen_at == other.first_seen_at { kept.first_seen_at } else { survivor.first_seen_at };
    let contact = Contact { version, first_seen_at, ..with(known, after) };
    write_fields(tx, scope, &now, &contact).await?;

    let still: Vec<ContactId> =
        merged_into(tx.conn(), scope, survivor_id).await?.into_iter().map(|row| row.id).collect();
    let moved: Vec<ContactId> = kept.moved.iter().filter(|id| still.contains(id)).copied().collect();
    set_right_later(tx, scope, later, (&kept, other.first_seen_at), &groups).await?;
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

/// What was merged into a contact after this, in order.
async fn later_ones(
    tx: &Tx,
    scope: OrgScope,
    (survivor_id, id): (ContactId, ContactMergeId),
) -> Result<Vec<(ContactMergeId, Kept)>, StoreError> {
    let rows = scope
        .find_by_keys::<contact_merge::Entity>()
        .filter(contact_merge::Column::SurvivorId.eq(survivor_id))
        .filter(contact_merge::Column::Id.gt(id))
        .order_by_asc(contact_merge::Column::Id)
        .all(tx.conn())
        .await?;
    rows.into_iter().map(|row| Ok((row.id, sql::from_json(&row.kept, "contact_merge.kept")?))).collect()
}

/// Takes what has come by a merge out of what later ones keep: undone, they would bring it back.
async fn set_right_later(
    tx: &Tx,
    scope: OrgScope,
    later: Vec<(ContactMergeId, Kept)>,
    (undone, other_first_seen_at): (&Kept, Timestamp),
    groups: &[TagGroup],
) -> Result<(), StoreError> {
    for (id, kept) in later {
        let without = |fields: &ContactFields| restored(fields, &undone.before, &undone.after, groups);
        let is_theirs = kept.first_seen_at == other_first_seen_at;
        let kept = Kept {
            before: without(&kept.before),
            after: without(&kept.after),
            first_seen_at: if is_theirs { undone.first_seen_at } else { kept.first_seen_at },
            ..kept
        };
        scope
            .update::<contact_merge::Entity>()
            .col_expr(contact_merge::Column::Kept, sql::to_json(&kept)?.into())
            .filter(contact_merge::Column::Id.eq(id))
            .exec(tx.conn())
            .await?;
    }
    Ok(())
}
