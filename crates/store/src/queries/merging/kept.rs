//! What a merge keeps, so that it can be undone.

use super::living_of;
use crate::error::StoreError;
use crate::scope::OrgScope;
use crate::sql;
use crate::tables::{contact, contact_merge};
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use types::contact_merges::{ContactFields, TakenFields};
use types::contacts::ContactSummary;
use types::id::{ChannelId, ContactId, ContactMergeId, CustomFieldId};
use types::time::Timestamp;

/// What a merge keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    /// What the survivor was, and what they were afterwards.
    pub(super) before: ContactFields,
    pub(super) after: ContactFields,
    /// What was taken of the other one although the survivor had something there.
    pub(super) take: TakenFields,
    /// When the survivor was seen by themselves.
    pub(super) own: Seen,
    /// Where the ledger was before: what it tells of the two behind that it tells of both at once.
    pub(super) told_from: i64,
    /// Since when the other one was on the blacklist.
    pub(super) other_blocked_at: Option<Timestamp>,
    pub(super) other: ContactSummary,
    pub(super) channel_id: ChannelId,
    /// Who came over: the other one, and who had been merged into them.
    pub(super) moved: Vec<ContactId>,
}

/// When somebody was there first and last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Seen {
    pub(super) first: Timestamp,
    pub(super) last: Timestamp,
}

impl Seen {
    /// When a survivor was seen by themselves, and not any of those who `lead` to them. Of their own visits since they are one that which
    /// nobody's has followed is known.
    pub(super) fn alone(
        survivor: &contact::Model,
        leading: &[contact::Model],
        merges: &[(contact_merge::Model, Kept)],
    ) -> Self {
        let own = merges.iter().map(|(_, kept)| kept.own);
        let is_last = leading.iter().all(|row| row.last_seen_at < survivor.last_seen_at);
        let last = own.clone().map(|own| own.last).max().filter(|_| !is_last);
        let first = own.map(|own| own.first).min();
        Self { first: first.unwrap_or(survivor.first_seen_at), last: last.unwrap_or(survivor.last_seen_at) }
    }

    /// When one of them was seen, or one of these.
    pub(super) fn with<'a>(self, others: impl Iterator<Item = &'a contact::Model>) -> Self {
        others.fold(self, |seen, row| Self {
            first: Ord::min(seen.first, row.first_seen_at),
            last: Ord::max(seen.last, row.last_seen_at),
        })
    }
}

/// What was merged into these contacts, in the order in which it came to whoever it has come to.
pub(super) async fn of<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    survivor_ids: &[ContactId],
) -> Result<Vec<(contact_merge::Model, Kept)>, StoreError> {
    let rows = scope
        .find_by_keys::<contact_merge::Entity>()
        .filter(contact_merge::Column::SurvivorId.is_in(survivor_ids.iter().copied()))
        .order_by_asc(contact_merge::Column::Id)
        .all(conn)
        .await?;
    let mut merges: Vec<_> = rows.into_iter().map(read).collect::<Result<_, _>>()?;
    // Who was handed on is older than the merge that they came by.
    merges.sort_by_key(|(row, kept)| (kept.told_from, row.id));
    Ok(merges)
}

pub(super) fn read(row: contact_merge::Model) -> Result<(contact_merge::Model, Kept), StoreError> {
    let kept = sql::from_json(&row.kept, "contact_merge.kept")?;
    Ok((row, kept))
}

/// Writes what a merge keeps from now on.
pub(super) async fn write<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    id: ContactMergeId,
    kept: &Kept,
) -> Result<(), StoreError> {
    scope
        .update::<contact_merge::Entity>()
        .col_expr(contact_merge::Column::Kept, sql::to_json(kept)?.into())
        .filter(contact_merge::Column::Id.eq(id))
        .exec(conn)
        .await?;
    Ok(())
}

/// Takes a deleted custom field out of what at most so many merges keep. `true`: nothing is left of it.
pub(crate) async fn forget_field<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    field_id: CustomFieldId,
    chunk: u64,
) -> Result<bool, StoreError> {
    // There is no index, but one row for each merge only.
    let naming =
        || scope.find::<contact_merge::Entity>().filter(contact_merge::Column::Kept.contains(field_id.to_string()));
    let survivors: Vec<ContactId> = naming()
        .order_by_asc(contact_merge::Column::SurvivorId)
        .limit(chunk)
        .select_only()
        .column(contact_merge::Column::SurvivorId)
        .into_tuple()
        .all(conn)
        .await?;
    if survivors.is_empty() {
        return Ok(true);
    }
    // As whoever merges, undoes and visits has it: who is there first, then who leads to them.
    let leads = living_of(conn, scope, &survivors).await?;
    let there: Vec<ContactId> = survivors.iter().map(|id| *leads.get(id).unwrap_or(id)).collect();
    for ids in [&there, &survivors] {
        let rows = scope.find_by_keys::<contact::Entity>().filter(contact::Column::Id.is_in(ids.iter().copied()));
        rows.order_by_asc(contact::Column::Id).lock(LockType::NoKeyUpdate).all(conn).await?;
    }
    let is_all = u64::try_from(survivors.len()).is_ok_and(|found| found < chunk);
    let rows = naming().filter(contact_merge::Column::SurvivorId.is_in(survivors)).all(conn).await?;
    for (row, mut kept) in rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()? {
        for fields in [&mut kept.before, &mut kept.after] {
            fields.custom_values.retain(|value| value.field_id != field_id);
        }
        kept.take.custom_field_ids.retain(|id| *id != field_id);
        write(conn, scope, row.id, &kept).await?;
    }
    Ok(is_all)
}
