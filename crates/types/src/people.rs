//! Managing the organisation's own people: what is set of an agent, disabling and removing them, and their groups.

use crate::agents::Role;
use crate::error::{FieldCode, FieldError};
use crate::id::{AgentGroupId, AgentId};
use crate::limits;
use crate::patch;
use crate::time::Timestamp;
use crate::validate::{self, Fault, Faults, Validate};
use serde::{Deserialize, Serialize};

/// What an admin sets of an agent besides who they are. Only admins are told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AgentSettings {
    /// Their share of new conversations: an agent of level 3 is given three times as many as one of level 1.
    #[serde(default = "first_level", deserialize_with = "crate::number::whole")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 10))]
    pub level: u8,
    /// How many conversations they are given at most at a time; 0: any number.
    #[serde(default, deserialize_with = "crate::number::whole")]
    #[cfg_attr(feature = "openapi", schema(maximum = 500))]
    pub capacity: u16,
    /// Whether they see contacts' phone numbers and addresses. Admins do, whatever is set.
    #[serde(default = "yes")]
    pub sees_contact_details: bool,
    /// Whether they may edit the team's quick replies. Admins may, whatever is set.
    #[serde(default)]
    pub edits_quick_replies: bool,
    /// Whether they may edit automatic replies. Admins may, whatever is set.
    #[serde(default)]
    pub edits_automatic_replies: bool,
    /// The groups that they are in, each once.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 50))]
    pub group_ids: Vec<AgentGroupId>,
}

impl Default for AgentSettings {
    fn default() -> Self {
        Self {
            level: first_level(),
            capacity: 0,
            sees_contact_details: true,
            edits_quick_replies: false,
            edits_automatic_replies: false,
            group_ids: Vec::new(),
        }
    }
}

fn first_level() -> u8 {
    limits::AGENT_LEVEL_MIN
}

fn yes() -> bool {
    true
}

impl AgentSettings {
    pub(crate) fn check(&self, faults: &mut Faults) {
        let (least, most) = (i64::from(limits::AGENT_LEVEL_MIN), i64::from(limits::AGENT_LEVEL_MAX));
        faults
            .check("settings.level", validate::range(i64::from(self.level), least, most))
            .check(
                "settings.capacity",
                validate::range(i64::from(self.capacity), 0, i64::from(limits::AGENT_CAPACITY_MAX)),
            )
            .check("settings.group_ids", check_ids(&self.group_ids, limits::AGENT_GROUPS_MAX));
    }
}

fn check_ids<T: Ord + Copy>(ids: &[T], most: usize) -> Result<(), Fault> {
    if ids.len() > most {
        let limit = i64::try_from(most).ok();
        return Err(Fault { code: FieldCode::TooLong, detail: format!("must be at most {most}"), limit });
    }
    let mut sorted = ids.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    if sorted.len() < ids.len() {
        return Err(Fault::new(FieldCode::Taken, "names one twice"));
    }
    Ok(())
}

/// Changes to an agent; what is absent stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AgentPatch {
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
    /// The login account, which nobody else has in any organisation.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(
            value_type = String,
            required = false,
            min_length = 4,
            max_length = 32,
            pattern = "^[A-Za-z0-9][A-Za-z0-9._-]*$"
        )
    )]
    pub account: Option<String>,
    /// The email address; empty when none is known.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(
            value_type = String,
            required = false,
            max_length = 254,
            pattern = "^$|^(?=[^@]{1,64}@)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$"
        )
    )]
    pub email: Option<String>,
    /// The mobile number, exactly 11 digits; empty when none is known.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = String, required = false, pattern = "^$|^1[3-9][0-9]{9}$")
    )]
    pub mobile: Option<String>,
    /// What they may do. Nobody changes their own role, and the last admin who can sign in stays one: 409.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Role, required = false))]
    pub role: Option<Role>,
    /// What is set of them, all of it.
    #[serde(default, deserialize_with = "patch::present_object", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = AgentSettings, required = false))]
    pub settings: Option<AgentSettings>,
}

