//! Sample values for the tests of this crate.

use types::attachments::FileAccess;
use types::id::{AgentId, ChannelId, ContactId, ConversationId, MessageId, Nonce, TagId};
use types::messages::{Author, Content, Message, NewContent};
use types::time::Timestamp;
use uuid::Uuid;

pub(crate) fn nonce(number: u128) -> Nonce {
    Nonce(Uuid::from_u128(number))
}

pub(crate) fn conversation_id(number: u128) -> ConversationId {
    ConversationId(Uuid::from_u128(number))
}

pub(crate) fn channel_id(number: u128) -> ChannelId {
    ChannelId(Uuid::from_u128(number))
}

pub(crate) fn contact_id(number: u128) -> ContactId {
    ContactId(Uuid::from_u128(number))
}

#[cfg(feature = "console")]
pub(crate) fn tag_id(number: u128) -> TagId {
    TagId(Uuid::from_u128(number))
}

pub(crate) fn agent_id(number: u128) -> AgentId {
    AgentId(Uuid::from_u128(number))
}

pub(crate) fn agent(number: u128) -> Author {
    Author::Agent { id: agent_id(number), name: format!("agent {number}") }
}

/// The days from one time to another.
#[cfg(feature = "console")]
pub(crate) fn dates(since: Option<i64>, before: Option<i64>) -> crate::state::Dates {
    let period = types::saved_views::Period::LastDays(7);
    crate::state::Dates { period, since: since.map(Timestamp), before: before.map(Timestamp) }
}

/// Days of the model's world, where a second is one event: from some time on, up to one, between two, or any.
#[cfg(feature = "console")]
pub(crate) fn some_dates(pick: u8) -> Option<crate::state::Dates> {
    let since = 1_000_000 + i64::from(pick) * 400;
    match pick / 4 % 4 {
        0 => Some(dates(Some(since), None)),
        1 => Some(dates(None, Some(since + 20_000))),
        2 => Some(dates(Some(since), Some(since + 40_000))),
        _ => None,
    }
}

pub(crate) fn text(text: &str) -> Content {
    Content::Text { text: text.to_owned() }
}

/// What a server makes of what is sent to it, with the messages that there are. Files are none of the simulation's business.
pub(crate) fn stored(content: NewContent, there: &[Message]) -> Content {
    match content {
        NewContent::Text { text } => Content::Text { text },
        NewContent::Reply { text, quote } => match there.iter().find(|message| message.id == quote) {
            Some(quoted) => Content::Reply { text, quote: Box::new(quoted.to_quote()) },
            None => Content::Text { text },
        },
        NewContent::Attachment { attachment_id } => text(&attachment_id.to_string()),
    }
}

pub(crate) fn files() -> FileAccess {
    FileAccess { path: "/files/pass/".to_owned(), expires_at: Timestamp(0), max_bytes: 1 << 20 }
}

/// The visitor's message at `seq` of conversation 1.
pub(crate) fn message(seq: i64) -> Message {
    message_by(Author::Visitor, seq)
}

/// The author's message at `seq` of conversation 1.
pub(crate) fn message_by(author: Author, seq: i64) -> Message {
    let number = 1_000 + u128::from(seq.unsigned_abs());
    Message {
        id: MessageId(Uuid::from_u128(number)),
        conversation_id: conversation_id(1),
        seq,
        author,
        content: text(&format!("message {seq}")),
        nonce: nonce(number),
        created_at: Timestamp(seq.saturating_mul(1_000)),
    }
}
