//! Who has a console connected to another server, as those servers say.

use std::collections::HashMap;
use std::time::Duration;
use tokio::time::Instant;
use types::id::AgentId;
use types::time::Timestamp;
use uuid::Uuid;

/// What a server said is believed for so long.
const BELIEVED: Duration = Duration::from_secs(15);
/// Servers that are believed at most.
const SERVERS_MAX: usize = 256;
/// Agents of one server that are noted at most.
const AGENTS_MAX: usize = 50_000;

/// The agents of the other servers.
#[derive(Debug, Default)]
pub(super) struct Elsewhere(HashMap<Uuid, Said>);

#[derive(Debug)]
struct Said {
    at: Instant,
    /// When each was heard last.
    agents: HashMap<AgentId, Timestamp>,
}

impl Elsewhere {
    /// A server says who is connected to it, and nobody else is.
    pub(super) fn say(&mut self, server: Uuid, agents: Vec<(AgentId, Timestamp)>, now: Instant) {
        self.0.retain(|_, said| now.saturating_duration_since(said.at) < BELIEVED);
        if agents.is_empty() {
            self.0.remove(&server);
        } else if self.0.len() < SERVERS_MAX || self.0.contains_key(&server) {
            self.0.insert(server, Said { at: now, agents: agents.into_iter().take(AGENTS_MAX).collect() });
        }
    }

    /// When a console of the agent was heard last by another server; nothing when none is connected there.
    pub(super) fn heard_last(&self, agent: AgentId, now: Instant) -> Option<Timestamp> {
        let believed = self.0.values().filter(|said| now.saturating_duration_since(said.at) < BELIEVED);
        believed.filter_map(|said| said.agents.get(&agent).copied()).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_believed_until_it_says_something_else_or_is_silent() {
        let [one, two] = [1, 2].map(Uuid::from_u128);
        let agent = AgentId(Uuid::from_u128(7));
        let start = Instant::now();
        let mut elsewhere = Elsewhere::default();
        assert_eq!(elsewhere.heard_last(agent, start), None);
        elsewhere.say(one, vec![(agent, Timestamp(10))], start);
        elsewhere.say(two, vec![(agent, Timestamp(20))], start);
        assert_eq!(elsewhere.heard_last(agent, start), Some(Timestamp(20)));
        assert_eq!(elsewhere.heard_last(AgentId(Uuid::from_u128(8)), start), None);
        elsewhere.say(two, vec![], start);
        assert_eq!(elsewhere.heard_last(agent, start), Some(Timestamp(10)));
        assert_eq!(elsewhere.heard_last(agent, start + BELIEVED), None);
        elsewhere.say(two, vec![], start + BELIEVED);
        assert!(elsewhere.0.is_empty(), "who is silent is forgotten");
    }
}
