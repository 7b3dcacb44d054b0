//! Sending messages.

use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::metrics::SocketKind;
use crate::state::AppState;
use rules::permissions::{Permission, can};
use std::time::Instant;
use store::attachments::{self, Owner};
use store::visitors;
use store::{Constraint, FirstMessage, MessageJob, Sender, StoreError, StoredMessage, Visitor};
use types::error::FieldCode;
use types::id::{AttachmentId, ConversationId, MessageId};
use types::messages::{Content, NewContent, Quote, SendMessage};
use types::validate::Validate;

/// Stores an agent's message. A repeated nonce answers with the message that it made the first time.
pub async fn send_message(
    state: &AppState,
    agent: &AnyAgent,
    conversation_id: ConversationId,
    request: SendMessage,
) -> ApiResult<StoredMessage> {
    let begun = Instant::now();
    can(agent.role, Permission::AnswerConversations)?;
    check(&request)?;
    let content = match request.content {
        NewContent::Text { text } => Content::Text { text },
        NewContent::Reply { text, quote } => reply(text, quote),
        NewContent::Attachment { attachment_id } => {
            let uploaded = attachments::uploaded_to(state.db.reader(), agent.viewer(), conversation_id, attachment_id);
            // On the heap: of a text's way nothing of it should be in the way.
            Box::pin(uploaded).await?.ok_or_else(no_such_file)?
        }
    };
    let job = MessageJob {
        id: state.ids.make(MessageId),
        conversation_id,
        sender: Sender::Agent { viewer: agent.viewer(), name: agent.name.clone() },
        nonce: request.nonce,
        content,
        at: state.clock.now(),
    };
    let stored = state.writer.message(job).await.map_err(refused)?;
    state.metrics.writes.acknowledged(SocketKind::Agent, begun.elapsed());
    Ok(stored)
}

/// Stores a visitor's message; the first makes the contact and the conversation. `known` is the visitor's conversation,
/// where the caller has learnt it before.
pub async fn send_visitor_message(
    state: &AppState,
    visitor: Visitor,
    known: Option<ConversationId>,
    request: SendMessage,
) -> ApiResult<StoredMessage> {
    let begun = Instant::now();
    check(&request)?;
    let at = state.clock.now();
    // Here and not only at the socket: a visitor can open many.
    if let Some(millis) = state.limits.visitor_messages.take(visitor.contact_id, at).refused_for {
        return Err(ApiError::rate_limited(millis));
    }
    let id = state.ids.make(MessageId);
    let SendMessage { nonce, content } = request;
    let known = match known {
        Some(id) => Some(id),
        None => visitors::state(state.db.reader(), visitor).await?.map(|state| state.conversation_id),
    };
    let content = match content {
        NewContent::Text { text } => Content::Text { text },
        NewContent::Reply { text, quote } => reply(text, quote),
        NewContent::Attachment { attachment_id } => Box::pin(visitors_file(state, visitor, attachment_id)).await?,
    };
    let stored = match known {
        Some(conversation_id) => {
            let sender = Sender::Visitor(visitor);
            let job = MessageJob { id, conversation_id, sender, nonce, content: content.clone(), at };
            state.writer.message(job).await
        }
        None => Err(StoreError::NotFound),
    };
    let stored = match stored {
        // There is none yet, or it was deleted since it was learnt: this message begins one.
        Err(StoreError::NotFound) => {
            let conversation_id = state.ids.make(ConversationId);
            let welcome_id = state.ids.make(MessageId);
            let facts = state.visits.of(visitor.contact_id);
            let first = FirstMessage { visitor, conversation_id, id, welcome_id, nonce, content, facts, at };
            state.writer.first_message(first).await
        }
        stored => stored,
    };
    let stored = stored.map_err(refused)?;
    state.metrics.writes.acknowledged(SocketKind::Visitor, begun.elapsed());
    Ok(stored)
}

async fn visitors_file(state: &AppState, visitor: Visitor, id: AttachmentId) -> ApiResult<Content> {
    attachments::uploaded(state.db.reader(), Owner::from(visitor), id).await?.ok_or_else(no_such_file)
}

/// A text that answers to a message, which is read in the write.
fn reply(text: String, quote: MessageId) -> Content {
    Content::Reply { text, quote: Box::new(Quote::named(quote)) }
}

fn no_such_file() -> ApiError {
    ApiError::field(
        "content.attachment_id",
        FieldCode::Wrong,
        "must be a file that you have uploaded to this conversation",
    )
}

/// What the writer refuses of a message.
fn refused(error: StoreError) -> ApiError {
    match error {
        StoreError::Conflict { constraint: Constraint::AttachmentUse } => ApiError::field(
            "content.attachment_id",
            FieldCode::Expired,
            "has been sent already, or was not sent for a day; upload it again",
        ),
        StoreError::Conflict { constraint: Constraint::QuotedMessage } => {
            ApiError::field("content.quote", FieldCode::Wrong, "must be a message of this conversation")
        }
        other => other.into(),
    }
}

fn check(request: &SendMessage) -> ApiResult<()> {
    let errors = request.validate();
    if errors.is_empty() { Ok(()) } else { Err(ApiError::invalid(errors)) }
}
