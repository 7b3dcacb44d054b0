//! The audit log: who took something away that cannot be brought back, or let somebody in or kept somebody out.

use crate::agents::Role;
use crate::contacts::ContactSummary;
use crate::id::{AgentGroupId, AgentId, AuditId, ChannelId, ConversationId, TagGroupId, TagId};
use crate::tagged::tagged;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

tagged! { "type", "AuditAction":
/// What was done. It stays readable when what it was done to is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AuditAction {
    /// A conversation's messages were cleared.
    ConversationCleared {
        /// The conversation.
        conversation_id: ConversationId,
        /// With whom it is.
        contact: ContactSummary,
        /// Where it takes place.
        channel_id: ChannelId,
        /// How many messages went.
        messages: i64,
    },
    /// A conversation was deleted with its messages.
    ConversationDeleted {
        /// The conversation.
        conversation_id: ConversationId,
        /// With whom it was.
        contact: ContactSummary,
        /// Where it took place.
        channel_id: ChannelId,
        /// How many messages went.
        messages: i64,
    },
    /// An agent was added to a conversation.
    MemberAdded {
        /// The conversation.
        conversation_id: ConversationId,
        /// With whom it is.
        contact: ContactSummary,
        /// Where it takes place.
        channel_id: ChannelId,
        /// Who was added.
        member_id: AgentId,
        /// Their name at the time.
        member_name: String,
    },
    /// An agent was removed from a conversation, or has left it.
    MemberRemoved {
        /// The conversation.
        conversation_id: ConversationId,
        /// With whom it is.
        contact: ContactSummary,
        /// Where it takes place.
        channel_id: ChannelId,
        /// Who was removed.
        member_id: AgentId,
        /// Their name at the time.
        member_name: String,
    },
    /// A conversation was handed on, or taken over.
    ConversationAssigned {
        /// The conversation.
        conversation_id: ConversationId,
        /// With whom it is.
        contact: ContactSummary,
        /// Where it takes place.
        channel_id: ChannelId,
        /// Whose it is from then on; absent where it waits for somebody of the group.
        assignee_id: Option<AgentId>,
        /// The group that it was handed on to.
        group_id: Option<AgentGroupId>,
        /// The name of the agent, or of the group, at the time.
        name: String,
    },
    /// It was set to whom a channel's conversations come.
    ChannelAssignmentSet {
        /// The channel.
        channel_id: ChannelId,
        /// Its name.
        name: String,
        /// Whether new conversations are assigned by themselves.
        automatic: bool,
        /// The names of the groups that serve it; none: everybody does.
        groups: Vec<String>,
    },
    /// A contact was put on the blacklist.
    ContactBlocked {
        /// Who.
        contact: ContactSummary,
        /// The channel they wrote to.
        channel_id: ChannelId,
    },
    /// A contact was taken off the blacklist.
    ContactUnblocked {
        /// Who.
        contact: ContactSummary,
        /// The channel they wrote to.
        channel_id: ChannelId,
    },
    /// A tag was deleted, and taken off the contacts that had it.
    TagDeleted {
        /// The tag.
        tag_id: TagId,
        /// Its name.
        name: String,
        /// The name of its group.
        group_name: String,
        /// How many contacts had it.
        contacts: i64,
    },
    /// A group of tags was deleted with its tags.
    TagGroupDeleted {
        /// The group.
        group_id: TagGroupId,
        /// Its name.
        name: String,
        /// The names of its tags.
        tags: Vec<String>,
        /// How many contacts had any of them.
        contacts: i64,
    },
    /// How large a file may be in all channels was set.
    FileLimitSet {
        /// In megabytes; 0: as the installation allows.
        max_megabytes: u16,
    },
    /// The welcome was set.
    WelcomeSet {
        /// The text from then on; empty when it was taken away.
        text: String,
    },
    /// An agent was added to the organisation.
    AgentCreated {
        /// Who was added.
        created_id: AgentId,
        /// Their name at the time.
        created_name: String,
        /// What they may do.
        role: Role,
    },
}
}

/// An entry of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    /// The entry.
    pub id: AuditId,
    /// Who did it.
    pub agent_id: AgentId,
    /// Their name at the time.
    pub agent_name: String,
    /// What was done.
    pub action: AuditAction,
    /// When.
    pub created_at: Timestamp,
}
