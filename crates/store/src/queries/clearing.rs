//! Clearing a conversation's history, and deleting a conversation.
//!
//! Clearing hides the messages at once, by the conversation's `cleared_seq`, and counts on from there; the rows go in steps that
//! never hold the writer for long. Deleting waits for that, and then takes the conversation itself.

use crate::audience::{Actor, Audience};
use crate::error::StoreError;
use crate::events::PendingEvent;
use crate::queries::attachments;
use crate::queries::audit::{self, Auditor};
use crate::queries::conversations;
use crate::queries::purge::Purge;
use crate::scope::{OrgScope, Viewer, before_tenant};
use crate::tables::{contact, conversation, event, message, read_mark};
use crate::write::Tx;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QuerySelect};
use types::audit::AuditAction;
use types::contacts::ContactSummary;
use types::events::Event;
use types::id::{ConversationId, OrgId};
use types::time::Timestamp;

/// Clears a conversation's history, for everybody. Where there is nothing to clear nothing happens.
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
    let messages = row.last_seq - row.cleared_seq;
    if messages == 0 {
        return Ok(());
    }
    let contact = summary(tx.conn(), viewer.scope(), &row).await?;
    hide(tx, &row, Actor::Agent(viewer.agent_id), auditor.at).await?;
    let channel_id = row.channel_id;
    let action = AuditAction::ConversationCleared { conversation_id, contact, channel_id, messages };
    audit::add(tx.conn(), viewer.org_id, auditor, &action).await
}

/// Hides every message that there is, and tells everybody.
async fn hide(tx: &mut Tx, row: &conversation::Model, actor: Actor, at: Timestamp) -> Result<(), StoreError> {
    OrgScope::new(row.org_id)
        .update::<conversation::Entity>()
        .col_expr(conversation::Column::ClearedSeq, row.last_seq.into())
        .col_expr(conversation::Column::ClearedInbound, row.inbound_count.into())
        .col_expr(conversation::Column::WaitingSince, None::<Timestamp>.into())
        .col_expr(conversation::Column::LastMessage, None::<String>.into())
        .col_expr(conversation::Column::VisitorReadSeq, row.last_seq.into())
        .col_expr(conversation::Column::VisitorReadOutbound, (row.last_seq - row.inbound_count).into())
        .filter(conversation::Column::Id.eq(row.id))
        .exec(tx.conn())
        .await?;
    attachments::free(tx.conn(), OrgScope::new(row.org_id), &[row.contact_id]).await?;
    tx.append(PendingEvent {
        org_id: row.org_id,
        conversation_id: Some(row.id),
        actor,
        audience: Audience::conversation(row.assignee_id, row.contact_id),
        event: Event::ConversationCleared { conversation_id: row.id, seq: row.last_seq },
        at,
    });
    Ok(())
}

/// What became of a deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deletion {
    /// The conversation is gone.
    Done,
    /// It has more messages than one step takes: they are cleared. [Purge](step) them, and delete it again.
    Cleared,
}

/// Deletes a conversation with all that belongs to it, for everybody. The contact stays: their next message begins a new one.
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
    let left = row.last_seq - row.purged_seq;
    if u64::try_from(left).unwrap_or_default() > chunk {
        if row.last_seq > row.cleared_seq {
            hide(tx, &row, actor, auditor.at).await?;
        }
        return Ok(Deletion::Cleared);
    }
    let contact = summary(tx.conn(), scope, &row).await?;
    let of = |column: message::Column| column.eq(conversation_id);
    attachments::free(tx.conn(), scope, &[row.contact_id]).await?;
    // What search keeps goes with the messages' rows, here and in `step`.
    scope.delete::<message::Entity>().filter(of(message::Column::ConversationId)).exec(tx.conn()).await?;
    scope.delete::<event::Entity>().filter(event::Column::ConversationId.eq(conversation_id)).exec(tx.conn()).await?;
    let marks = read_mark::Column::ConversationId.eq(conversation_id);
    scope.delete::<read_mark::Entity>().filter(marks).exec(tx.conn()).await?;
    let itself = conversation::Column::Id.eq(conversation_id);
    scope.delete::<conversation::Entity>().filter(itself).exec(tx.conn()).await?;
    tx.append(PendingEvent {
        org_id: viewer.org_id,
        // It outlives the conversation.
        conversation_id: None,
        actor,
        audience: Audience::conversation(row.assignee_id, row.contact_id),
        event: Event::ConversationDeleted { conversation_id },
        at: auditor.at,
    });
    let (channel_id, messages) = (row.channel_id, row.last_seq);
    let action = AuditAction::ConversationDeleted { conversation_id, contact, channel_id, messages };
    audit::add(tx.conn(), viewer.org_id, auditor, &action).await?;
    Ok(Deletion::Done)
}

async fn summary<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    row: &conversation::Model,
) -> Result<ContactSummary, StoreError> {
    let contact = scope.find::<contact::Entity>().filter(contact::Column::Id.eq(row.contact_id)).one(conn).await?;
    contact.map(|row| types::contacts::Contact::from(row).summary()).ok_or(StoreError::NotFound)
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

/// Deletes the rows of at most `chunk` cleared messages, and as many of the events that told of them.
pub async fn step<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    conversation_id: ConversationId,
    chunk: u64,
) -> Result<Purge, StoreError> {
    let row =
        scope.find::<conversation::Entity>().filter(conversation::Column::Id.eq(conversation_id)).one(conn).await?;
    let Some(row) = row.filter(|row| row.purged_seq < row.cleared_seq) else { return Ok(Purge::Done) };
    let chunk = i64::try_from(Ord::max(chunk, 1)).unwrap_or(i64::MAX);
    let until = Ord::min(row.cleared_seq, row.purged_seq.saturating_add(chunk));
    scope
        .delete::<message::Entity>()
        .filter(message::Column::ConversationId.eq(conversation_id))
        .filter(message::Column::Seq.lte(until))
        .exec(conn)
        .await?;
    // The clearing's own event comes after all of those that told of what was cleared.
    let cleared_at = Query::select()
        .expr(Expr::col(event::Column::Seq).max())
        .from(event::Entity)
        .and_where(Expr::col(event::Column::OrgId).eq(scope.org_id()))
        .and_where(Expr::col(event::Column::ConversationId).eq(conversation_id))
        .and_where(Expr::col(event::Column::Kind).eq("conversation_cleared"))
        .to_owned();
    let told = Query::select()
        .column(event::Column::Seq)
        .from(event::Entity)
        .and_where(Expr::col(event::Column::OrgId).eq(scope.org_id()))
        .and_where(Expr::col(event::Column::ConversationId).eq(conversation_id))
        .and_where(Expr::col(event::Column::Kind).eq("message_created"))
        .and_where(Expr::col(event::Column::Seq).lt(Expr::SubQuery(None, Box::new(cleared_at.into()))))
        .limit(u64::try_from(chunk).unwrap_or(u64::MAX))
        .to_owned();
    let events = scope.delete::<event::Entity>().filter(event::Column::Seq.in_subquery(told)).exec(conn).await?;
    // The events of what was said in a step are about as many as its messages; the last step takes what is left of both.
    let more = until < row.cleared_seq || events.rows_affected >= u64::try_from(chunk).unwrap_or(u64::MAX);
    let purged = if more { Ord::min(until, row.cleared_seq.saturating_sub(1)) } else { until };
    scope
        .update::<conversation::Entity>()
        .col_expr(conversation::Column::PurgedSeq, purged.into())
        .filter(conversation::Column::Id.eq(conversation_id))
        .exec(conn)
        .await?;
    Ok(if more { Purge::More } else { Purge::Done })
}
