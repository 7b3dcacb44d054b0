//! What was told of contacts while they were one: it says of each what is the other's, so it goes, or is put right, when they are taken
//! apart. What is told of them then takes its place, in the ledger as for whoever follows it; and deleting one of the two later finds
//! nothing of theirs beside the other one's conversations.

use super::kept::Kept;
use crate::error::StoreError;
use crate::events;
use crate::queries::{clearing, webhooks};
use crate::scope::OrgScope;
use crate::sql;
use crate::tables::{audit_entry, contact_merge, conversation, event};
use crate::write::Tx;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, QueryFilter, QueryOrder, QuerySelect, Select};
use std::collections::HashMap;
use types::audit::AuditAction;
use types::contacts::ContactSummary;
use types::events::Event;
use types::id::{AuditId, ContactId, ContactMergeId, ConversationId};
use types::time::Timestamp;

/// How far the clocks of two servers may be apart.
const CLOCKS_SECONDS: i64 = 60;

/// What was told of contacts while they were one, as far as it was looked up before they are taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldAsOne {
    /// The places in the ledger of what was told of them and is told again behind that: nobody needs it.
    pub outdated: Vec<i64>,
    /// Of what was told last.
    last: Vec<i64>,
    /// The entries of the audit log that may name them.
    entries: Vec<AuditId>,
    /// Up to where the ledger, and until when the audit log, was looked through.
    until: i64,
    looked_at: Timestamp,
}

/// What the ledger tells of these contacts beside no conversation.
pub(crate) fn lone_updates(scope: OrgScope, contact_ids: &[ContactId], backend: DbBackend) -> Select<event::Entity> {
    // As `event_contact_idx` has it.
    let contact_id = Expr::cust(match backend {
        DbBackend::Postgres => r#"("event"."payload"::json -> 'contact' ->> 'id')"#,
        _ => r#"json_extract("event"."payload", '$.contact.id')"#,
    });
    scope
        .find_by_keys::<event::Entity>()
        .filter(event::Column::ConversationId.is_null())
        .filter(updates())
        .filter(contact_id.is_in(contact_ids.iter().map(ToString::to_string)))
}

/// In words, so that a partial index is seen to have them.
fn updates() -> Expr {
    Expr::cust(r#""event"."kind" = 'contact_updated'"#)
}

/// Looks up what was told of a survivor and of who leads to them since a merge. Apart from the write: a conversation may have many events.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such merge.
pub async fn told_as_one<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    (contact_id, id): (ContactId, ContactMergeId),
    at: Timestamp,
) -> Result<ToldAsOne, StoreError> {
    let merges = scope.find_by_keys::<contact_merge::Entity>().filter(contact_merge::Column::Id.eq(id));
    let row = merges.filter(contact_merge::Column::SurvivorId.eq(contact_id)).one(conn).await?;
    let row = row.ok_or(StoreError::NotFound)?;
    let kept: Kept = sql::from_json(&row.kept, "contact_merge.kept")?;
    let until = events::cursor(conn, scope).await?;
    let conversations = conversations(conn, scope, contact_id).await?;
    let mut told: Vec<(i64, Option<ConversationId>)> = Vec::new();
    if !conversations.is_empty() {
        let beside = scope
            .find_by_keys::<event::Entity>()
            .filter(event::Column::ConversationId.is_in(conversations))
            .filter(updates());
        told = places(conn, beside, kept.told_from).await?;
    }
    let lone = lone_updates(scope, &[contact_id], conn.get_database_backend());
    told.extend(places(conn, lone, kept.told_from).await?);
    let mut last: HashMap<Option<ConversationId>, i64> = HashMap::new();
    for (seq, of) in &told {
        let newest = last.entry(*of).or_insert(*seq);
        *newest = Ord::max(*newest, *seq);
    }
    let last: Vec<i64> = last.into_values().collect();
    let outdated = told.into_iter().map(|(seq, _)| seq).filter(|seq| !last.contains(seq)).collect();
    let entries = named(conn, scope, contact_id, row.merged_at).await?;
    Ok(ToldAsOne { outdated, last, entries, until, looked_at: at })
}

async fn conversations<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    contact_id: ContactId,
) -> Result<Vec<ConversationId>, StoreError> {
    let own = scope.find_by_keys::<conversation::Entity>().filter(conversation::Column::PersonId.eq(contact_id));
    Ok(own.select_only().column(conversation::Column::Id).into_tuple().all(conn).await?)
}

async fn places<C: ConnectionTrait>(
    conn: &C,
    of: Select<event::Entity>,
    behind: i64,
) -> Result<Vec<(i64, Option<ConversationId>)>, StoreError> {
    let of = of.filter(event::Column::Seq.gt(behind)).select_only();
    Ok(of.columns([event::Column::Seq, event::Column::ConversationId]).into_tuple().all(conn).await?)
}

