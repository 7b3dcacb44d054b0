//! To whom a conversation comes: one decision, made inside the write that needs it.
//!
//! **Who can take it** is there (online and receiving), in one of the groups that are asked for, and has room. A visitor who comes
//! back goes to the agent they had last, if that one can take it. Otherwise the agents take turns in proportion to their levels.
//!
//! **Turns** are stride scheduling: an agent's turn is a number that grows by [`ROUND`]` / level` with each conversation that came to
//! them by it, and the lowest is next. `ROUND` is divisible by every level, so there is no rounding: of agents who can all take
//! everything, nobody is ever further from their share than a round, and over many conversations shares are as levels. Among those
//! who are within half a round of the lowest the least busy for their level goes first (`(load + 1) / level`), so that somebody who
//! closes slowly is not given the next one while others sit idle: that moves conversations within a round, never shares. Ties go to
//! whoever's turn is lower, then to who was given something longest ago, then to the lower id.
//!
//! Whoever was away, full or not asked does not catch up on all of it: nobody counts as further behind than [`BEHIND`].

use std::cmp::Ordering;
use types::agents::Presence;
use types::assignment::AssignmentReason;
use types::id::{AgentGroupId, AgentId};

/// What a conversation adds to the turn of an agent of level 1: the lowest number that every level divides.
pub const ROUND: i64 = 2_520;

/// How far behind the furthest anybody counts as at most.
pub const BEHIND: i64 = 2 * ROUND;

/// The levels that there are.
pub const LEVELS: std::ops::RangeInclusive<i64> = 1..=10;

/// An agent, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub id: AgentId,
    /// Whether they are there to be written to.
    pub presence: Presence,
    /// The higher, the more come to them.
    pub level: i64,
    /// How many open conversations they may have; 0: any number.
    pub capacity: u32,
    /// How many they have.
    pub load: u32,
    /// The groups that they are in.
    pub groups: Vec<AgentGroupId>,
    /// Where their turn stands.
    pub turn: i64,
    /// When they were last given something, in whatever unit; 0: never.
    pub last_given: i64,
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The groups that serve; none: everybody does.
    pub serving: &'a [AgentGroupId],
    /// The agent whom the visitor had last.
    pub last_agent: Option<AgentId>,
}

/// To whom it comes, or why it waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It is this agent's.
    Assigned {
        /// Who.
        agent: AgentId,
        /// Why.
        reason: AssignmentReason,
        /// Among how many was chosen.
        eligible: u32,
        /// Where the agent's turn stands from now on.
        turn: i64,
    },
    /// It waits.
    Waits(AssignmentReason),
}

impl Candidate {
    fn is_online(&self) -> bool {
        self.presence == Presence::Online
    }

    fn serves(&self, serving: &[AgentGroupId]) -> bool {
        serving.is_empty() || self.groups.iter().any(|group| serving.contains(group))
    }

    /// Whether one more is not too many.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.capacity == 0 || self.load < self.capacity
    }

    /// Whether they can take what these groups serve.
    #[must_use]
    pub fn can_take(&self, serving: &[AgentGroupId]) -> bool {
        self.is_online() && self.serves(serving) && self.has_room()
    }

    fn level(&self) -> i64 {
        self.level.clamp(*LEVELS.start(), *LEVELS.end())
    }

    fn stride(&self) -> i64 {
        ROUND.div_euclid(self.level())
    }

    /// Who of two is less busy for their level: `(load + 1) / level`, compared crosswise.
    fn cmp_busy(&self, other: &Self) -> Ordering {
        let weighed = |one: &Self, by: &Self| i64::from(one.load).saturating_add(1).saturating_mul(by.level());
        weighed(self, other).cmp(&weighed(other, self))
    }
}

/// Decides to whom a conversation comes.
#[must_use]
pub fn route(candidates: &[Candidate], asked: Asked<'_>) -> Decision {
    let able: Vec<&Candidate> = candidates.iter().filter(|one| one.can_take(asked.serving)).collect();
    let eligible = u32::try_from(able.len()).unwrap_or(u32::MAX);
    if let Some(last) = able.iter().find(|one| Some(one.id) == asked.last_agent) {
        // That was nobody's turn: whoever is asked for again and again has theirs besides.
        let reason = AssignmentReason::ReturningVisitor;
        return Decision::Assigned { agent: last.id, reason, eligible, turn: last.turn };
    }
    let Some(furthest) = able.iter().map(|one| one.turn).max() else {
        return Decision::Waits(why_nobody(candidates, asked.serving));
    };
    let floor = furthest.saturating_sub(BEHIND);
    let counted = |one: &Candidate| one.turn.max(floor);
    let lowest = able.iter().map(|one| counted(one)).min().unwrap_or(floor);
    let within = lowest.saturating_add(ROUND.div_euclid(2));
    let next = able.iter().filter(|one| counted(one) <= within).min_by(|one, other| {
        let turns = counted(one).cmp(&counted(other)).then(one.turn.cmp(&other.turn));
        let order = turns.then(one.last_given.cmp(&other.last_given)).then(one.id.cmp(&other.id));
        one.cmp_busy(other).then(order)
    });
    match next {
        Some(next) => Decision::Assigned {
            agent: next.id,
            reason: if eligible == 1 { AssignmentReason::OnlyOne } else { AssignmentReason::ByLevel },
            eligible,
            turn: counted(next).saturating_add(next.stride()),
        },
        None => Decision::Waits(why_nobody(candidates, asked.serving)),
    }
}

