//! The audit log: who did what that is remembered, and what of it.

mod entry;
mod kind;

pub use entry::{
    AgentChange, AuditEntry, AuditExport, AuditFilter, AuditSubject, AuditSubjectKind, AuditToken, CreateAuditExport,
    FieldChange, LoginStepKind,
};
pub use kind::{AuditGroup, AuditKind};

use crate::agents::Role;
use crate::api_tokens::Scope;
use crate::contact_list::ContactFilter;
use crate::contacts::ContactSummary;
use crate::id::{
    AgentGroupId, AgentId, ApiTokenId, ChannelGroupId, ChannelId, ContactId, ConversationId, TagGroupId, TagId,
    WebhookId,
};
use crate::tagged::tagged;
use crate::time::Timestamp;
use serde::Serialize;

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
    /// A channel has a new identity secret, by which the company's server proves who a visitor is.
    ChannelIdentitySecretSet {
        /// The channel.
        channel_id: ChannelId,
        /// Its name.
        name: String,
    },
    /// A channel has no identity secret any more.
    ChannelIdentitySecretRemoved {
        /// The channel.
        channel_id: ChannelId,
        /// Its name.
        name: String,
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
    /// What is kept of one contact was carried out.
    ContactDataExported {
        /// Who.
        contact_id: ContactId,
        /// Their number.
        number: i64,
    },
    /// A contact was deleted with all that was kept of them; no entry has their name any more.
    ContactDeleted {
        /// Who it was.
        contact_id: ContactId,
        /// Their number.
        number: i64,
        /// The channel they wrote to.
        channel_id: ChannelId,
    },
    /// A contact was merged into another one.
    ContactsMerged {
        /// Who survived.
        contact: ContactSummary,
        /// Who leads to them.
        merged: ContactSummary,
        /// The channel that the merged one wrote to.
        channel_id: ChannelId,
    },
    /// A merge of two contacts was undone.
    ContactMergeUndone {
        /// Who had survived.
        contact: ContactSummary,
        /// Who is there again.
        merged: ContactSummary,
        /// The channel that they wrote to.
        channel_id: ChannelId,
    },
    /// Contacts were carried out as a table.
    ContactsExported {
        /// Which.
        filter: ContactFilter,
    },
    /// Contacts are imported from a table.
    ContactsImported {
        /// The channel's name.
        channel: String,
        /// How many rows the table has.
        rows: u32,
        /// Whether contacts who are there already are changed.
        updates: bool,
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
    /// The custom fields of contacts were set: which were added, changed and deleted.
    CustomFieldsSet {
        /// The names of those that were added.
        added: Vec<String>,
        /// The names, from then on, of those that were changed.
        changed: Vec<String>,
        /// The names of those that were deleted, with what stood in them.
        deleted: Vec<String>,
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
    /// A group of tags was added.
    TagGroupCreated {
        /// The group.
        group_id: TagGroupId,
        /// Its name.
        name: String,
    },
    /// A group of tags was edited.
    TagGroupUpdated {
        /// The group.
        group_id: TagGroupId,
        /// Its name from then on.
        name: String,
        /// Its name before.
        before: String,
        /// What was changed: the fields by their names.
        fields: Vec<String>,
    },
    /// A tag was added.
    TagCreated {
        /// The tag.
        tag_id: TagId,
        /// Its name.
        name: String,
        /// The name of its group.
        group_name: String,
    },
    /// A tag was edited.
    TagUpdated {
        /// The tag.
        tag_id: TagId,
        /// Its name from then on.
        name: String,
        /// Its name before.
        before: String,
        /// The name of its group.
        group_name: String,
        /// What was changed: the fields by their names.
        fields: Vec<String>,
    },
    /// How large a file may be in all channels was set.
    FileLimitSet {
        /// In megabytes; 0: as the installation allows.
        max_megabytes: u16,
        /// What it was; absent in entries of before this was kept.
        #[serde(default)]
        before: Option<u16>,
    },
    /// The welcome was set.
    WelcomeSet {
        /// The text from then on; empty when it was taken away.
        text: String,
    },
    /// An organisation was registered by its first admin.
    OrganisationRegistered {
        /// Its name.
        name: String,
    },
    /// The audit log was carried out as a table.
    AuditExported {
        /// Which entries.
        filter: AuditFilter,
    },
    /// Somebody signed in.
    LoggedIn {
        /// Whether the second factor was asked for as well.
        second_factor: bool,
    },
    /// Signing in to a known account was refused: whoever tried is not known to be its owner.
    LoginFailed {
        /// What was wrong.
        step: LoginStepKind,
    },
    /// Somebody signed out.
    LoggedOut {},
    /// An agent ended sessions of their own.
    SessionsEnded {
        /// How many, with the views of colleagues' consoles that were open in them.
        sessions: i64,
        /// Whether the one that they asked from ended too.
        everywhere: bool,
    },
    /// A session ended because a copy of its refresh token was used.
    SessionStolen {},
    /// An agent changed their own password.
    PasswordChanged {},
    /// An agent made new recovery codes for their second factor.
    RecoveryCodesRenewed {},
    /// An agent edited their own account.
    OwnAccountEdited {
        /// Which fields are other ones now.
        fields: Vec<AgentChange>,
    },
    /// Whoever owns the machine gave the agent a new password.
    OperatorResetPassword {
        /// Whether their second factor was taken off.
        second_factor_removed: bool,
    },
    /// Whoever owns the machine added the agent.
    OperatorAddedAgent {
        /// What they may do.
        role: Role,
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
        /// What they were and are, where that may be kept for good: no addresses, which are gone when the agent is.
        #[serde(default)]
        changes: Vec<FieldChange>,
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
    /// An admin looks at a colleague's console.
    AgentViewBegun {
        /// Whose console it is.
        viewed_id: AgentId,
        /// Their name.
        viewed_name: String,
        /// Until when at most.
        until: Timestamp,
    },
    /// An admin looks at a colleague's console no more.
    AgentViewEnded {
        /// Whose console it was.
        viewed_id: AgentId,
        /// Their name.
        viewed_name: String,
    },
    /// An API token was made.
    ApiTokenCreated {
        /// The token.
        token_id: ApiTokenId,
        /// Its name.
        name: String,
        /// How its secret begins.
        prefix: String,
        /// Whom it acts as.
        acts_as_id: AgentId,
        /// Their name at the time.
        acts_as_name: String,
        /// What it may be used for.
        scopes: Vec<Scope>,
        /// Until when it is good; absent: until it is revoked.
        expires_at: Option<Timestamp>,
    },
    /// An API token was revoked.
    ApiTokenRevoked {
        /// The token.
        token_id: ApiTokenId,
        /// Its name.
        name: String,
        /// How its secret began.
        prefix: String,
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
    /// A webhook was added.
    WebhookCreated {
        /// The webhook.
        webhook_id: WebhookId,
        /// The host of its address.
        host: String,
        /// Whether it is told contacts' details.
        includes_contact_details: bool,
    },
    /// A webhook was edited, paused or taken up again.
    WebhookUpdated {
        /// The webhook.
        webhook_id: WebhookId,
        /// The host of its address from then on.
        host: String,
        /// What was changed: the fields by their names.
        fields: Vec<String>,
    },
    /// A webhook was given a new secret.
    WebhookSecretRotated {
        /// The webhook.
        webhook_id: WebhookId,
        /// The host of its address.
        host: String,
    },
    /// Deliveries of a webhook were sent again.
    WebhookDeliveriesReplayed {
        /// The webhook.
        webhook_id: WebhookId,
        /// The host of its address.
        host: String,
        /// How many.
        deliveries: i64,
    },
    /// A webhook was deleted.
    WebhookDeleted {
        /// The webhook.
        webhook_id: WebhookId,
        /// The host of its address.
        host: String,
    },
}
}
