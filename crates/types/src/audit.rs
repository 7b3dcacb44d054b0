//! The audit log: who took something away that cannot be brought back, let somebody in or kept somebody out, or changed the channels.

use crate::agents::Role;
use crate::contact_list::ContactFilter;
use crate::contacts::ContactSummary;
use crate::id::{AgentGroupId, AgentId, AuditId, ChannelGroupId, ChannelId, ConversationId, TagGroupId, TagId};
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
    /// A channel was added.
    ChannelCreated {
        /// The channel.
        channel_id: ChannelId,
        /// Its name.
        name: String,
    },
    /// A channel was edited.
    ChannelUpdated {
        /// The channel.
        channel_id: ChannelId,
        /// Its name from then on.
        name: String,
        /// What was changed: the fields by their names, `avatar` and `group` among them.
        fields: Vec<String>,
    },
    /// An earlier style of a channel was published anew.
    ChannelStyleRestored {
        /// The channel.
        channel_id: ChannelId,
        /// Its name.
        name: String,
        /// The version that was published anew.
        revision: i32,
    },
    /// A channel was deleted with all its conversations.
    ChannelDeleted {
        /// The channel.
        channel_id: ChannelId,
        /// Its name.
        name: String,
    },
    /// A group of channels was added.
    ChannelGroupCreated {
        /// The group.
        group_id: ChannelGroupId,
        /// Its name.
        name: String,
    },
    /// A group of channels was renamed.
    ChannelGroupRenamed {
        /// The group.
        group_id: ChannelGroupId,
        /// Its name before.
        before: String,
        /// Its name from then on.
        name: String,
    },
    /// A group of channels was deleted; its channels went to the top level.
    ChannelGroupDeleted {
        /// The group.
        group_id: ChannelGroupId,
        /// Its name.
        name: String,
        /// The names of its channels.
        channels: Vec<String>,
    },
    /// Channels and their groups were put into another order.
    ChannelsArranged {
        /// The names of the channels that changed their group.
        moved: Vec<String>,
    },
    /// Contacts were carried out as a table.
    ContactsExported {
        /// Which.
        filter: ContactFilter,
    },
    /// Many contacts are given tags.
    ContactsTagged {
        /// The names of the tags.
        tags: Vec<String>,
        /// How many contacts were named.
        contacts: Option<u32>,
        /// Which contacts, where none were named.
        filter: Option<ContactFilter>,
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
    /// Somebody who had forgotten their password set a new one by a code.
    PasswordReset {
        /// Whether the second factor was asked for as well.
        second_factor: bool,
    },
    /// An agent turned their own second factor on or off.
    SecondFactorSet {
        /// On.
        enabled: bool,
    },
    /// A colleague's second factor was taken off.
    SecondFactorRemoved {
        /// Whose.
        owner_id: AgentId,
        /// Their name at the time.
        owner_name: String,
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
    /// An agent was edited by an admin.
    AgentEdited {
        /// Who.
        edited_id: AgentId,
        /// Their name afterwards.
        edited_name: String,
        /// Which fields are other ones now.
        fields: Vec<AgentChange>,
    },
    /// An agent may do something else than before.
    AgentRoleChanged {
        /// Who.
        edited_id: AgentId,
        /// Their name.
        edited_name: String,
        /// What they might do.
        from: Role,
        /// What they may do now.
        to: Role,
    },
    /// An admin gave an agent another password.
    AgentPasswordReset {
        /// Who.
        edited_id: AgentId,
        /// Their name.
        edited_name: String,
    },
    /// An agent was kept from signing in.
    AgentDisabled {
        /// Who.
        edited_id: AgentId,
        /// Their name.
        edited_name: String,
        /// How many conversations were theirs.
        conversations: i64,
        /// Who got them, by the name at the time; nobody where they wait.
        heir_name: Option<String>,
    },
    /// An agent may sign in again.
    AgentEnabled {
        /// Who.
        edited_id: AgentId,
        /// Their name.
        edited_name: String,
    },
    /// An agent was removed.
    AgentRemoved {
        /// Who.
        removed_id: AgentId,
        /// Their name.
        removed_name: String,
        /// The login account that is free now.
        account: String,
        /// How many conversations were theirs.
        conversations: i64,
        /// Who got them, by the name at the time; nobody where they wait.
        heir_name: Option<String>,
    },
    /// A group of agents was added.
    AgentGroupCreated {
        /// The group.
        group_id: AgentGroupId,
        /// Its name.
        name: String,
    },
    /// A group of agents was renamed.
    AgentGroupRenamed {
        /// The group.
        group_id: AgentGroupId,
        /// Its name before.
        from: String,
        /// Its name now.
        to: String,
    },
    /// Agents were put into a group, or taken out of it.
    AgentGroupMembersChanged {
        /// The group.
        group_id: AgentGroupId,
        /// Its name.
        name: String,
        /// Who is in it now and was not.
        added: Vec<AgentId>,
        /// Who was in it.
        removed: Vec<AgentId>,
    },
    /// A group of agents was deleted.
    AgentGroupDeleted {
        /// The group.
        group_id: AgentGroupId,
        /// Its name.
        name: String,
        /// How many agents were in it.
        agents: i64,
    },
}
}

/// What of an agent an admin has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AgentChange {
    /// The name.
    Name,
    /// The login account.
    Account,
    /// The email address.
    Email,
    /// The mobile number.
    Mobile,
    /// The picture.
    Avatar,
    /// Their share of new conversations.
    Level,
    /// How many conversations they are given at most.
    Capacity,
    /// Whether they see contacts' details.
    SeesContactDetails,
    /// Whether they may edit the team's quick replies.
    EditsQuickReplies,
    /// Whether they may edit automatic replies.
    EditsAutomaticReplies,
    /// The groups that they are in.
    Groups,
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
