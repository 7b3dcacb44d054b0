//! Search: who and what was found, with the places to highlight.

use crate::contacts::ContactSummary;
use crate::error::FieldError;
use crate::id::{ChannelId, ConversationId, MessageId};
use crate::limits;
use crate::messages::Author;
use crate::time::Timestamp;
use crate::validate::{self, Faults};
use serde::{Deserialize, Serialize};

/// A part of a text, in characters (Unicode scalar values), to be highlighted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Highlight {
    /// The first character.
    pub start: u32,
    /// The character after the last.
    pub end: u32,
}

/// A contact whose name or number was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContactHit {
    /// Their conversation.
    pub conversation_id: ConversationId,
    /// Where it takes place.
    pub channel_id: ChannelId,
    /// The contact.
    pub contact: ContactSummary,
    /// What was found of the name; nothing when it was the number.
    pub highlights: Vec<Highlight>,
}

/// A message that has what was looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MessageHit {
    /// Where it was said.
    pub conversation_id: ConversationId,
    /// The channel of the conversation.
    pub channel_id: ChannelId,
    /// With whom.
    pub contact: ContactSummary,
    /// The message.
    pub message_id: MessageId,
    /// Its place in the conversation: `list_messages` with `around_seq` shows its surroundings.
    pub seq: i64,
    /// Who wrote it.
    pub author: Author,
    /// When it was stored.
    pub created_at: Timestamp,
    /// The part of the text around what was found, on one line; an ellipsis stands where the text was cut.
    pub snippet: String,
    /// What was found, in the snippet.
    pub highlights: Vec<Highlight>,
}

/// What a search has found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SearchResults {
    /// A page of contacts found by name or number, at most 20: who came last is on the first page, where whoever has the very
    /// number comes first; on a page those active last come first. It may be short, or empty, and still not be the last one.
    /// Empty beside a later page of messages.
    pub contacts: Vec<ContactHit>,
    /// Where the next page of contacts begins, for `contacts_cursor`; absent on the last one, and beside a later page of
    /// messages.
    pub next_contacts_cursor: Option<String>,
    /// A page of messages, newest first. It may be short, or empty, and still not be the last one: a page looks at a bounded
    /// part of the history. Empty beside a later page of contacts.
    pub messages: Vec<MessageHit>,
    /// Where the next page of messages begins, for `cursor`; absent on the last one, and beside a later page of contacts.
    pub next_cursor: Option<String>,
    /// The index is far behind what has been said, as after an upgrade: what is missing now is found later.
    pub catching_up: bool,
}

/// What is wrong with a search text, named by `field`: 1 to 100 characters, not only white space, no control characters.
pub fn check_text(field: &str, text: &str) -> Vec<FieldError> {
    let mut faults = Faults::default();
    faults.check(field, validate::line(text, 1, limits::SEARCH_TEXT_MAX));
    faults.into_errors()
}
