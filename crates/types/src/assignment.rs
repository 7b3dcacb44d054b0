//! Assignment: whose a conversation is and why, and which agents a channel's visitors are brought to.

use crate::agents::Presence;
use crate::conversations::Conversation;
use crate::error::{FieldCode, FieldError};
use crate::id::{AgentGroupId, AgentId};
use crate::limits;
use crate::messages::check_text;
use crate::time::Timestamp;
use crate::validate::{Fault, Validate};
use serde::{Deserialize, Serialize};

/// Why a conversation is whose it is, or why nobody has it yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AssignmentReason {
    /// The visitor has come back to the agent they had last.
    ReturningVisitor,
    /// In proportion to their levels it was this agent's turn among those who could take it.
    ByLevel,
    /// Nobody else could take it.
    OnlyOne,
    /// A colleague has handed it on to the agent, or to a group of which it was their turn.
    Transferred,
    /// The agent has taken it over.
    TakenOver,
    /// It waits: nobody is online.
    NobodyOnline,
    /// It waits: nobody of the groups that serve the channel is online.
    NobodyServing,
    /// It waits: whoever is online has as many as they may have.
    EverybodyFull,
    /// It waits until somebody takes it over: the channel assigns nothing by itself.
    ByHand,
}

/// When and why a conversation came to whom it belongs to, or into the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Assignment {
    /// Why.
    pub reason: AssignmentReason,
    /// Among how many agents was chosen; 0 where nothing was chosen.
    pub eligible: u32,
    /// The agent who decided it; absent where nobody did.
    pub by: Option<AgentId>,
    /// The group to whom it was handed on; absent where it was none.
    pub group_id: Option<AgentGroupId>,
    /// When.
    pub at: Timestamp,
}

/// Whose a conversation is, and whether it is closed: what changes together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Standing {
    /// Whose it is; absent while nobody has it.
    pub assignee_id: Option<AgentId>,
    /// The agents who were added to it.
    pub members: Vec<AgentId>,
    /// The conversation's `members_version` now.
    pub members_version: i64,
    /// Since when it is closed; absent while it is open.
    pub closed_at: Option<Timestamp>,
    /// Since when it waits in the queue; absent when it does not.
    pub queued_at: Option<Timestamp>,
    /// Until when its agent has put it off; absent when they have not.
    #[serde(default)]
    pub snoozed_until: Option<Timestamp>,
    /// Why it is whose it is.
    pub assignment: Option<Assignment>,
}

impl Conversation {
    /// Takes whose it is, unless newer is known.
    pub fn put_standing(&mut self, standing: Standing) {
        if standing.members_version > self.members_version {
            let Standing { assignee_id, members, members_version, closed_at, queued_at, snoozed_until, assignment } =
                standing;
            (self.assignee_id, self.members, self.members_version) = (assignee_id, members, members_version);
            (self.closed_at, self.queued_at) = (closed_at, queued_at);
            (self.snoozed_until, self.assignment) = (snoozed_until, assignment);
        }
    }

    /// Whose it is.
    #[must_use]
    pub fn standing(&self) -> Standing {
        Standing {
            assignee_id: self.assignee_id,
            members: self.members.clone(),
            members_version: self.members_version,
            closed_at: self.closed_at,
            queued_at: self.queued_at,
            snoozed_until: self.snoozed_until,
            assignment: self.assignment.clone(),
        }
    }
}

/// Hands a conversation on: to an agent, or to a group of which whoever's turn it is gets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TransferConversation {
    /// To this agent. Either this or `group_id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<AgentId>,
    /// To this group. Where nobody of it can take it, it waits for them in the queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<AgentGroupId>,
    /// An internal note to go with it: up to 5,000 characters, not only white space.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 1, max_length = 5000, pattern = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$")
    )]
    pub note: Option<String>,
}

impl Validate for TransferConversation {
    fn validate(&self) -> Vec<FieldError> {
        let one = match (self.agent_id, self.group_id) {
            (None, None) => Some(Fault::new(FieldCode::Required, "must name an agent, or a group instead")),
            (Some(_), Some(_)) => Some(Fault::new(FieldCode::Wrong, "must be absent beside a group")),
            _ => None,
        };
        let note = self.note.as_deref().and_then(|note| check_text(note).err());
        one.map(|fault| fault.of("agent_id".to_owned()))
            .into_iter()
            .chain(note.map(|fault| fault.of("note".to_owned())))
            .collect()
    }
}

/// Puts a conversation off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SnoozeConversation {
    /// Until when: later than now, and at most a year.
    pub until: Timestamp,
}

impl SnoozeConversation {
    /// What is wrong with it at this time.
    #[must_use]
    pub fn check(&self, now: Timestamp) -> Option<FieldError> {
        let fault = if self.until <= now {
            Fault::new(FieldCode::OutOfRange, "must be later than now")
        } else if self.until > now.plus_seconds(limits::SNOOZE_SECONDS_MAX) {
            Fault::new(FieldCode::OutOfRange, "must be within a year")
        } else {
            return None;
        };
        Some(fault.of("until".to_owned()))
    }
}

/// Whether the time is good depends on when that is: see [`SnoozeConversation::check`].
impl Validate for SnoozeConversation {
    fn validate(&self) -> Vec<FieldError> {
        Vec::new()
    }
}

/// Somebody to whom a conversation can be handed on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TransferAgent {
    /// The agent.
    pub id: AgentId,
    /// Their name.
    pub name: String,
    /// Whether they are there, at the moment of the answer.
    pub presence: Presence,
    /// How many open conversations are theirs, but for those that are put off, counted up to [`limits::LOAD_MAX`].
    pub open: u32,
    /// How many they may have; 0: any number.
    pub capacity: u32,
}

/// A group to which a conversation can be handed on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TransferGroup {
    /// The group.
    pub id: AgentGroupId,
    /// Its name.
    pub name: String,
    /// How many of it are online and receive messages.
    pub online: u32,
}

/// To whom conversations can be handed on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TransferTargets {
    /// Everybody who works here, the oldest account first.
    pub agents: Vec<TransferAgent>,
    /// The groups, in their order.
    pub groups: Vec<TransferGroup>,
}

/// To whom a channel's conversations come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChannelAssignment {
    /// Whether new conversations are assigned by themselves; otherwise they wait until somebody takes them over.
    pub automatic: bool,
    /// The groups that serve the channel, in their order; none: everybody does.
    pub group_ids: Vec<AgentGroupId>,
    /// The organisation's groups, in their order.
    pub groups: Vec<TransferGroup>,
}

/// Sets to whom a channel's conversations come. Those that somebody has stay theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetChannelAssignment {
    /// Whether new conversations are assigned by themselves.
    pub automatic: bool,
    /// The groups that serve the channel; none: everybody does.
    #[cfg_attr(feature = "openapi", schema(max_items = 100))]
    pub group_ids: Vec<AgentGroupId>,
}

impl Validate for SetChannelAssignment {
    fn validate(&self) -> Vec<FieldError> {
        let many = self.group_ids.len() > limits::SERVING_GROUPS_MAX;
        let fault = || {
            let most = limits::SERVING_GROUPS_MAX;
            Fault::new(FieldCode::TooLong, format!("must name at most {most} groups")).of("group_ids".to_owned())
        };
        many.then(fault).into_iter().collect()
    }
}
