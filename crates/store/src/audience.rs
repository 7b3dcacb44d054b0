//! For whom an event is, and who caused it.

use crate::members::Members;
use crate::scope::Viewer;
use std::fmt;
use types::id::{AgentId, ChannelId, ContactId};

/// Who caused an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Actor {
    /// Parlor itself.
    System,
    /// An agent.
    Agent(AgentId),
    /// A visitor.
    Visitor(ContactId),
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => f.write_str("system"),
            Self::Agent(id) => write!(f, "agent:{id}"),
            Self::Visitor(id) => write!(f, "visitor:{id}"),
        }
    }
}

/// Which agents of the organisation an event is for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum AgentAudience {
    /// None of them.
    None,
    /// All of them.
    Everyone,
    /// Whoever may see a conversation: supervisors, admins, its assignee, and who takes part in it.
    Conversation {
        /// Whose the conversation is.
        assignee: Option<AgentId>,
        /// Who else takes part.
        members: Members,
    },
    /// One agent's own devices.
    One(AgentId),
}

impl AgentAudience {
    /// Whether the event is for this agent.
    #[must_use]
    pub fn includes(&self, viewer: Viewer) -> bool {
        match self {
            Self::None => false,
            Self::Everyone => true,
            Self::Conversation { assignee, members } => viewer.sees(*assignee, members),
            Self::One(agent) => *agent == viewer.agent_id,
        }
    }
}

/// Which visitors an event is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VisitorAudience {
    /// None of them.
    None,
    /// One visitor's own tabs.
    One(ContactId),
    /// All visitors of a channel.
    Channel(ChannelId),
}

/// For whom an event is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Audience {
    /// Which agents.
    pub agents: AgentAudience,
    /// Which visitors hear it too.
    pub visitors: VisitorAudience,
}

impl Audience {
    /// Agents only.
    #[must_use]
    pub fn agents(agents: AgentAudience) -> Self {
        Self { agents, visitors: VisitorAudience::None }
    }

    /// The visitors of a channel only.
    #[must_use]
    pub fn channel(channel: ChannelId) -> Self {
        Self { agents: AgentAudience::None, visitors: VisitorAudience::Channel(channel) }
    }

    /// Everybody in a conversation: the visitor, and the agents who may see it.
    #[must_use]
    pub fn conversation(assignee: Option<AgentId>, members: Members, contact: ContactId) -> Self {
        Self { agents: AgentAudience::Conversation { assignee, members }, visitors: VisitorAudience::One(contact) }
    }

    /// The agents who may see a conversation.
    #[must_use]
    pub fn seeing(assignee: Option<AgentId>, members: Members) -> Self {
        Self::agents(AgentAudience::Conversation { assignee, members })
    }

    /// What the ledger's `audience` column is like, as `LIKE` has it, for the events that this agent may see: see
    /// [`fmt::Display`]. Behind a colon there are agents only.
    pub(crate) fn patterns(viewer: Viewer) -> [String; 3] {
        let conversations = if viewer.sees_all { "c%".to_owned() } else { format!("c%:{}%", viewer.agent_id) };
        ["*%".to_owned(), format!("a:{}%", viewer.agent_id), conversations]
    }
}

/// The ledger's `audience` column: `-` nobody, `*` everyone, `c` or `c:<agent>:<agent>…` a conversation with its assignee and those
/// who take part, `a:<agent>` one agent; then `+<contact>` if one visitor hears it, `@<channel>` if a channel's visitors do.
impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.agents {
            AgentAudience::None => f.write_str("-")?,
            AgentAudience::Everyone => f.write_str("*")?,
            AgentAudience::Conversation { assignee, members } => {
                f.write_str("c")?;
                for agent in assignee.iter().chain(members.as_slice()) {
                    write!(f, ":{agent}")?;
                }
            }
            AgentAudience::One(agent) => write!(f, "a:{agent}")?,
        }
        match self.visitors {
            VisitorAudience::None => Ok(()),
            VisitorAudience::One(contact) => write!(f, "+{contact}"),
            VisitorAudience::Channel(channel) => write!(f, "@{channel}"),
        }
    }
}
