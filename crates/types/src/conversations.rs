//! Conversations.

use crate::assignment::Assignment;
use crate::contacts::ContactSummary;
use crate::error::FieldError;
use crate::id::{AgentId, ChannelId, ConversationId};
use crate::messages::{Author, Content};
use crate::patch;
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
    /// The agents who were added to it, besides the assignee, in the order of joining.
    pub members: Vec<AgentId>,
    /// Counts the changes of `members`, of `assignee_id` and of what follows: of two answers the one with the higher count is newer.
    pub members_version: i64,
    /// Since when it is closed; absent while it is open. The visitor's next message opens it again.
    #[serde(default)]
    pub closed_at: Option<Timestamp>,
    /// Since when it waits for somebody to take it; absent when it does not.
    #[serde(default)]
    pub queued_at: Option<Timestamp>,
    /// Until when its agent has put it off; absent when they have not. It comes back then, or with the visitor's next message.
    #[serde(default)]
    pub snoozed_until: Option<Timestamp>,
    /// Why it is whose it is, or why it waits; absent where nothing was decided.
    #[serde(default)]
    pub assignment: Option<Assignment>,
    /// The `seq` of the newest message; 0 when there is none.
    pub last_seq: i64,
    /// The newest message.
    pub last_message: Option<MessagePreview>,
    /// How many visitor's messages the asking agent has not read. Personal.
    pub unread: i64,
    /// Up to which `seq` the asking agent has read. Personal.
    pub read_seq: i64,
    /// Whether the asking agent keeps it at the top of the list. Personal.
    pub pinned: bool,
    /// Whether the asking agent wants no notification of it; something unread shows all the same. Personal.
    pub muted: bool,
    /// Whether the asking agent has marked it unread, to come back to it. Personal, and apart from `unread`: reading and new
    /// messages leave it, [`PersonalPatch`] takes it away, as the console does when the conversation is opened.
    pub marked_unread: bool,
    /// Whether a note mentions the asking agent which they have not looked at yet. Personal; [`PersonalPatch`] takes it away, as the
    /// console does when it shows the conversation.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub mentioned: bool,
    /// Counts the changes of `pinned`, `muted`, `marked_unread` and `mentioned`: of two answers the one with the higher count is newer. Personal.
    pub personal_revision: i64,
    /// Up to which `seq` the messages were cleared; 0 when none were.
    pub cleared_seq: i64,
    /// How many of its messages have been recalled; see [`MessageWindow`](crate::messages::MessageWindow).
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub recalls: i64,
    /// How many internal notes have been written beside it: the number of the newest.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub notes: i64,
    /// Up to which number its notes were cleared with its history.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub cleared_notes: i64,
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

/// Changes to the caller's own view of a conversation; what is absent stays. Nobody else sees them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PersonalPatch {
    /// Keep it at the top of the list; an agent has at most [`limits::PINNED_MAX`](crate::limits::PINNED_MAX).
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = bool, required = false))]
    pub pinned: Option<bool>,
    /// No notification of it.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = bool, required = false))]
    pub muted: Option<bool>,
    /// Marked unread.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = bool, required = false))]
    pub marked_unread: Option<bool>,
    /// `false`: they have looked at what mentions them. Only a note mentions somebody, so `true` changes nothing.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = bool, required = false))]
    pub mentioned: Option<bool>,
}

impl Validate for PersonalPatch {
    fn validate(&self) -> Vec<FieldError> {
        Vec::new()
    }
}

/// An agent's own view of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Personal {
    /// Whether they keep it at the top of the list.
    pub pinned: bool,
    /// Whether they want no notification of it.
    pub muted: bool,
    /// Whether they have marked it unread.
    pub marked_unread: bool,
    /// Whether a note mentions them which they have not looked at yet.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub mentioned: bool,
    /// Counts the changes of these.
    pub revision: i64,
}

impl Personal {
    /// The view after a patch; the count moves when something does.
    #[must_use]
    pub fn after(self, patch: &PersonalPatch) -> Self {
        let PersonalPatch { pinned, muted, marked_unread, mentioned } = *patch;
        let after = Self {
            pinned: pinned.unwrap_or(self.pinned),
            muted: muted.unwrap_or(self.muted),
            marked_unread: marked_unread.unwrap_or(self.marked_unread),
            mentioned: self.mentioned && mentioned.unwrap_or(true),
            ..self
        };
        after.following(self)
    }

    /// The view when a note mentions them, or when there is none any more that does.
    #[must_use]
    pub fn mentioned(self, mentioned: bool) -> Self {
        Self { mentioned, ..self }.following(self)
    }

    fn following(self, before: Self) -> Self {
        if self == before { before } else { Self { revision: before.revision.saturating_add(1), ..self } }
    }
}

impl Conversation {
    /// Whether the asking agent has something to come back to: unread messages, a mention, or their own mark.
    #[must_use]
    pub fn is_unread(&self) -> bool {
        self.unread > 0 || self.marked_unread || self.mentioned
    }

    /// Whether it is this agent's: assigned to them, or they were added to it.
    #[must_use]
    pub fn belongs_to(&self, agent: AgentId) -> bool {
        self.assignee_id == Some(agent) || self.members.contains(&agent)
    }

    /// Takes who takes part, unless newer is known.
    pub fn put_members(&mut self, members: Vec<AgentId>, version: i64) {
        if version > self.members_version {
            (self.members, self.members_version) = (members, version);
        }
    }

    /// The asking agent's own view of it.
    #[must_use]
    pub fn personal(&self) -> Personal {
        Personal {
            pinned: self.pinned,
            muted: self.muted,
            marked_unread: self.marked_unread,
            mentioned: self.mentioned,
            revision: self.personal_revision,
        }
    }

    /// Takes an agent's own view, unless a newer one is there.
    pub fn put_personal(&mut self, personal: Personal) {
        if personal.revision > self.personal_revision {
            let Personal { pinned, muted, marked_unread, mentioned, revision } = personal;
            (self.pinned, self.muted, self.marked_unread) = (pinned, muted, marked_unread);
            (self.mentioned, self.personal_revision) = (mentioned, revision);
        }
    }
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
