//! What kinds of deeds the audit log has, in which groups, and what each is done to.

use super::{AuditAction, AuditSubject, AuditSubjectKind};
use crate::contacts::ContactSummary;
use crate::id::{ContactId, TagId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The names are those of [`AuditAction`]'s `type`: a test of the server compares them with the OpenAPI document.
macro_rules! kinds {
    ($($kind:ident $name:literal $group:ident;)*) => {
        /// A kind of deed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum AuditKind {
            $(#[doc = concat!("`", $name, "`")] $kind,)*
        }

        impl AuditKind {
            /// Every kind, in the order of its groups.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// The kind as written on the wire.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }

            /// The group that it belongs to.
            #[must_use]
            pub fn group(self) -> AuditGroup {
                match self {
                    $(Self::$kind => AuditGroup::$group,)*
                }
            }
        }

        impl AuditAction {
            /// Which kind of deed it is.
            #[must_use]
            pub fn kind(&self) -> AuditKind {
                match self {
                    $(Self::$kind { .. } => AuditKind::$kind,)*
                }
            }
        }
    };
}

kinds! {
    OrganisationRegistered "organisation_registered" SignIn;
    LoggedIn "logged_in" SignIn;
    LoginFailed "login_failed" SignIn;
    LoggedOut "logged_out" SignIn;
    SessionsEnded "sessions_ended" SignIn;
    SessionStolen "session_stolen" SignIn;
    PasswordChanged "password_changed" SignIn;
    PasswordReset "password_reset" SignIn;
    OperatorResetPassword "operator_reset_password" SignIn;
    SecondFactorSet "second_factor_set" SignIn;
    SecondFactorRemoved "second_factor_removed" SignIn;
    RecoveryCodesRenewed "recovery_codes_renewed" SignIn;
    OwnAccountEdited "own_account_edited" SignIn;
    AgentCreated "agent_created" People;
    OperatorAddedAgent "operator_added_agent" People;
    AgentEdited "agent_edited" People;
    AgentRoleChanged "agent_role_changed" People;
    AgentPasswordReset "agent_password_reset" People;
    AgentDisabled "agent_disabled" People;
    AgentEnabled "agent_enabled" People;
    AgentRemoved "agent_removed" People;
    AgentViewBegun "agent_view_begun" People;
    AgentViewEnded "agent_view_ended" People;
    AgentGroupCreated "agent_group_created" People;
    AgentGroupRenamed "agent_group_renamed" People;
    AgentGroupMembersChanged "agent_group_members_changed" People;
    AgentGroupDeleted "agent_group_deleted" People;
    ConversationAssigned "conversation_assigned" Conversations;
    MemberAdded "member_added" Conversations;
    MemberRemoved "member_removed" Conversations;
    ConversationCleared "conversation_cleared" Conversations;
    ConversationDeleted "conversation_deleted" Conversations;
    ContactBlocked "contact_blocked" Contacts;
    ContactUnblocked "contact_unblocked" Contacts;
    ContactsImported "contacts_imported" Contacts;
    ContactsTagged "contacts_tagged" Contacts;
    ContactsMerged "contacts_merged" Contacts;
    ContactMergeUndone "contact_merge_undone" Contacts;
    ContactDeleted "contact_deleted" Contacts;
    ContactsExported "contacts_exported" Exports;
    ContactDataExported "contact_data_exported" Exports;
    AuditExported "audit_exported" Exports;
    ChannelCreated "channel_created" Channels;
    ChannelUpdated "channel_updated" Channels;
    ChannelDeleted "channel_deleted" Channels;
    ChannelStyleRestored "channel_style_restored" Channels;
    ChannelIdentitySecretSet "channel_identity_secret_set" Channels;
    ChannelIdentitySecretRemoved "channel_identity_secret_removed" Channels;
    ChannelGroupCreated "channel_group_created" Channels;
    ChannelGroupRenamed "channel_group_renamed" Channels;
    ChannelGroupDeleted "channel_group_deleted" Channels;
    ChannelsArranged "channels_arranged" Channels;
    ChannelAssignmentSet "channel_assignment_set" Channels;
    TagGroupCreated "tag_group_created" Tags;
    TagGroupUpdated "tag_group_updated" Tags;
    TagGroupDeleted "tag_group_deleted" Tags;
    TagCreated "tag_created" Tags;
    TagUpdated "tag_updated" Tags;
    TagDeleted "tag_deleted" Tags;
    FileLimitSet "file_limit_set" Settings;
    WelcomeSet "welcome_set" Settings;
    CustomFieldsSet "custom_fields_set" Settings;
    ApiTokenCreated "api_token_created" Integrations;
    ApiTokenRevoked "api_token_revoked" Integrations;
    WebhookCreated "webhook_created" Integrations;
    WebhookUpdated "webhook_updated" Integrations;
    WebhookSecretRotated "webhook_secret_rotated" Integrations;
    WebhookDeliveriesReplayed "webhook_deliveries_replayed" Integrations;
    WebhookDeleted "webhook_deleted" Integrations;
}

/// Deeds that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AuditGroup {
    /// Signing in and out, and what people sign in with.
    SignIn,
    /// The organisation's own people and what they may do.
    People,
    /// Whose conversations are, and their end.
    Conversations,
    /// The blacklist, and tags for many.
    Contacts,
    /// Channels.
    Channels,
    /// Tags.
    Tags,
    /// What was carried out as a table.
    Exports,
    /// What holds for the whole organisation.
    Settings,
    /// Programs that call the API or are told what happens.
    Integrations,
}