impl Validate for AgentPatch {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        if let Some(name) = &self.name {
            faults.check("name", validate::line(name, 1, limits::PERSON_NAME_MAX));
        }
        if let Some(account) = &self.account {
            faults.check("account", validate::account(account));
        }
        if let Some(email) = self.email.as_deref().filter(|email| !email.is_empty()) {
            faults.check("email", validate::email(email));
        }
        if let Some(mobile) = self.mobile.as_deref().filter(|mobile| !mobile.is_empty()) {
            faults.check("mobile", validate::mobile(mobile));
        }
        if let Some(settings) = &self.settings {
            settings.check(&mut faults);
        }
        faults.into_errors()
    }
}

/// Another password for an agent who has lost theirs. Every session of theirs ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetAgentPassword {
    /// The password that they sign in with from now on, and are to change.
    #[cfg_attr(feature = "openapi", schema(min_length = 8, max_length = 128))]
    pub password: String,
}

impl Validate for SetAgentPassword {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        faults.check("password", validate::password(&self.password));
        faults.into_errors()
    }
}

/// Keeps an agent from signing in, or lets them again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetAgentDisabled {
    /// Whether they cannot sign in.
    pub disabled: bool,
    /// Who gets their conversations when they are disabled: a colleague who can sign in. Absent: nobody, they wait for whoever takes
    /// them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heir_id: Option<AgentId>,
}

impl Validate for SetAgentDisabled {
    fn validate(&self) -> Vec<FieldError> {
        Vec::new()
    }
}

/// What an agent has, and would be handed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AgentContents {
    /// Conversations that are assigned to them.
    pub conversations: u64,
    /// Conversations in which they take part besides.
    pub memberships: u64,
}

/// A colleague's console, to be looked at: whatever changes something is refused, `read_only_view`. It has no refresh token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AgentView {
    /// Whose console it is.
    pub agent_id: AgentId,
    /// Their name.
    pub name: String,
    /// Sent as `Authorization: Bearer …` it answers as it answers them.
    pub access_token: String,
    /// Until when it is good, unless it ends before: with the session that asked, with what its agent may do, or with the colleague's
    /// account.
    pub expires_at: Timestamp,
}

/// A group of agents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AgentGroup {
    /// The group.
    pub id: AgentGroupId,
    /// What it is called; no other group has the same name.
    pub name: String,
    /// Its place among the groups, from 0.
    pub position: u16,
    /// Who is in it.
    pub agent_ids: Vec<AgentId>,
}

/// Every group of agents, in their order. Bounded by [`limits::AGENT_GROUPS_MAX`] and the number of agents, so not paged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AgentGroups {
    /// The groups.
    pub items: Vec<AgentGroup>,
}

/// Adds a group of agents, behind the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateAgentGroup {
    /// What it is called: one line of at most 20 characters.
    #[cfg_attr(
        feature = "openapi",
        schema(
            min_length = 1,
            max_length = 20,
            pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$"
        )
    )]
    pub name: String,
}

impl Validate for CreateAgentGroup {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        faults.check("name", validate::line(&self.name, 1, limits::AGENT_GROUP_NAME_MAX));
        faults.into_errors()
    }
}

/// Changes to a group of agents; what is absent stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AgentGroupPatch {
    /// What it is called.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(
            value_type = String,
            required = false,
            min_length = 1,
            max_length = 20,
            pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$"
        )
    )]
    pub name: Option<String>,
    /// Which place it takes among the groups, from 0; beyond the last one is the last.
    #[serde(default, deserialize_with = "crate::number::whole_if_present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = u16, required = false, maximum = 1000))]
    pub position: Option<u16>,
    /// Who is in it, all of them and each once.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<AgentId>, required = false, max_items = 1000))]
    pub agent_ids: Option<Vec<AgentId>>,
}

impl Validate for AgentGroupPatch {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        if let Some(name) = &self.name {
            faults.check("name", validate::line(name, 1, limits::AGENT_GROUP_NAME_MAX));
        }
        if let Some(position) = self.position {
            faults.check("position", validate::range(i64::from(position), 0, 1_000));
        }
        if let Some(agents) = &self.agent_ids {
            let most = usize::try_from(limits::AGENTS_MAX).unwrap_or(usize::MAX);
            faults.check("agent_ids", check_ids(agents, most));
        }
        faults.into_errors()
    }
}
