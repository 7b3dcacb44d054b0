//! Clearing a conversation's history, and deleting a conversation.
//!
//! Internal notes go with the history beside which they stand; of those the visitor hears nothing.
//!
//! Clearing hides the messages at once, by the conversation's `cleared_seq` and, in the ledger, its `cleared_event_seq`, and counts on
//! from there; the rows go in steps that never hold the writer for long. Deleting waits for that, and then takes the conversation
//! itself.

use crate::audience::Actor;
use crate::error::StoreError;
use crate::events::{self, PendingEvent};
use crate::queries::attachments;
use crate::queries::audit::{self, Auditor};
use crate::queries::conversations;
use crate::queries::members::{everybody, seeing};
use crate::queries::personal;
use crate::queries::webhooks;
use crate::scope::{OrgScope, Viewer, before_tenant};
use crate::tables::{contact, conversation, conversation_member, event, message, note, read_mark};
use crate::write::Tx;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QuerySelect};
use types::audit::AuditAction;
use types::contacts::ContactSummary;
use types::events::Event;
use types::id::{ConversationId, OrgId};
use types::time::Timestamp;

/// Clears a conversation's history, for everybody. Where there is nothing to clear nothing happens. Only by
/// [`Writer::run_alone`](crate::write::Writer::run_alone).
///
/// # Errors
/// [`StoreError::NotFound`] when the agent may not see it.
pub async fn clear(
    tx: &mut Tx,
    viewer: Viewer,
    conversation_id: ConversationId,
    auditor: Auditor,
) -> Result<(), StoreError> {
    let row = conversations::locked(tx.conn(), viewer, conversation_id).await?.ok_or(StoreError::NotFound)?;
    if row.last_seq == row.cleared_seq && row.notes == row.cleared_notes {
        return Ok(());
    }
    hide(tx, viewer, &row, auditor).await
}

/// Hides every message that there is, tells everybody, and writes down who did it.
async fn hide(tx: &mut Tx, viewer: Viewer, row: &conversation::Model, auditor: Auditor) -> Result<(), StoreError> {
    let contact = summary(tx.conn(), viewer.scope(), row).await?;
    // The conversation is locked, and the transaction this write's own: all that the ledger has of it so far lies up to here.
    let told = events::cursor(tx.conn(), viewer.scope()).await?;
    let messages = row.last_seq - row.cleared_seq;
    // Where only notes are cleared, their events are still to be purged: the last step is taken once more.
    let purged = if messages == 0 { Ord::min(row.purged_seq, row.last_seq - 1) } else { row.purged_seq };
    viewer
        .scope()
        .update::<conversation::Entity>()
        .col_expr(conversation::Column::ClearedEventSeq, told.into())
        .col_expr(conversation::Column::ClearedSeq, row.last_seq.into())
        .col_expr(conversation::Column::ClearedNotes, row.notes.into())
        .col_expr(conversation::Column::PurgedSeq, purged.into())
        .col_expr(conversation::Column::ClearedInbound, row.inbound_count.into())
        .col_expr(conversation::Column::WaitingSince, None::<Timestamp>.into())
        .col_expr(conversation::Column::LastMessage, None::<String>.into())
        .col_expr(conversation::Column::VisitorReadSeq, row.last_seq.into())
        .col_expr(conversation::Column::VisitorReadOutbound, (row.last_seq - row.inbound_count).into())
        .filter(conversation::Column::Id.eq(row.id))
        .exec(tx.conn())
        .await?;
    let (conversation_id, channel_id, at) = (row.id, row.channel_id, auditor.at);
    let mut tell = |audience, event| {
        let (org_id, actor) = (row.org_id, Actor::Agent(viewer.agent_id));
        tx.append(PendingEvent { org_id, conversation_id: Some(row.id), actor, audience, event, at });
    };
    if messages > 0 {
        tell(everybody(row)?, Event::ConversationCleared { conversation_id, seq: row.last_seq });
    }
    if row.notes > row.cleared_notes {
        tell(seeing(row)?, Event::NotesCleared { conversation_id, number: row.notes });
        personal::forget_mentions(tx, viewer, row.id, at).await?;
    }
    if messages > 0 {
        attachments::free(tx.conn(), viewer.scope(), &[row.contact_id]).await?;
    }
    delete_notes(tx.conn(), viewer.scope(), row.id).await?;
    webhooks::forget(tx.conn(), viewer.scope(), &[row.id], Some(at)).await?;
    let action = AuditAction::ConversationCleared { conversation_id, contact, channel_id, messages };
    audit::add(tx.conn(), viewer.org_id, auditor, &action).await
}

