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
    waiting: VecDeque<Waiting>,
    agents: usize,
}

#[derive(Debug)]
struct Waiting {
    due: Timestamp,
    org_id: OrgId,
    asked: Asked,
}

impl Doubts {
    /// Adds some, as far as there is room, to be looked at when an awake console has answered for sure and not before a moment.
    /// Returns how many agents there was no room for.
    pub(super) fn add(&mut self, more: impl IntoIterator<Item = (OrgId, Asked)>, not_before: Timestamp) -> u64 {
        let mut dropped = 0_u64;
        for (org_id, asked) in more {
            let agents = self.agents.saturating_add(count(&asked));
            if agents <= DOUBTED_MAX {
                self.agents = agents;
                let due = not_before.max(asked.at.plus_millis(ANSWERED_MILLIS));
                self.waiting.push_back(Waiting { due, org_id, asked });
            } else {
                dropped = dropped.saturating_add(u64::try_from(count(&asked)).unwrap_or(u64::MAX));
            }
        }
        dropped
    }

    /// Whoever was told of something newer meanwhile need not be told again.
    pub(super) fn settle(&mut self, told: &HashMap<(ConversationId, AgentId, bool), i64>) {
        if told.is_empty() {
            return;
        }
        for Waiting { asked, .. } in &mut self.waiting {
            let (id, is_note) = (asked.conversation_id, asked.note.is_some());
            if let Some((agents, seq)) = &mut asked.doubted {
                agents.retain(|agent| told.get(&(id, *agent, is_note)).is_none_or(|told| told < seq));
            }
        }
        self.waiting.retain(|one| count(&one.asked) > 0);
        self.agents = self.waiting.iter().map(|one| count(&one.asked)).sum();
    }

    /// Waits until some are to be looked at, and takes them. Dropping the future loses nothing.
    pub(super) async fn due(&mut self, clock: &dyn Clock) -> ByOrg {
        let Some(first) = self.waiting.front() else { return std::future::pending().await };
        clock.sleep_until(first.due).await;
        let now = clock.now();
        let mut due = ByOrg::new();
        // The clock may have been set back: the one that was waited for is due in any case.
        while let Some(one) = self.waiting.pop_front_if(|one| due.is_empty() || one.due <= now) {
            self.agents = self.agents.saturating_sub(count(&one.asked));
            due.entry(one.org_id).or_default().push(one.asked);
        }
        due
    }
}

fn count(asked: &Asked) -> usize {
    asked.doubted.as_ref().map_or(0, |(agents, _)| agents.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use futures_util::future::BoxFuture;
    use uuid::Uuid;

    /// A clock that stands.
    struct Stopped(Timestamp);

    impl Clock for Stopped {
        fn now(&self) -> Timestamp {
            self.0
        }

        fn sleep_until(&self, at: Timestamp) -> BoxFuture<'static, ()> {
            if at <= self.0 { Box::pin(std::future::ready(())) } else { Box::pin(std::future::pending()) }
        }
    }

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
        let dropped = doubts.add([doubt(1, &[1, 2]), doubt(2, &[1]), doubt(3, &[1])], Timestamp(0));
        assert_eq!(dropped, 0);
        // Of a note they were told besides, which is another matter.
        let id = ConversationId(Uuid::nil());
        doubts.settle(&HashMap::from([((id, agent(1), false), 2), ((id, agent(2), true), 9)]));
        let left: Vec<Vec<AgentId>> =
            doubts.waiting.iter().map(|one| one.asked.doubted.as_ref().unwrap().0.clone()).collect();
        assert_eq!((left, doubts.agents), (vec![vec![agent(2)], vec![agent(1)]], 2));
    }

    #[test]
    fn there_are_never_more_than_there_is_room_for() {
        let mut doubts = Doubts::default();
        let half = DOUBTED_MAX / 2 + 1;
        let dropped = doubts.add((0..2).map(|seq| doubt(seq, &vec![1; half])), Timestamp(0));
        assert_eq!((doubts.waiting.len(), doubts.agents, dropped), (1, half, u64::try_from(half).unwrap()));
    }

    #[tokio::test]
    async fn what_could_not_be_asked_waits_before_it_is_asked_again() {
        let now = Timestamp(1_000_000);
        let mut doubts = Doubts::default();
        assert_eq!(doubts.add([doubt(1, &[1])], now.plus_millis(2_000)), 0);
        assert!(doubts.due(&Stopped(now)).now_or_never().is_none(), "its ten seconds were over long ago");
        assert_eq!(doubts.due(&Stopped(now.plus_millis(2_000))).await.len(), 1);
    }
}
