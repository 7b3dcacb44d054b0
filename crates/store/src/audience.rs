//! For whom an event is, and who caused it.

use crate::members::Members;
use crate::scope::Viewer;
use std::fmt;
use std::str::FromStr;
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

    /// One visitor only.
    #[must_use]
    pub fn visitor(contact: ContactId) -> Self {
        Self { agents: AgentAudience::None, visitors: VisitorAudience::One(contact) }
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

/// Reads what [`Audience`] is written as.
impl FromStr for Audience {
    type Err = NoAudience;

    fn from_str(text: &str) -> Result<Self, NoAudience> {
        let place = text.find(['+', '@']).unwrap_or(text.len());
        let (agents, visitors) = text.split_at_checked(place).ok_or(NoAudience)?;
        let agents = match agents.split_once(':') {
            None => match agents {
                "-" => AgentAudience::None,
                "*" => AgentAudience::Everyone,
                "c" => AgentAudience::Conversation { assignee: None, members: Members::default() },
                _ => return Err(NoAudience),
            },
            Some(("a", agent)) => AgentAudience::One(agent.parse()?),
            // Whose it is stands first; whoever is told of it is the same with or without.
            Some(("c", theirs)) => {
                let mut theirs = theirs.split(':').map(str::parse).collect::<Result<Vec<AgentId>, _>>()?;
                // Whoever is named twice still hears it once.
                if let Some((assignee, others)) = theirs.split_first()
                    && others.contains(assignee)
                {
                    theirs.remove(0);
                }
                AgentAudience::Conversation { assignee: None, members: Members::from(theirs) }
            }
            Some(_) => return Err(NoAudience),
        };
        let visitors = match visitors.split_at_checked(1) {
            Some(("+", contact)) => VisitorAudience::One(contact.parse()?),
            Some(("@", channel)) => VisitorAudience::Channel(channel.parse()?),
            _ => VisitorAudience::None,
        };
        Ok(Self { agents, visitors })
    }
}

/// A text that is no audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an audience")]
pub struct NoAudience;

impl From<uuid::Error> for NoAudience {
    fn from(_not_an_id: uuid::Error) -> Self {
        Self
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn audiences() -> impl Strategy<Value = Audience> {
        let agent = || any::<u128>().prop_map(|id| AgentId(Uuid::from_u128(id)));
        let agents = prop_oneof![
            Just(AgentAudience::None),
            Just(AgentAudience::Everyone),
            agent().prop_map(AgentAudience::One),
            proptest::collection::vec(agent(), 0..4)
                .prop_map(|members| AgentAudience::Conversation { assignee: None, members: Members::from(members) }),
        ];
        let visitors = prop_oneof![
            Just(VisitorAudience::None),
            any::<u128>().prop_map(|id| VisitorAudience::One(ContactId(Uuid::from_u128(id)))),
            any::<u128>().prop_map(|id| VisitorAudience::Channel(ChannelId(Uuid::from_u128(id)))),
        ];
        (agents, visitors).prop_map(|(agents, visitors)| Audience { agents, visitors })
    }

    proptest! {
        #[test]
        fn an_audience_comes_back_as_it_was_written(audience in audiences()) {
            prop_assert_eq!(audience.to_string().parse::<Audience>(), Ok(audience));
        }

        #[test]
        fn an_assignee_comes_back_as_one_of_those_who_hear(assignee in any::<u128>(), member in any::<u128>()) {
            let [assignee, member] = [assignee, member].map(|id| AgentId(Uuid::from_u128(id)));
            let written = Audience::seeing(Some(assignee), Members::from(vec![member])).to_string();
            let members = Members::from(vec![assignee, member]);
            prop_assert_eq!(written.parse::<Audience>(), Ok(Audience::seeing(None, members)));
        }

        #[test]
        fn no_text_panics(text in ".{0,60}") {
            let _read = text.parse::<Audience>();
        }
    }

    #[test]
    fn what_is_no_audience_is_refused() {
        for text in ["", "x", "a", "a:", "c:", "c:1", "b:00000000-0000-0000-0000-000000000000", "*+", "*@1", "-?"] {
            assert_eq!(text.parse::<Audience>(), Err(NoAudience), "{text:?}");
        }
    }
}
