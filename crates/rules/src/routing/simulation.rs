//! Random schedules of a small office: agents come, go, suspend themselves, get other levels, capacities and groups; visitors come,
//! come back and are transferred; conversations are closed, and put off until they come back. After every step the promises of assignment
//! are looked at.
//!
//! `cargo xtask simulate` plays a hundred thousand schedules, by `PARLOR_TEST_ROUTING_SCHEDULES`; the test command plays some of them.

use super::tests::agent;
use super::*;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Schedules that the test command plays.
const SCHEDULES: u64 = 2_000;
/// What happens in one.
const STEPS: usize = 60;

/// `SplitMix64`: the same schedule for the same seed, wherever it is played.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() % u64::try_from(end.max(1)).unwrap()).unwrap()
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.roll() % 100 < percent
    }
}

#[derive(Debug, Clone)]
struct Talk {
    serving: Vec<AgentGroupId>,
    owner: Option<AgentId>,
    last: Option<AgentId>,
    open: bool,
    /// Whether it is put off: then it does not count to what its owner may have.
    snoozed: bool,
    /// Whether it came back after that, for which its owner needs no room.
    woken: bool,
    since: usize,
}

struct Office {
    dice: Dice,
    agents: Vec<Candidate>,
    groups: Vec<AgentGroupId>,
    channels: Vec<Vec<AgentGroupId>>,
    talks: Vec<Talk>,
    now: usize,
}

impl Office {
    fn open(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let groups: Vec<_> = (0..3).map(|number| AgentGroupId(Uuid::from_u128(500 + number))).collect();
        let count = 1 + dice.below(6);
        let mut agents = Vec::new();
        for number in 0..count {
            let mut one = agent(u128::try_from(number).unwrap() + 1);
            one.level = i64::try_from(1 + dice.below(10)).unwrap();
            one.capacity = if dice.chance(60) { u32::try_from(1 + dice.below(4)).unwrap() } else { 0 };
            one.groups = groups.iter().copied().filter(|_| dice.chance(50)).collect();
            one.presence = if dice.chance(60) { Presence::Online } else { Presence::Offline };
            agents.push(one);
        }
        let channels = vec![Vec::new(), vec![groups[0]], vec![groups[1], groups[2]]];
        Self { dice, agents, groups, channels, talks: Vec::new(), now: 0 }
    }

    fn one(&mut self, id: AgentId) -> &mut Candidate {
        self.agents.iter_mut().find(|one| one.id == id).unwrap()
    }

    /// What a write does with a decision.
    fn route(&mut self, place: usize) -> bool {
        let talk = self.talks[place].clone();
        assert!(talk.open && talk.owner.is_none(), "never two owners");
        let asked = Asked { serving: &talk.serving, last_agent: talk.last };
        match route(&self.agents, asked) {
            Decision::Assigned { agent, turn, .. } => {
                let now = i64::try_from(self.now).unwrap();
                let one = self.one(agent);
                assert!(one.can_take(&talk.serving), "only who can take it");
                (one.turn, one.last_given) = (turn, now);
                one.load += 1;
                (self.talks[place].owner, self.talks[place].last) = (Some(agent), Some(agent));
                true
            }
            Decision::Waits(_) => false,
        }
    }

    /// Works the queue off, the longest wait first.
    fn work_off(&mut self) {
        let mut queue: Vec<usize> =
            (0..self.talks.len()).filter(|at| self.talks[*at].open && self.talks[*at].owner.is_none()).collect();
        queue.sort_by_key(|at| self.talks[*at].since);
        for place in queue {
            self.route(place);
        }
    }

    fn release(&mut self, place: usize) {
        let was_snoozed = std::mem::take(&mut self.talks[place].snoozed);
        self.talks[place].woken = false;
        if let Some(owner) = self.talks[place].owner.take()
            && !was_snoozed
        {
            self.one(owner).load -= 1;
        }
    }

