//! Entries of the audit log, as they are listed, looked for and carried out.

use super::{AuditAction, AuditGroup, AuditKind};
use crate::contact_list::TableLanguage;
use crate::error::FieldError;
use crate::id::{AgentId, ApiTokenId, AuditId};
use crate::limits;
use crate::patch;
use crate::time::Timestamp;
use crate::validate::{self, Faults, Validate};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An entry of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    /// The entry.
    pub id: AuditId,
    /// Who did it; of a refused sign-in, whose account it was.
    pub agent_id: AgentId,
    /// Their name at the time.
    pub agent_name: String,
    /// The API token by which a program did it as them; absent of what they did themselves.
    pub token: Option<AuditToken>,
    /// What was done.
    pub action: AuditAction,
    /// To what or whom, where that is one thing or person.
    pub subject: Option<AuditSubject>,
    /// When.
    pub created_at: Timestamp,
    /// The address that it was done from; absent in entries of before this was kept, and of what the owner of the machine did.
    pub ip: Option<String>,
    /// Where the address is, as far as the server knows.
    pub place: Option<String>,
    /// Browser and system that it was done with.
    pub device: Option<String>,
}

/// The API token that something was done by, as it was called at the time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditToken {
    /// The token; it may have been revoked since.
    pub id: ApiTokenId,
    /// Its name.
    pub name: String,
    /// Who made it.
    pub maker_id: AgentId,
    /// Their name.
    pub maker_name: String,
}

/// What something was done to, or whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditSubject {
    /// What it is.
    pub kind: AuditSubjectKind,
    /// Which; it may not be there any more.
    pub id: Uuid,
    /// Its name at the time; absent of a visitor without one.
    pub name: Option<String>,
}

/// What an entry of the audit log may be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AuditSubjectKind {
    /// One of the organisation's own people.
    Agent,
    /// A group of them.
    AgentGroup,
    /// A channel.
    Channel,
    /// A group of channels.
    ChannelGroup,
    /// A visitor.
    Contact,
    /// A conversation, by the name of its visitor.
    Conversation,
    /// A tag.
    Tag,
    /// A group of tags.
    TagGroup,
    /// A program's token.
    ApiToken,
    /// An address of a program that is told what happens.
    Webhook,
}

impl AuditSubjectKind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Agent,
        Self::AgentGroup,
        Self::Channel,
        Self::ChannelGroup,
        Self::Contact,
        Self::Conversation,
        Self::Tag,
        Self::TagGroup,
        Self::ApiToken,
        Self::Webhook,
    ];

    /// The kind as written on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::AgentGroup => "agent_group",
            Self::Channel => "channel",
            Self::ChannelGroup => "channel_group",
            Self::Contact => "contact",
            Self::Conversation => "conversation",
            Self::Tag => "tag",
            Self::TagGroup => "tag_group",
            Self::ApiToken => "api_token",
            Self::Webhook => "webhook",
        }
    }
}

/// Which entries of the audit log. Whatever is absent leaves none out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AuditFilter {
    /// Only what this agent did.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = AgentId, required = false))]
    pub agent_id: Option<AgentId>,
    /// Only deeds of this group.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = AuditGroup, required = false))]
    pub group: Option<AuditGroup>,
    /// Only this deed.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = AuditKind, required = false))]
    pub action: Option<AuditKind>,
    /// Only what was done to things of this kind.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = AuditSubjectKind, required = false))]
    pub subject_kind: Option<AuditSubjectKind>,
    /// Only what was done to this.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Uuid, required = false))]
    pub subject_id: Option<Uuid>,
    /// Only from then on.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Timestamp, required = false))]
    pub since: Option<Timestamp>,
    /// Only before then.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Timestamp, required = false))]
    pub before: Option<Timestamp>,
    /// Only entries in which all of these words stand: in the names of who did it, of the token and of what it was done to.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(
            value_type = String,
            required = false,
            min_length = 1,
            max_length = 100,
            pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$"
        )
    )]
    pub q: Option<String>,
}

impl AuditFilter {
    fn check(&self, faults: &mut Faults, field: &str) {
        if let Some(q) = &self.q {
            faults.check(field, validate::line(q, 1, limits::SEARCH_TEXT_MAX));
        }
    }
}

impl Validate for AuditFilter {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        self.check(&mut faults, "q");
        faults.into_errors()
    }
}

/// Asks for the audit log as a table.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateAuditExport {
    /// Which entries; all, unless said otherwise.
    #[serde(default, deserialize_with = "crate::object::only")]
    pub filter: AuditFilter,
    /// The language of its words; Chinese unless said otherwise.
    #[serde(default)]
    pub language: TableLanguage,
}

impl Validate for CreateAuditExport {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        self.filter.check(&mut faults, "filter.q");
        faults.into_errors()
    }
}

/// Where the audit log is fetched as a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditExport {
    /// The address, on this server. It is good once, for a minute.
    pub path: String,
    /// Until when.
    pub expires_at: Timestamp,
}

/// What was wrong with a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LoginStepKind {
    /// The password.
    Password,
    /// The code of the second factor.
    SecondFactor,
    /// The account may not sign in.
    Disabled,
}

/// A field of an agent that is another one than before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldChange {
    /// Which.
    pub field: AgentChange,
    /// What it was.
    pub from: String,
    /// What it is now.
    pub to: String,
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