fn why_nobody(candidates: &[Candidate], serving: &[AgentGroupId]) -> AssignmentReason {
    let mut online = candidates.iter().filter(|one| one.is_online()).peekable();
    if online.peek().is_none() {
        return AssignmentReason::NobodyOnline;
    }
    if online.any(|one| one.serves(serving)) {
        AssignmentReason::EverybodyFull
    } else {
        AssignmentReason::NobodyServing
    }
}

#[cfg(test)]
mod simulation;

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    pub(super) fn agent(number: u128) -> Candidate {
        Candidate {
            id: AgentId(Uuid::from_u128(number)),
            presence: Presence::Online,
            level: 1,
            capacity: 0,
            load: 0,
            groups: Vec::new(),
            turn: 0,
            last_given: 0,
        }
    }

    fn to_all() -> Asked<'static> {
        Asked { serving: &[], last_agent: None }
    }

    fn reason(decision: Decision) -> AssignmentReason {
        match decision {
            Decision::Assigned { reason, .. } | Decision::Waits(reason) => reason,
        }
    }

    #[test]
    fn every_decision_says_why() {
        let group = AgentGroupId(Uuid::from_u128(100));
        let (one, two) = (agent(1), agent(2));
        let away = |one: &Candidate| Candidate { presence: Presence::Suspended, ..one.clone() };
        let full = |one: &Candidate| Candidate { capacity: 2, load: 2, ..one.clone() };
        let grouped = |one: &Candidate| Candidate { groups: vec![group], ..one.clone() };
        let asked = Asked { serving: &[group], last_agent: None };
        let cases = [
            (route(&[], to_all()), AssignmentReason::NobodyOnline),
            (route(&[away(&one)], to_all()), AssignmentReason::NobodyOnline),
            (route(&[one.clone(), away(&grouped(&two))], asked), AssignmentReason::NobodyServing),
            (route(&[one.clone(), full(&grouped(&two))], asked), AssignmentReason::EverybodyFull),
            (route(&[one.clone(), grouped(&two)], asked), AssignmentReason::OnlyOne),
            (route(&[one.clone(), two.clone()], to_all()), AssignmentReason::ByLevel),
        ];
        for (place, (decision, expected)) in cases.into_iter().enumerate() {
            assert_eq!(reason(decision), expected, "case {place}");
        }
        let back = Asked { serving: &[], last_agent: Some(two.id) };
        let Decision::Assigned { agent, reason, turn, .. } = route(&[one.clone(), two.clone()], back) else { panic!() };
        assert_eq!((agent, reason, turn), (two.id, AssignmentReason::ReturningVisitor, 0), "that costs nobody a turn");
        assert_eq!(reason_of_last(&[one.clone(), full(&two)], back), AssignmentReason::OnlyOne, "the last one is full");
    }

    fn reason_of_last(candidates: &[Candidate], asked: Asked<'_>) -> AssignmentReason {
        reason(route(candidates, asked))
    }

    #[test]
    fn whoever_comes_back_is_not_given_all_that_they_missed() {
        let mut team = [agent(1), Candidate { turn: 1_000_000, ..agent(2) }];
        let mut in_a_row = 0;
        while let Decision::Assigned { agent, turn, .. } = route(&team, to_all()) {
            if agent != team[0].id {
                break;
            }
            (team[0].turn, team[0].load, in_a_row) = (turn, 0, in_a_row + 1);
        }
        assert!((1..=3).contains(&in_a_row), "{in_a_row}");
    }

    #[test]
    fn the_less_busy_goes_first_within_a_round() {
        let busy = Candidate { load: 9, ..agent(1) };
        let Decision::Assigned { agent, .. } = route(&[busy, agent(2)], to_all()) else { panic!() };
        assert_eq!(agent, AgentId(Uuid::from_u128(2)));
    }
}