impl AuditGroup {
    /// Every group.
    pub const ALL: [Self; 9] = [
        Self::SignIn,
        Self::People,
        Self::Conversations,
        Self::Contacts,
        Self::Channels,
        Self::Tags,
        Self::Exports,
        Self::Settings,
        Self::Integrations,
    ];

    /// The group as written on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::People => "people",
            Self::Conversations => "conversations",
            Self::Contacts => "contacts",
            Self::Channels => "channels",
            Self::Tags => "tags",
            Self::Exports => "exports",
            Self::Settings => "settings",
            Self::Integrations => "integrations",
        }
    }
}

impl AuditAction {
    /// Takes a contact's name and tags away, because nothing of them is to be kept; whether there were any.
    pub fn forget(&mut self, contact_id: ContactId) -> bool {
        self.name(contact_id, None, &[])
    }

    /// Gives a contact the name and tags that they have, where it says something else; whether it did.
    pub fn rename(&mut self, contact: &ContactSummary) -> bool {
        self.name(contact.id, contact.name.as_deref(), &contact.tag_ids)
    }

    fn name(&mut self, contact_id: ContactId, name: Option<&str>, tag_ids: &[TagId]) -> bool {
        let mut named = false;
        let mut put = |contact: &mut ContactSummary| {
            if contact.id == contact_id && (contact.name.as_deref() != name || contact.tag_ids != tag_ids) {
                contact.name = name.map(str::to_owned);
                contact.tag_ids = tag_ids.to_vec();
                named = true;
            }
        };
        match self {
            Self::ConversationCleared { contact, .. }
            | Self::ConversationDeleted { contact, .. }
            | Self::MemberAdded { contact, .. }
            | Self::MemberRemoved { contact, .. }
            | Self::ConversationAssigned { contact, .. }
            | Self::ContactBlocked { contact, .. }
            | Self::ContactUnblocked { contact, .. } => put(contact),
            Self::ContactsMerged { contact, merged, .. } | Self::ContactMergeUndone { contact, merged, .. } => {
                put(contact);
                put(merged);
            }
            _ => {}
        }
        named
    }

