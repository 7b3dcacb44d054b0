//! Agents: the organisation's own people, and one's own account.

use crate::error::FieldError;
use crate::id::{AgentId, AvatarId, OrgId, SessionId};
use crate::object;
use crate::patch;
use crate::people::AgentSettings;
use crate::saved_views::SavedViews;
use crate::time::Timestamp;
use crate::validate::{self, Faults, Validate};
use serde::{Deserialize, Serialize};

/// What an agent may do by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sees and answers only own conversations.
    Agent,
    /// Sees all conversations.
    Supervisor,
    /// May do everything.
    Admin,
}

impl Role {
    /// Every role, from the least to the most powerful.
    pub const ALL: [Self; 3] = [Self::Agent, Self::Supervisor, Self::Admin];

    /// The role as written on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Supervisor => "supervisor",
            Self::Admin => "admin",
        }
    }

    /// The role of this text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// Whether an agent receives messages, as chosen at login and changeable afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LoginState {
    /// Receives messages.
    #[default]
    Normal,
    /// Receives none.
    Suspended,
}

impl LoginState {
    /// The state as written on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Suspended => "suspended",
        }
    }

    /// The state of this text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Normal, Self::Suspended].into_iter().find(|state| state.as_str() == text)
    }
}

/// Whether an agent is there to be written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// A console of theirs is connected, and they receive messages.
    Online,
    /// A console of theirs is connected, and they receive none.
    Suspended,
    /// No console of theirs is connected.
    Offline,
}

/// A field of a colleague that not every agent may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AgentField {
    /// The login account: left out altogether.
    Account,
    /// The email address.
    Email,
    /// The mobile number.
    Mobile,
}

/// An agent as their colleagues see them: what an agent's card shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Agent {
    /// The agent.
    pub id: AgentId,
    /// The name that visitors and colleagues see.
    pub name: String,
    /// The picture that they have chosen of themselves; see [`avatar_path`].
    pub avatar_id: Option<AvatarId>,
    /// What they may do.
    pub role: Role,
    /// Whether they are there, at the moment of the answer.
    pub presence: Presence,
    /// Whether the account is disabled: they cannot sign in.
    pub disabled: bool,
    /// The login account; absent where it is masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The email address.
    pub email: String,
    /// The mobile number.
    pub mobile: String,
    /// The fields that the caller may not see: of them only a part is here, or nothing.
    pub masked: Vec<AgentField>,
    /// What is set of them; only admins are told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<AgentSettings>,
    /// Whether a second factor is asked for when they sign in; only admins are told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_factor: Option<bool>,
    /// When the account was made.
    pub created_at: Timestamp,
}

/// Adds an agent to the organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateAgent {
    /// The name that visitors and colleagues see: one line of at most 40 characters.
    #[cfg_attr(
        feature = "openapi",
        schema(
            min_length = 1,
            max_length = 40,
            pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$"
        )
    )]
    pub name: String,
    /// The login account, which nobody has yet in any organisation.
    #[cfg_attr(feature = "openapi", schema(min_length = 4, max_length = 32, pattern = "^[A-Za-z0-9][A-Za-z0-9._-]*$"))]
    pub account: String,
    /// The password that they sign in with at first, and are to change.
    #[cfg_attr(feature = "openapi", schema(min_length = 8, max_length = 128))]
    pub password: String,
    /// What they may do.
    pub role: Role,
    /// The email address, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(
            min_length = 3,
            max_length = 254,
            pattern = "^(?=[^@]{1,64}@)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$"
        )
    )]
    pub email: Option<String>,
    /// The mobile number, where it is known: exactly 11 digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(pattern = "^1[3-9][0-9]{9}$"))]
    pub mobile: Option<String>,
    /// What is set of them.
    #[serde(default, deserialize_with = "object::only")]
    pub settings: AgentSettings,
}

impl Validate for CreateAgent {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        faults
            .check("name", validate::line(&self.name, 1, crate::limits::PERSON_NAME_MAX))
            .check("account", validate::account(&self.account))
            .check("password", validate::password(&self.password));
        self.settings.check(&mut faults);
        if let Some(email) = &self.email {
            faults.check("email", validate::email(email));
        }
        if let Some(mobile) = &self.mobile {
            faults.check("mobile", validate::mobile(mobile));
        }
        faults.into_errors()
    }
}

