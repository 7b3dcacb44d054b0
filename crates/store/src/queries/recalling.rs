//! Recalling a message: it keeps its row, its `seq` and its time, and says nothing any more, wherever it was said.
//!
//! **Invariant**: after the commit neither its text nor its file's name is in any row: not in the message, the conversation's
//! preview, the search index or the ledger, from which somebody who was away would read it. Its file is no longer served.

use crate::audience::Actor;
use crate::error::StoreError;
use crate::events::PendingEvent;
use crate::queries::members::everybody;
use crate::queries::messages::{MessageRow, Window};
use crate::queries::{attachments, conversations, messages};
use crate::scope::{OrgScope, Viewer};
use crate::sql;
use crate::tables::{conversation, event, message, search_document};
use crate::write::{Tx, preview_of};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QuerySelect};
use types::events::Event;
use types::messages::{Content, Message};
use types::time::Timestamp;

/// Where the ledger tells of messages that were stored here at this time. That never changes, so it is found before the write,
/// for which walking through a long conversation's events would be too much.
pub async fn told<C: ConnectionTrait>(conn: &C, scope: OrgScope, message: &Message) -> Result<Vec<i64>, StoreError> {
    Ok(scope
        .find::<event::Entity>()
        .filter(event::Column::ConversationId.eq(message.conversation_id))
        .filter(event::Column::CreatedAt.eq(message.created_at))
        .filter(event::Column::Kind.eq("message_created"))
        .select_only()
        .column(event::Column::Seq)
        .into_tuple()
        .all(conn)
        .await?)
}

/// The same of several messages of one conversation, of which the ledger tells after this place: two minutes of it are walked, by
/// its own order, whatever the conversation's length.
async fn told_after<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    after: i64,
    messages: &[Message],
) -> Result<Vec<i64>, StoreError> {
    Ok(scope
        .find::<event::Entity>()
        .filter(event::Column::Seq.gt(after))
        .filter(event::Column::ConversationId.is_in(messages.iter().map(|message| message.conversation_id).take(1)))
        .filter(event::Column::CreatedAt.is_in(messages.iter().map(|message| message.created_at)))
        .filter(event::Column::Kind.eq("message_created"))
        .select_only()
        .column(event::Column::Seq)
        .into_tuple()
        .all(conn)
        .await?)
}

/// Recalls a message, of which the ledger tells at one of the [places](told); only by
/// [`Writer::run_alone`](crate::write::Writer::run_alone). Whether it may be recalled the caller knows. What
/// was recalled before stays so.
///
/// # Errors
/// [`StoreError::NotFound`] when it is not there any more, or not for this agent.
pub async fn recall(
    tx: &mut Tx,
    viewer: Viewer,
    message: &Message,
    told: &[i64],
    at: Timestamp,
) -> Result<Message, StoreError> {
    let scope = viewer.scope();
    let conversation_id = message.conversation_id;
    let row = conversations::locked(tx.conn(), viewer, conversation_id).await?.ok_or(StoreError::NotFound)?;
    let known = messages::get(tx.conn(), viewer, conversation_id, message.id).await?.ok_or(StoreError::NotFound)?;
    if known.content == (Content::Recalled {}) {
        return Ok(known);
    }
    if let Some(file) = known.content.attachment() {
        attachments::free_one(tx.conn(), scope, file.id).await?;
    }
    let recalled = Message { content: Content::Recalled {}, ..known };
    update_content(tx.conn(), scope, &recalled).await?;
    let documents = search_document::Column::MessageId.eq(recalled.id);
    scope.delete::<search_document::Entity>().filter(documents).exec(tx.conn()).await?;
    let mut changed = vec![recalled.clone()];
    let mut told = told.to_vec();
    let replies = replies(tx.conn(), scope, &recalled).await?;
    if let Some(first) = told.iter().min().copied().filter(|_| !replies.is_empty()) {
        told.extend(told_after(tx.conn(), scope, first, &replies).await?);
    }
    for reply in replies {
        update_content(tx.conn(), scope, &reply).await?;
        changed.push(reply);
    }
    retell(tx.conn(), scope, &changed, &told).await?;
    let recalls = row.recalls.saturating_add(1);
    let mut update = scope.update::<conversation::Entity>().col_expr(conversation::Column::Recalls, recalls.into());
    if row.last_seq == recalled.seq {
        let preview = sql::to_json(&preview_of(&recalled))?;
        update = update.col_expr(conversation::Column::LastMessage, Expr::value(preview));
    }
    update.filter(conversation::Column::Id.eq(conversation_id)).exec(tx.conn()).await?;
    tx.append(PendingEvent {
        org_id: viewer.org_id,
        conversation_id: Some(conversation_id),
        actor: Actor::Agent(viewer.agent_id),
        audience: everybody(&row)?,
        event: Event::MessageRecalled { conversation_id, message_id: recalled.id, seq: recalled.seq, recalls },
        at,
    });
    Ok(recalled)
}

/// The messages that answer to one that was recalled, as they are without its words. They come after it.
async fn replies<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    recalled: &Message,
) -> Result<Vec<Message>, StoreError> {
    let later = messages::stretch(scope, recalled.conversation_id, Window::After(recalled.seq))
        .filter(message::Column::Content.starts_with(r#"{"type":"reply""#))
        .into_model::<MessageRow>()
        .all(conn)
        .await?;
    let mut replies = later.into_iter().map(MessageRow::into_message).collect::<Result<Vec<_>, _>>()?;
    replies.retain_mut(|reply| reply.content.quoted_was_recalled(recalled.seq));
    Ok(replies)
}

async fn update_content<C: ConnectionTrait>(conn: &C, scope: OrgScope, message: &Message) -> Result<(), StoreError> {
    scope
        .update::<message::Entity>()
        .col_expr(message::Column::Content, Expr::value(sql::to_json(&message.content)?))
        .filter(message::Column::Id.eq(message.id))
        .exec(conn)
        .await?;
    Ok(())
}

/// Takes the words out of the events that told of these messages.
async fn retell<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    changed: &[Message],
    told: &[i64],
) -> Result<(), StoreError> {
    let rows: Vec<(i64, String)> = scope
        .find::<event::Entity>()
        .filter(event::Column::Seq.is_in(told.iter().copied()))
        .select_only()
        .columns([event::Column::Seq, event::Column::Payload])
        .into_tuple()
        .all(conn)
        .await?;
    for (seq, payload) in rows {
        let Event::MessageCreated { message: told } = sql::from_json(&payload, "event")? else { continue };
        let Some(message) = changed.iter().find(|message| message.id == told.id) else { continue };
        let payload = sql::to_json(&Event::MessageCreated { message: message.clone() })?;
        scope
            .update::<event::Entity>()
            .col_expr(event::Column::Payload, Expr::value(payload))
            .filter(event::Column::Seq.eq(seq))
            .exec(conn)
            .await?;
    }
    Ok(())
}
