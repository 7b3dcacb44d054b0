//! Messages.

use crate::attachments::Attachment;
use crate::error::FieldCode;
use crate::error::FieldError;
use crate::id::{AgentId, AttachmentId, ConversationId, MessageId, Nonce};
use crate::limits;
use crate::object;
use crate::tagged::tagged;
use crate::time::Timestamp;
use crate::validate::{self, Fault, Validate};
use serde::{Deserialize, Serialize};

tagged! { "type", "Content":
/// What a message says. Files are boxed: most messages are texts, and shall not be as large as they.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Content {
    /// Plain text with line breaks and emoji; never interpreted as markup.
    Text {
        /// 1 to 5,000 characters, not only white space.
        text: String,
    },
    /// A text that answers to a message.
    Reply {
        /// As of a text.
        text: String,
        /// What it answers to.
        quote: Box<Quote>,
    },
    /// A picture that browsers can show.
    Image {
        /// The file.
        attachment: Box<Attachment>,
    },
    /// A video that browsers can play.
    Video {
        /// The file.
        attachment: Box<Attachment>,
    },
    /// Any other file, which is only ever saved and never shown.
    File {
        /// The file.
        attachment: Box<Attachment>,
    },
    /// Nothing any more: its author has recalled it. Its place and its time stay.
    Recalled {},
}
}

impl Content {
    /// The file that it carries.
    #[must_use]
    pub fn attachment(&self) -> Option<&Attachment> {
        match self {
            Self::Text { .. } | Self::Reply { .. } | Self::Recalled {} => None,
            Self::Image { attachment } | Self::Video { attachment } | Self::File { attachment } => Some(attachment),
        }
    }

    /// Its words, where it has any.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text { text } | Self::Reply { text, .. } => Some(text),
            _ => None,
        }
    }

    /// What it answers to.
    #[must_use]
    pub fn quote(&self) -> Option<&Quote> {
        match self {
            Self::Reply { quote, .. } => Some(quote),
            _ => None,
        }
    }

    /// The message at this place was recalled: what answers to it no longer says what it said. Returns whether this does.
    pub fn quoted_was_recalled(&mut self, seq: i64) -> bool {
        match self {
            Self::Reply { quote, .. } if quote.seq == seq && quote.content != (Self::Recalled {}) => {
                quote.content = Self::Recalled {};
                true
            }
            _ => false,
        }
    }

    /// The same with at most so many characters of a text, for lists; without what it answers to.
    #[must_use]
    pub fn shortened(&self, most: usize) -> Self {
        match self {
            Self::Text { text } | Self::Reply { text, .. } => Self::Text { text: text.chars().take(most).collect() },
            other => other.clone(),
        }
    }

    /// How one asks for a message that says this. What was recalled says nothing, and no server stores nothing.
    #[must_use]
    pub fn to_new(&self) -> NewContent {
        match self {
            Self::Text { text } => NewContent::Text { text: text.clone() },
            Self::Reply { text, quote } => NewContent::Reply { text: text.clone(), quote: quote.message_id },
            Self::Image { attachment } | Self::Video { attachment } | Self::File { attachment } => {
                NewContent::Attachment { attachment_id: attachment.id }
            }
            Self::Recalled {} => NewContent::Text { text: String::new() },
        }
    }
}

/// What a message shall say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum NewContent {
    /// Plain text with line breaks and emoji; never interpreted as markup.
    Text {
        /// 1 to 5,000 characters, not only white space.
        #[cfg_attr(
            feature = "openapi",
            schema(min_length = 1, max_length = 5000, pattern = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$")
        )]
        text: String,
    },
    /// A text that answers to a message.
    Reply {
        /// As of a text.
        #[cfg_attr(
            feature = "openapi",
            schema(min_length = 1, max_length = 5000, pattern = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$")
        )]
        text: String,
        /// A message of this conversation.
        quote: MessageId,
    },
    /// A file that the sender has uploaded to this conversation. Each can be sent once, within a day.
    Attachment {
        /// The file.
        attachment_id: AttachmentId,
    },
}