/// The entries of the audit log since then that may name a contact.
async fn named<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    contact_id: ContactId,
    since: Timestamp,
) -> Result<Vec<AuditId>, StoreError> {
    let entries = scope
        .find::<audit_entry::Entity>()
        .filter(audit_entry::Column::CreatedAt.gte(since.plus_seconds(-CLOCKS_SECONDS)))
        .filter(audit_entry::Column::Payload.contains(contact_id.to_string()));
    Ok(entries.select_only().column(audit_entry::Column::Id).into_tuple().all(conn).await?)
}

/// Deletes some of what the ledger told of a contact, with what webhooks were told by it.
pub async fn forget(
    tx: &Tx,
    scope: OrgScope,
    contact_id: ContactId,
    seqs: Vec<i64>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let conversations = conversations(tx.conn(), scope, contact_id).await?;
    webhooks::forget_events(tx.conn(), scope, &conversations, &seqs, at).await?;
    clearing::forget(tx.conn(), scope, seqs).await
}

/// Deletes the last of what was told of them as one, before they are told of by themselves. With their conversations locked, and before
/// these are given back.
pub(super) async fn end(
    tx: &Tx,
    scope: OrgScope,
    contact_id: ContactId,
    told: &ToldAsOne,
    at: Timestamp,
) -> Result<(), StoreError> {
    // What has come since: there is little of it, and it is the ledger's end.
    let since = scope.find::<event::Entity>().filter(event::Column::Seq.gt(told.until)).filter(updates());
    let since = since.order_by_asc(event::Column::Seq).all(tx.conn()).await?;
    let conversations = conversations(tx.conn(), scope, contact_id).await?;
    let is_theirs = |row: &event::Model| match row.conversation_id {
        Some(id) => conversations.contains(&id),
        None => row.payload.contains(&contact_id.to_string()),
    };
    let mut seqs = told.last.clone();
    seqs.extend(since.iter().filter(|row| is_theirs(row)).map(|row| row.seq));
    forget(tx, scope, contact_id, seqs, at).await
}

/// Puts right by whose name the conversations began that have begun since the merge: `who` they are of.
pub(super) async fn set_right_begun(
    tx: &Tx,
    scope: OrgScope,
    conversations: &[conversation::Model],
    who: &ContactSummary,
    (since, at): (Timestamp, Timestamp),
) -> Result<(), StoreError> {
    let begun = conversations.iter().filter(|row| row.created_at >= since.plus_seconds(-CLOCKS_SECONDS));
    for conversation in begun {
        let events = scope
            .find_by_keys::<event::Entity>()
            .filter(event::Column::ConversationId.eq(conversation.id))
            .filter(event::Column::Kind.eq("conversation_created"))
            .all(tx.conn())
            .await?;
        for row in events {
            let mut event: Event = sql::from_json(&row.payload, "event.payload")?;
            let Event::ConversationCreated { conversation: begun } = &mut event else { continue };
            if begun.contact.id == who.id && begun.contact.name == who.name && begun.contact.tag_ids == who.tag_ids {
                continue;
            }
            begun.contact = who.clone();
            scope
                .update::<event::Entity>()
                .col_expr(event::Column::Payload, sql::to_json(&event)?.into())
                .filter(event::Column::Seq.eq(row.seq))
                .exec(tx.conn())
                .await?;
            webhooks::forget_events(tx.conn(), scope, &[conversation.id], &[row.seq], at).await?;
        }
    }
    Ok(())
}

/// Has the audit log name a survivor, since the merge, by a name that is their own.
pub(super) async fn set_right_entries(
    tx: &Tx,
    scope: OrgScope,
    who: &ContactSummary,
    told: &ToldAsOne,
) -> Result<(), StoreError> {
    let mut ids = told.entries.clone();
    ids.extend(named(tx.conn(), scope, who.id, told.looked_at).await?);
    for some in ids.chunks(100) {
        let entries = scope.find::<audit_entry::Entity>().filter(audit_entry::Column::Id.is_in(some.iter().copied()));
        for entry in entries.all(tx.conn()).await? {
            let mut action: AuditAction = sql::from_json(&entry.payload, "audit_entry.payload")?;
            if action.rename(who) {
                scope
                    .update::<audit_entry::Entity>()
                    .col_expr(audit_entry::Column::Payload, sql::to_json(&action)?.into())
                    .filter(audit_entry::Column::Id.eq(entry.id))
                    .exec(tx.conn())
                    .await?;
            }
        }
    }
    Ok(())
}
