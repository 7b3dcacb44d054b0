//! Consoles that were connected when something was said, and silent since: whoever shuts a laptop or locks a phone leaves a socket
//! behind that the server takes for open until the silence is too long. They are looked at once more, and are pushed to if they are
//! silent still.

use super::{Asked, ByOrg};
use crate::clock::Clock;
use std::collections::{HashMap, VecDeque};
use types::id::{AgentId, ConversationId, OrgId};
use types::time::Timestamp;

/// How long after something was said an awake console has answered for sure.
pub(super) const ANSWERED_MILLIS: i64 = 10_000;
/// Agents that are doubted at most, over all conversations: of more nothing is pushed but what is pushed at the first look.
const DOUBTED_MAX: usize = 20_000;

/// What is looked at once more, the earliest first.
#[derive(Debug, Default)]
pub(super) struct Doubts {
    waiting: VecDeque<(OrgId, Asked)>,
    agents: usize,
}

impl Doubts {
    /// Adds some, as far as there is room.
    pub(super) fn add(&mut self, more: impl IntoIterator<Item = (OrgId, Asked)>) {
        for (org_id, asked) in more {
            let agents = self.agents.saturating_add(count(&asked));
            if agents <= DOUBTED_MAX {
                self.agents = agents;
                self.waiting.push_back((org_id, asked));
            }
        }
    }

    /// Whoever was told of something newer meanwhile need not be told again.
    pub(super) fn settle(&mut self, told: &HashMap<(ConversationId, AgentId), i64>) {
        if told.is_empty() {
            return;
        }
        for (_, asked) in self.waiting.iter_mut().filter(|(_, asked)| asked.note.is_none()) {
            let id = asked.conversation_id;
            if let Some((agents, seq)) = &mut asked.doubted {
                agents.retain(|agent| told.get(&(id, *agent)).is_none_or(|told| told < seq));
            }
        }
        self.waiting.retain(|(_, asked)| count(asked) > 0);
        self.agents = self.waiting.iter().map(|(_, asked)| count(asked)).sum();
    }

    /// Waits until some are to be looked at, and takes them. Dropping the future loses nothing.
    pub(super) async fn due(&mut self, clock: &dyn Clock) -> ByOrg {
        let Some((_, first)) = self.waiting.front() else { return std::future::pending().await };
        clock.sleep_until(ends(first)).await;
        let now = clock.now();
        let mut due = ByOrg::new();
        // The clock may have been set back: the one that was waited for is due in any case.
        while let Some((org_id, asked)) = self.waiting.pop_front_if(|(_, asked)| due.is_empty() || ends(asked) <= now) {
            self.agents = self.agents.saturating_sub(count(&asked));
            due.entry(org_id).or_default().push(asked);
        }
        due
    }
}

fn ends(asked: &Asked) -> Timestamp {
    asked.at.plus_millis(ANSWERED_MILLIS)
}

fn count(asked: &Asked) -> usize {
    asked.doubted.as_ref().map_or(0, |(agents, _)| agents.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn agent(number: u128) -> AgentId {
        AgentId(Uuid::from_u128(number))
    }

    fn doubt(seq: i64, agents: &[u128]) -> (OrgId, Asked) {
        let doubted = Some((agents.iter().copied().map(agent).collect(), seq));
        let conversation_id = ConversationId(Uuid::nil());
        (OrgId(Uuid::nil()), Asked { conversation_id, at: Timestamp(seq), note: None, doubted })
    }

    #[test]
    fn whoever_was_told_of_something_newer_is_doubted_no_more() {
        let mut doubts = Doubts::default();
        doubts.add([doubt(1, &[1, 2]), doubt(2, &[1]), doubt(3, &[1])]);
        doubts.settle(&HashMap::from([((ConversationId(Uuid::nil()), agent(1)), 2)]));
        let left: Vec<Vec<AgentId>> =
            doubts.waiting.iter().map(|(_, asked)| asked.doubted.as_ref().unwrap().0.clone()).collect();
        assert_eq!((left, doubts.agents), (vec![vec![agent(2)], vec![agent(1)]], 2));
    }

    #[test]
    fn there_are_never_more_than_there_is_room_for() {
        let mut doubts = Doubts::default();
        doubts.add((0..2).map(|seq| doubt(seq, &vec![1; DOUBTED_MAX / 2 + 1])));
        assert_eq!((doubts.waiting.len(), doubts.agents), (1, DOUBTED_MAX / 2 + 1));
    }
}