impl NewContent {
    /// What is wrong with the content, named by `field`.
    pub fn check(&self, field: &str) -> Result<(), FieldError> {
        match self {
            Self::Text { text } | Self::Reply { text, .. } => {
                check_text(text).map_err(|fault| fault.of(format!("{field}.text")))
            }
            // Whether it is there, only the database knows.
            Self::Attachment { .. } => Ok(()),
        }
    }
}

pub(crate) fn check_text(text: &str) -> Result<(), Fault> {
    if text.trim().is_empty() {
        return Err(Fault::new(FieldCode::Required, "must not be empty"));
    }
    validate::length(text, 1, limits::MESSAGE_TEXT_MAX)?;
    // PostgreSQL cannot store NUL in text, and no person types one.
    if text.contains('\0') {
        return Err(Fault::new(FieldCode::InvalidFormat, "must not contain NUL"));
    }
    Ok(())
}

/// A message in short, where another one answers to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Quote {
    /// The message.
    pub message_id: MessageId,
    /// Its place in the conversation.
    pub seq: i64,
    /// Who wrote it.
    pub author: Author,
    /// What it says, a text cut to [`Quote::TEXT_MAX`] characters and without what it answers to itself; that it was recalled, once it is.
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    pub content: Content,
}

impl Quote {
    /// Characters of a text that a quote keeps.
    pub const TEXT_MAX: usize = 120;

    /// The message of this id, of which nothing is known yet.
    #[must_use]
    pub fn named(message_id: MessageId) -> Self {
        Self { message_id, seq: 0, author: Author::Visitor, content: Content::Recalled {} }
    }

    /// Whether more is known of the message than its id.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.seq > 0
    }
}

tagged! { "kind", "Author":
/// Who wrote a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Author {
    /// The contact of the conversation.
    Visitor,
    /// An agent, under the name they had when they wrote.
    Agent {
        /// The agent.
        id: AgentId,
        /// Their name at the time.
        name: String,
    },
    /// Parlor itself, for the organisation: nobody has read or answered anything.
    Automatic,
}
}

impl Author {
    /// Whether the visitor wrote it.
    #[must_use]
    pub fn is_visitor(&self) -> bool {
        matches!(self, Self::Visitor)
    }
}

/// A stored message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Message {
    /// The message.
    pub id: MessageId,
    /// Where it was said.
    pub conversation_id: ConversationId,
    /// Its place in the conversation: 1, 2, 3 … without gaps.
    pub seq: i64,
    /// Who wrote it.
    pub author: Author,
    /// What it says.
    pub content: Content,
    /// The sender's own id for it, which lets their other tabs recognise it.
    pub nonce: Nonce,
    /// When the server stored it.
    pub created_at: Timestamp,
}

impl Message {
    /// It in short, for what answers to it.
    #[must_use]
    pub fn to_quote(&self) -> Quote {
        let Self { id, seq, author, content, .. } = self;
        Quote { message_id: *id, seq: *seq, author: author.clone(), content: content.shortened(Quote::TEXT_MAX) }
    }
}

/// Sends a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SendMessage {
    /// Made by the sender; sending again with the same nonce returns the first result.
    pub nonce: Nonce,
    /// What it shall say.
    #[serde(deserialize_with = "object::only")]
    pub content: NewContent,
}

impl Validate for SendMessage {
    fn validate(&self) -> Vec<FieldError> {
        self.content.check("content").err().into_iter().collect()
    }
}

/// A stretch of a conversation's messages, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MessageWindow {
    /// The messages, in the order of `seq`.
    pub items: Vec<Message>,
    /// Whether there are earlier ones than the first.
    pub has_earlier: bool,
    /// Whether there are later ones than the last.
    pub has_later: bool,
    /// Up to which `seq` the messages were cleared: there are none up to here, whatever a client still holds. 0 when none were.
    pub cleared_seq: i64,
    /// How many messages of the whole conversation had been recalled: whoever holds others of it from when there were fewer
    /// holds what was recalled meanwhile, and fetches them anew.
    pub recalls: i64,
}
