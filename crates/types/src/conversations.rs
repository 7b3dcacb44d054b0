//! Conversations.

use crate::contacts::ContactSummary;
use crate::error::FieldError;
use crate::id::{AgentId, ChannelId, ConversationId};
use crate::messages::{Author, Content};
use crate::time::Timestamp;
use crate::validate::{self, Faults, Validate};
use serde::{Deserialize, Serialize};

/// The last message in short, for the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MessagePreview {
    /// Its place in the conversation.
    pub seq: i64,
    /// Who wrote it.
    pub author: Author,
    /// What it says, a text cut to [`MessagePreview::TEXT_MAX`] characters.
    pub content: Content,
    /// When it was stored.
    pub created_at: Timestamp,
}

impl MessagePreview {
    /// Characters of a text that a preview keeps.
    pub const TEXT_MAX: usize = 120;
}

/// A conversation, as one agent sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Conversation {
    /// The conversation.
    pub id: ConversationId,
    /// Where it takes place.
    pub channel_id: ChannelId,
    /// With whom.
    pub contact: ContactSummary,
    /// Whose it is; absent while nobody has it.
    pub assignee_id: Option<AgentId>,
    /// The `seq` of the newest message; 0 when there is none.
    pub last_seq: i64,
    /// The newest message.
    pub last_message: Option<MessagePreview>,
    /// How many visitor's messages the asking agent has not read. Personal.
    pub unread: i64,
    /// Up to which `seq` the asking agent has read. Personal.
    pub read_seq: i64,
    /// Up to which `seq` any agent has read: the visitor's "read" mark.
    pub agents_read_seq: i64,
    /// Up to which `seq` the visitor has read: the agents' "read" mark.
    pub visitor_read_seq: i64,
    /// Since when the visitor waits for an answer ("needs reply"); reading does not clear it, answering does.
    pub waiting_since: Option<Timestamp>,
    /// When the newest message came, or when it was made: the list's order.
    pub last_activity_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
}

/// The agent has read up to a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MarkRead {
    /// The newest message read. Beyond the last message counts as the last; going back changes nothing.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    #[serde(deserialize_with = "crate::number::whole")]
    pub seq: i64,
}

impl Validate for MarkRead {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        faults.check("seq", validate::range(self.seq, 1, i64::MAX));
        faults.into_errors()
    }
}

/// Where reading stands after [`MarkRead`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReadState {
    /// Up to which `seq` the caller has read.
    pub seq: i64,
    /// How many of the other side's messages are unread.
    pub unread: i64,
}