/// There are few beside a conversation.
async fn delete_notes<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    conversation_id: ConversationId,
) -> Result<(), StoreError> {
    scope.delete::<note::Entity>().filter(note::Column::ConversationId.eq(conversation_id)).exec(conn).await?;
    Ok(())
}

/// What became of a deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deletion {
    /// The conversation is gone.
    Done,
    /// It has more messages or events than one step takes; its messages are cleared. [Purge](step) them, [forget] what was
    /// [told], and delete it again.
    Cleared,
}

/// Deletes a conversation with all that belongs to it, for everybody. The contact stays: their next message begins a new one. Only by
/// [`Writer::run_alone`](crate::write::Writer::run_alone).
///
/// # Errors
/// [`StoreError::NotFound`] when the agent may not see it.
pub async fn delete(
    tx: &mut Tx,
    viewer: Viewer,
    conversation_id: ConversationId,
    auditor: Auditor,
    chunk: u64,
) -> Result<Deletion, StoreError> {
    let scope = viewer.scope();
    let actor = Actor::Agent(viewer.agent_id);
    let row = conversations::locked(tx.conn(), viewer, conversation_id).await?.ok_or(StoreError::NotFound)?;
    let left = u64::try_from(row.last_seq - row.purged_seq).unwrap_or_default();
    let events = told(tx.conn(), scope, conversation_id, Told::All, chunk.saturating_add(1)).await?;
    if Ord::max(left, u64::try_from(events.len()).unwrap_or(u64::MAX)) > chunk {
        if row.last_seq > row.cleared_seq {
            hide(tx, viewer, &row, auditor).await?;
        }
        return Ok(Deletion::Cleared);
    }
    let contact = summary(tx.conn(), scope, &row).await?;
    let of = |column: message::Column| column.eq(conversation_id);
    attachments::free(tx.conn(), scope, &[row.contact_id]).await?;
    delete_notes(tx.conn(), scope, conversation_id).await?;
    webhooks::forget(tx.conn(), scope, &[conversation_id], None).await?;
    // What search keeps goes with the messages' rows, here and in `step`.
    scope.delete::<message::Entity>().filter(of(message::Column::ConversationId)).exec(tx.conn()).await?;
    scope.delete::<event::Entity>().filter(event::Column::ConversationId.eq(conversation_id)).exec(tx.conn()).await?;
    let marks = read_mark::Column::ConversationId.eq(conversation_id);
    scope.delete::<read_mark::Entity>().filter(marks).exec(tx.conn()).await?;
    let members = conversation_member::Column::ConversationId.eq(conversation_id);
    scope.delete::<conversation_member::Entity>().filter(members).exec(tx.conn()).await?;
    let itself = conversation::Column::Id.eq(conversation_id);
    scope.delete::<conversation::Entity>().filter(itself).exec(tx.conn()).await?;
    tx.append(PendingEvent {
        org_id: viewer.org_id,
        // It outlives the conversation.
        conversation_id: None,
        actor,
        audience: everybody(&row)?,
        event: Event::ConversationDeleted { conversation_id },
        at: auditor.at,
    });
    // What was cleared has an entry of its own.
    let (channel_id, messages) = (row.channel_id, row.last_seq - row.cleared_seq);
    let action = AuditAction::ConversationDeleted { conversation_id, contact, channel_id, messages };
    audit::add(tx.conn(), viewer.org_id, auditor, &action).await?;
    Ok(Deletion::Done)
}

/// A conversation's contact in short.
pub(crate) async fn summary<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    row: &conversation::Model,
) -> Result<ContactSummary, StoreError> {
    let contact = scope.find::<contact::Entity>().filter(contact::Column::Id.eq(row.person_id)).one(conn).await?;
    Ok(types::contacts::Contact::try_from(contact.ok_or(StoreError::NotFound)?)?.summary())
}

