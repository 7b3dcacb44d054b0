//! Conversations that their agents have put off: out of sight until their time, or until the visitor writes.
//!
//! What is put off does not count to what an agent may have, and comes back to them all the same: assignment gives nobody more than they
//! may have, but nobody's own is taken from them.

use super::deeds::{change, name_of, own, tell};
use super::{Change, Kind, settle};
use crate::audience::Actor;
use crate::error::StoreError;
use crate::queries::audit::Auditor;
use crate::queries::members::Held;
use crate::queries::{channels, notes};
use crate::scope::{OrgScope, Viewer, before_tenant};
use crate::tables::conversation;
use crate::write::Tx;
use sea_orm::sea_query::{LockBehavior, LockType};
use sea_orm::{ColumnTrait, ConnectionTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use types::id::{ConversationId, NoteId};
use types::limits;
use types::notes::{MemberChange, MemberChangeKind};
use types::time::Timestamp;

/// What became of putting a conversation off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Snoozed {
    /// It is put off.
    Done,
    /// It is closed, or nobody's: there is nobody to whom it could come back.
    NotInWork,
    /// Its agent has put off as many as they may.
    TooMany,
}

/// Puts a conversation off, or off until another time.
///
/// # Errors
/// Those of the database.
pub async fn snooze(
    tx: &mut Tx,
    viewer: Viewer,
    held: &mut Held,
    until: Timestamp,
    auditor: Auditor,
) -> Result<Snoozed, StoreError> {
    let row = held.row.clone();
    let Some(agent) = row.assignee_id.filter(|_| row.closed_at.is_none()) else { return Ok(Snoozed::NotInWork) };
    if row.snoozed_until == Some(until) {
        return Ok(Snoozed::Done);
    }
    if row.snoozed_until.is_none() {
        let theirs = viewer
            .scope()
            .find::<conversation::Entity>()
            .filter(conversation::Column::AssigneeId.eq(agent))
            .filter(conversation::Column::SnoozedUntil.is_not_null());
        if theirs.count(tx.conn()).await? >= u64::from(limits::SNOOZED_MAX) {
            return Ok(Snoozed::TooMany);
        }
    }
    let audience = change(tx, viewer, &row, Kind::Snoozed(until), Some(agent), None, &auditor).await?;
    let line = MemberChange { until: Some(until), ..own(viewer, &auditor, MemberChangeKind::Snoozed) };
    tell(tx, viewer, held, audience, &auditor, line).await?;
    Ok(Snoozed::Done)
}

/// Brings a conversation back before its time; one that is not put off stays as it is.
///
/// # Errors
/// Those of the database.
pub async fn wake(tx: &mut Tx, viewer: Viewer, held: &mut Held, auditor: Auditor) -> Result<(), StoreError> {
    let row = held.row.clone();
    if row.snoozed_until.is_none() {
        return Ok(());
    }
    let audience = change(tx, viewer, &row, Kind::Woken, row.assignee_id, None, &auditor).await?;
    tell(tx, viewer, held, audience, &auditor, own(viewer, &auditor, MemberChangeKind::Woken)).await
}

/// When the next conversation is due, of all organisations; `None` when none is put off.
///
/// # Errors
/// Those of the database.
pub async fn next_due<C: ConnectionTrait>(conn: &C) -> Result<Option<Timestamp>, StoreError> {
    let next: Option<Option<Timestamp>> = by_time().into_tuple().one(conn).await?;
    Ok(next.flatten())
}

/// When what is put off is due, the next first.
fn by_time() -> Select<conversation::Entity> {
    before_tenant::<conversation::Entity>()
        .filter(conversation::Column::SnoozedUntil.is_not_null())
        .order_by_asc(conversation::Column::SnoozedUntil)
        .select_only()
        .column(conversation::Column::SnoozedUntil)
}

/// Brings back what is due, the longest due first: at most as many as there are ids for the lines that tell of it. Answers how many. What
/// another server is just bringing back is left to it, so that each comes back once. Only by
/// [`Writer::run_alone`](crate::write::Writer::run_alone).
///
/// # Errors
/// Those of the database.
pub async fn wake_due(tx: &mut Tx, at: Timestamp, lines: Vec<NoteId>) -> Result<usize, StoreError> {
    let rows = before_tenant::<conversation::Entity>()
        .filter(conversation::Column::SnoozedUntil.lte(at))
        .order_by_asc(conversation::Column::SnoozedUntil)
        .order_by_asc(conversation::Column::Id)
        .limit(u64::try_from(lines.len()).unwrap_or(u64::MAX))
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(tx.conn())
        .await?;
    let count = rows.len();
    for (row, line) in rows.into_iter().zip(lines) {
        come_back(tx, &row, line, at).await?;
    }
    Ok(count)
}

async fn come_back(tx: &mut Tx, row: &conversation::Model, line: NoteId, at: Timestamp) -> Result<(), StoreError> {
    let scope = OrgScope::new(row.org_id);
    let Some(agent) = row.assignee_id.filter(|_| !row.blocked) else { return forget(tx, scope, row.id).await };
    if channels::get(tx.conn(), scope, row.channel_id).await?.is_none() {
        return forget(tx, scope, row.id).await;
    }
    let change = Change { to: Some(agent), kind: Kind::Woken, assignment: None, actor: Actor::System, at };
    let (events, audience) = settle(tx.conn(), row, change).await?;
    events.into_iter().for_each(|event| tx.append(event));
    let name = name_of(tx, scope, agent).await?;
    notes::tell_due(tx, row, audience, (line, agent, name), at).await
}

/// Nobody sees it at present, and there is nobody to tell.
async fn forget(tx: &Tx, scope: OrgScope, id: ConversationId) -> Result<(), StoreError> {
    scope
        .update::<conversation::Entity>()
        .col_expr(conversation::Column::SnoozedUntil, Option::<Timestamp>::None.into())
        .filter(conversation::Column::Id.eq(id))
        .exec(tx.conn())
        .await?;
    Ok(())
}