    fn step(&mut self) {
        self.now += 1;
        let who = self.dice.below(self.agents.len());
        let what = self.dice.below(self.talks.len());
        match self.dice.below(12) {
            0..=2 => {
                let serving = self.channels[self.dice.below(self.channels.len())].clone();
                self.talks.push(Talk {
                    serving,
                    owner: None,
                    last: None,
                    open: true,
                    snoozed: false,
                    woken: false,
                    since: self.now,
                });
                self.route(self.talks.len() - 1);
            }
            3 => {
                let now = [Presence::Online, Presence::Online, Presence::Suspended, Presence::Offline];
                self.agents[who].presence = now[self.dice.below(4)];
            }
            4 | 5 if !self.talks.is_empty() && self.talks[what].open => {
                self.release(what);
                self.talks[what].open = false;
            }
            6 if !self.talks.is_empty() && !self.talks[what].open => {
                (self.talks[what].open, self.talks[what].since) = (true, self.now);
                self.route(what);
            }
            // Handed on, to an agent who need not have room, or to a group.
            7 if !self.talks.is_empty() && self.talks[what].owner.is_some() => {
                self.release(what);
                if self.dice.chance(50) && self.agents[who].has_room() {
                    self.agents[who].load += 1;
                    let id = self.agents[who].id;
                    (self.talks[what].owner, self.talks[what].last) = (Some(id), Some(id));
                } else {
                    let group = self.groups[self.dice.below(3)];
                    (self.talks[what].serving, self.talks[what].last) = (vec![group], None);
                    self.talks[what].since = self.now;
                    self.route(what);
                }
            }
            8 => {
                let room = u32::try_from(self.dice.below(6)).unwrap();
                // Nobody is taken what they have.
                self.agents[who].capacity = if room == 0 { 0 } else { room.max(self.agents[who].load) };
                self.agents[who].level = i64::try_from(1 + self.dice.below(10)).unwrap();
            }
            9 => {
                let dice = &mut self.dice;
                self.agents[who].groups = self.groups.iter().copied().filter(|_| dice.chance(50)).collect();
            }
            10 if !self.talks.is_empty() && !self.talks[what].snoozed => {
                if let Some(owner) = self.talks[what].owner {
                    (self.talks[what].snoozed, self.talks[what].woken) = (true, false);
                    self.one(owner).load -= 1;
                }
            }
            // Its time has come, or its visitor has written.
            11 if !self.talks.is_empty() && self.talks[what].snoozed => {
                if let Some(owner) = self.talks[what].owner {
                    (self.talks[what].snoozed, self.talks[what].woken) = (false, true);
                    self.one(owner).load += 1;
                }
            }
            _ => {}
        }
        self.work_off();
    }

    fn check(&self, seed: u64) {
        let (mut loads, mut woken) = (BTreeMap::<AgentId, u32>::new(), BTreeMap::<AgentId, u32>::new());
        for talk in &self.talks {
            assert!(talk.open || talk.owner.is_none(), "seed {seed}: whoever has closed it has room");
            assert!(talk.owner.is_some() || !talk.snoozed, "seed {seed}: what is put off is somebody's");
            if let Some(owner) = talk.owner {
                *loads.entry(owner).or_default() += u32::from(!talk.snoozed);
                *woken.entry(owner).or_default() += u32::from(talk.woken);
            } else if talk.open {
                let room = self.agents.iter().any(|one| one.can_take(&talk.serving));
                assert!(!room, "seed {seed}: a visitor waits although somebody has room");
            }
        }
        for one in &self.agents {
            assert_eq!(loads.get(&one.id).copied().unwrap_or_default(), one.load, "seed {seed}");
            // What they had put off comes back whatever they have; beyond that nothing is given.
            let given = one.load - woken.get(&one.id).copied().unwrap_or_default();
            assert!(one.capacity == 0 || given <= one.capacity, "seed {seed}: above capacity");
        }
    }
}