    /// To what or whom it was done, where that is one thing or person.
    #[must_use]
    pub fn subject(&self) -> Option<AuditSubject> {
        use AuditSubjectKind as Kind;
        let of = |kind, id: Uuid, name: &str| Some(AuditSubject { kind, id, name: Some(name.to_owned()) });
        let visitor = |kind, id, contact: &ContactSummary| Some(AuditSubject { kind, id, name: contact.name.clone() });
        match self {
            Self::ConversationCleared { conversation_id, contact, .. }
            | Self::ConversationDeleted { conversation_id, contact, .. }
            | Self::MemberAdded { conversation_id, contact, .. }
            | Self::MemberRemoved { conversation_id, contact, .. }
            | Self::ConversationAssigned { conversation_id, contact, .. } => {
                visitor(Kind::Conversation, conversation_id.0, contact)
            }
            Self::ContactBlocked { contact, .. }
            | Self::ContactUnblocked { contact, .. }
            | Self::ContactsMerged { contact, .. }
            | Self::ContactMergeUndone { contact, .. } => visitor(Kind::Contact, contact.id.0, contact),
            Self::ChannelAssignmentSet { channel_id, name, .. }
            | Self::ChannelCreated { channel_id, name }
            | Self::ChannelUpdated { channel_id, name, .. }
            | Self::ChannelDeleted { channel_id, name }
            | Self::ChannelStyleRestored { channel_id, name, .. }
            | Self::ChannelIdentitySecretSet { channel_id, name }
            | Self::ChannelIdentitySecretRemoved { channel_id, name } => of(Kind::Channel, channel_id.0, name),
            Self::ChannelGroupCreated { group_id, name }
            | Self::ChannelGroupRenamed { group_id, name, .. }
            | Self::ChannelGroupDeleted { group_id, name, .. } => of(Kind::ChannelGroup, group_id.0, name),
            Self::TagCreated { tag_id, name, .. }
            | Self::TagUpdated { tag_id, name, .. }
            | Self::TagDeleted { tag_id, name, .. } => of(Kind::Tag, tag_id.0, name),
            Self::TagGroupCreated { group_id, name }
            | Self::TagGroupUpdated { group_id, name, .. }
            | Self::TagGroupDeleted { group_id, name, .. } => of(Kind::TagGroup, group_id.0, name),
            Self::SecondFactorRemoved { owner_id: id, owner_name: name }
            | Self::AgentCreated { created_id: id, created_name: name, .. }
            | Self::AgentEdited { edited_id: id, edited_name: name, .. }
            | Self::AgentRoleChanged { edited_id: id, edited_name: name, .. }
            | Self::AgentPasswordReset { edited_id: id, edited_name: name }
            | Self::AgentDisabled { edited_id: id, edited_name: name, .. }
            | Self::AgentEnabled { edited_id: id, edited_name: name }
            | Self::AgentRemoved { removed_id: id, removed_name: name, .. }
            | Self::AgentViewBegun { viewed_id: id, viewed_name: name, .. }
            | Self::AgentViewEnded { viewed_id: id, viewed_name: name } => of(Kind::Agent, id.0, name),
            Self::AgentGroupCreated { group_id, name }
            | Self::AgentGroupRenamed { group_id, to: name, .. }
            | Self::AgentGroupMembersChanged { group_id, name, .. }
            | Self::AgentGroupDeleted { group_id, name, .. } => of(Kind::AgentGroup, group_id.0, name),
            Self::ContactDataExported { contact_id, .. } | Self::ContactDeleted { contact_id, .. } => {
                Some(AuditSubject { kind: Kind::Contact, id: contact_id.0, name: None })
            }
            Self::ApiTokenCreated { token_id, name, .. } | Self::ApiTokenRevoked { token_id, name, .. } => {
                of(Kind::ApiToken, token_id.0, name)
            }
            Self::WebhookCreated { webhook_id, host, .. }
            | Self::WebhookUpdated { webhook_id, host, .. }
            | Self::WebhookSecretRotated { webhook_id, host }
            | Self::WebhookDeliveriesReplayed { webhook_id, host, .. }
            | Self::WebhookDeleted { webhook_id, host } => of(Kind::Webhook, webhook_id.0, host),
            Self::ChannelsArranged { .. }
            | Self::CustomFieldsSet { .. }
            | Self::ContactsExported { .. }
            | Self::ContactsImported { .. }
            | Self::ContactsTagged { .. }
            | Self::FileLimitSet { .. }
            | Self::WelcomeSet { .. }
            | Self::OrganisationRegistered { .. }
            | Self::AuditExported { .. }
            | Self::LoggedIn { .. }
            | Self::LoginFailed { .. }
            | Self::LoggedOut {}
            | Self::SessionsEnded { .. }
            | Self::SessionStolen {}
            | Self::PasswordChanged {}
            | Self::RecoveryCodesRenewed {}
            | Self::OwnAccountEdited { .. }
            | Self::OperatorResetPassword { .. }
            | Self::OperatorAddedAgent { .. }
            | Self::PasswordReset { .. }
            | Self::SecondFactorSet { .. } => None,
        }
    }
}