/// An agent as they see themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// The agent.
    pub id: AgentId,
    /// Their organisation.
    pub org_id: OrgId,
    /// The organisation's name.
    pub org_name: String,
    /// The session that this identity came from.
    pub session_id: SessionId,
    /// The login account.
    pub account: String,
    /// The name that visitors and colleagues see.
    pub name: String,
    /// The email address.
    pub email: String,
    /// The mobile number.
    pub mobile: String,
    /// The picture that they have chosen of themselves; see [`avatar_path`].
    pub avatar_id: Option<AvatarId>,
    /// What they may do.
    pub role: Role,
    /// Whether they see contacts' phone numbers and addresses; admins do, whatever is set.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub sees_contact_details: bool,
    /// Whether they may edit the team's quick replies; admins may, whatever is set.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub edits_quick_replies: bool,
    /// Whether they may edit automatic replies; admins may, whatever is set.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub edits_automatic_replies: bool,
    /// Whether they receive messages.
    pub login_state: LoginState,
    /// The views of the list of conversations that they keep; `set_saved_views` sets them.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub saved_views: SavedViews,
    /// Whether the setup wizard is to open by itself no more.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub setup_dismissed: bool,
    /// When the account was made.
    pub created_at: Timestamp,
}

/// Where an agent's picture is, from the server's root. It never changes: another picture has another id.
#[must_use]
pub fn avatar_path(id: AvatarId) -> String {
    format!("/avatars/{id}")
}

/// Changes to one's own account; what is absent stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MePatch {
    /// Receive messages, or none.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = LoginState, required = false))]
    pub login_state: Option<LoginState>,
    /// The name that visitors and colleagues see: one line of at most 40 characters.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(
            value_type = String,
            required = false,
            min_length = 1,
            max_length = 40,
            pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$"
        )
    )]
    pub name: Option<String>,
    /// The email address.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(
            value_type = String,
            required = false,
            min_length = 3,
            max_length = 254,
            pattern = "^(?=[^@]{1,64}@)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$"
        )
    )]
    pub email: Option<String>,
    /// The mobile number: exactly 11 digits.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, required = false, pattern = "^1[3-9][0-9]{9}$"))]
    pub mobile: Option<String>,
    /// The password, once more: needed where the email address or the mobile number changes, because a forgotten password is
    /// reset by them.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, required = false, min_length = 1, max_length = 128))]
    pub password: Option<String>,
    /// Open the setup wizard by itself no more, or again.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = bool, required = false))]
    pub setup_dismissed: Option<bool>,
}

impl Validate for MePatch {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        if let Some(name) = &self.name {
            faults.check("name", validate::line(name, 1, crate::limits::PERSON_NAME_MAX));
        }
        if let Some(email) = &self.email {
            faults.check("email", validate::email(email));
        }
        if let Some(mobile) = &self.mobile {
            faults.check("mobile", validate::mobile(mobile));
        }
        if let Some(password) = &self.password {
            faults.check("password", validate::length(password, 1, crate::limits::PASSWORD_MAX));
        }
        faults.into_errors()
    }
}

/// A change of one's own password. Every other session ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The password so far.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 128))]
    pub old_password: String,
    /// The new one.
    #[cfg_attr(feature = "openapi", schema(min_length = 8, max_length = 128))]
    pub new_password: String,
}

impl Validate for ChangePassword {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        faults
            .check("old_password", validate::length(&self.old_password, 1, crate::limits::PASSWORD_MAX))
            .check("new_password", validate::password(&self.new_password));
        faults.into_errors()
    }
}

/// A signed-in device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// The session.
    pub id: SessionId,
    /// Whether it is the one that asks.
    pub current: bool,
    /// Browser and system, as far as the user agent tells (`Chrome · Windows 10`).
    pub device: String,
    /// The address it was last used from.
    pub ip: String,
    /// Where that address is, as far as the server knows regions.
    pub place: Option<String>,
    /// When the person signed in.
    pub created_at: Timestamp,
    /// When it was last refreshed.
    pub last_used_at: Timestamp,
}

/// The signed-in devices of one agent; few, so not paged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sessions {
    /// Newest first.
    pub items: Vec<Session>,
}