/// The conversations of all organisations whose cleared messages still have rows.
pub async fn unfinished<C: ConnectionTrait>(conn: &C) -> Result<Vec<(OrgId, ConversationId)>, StoreError> {
    Ok(before_tenant::<conversation::Entity>()
        .filter(Expr::col(conversation::Column::PurgedSeq).lt(Expr::col(conversation::Column::ClearedSeq)))
        .select_only()
        .columns([conversation::Column::OrgId, conversation::Column::Id])
        .into_tuple()
        .all(conn)
        .await?)
}

/// Which clearing has been purged of its messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Purged {
    /// Up to which message.
    until: i64,
    /// Up to where the ledger tells of what was cleared.
    told_until: i64,
}

/// Deletes the rows of at most `chunk` cleared messages. Answers which clearing it was, once none is left; the conversation stays
/// [unfinished] until [finish].
pub async fn step<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    conversation_id: ConversationId,
    chunk: u64,
) -> Result<Option<Purged>, StoreError> {
    let row =
        scope.find::<conversation::Entity>().filter(conversation::Column::Id.eq(conversation_id)).one(conn).await?;
    let Some(row) = row else { return Ok(Some(Purged { until: 0, told_until: 0 })) };
    let chunk = i64::try_from(Ord::max(chunk, 1)).unwrap_or(i64::MAX);
    let until = Ord::min(row.cleared_seq, row.purged_seq.saturating_add(chunk));
    scope
        .delete::<message::Entity>()
        .filter(message::Column::ConversationId.eq(conversation_id))
        .filter(message::Column::Seq.lte(until))
        .exec(conn)
        .await?;
    if until >= row.cleared_seq {
        return Ok(Some(Purged { until: row.cleared_seq, told_until: row.cleared_event_seq }));
    }
    purged(conn, scope, conversation_id, Purged { until, told_until: row.cleared_event_seq }).await?;
    Ok(None)
}

/// Nothing is left of what was cleared then. Where more was cleared meanwhile, be it notes alone, the conversation stays [unfinished].
pub async fn finish<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    conversation_id: ConversationId,
    what: Purged,
) -> Result<(), StoreError> {
    purged(conn, scope, conversation_id, what).await
}

async fn purged<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    conversation_id: ConversationId,
    what: Purged,
) -> Result<(), StoreError> {
    scope
        .update::<conversation::Entity>()
        .col_expr(conversation::Column::PurgedSeq, what.until.into())
        .filter(conversation::Column::Id.eq(conversation_id))
        .filter(conversation::Column::PurgedSeq.lt(what.until))
        .filter(conversation::Column::ClearedEventSeq.eq(what.told_until))
        .exec(conn)
        .await?;
    Ok(())
}

/// Which of a conversation's events are to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Those that told of messages which were cleared.
    Cleared,
    /// All, because the conversation is being deleted, but for the one that it began with: until it is gone, it is there.
    All,
}

/// The places of at most `limit` of a conversation's events that are to go. Looked for once for many steps: no index tells them
/// apart from the others.
pub async fn told<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    conversation_id: ConversationId,
    which: Told,
    limit: u64,
) -> Result<Vec<i64>, StoreError> {
    let kind = event::Column::Kind;
    let select = scope.find::<event::Entity>().filter(event::Column::ConversationId.eq(conversation_id));
    let select = match which {
        Told::All => select.filter(kind.ne("conversation_created")),
        Told::Cleared => {
            let cleared = Query::select()
                .column(conversation::Column::ClearedEventSeq)
                .from(conversation::Entity)
                .and_where(Expr::col((conversation::Entity, conversation::Column::Id)).eq(conversation_id))
                .to_owned();
            let until = Expr::SubQuery(None, Box::new(cleared.into()));
            select
                .filter(kind.is_in(["message_created", "note_created"]))
                .filter(Expr::col(event::Column::Seq).lte(until))
        }
    };
    Ok(select.select_only().column(event::Column::Seq).limit(limit).into_tuple().all(conn).await?)
}

/// Deletes events by their places.
pub async fn forget<C: ConnectionTrait>(conn: &C, scope: OrgScope, seqs: Vec<i64>) -> Result<(), StoreError> {
    scope.delete::<event::Entity>().filter(event::Column::Seq.is_in(seqs)).exec(conn).await?;
    Ok(())
}