/// How many schedules are played.
fn schedules() -> u64 {
    std::env::var("PARLOR_TEST_ROUTING_SCHEDULES").map_or(SCHEDULES, |text| text.parse().unwrap())
}

#[test]
fn nobody_waits_while_somebody_has_room_and_nobody_has_more_than_they_may() {
    for seed in 0..schedules() {
        let mut office = Office::open(seed);
        for _ in 0..STEPS {
            office.step();
            office.check(seed);
        }
    }
}

/// Shares of `conversations` among these levels, where each is closed after some others have come.
fn shares(levels: &[i64], conversations: usize, closes_after: impl Fn(&mut Dice) -> usize, seed: u64) -> Vec<usize> {
    let mut dice = Dice(seed);
    let mut team: Vec<Candidate> =
        levels.iter().zip(1..).map(|(level, number)| Candidate { level: *level, ..agent(number) }).collect();
    let mut counts = vec![0; levels.len()];
    let mut ends: BTreeMap<usize, Vec<AgentId>> = BTreeMap::new();
    for now in 0..conversations {
        for ended in ends.remove(&now).unwrap_or_default() {
            team.iter_mut().find(|one| one.id == ended).unwrap().load -= 1;
        }
        let Decision::Assigned { agent, turn, .. } = route(&team, Asked { serving: &[], last_agent: None }) else {
            panic!("everybody is there")
        };
        let place = team.iter().position(|one| one.id == agent).unwrap();
        (team[place].turn, team[place].load) = (turn, team[place].load + 1);
        counts[place] += 1;
        ends.entry(now + 1 + closes_after(&mut dice)).or_default().push(agent);
    }
    counts
}

#[test]
fn shares_are_as_levels_whatever_the_load() {
    const CONVERSATIONS: usize = 5_000;
    let teams: [&[i64]; 5] = [&[1, 3], &[1, 1, 1], &[10, 1], &[2, 5, 7, 1], &[4, 4, 8, 2, 6, 1]];
    let paces: [fn(&mut Dice) -> usize; 4] =
        [|_| 0, |dice| dice.below(3), |dice| 20 + dice.below(50), |_| usize::MAX / 2];
    for (team, levels) in teams.into_iter().enumerate() {
        for (pace, closes_after) in paces.into_iter().enumerate() {
            let counts = shares(levels, CONVERSATIONS, closes_after, 7);
            let all: i64 = levels.iter().sum();
            for (count, level) in counts.iter().zip(levels) {
                let fair = i64::try_from(CONVERSATIONS).unwrap() * level;
                let off = (i64::try_from(*count).unwrap() * all - fair).abs() * 100;
                assert!(off <= 5 * fair, "team {team}, pace {pace}: {counts:?} of {levels:?}");
            }
        }
    }
}

#[test]
fn shares_of_any_team_are_as_levels_at_any_pace() {
    const CONVERSATIONS: usize = 5_000;
    let mut furthest = 0;
    // One team of a hundred schedules: each gives out as many conversations as eighty of them.
    for seed in 0..schedules().div_ceil(100) {
        let mut dice = Dice(seed);
        let levels: Vec<i64> = (0..2 + dice.below(5)).map(|_| i64::try_from(1 + dice.below(10)).unwrap()).collect();
        let (least, spread) = (dice.below(40), 1 + dice.below(60));
        let counts = shares(&levels, CONVERSATIONS, |dice| least + dice.below(spread), seed);
        let all: i64 = levels.iter().sum();
        for (count, level) in counts.iter().zip(&levels) {
            let fair = i64::try_from(CONVERSATIONS).unwrap() * level;
            let off = (i64::try_from(*count).unwrap() * all - fair).abs() * 10_000 / fair;
            furthest = furthest.max(off);
            assert!(off <= 500, "seed {seed}: {counts:?} of {levels:?}");
        }
    }
    println!("furthest from its level: {}.{:02} %", furthest / 100, furthest % 100);
}
