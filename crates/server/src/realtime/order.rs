//! The order of the ledger, over several servers: a pure structure.
//!
//! Events of other servers come over the bus, our own come from the writer, and neither waits for the other. A client that has
//! taken event 6 believes to have 5, so 6 waits here for 5, which is on its way: an organisation's ledger has no gaps.
//!
//! **Invariants**: of an organisation that is known, events come out in the ledger's order, each once; what is held is bounded.
//! An organisation in which a console listens is known from the moment that its socket was opened ([`Order::opened`]).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;
use tokio::time::Instant;
use types::id::OrgId;

/// Events of one organisation that wait at most.
const HELD_MAX: usize = 1_000;
/// Organisations that are remembered although nobody listens in them, at least.
const KNOWN: usize = 50_000;

/// What to do with an event.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Turn<T> {
    /// It is this one's turn, and then that of those which waited for it.
    Now(T, Vec<T>),
    /// It waits.
    Held,
    /// It is from before the organisation was known. Consoles have it, or are told to fetch it.
    Early(T),
    /// It has been told, or those who listen were sent to fetch it.
    Repeated,
    /// Too many wait for one that does not come: all who listen in the organisation must fetch.
    GaveUp,
}

#[derive(Debug)]
struct Ledger<T> {
    /// From here on everything was told, or whoever listened was sent to fetch.
    first: i64,
    /// The place that comes next.
    next: i64,
    held: BTreeMap<i64, T>,
    /// Since when something waits.
    since: Option<Instant>,
}

impl<T> Ledger<T> {
    fn beginning(next: i64) -> Self {
        Self { first: next, next, held: BTreeMap::new(), since: None }
    }

    /// Takes what has waited for its turn, which has come.
    fn ready(&mut self) -> Vec<T> {
        let mut ready = Vec::new();
        while let Some(item) = self.held.remove(&self.next) {
            ready.push(item);
            self.next = self.next.saturating_add(1);
        }
        if self.held.is_empty() {
            self.since = None;
        }
        ready
    }

    /// Goes on behind everything that waits.
    fn give_up(&mut self) {
        if let Some((newest, _)) = self.held.last_key_value() {
            self.next = self.next.max(newest.saturating_add(1));
        }
        self.held.clear();
        self.since = None;
    }
}

/// Where every organisation's ledger stands, as told here.
#[derive(Debug)]
pub(super) struct Order<T> {
    ledgers: HashMap<OrgId, Ledger<T>>,
    /// Those in which something waits.
    waiting: HashSet<OrgId>,
    /// With more than these, those in which nobody listens are forgotten.
    remembered: usize,
}

impl<T> Default for Order<T> {
    fn default() -> Self {
        Self { ledgers: HashMap::new(), waiting: HashSet::new(), remembered: KNOWN }
    }
}

impl<T> Order<T> {
    /// An event has come.
    pub(super) fn take(&mut self, org: OrgId, seq: i64, item: T, now: Instant) -> Turn<T> {
        let ledger = self.ledgers.entry(org).or_insert_with(|| Ledger::beginning(seq));
        if seq == ledger.next {
            ledger.next = seq.saturating_add(1);
            if ledger.held.is_empty() {
                return Turn::Now(item, Vec::new());
            }
            let ready = ledger.ready();
            if ledger.held.is_empty() {
                self.waiting.remove(&org);
            }
            return Turn::Now(item, ready);
        }
        if seq < ledger.next {
            return if seq < ledger.first { Turn::Early(item) } else { Turn::Repeated };
        }
        ledger.held.insert(seq, item);
        if ledger.held.len() > HELD_MAX {
            ledger.give_up();
            self.waiting.remove(&org);
            return Turn::GaveUp;
        }
        ledger.since.get_or_insert(now);
        self.waiting.insert(org);
        Turn::Held
    }

    /// A console was let in which knows the ledger up to `cursor`. Whether it must fetch: what came before the organisation was
    /// known may have come without what stood before it.
    pub(super) fn opened(&mut self, org: OrgId, cursor: i64) -> bool {
        let next = cursor.saturating_add(1);
        let ledger = self.ledgers.entry(org).or_insert_with(|| Ledger::beginning(next));
        next < ledger.first
    }

    /// Gives up those in which something has waited for so long, and names them: all who listen there must fetch.
    pub(super) fn overdue(&mut self, patience: Duration, now: Instant) -> Vec<OrgId> {
        let ledgers = &mut self.ledgers;
        let is_overdue = |since: Instant| now.saturating_duration_since(since) >= patience;
        let overdue: Vec<OrgId> = self
            .waiting
            .iter()
            .copied()
            .filter(|org| ledgers.get(org).is_some_and(|ledger| ledger.since.is_some_and(is_overdue)))
            .collect();
        for org in &overdue {
            self.waiting.remove(org);
            if let Some(ledger) = ledgers.get_mut(org) {
                ledger.give_up();
            }
        }
        overdue
    }

    /// The ledger has come to `cursor`, as it says itself. If that is further than was told, all who listen must fetch: the answer
    /// is then what waited behind it and comes next.
    pub(super) fn level(&mut self, org: OrgId, cursor: i64) -> Option<Vec<T>> {
        let next = cursor.saturating_add(1);
        let ledger = self.ledgers.entry(org).or_insert_with(|| Ledger::beginning(next));
        if next <= ledger.next {
            return None;
        }
        ledger.next = next;
        ledger.held = ledger.held.split_off(&next);
        let ready = ledger.ready();
        if ledger.held.is_empty() {
            ledger.since = None;
            self.waiting.remove(&org);
        }
        Some(ready)
    }

    /// Forgets organisations in which nobody listens and nothing waits, when there are many.
    pub(super) fn tidy(&mut self, listened: impl Fn(OrgId) -> bool) {
        if self.ledgers.len() > self.remembered {
            self.ledgers.retain(|org, ledger| !ledger.held.is_empty() || listened(*org));
            self.remembered = self.ledgers.len().saturating_mul(2).max(KNOWN);
        }
    }

    /// How many events wait.
    #[cfg(test)]
    fn held(&self) -> usize {
        self.ledgers.values().map(|ledger| ledger.held.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    const ORG: OrgId = OrgId(Uuid::from_u128(1));
    const PATIENCE: Duration = Duration::from_secs(2);

    /// What comes out, as a client hears it.
    #[derive(Default)]
    struct Told(Vec<i64>);

    impl Told {
        fn hear(&mut self, turn: Turn<i64>) {
            if let Turn::Now(first, then) = turn {
                self.0.push(first);
                self.0.extend(then);
            }
        }
    }

    #[test]
    fn what_comes_too_early_waits_for_what_stands_before_it() {
        let (mut order, now) = (Order::default(), Instant::now());
        assert!(!order.opened(ORG, 4));
        assert_eq!(order.take(ORG, 7, 7, now), Turn::Held);
        assert_eq!(order.take(ORG, 6, 6, now), Turn::Held);
        assert_eq!(order.take(ORG, 5, 5, now), Turn::Now(5, vec![6, 7]));
        assert_eq!(order.take(ORG, 6, 6, now), Turn::Repeated);
        assert_eq!(order.take(ORG, 8, 8, now), Turn::Now(8, vec![]));
        assert_eq!(order.overdue(Duration::ZERO, now), []);
    }

    #[test]
    fn what_does_not_come_is_fetched() {
        let (mut order, now) = (Order::default(), Instant::now());
        order.opened(ORG, 4);
        order.take(ORG, 7, 7, now);
        assert_eq!(order.overdue(PATIENCE, now), []);
        assert_eq!(order.overdue(PATIENCE, now + PATIENCE), [ORG]);
        assert_eq!(order.take(ORG, 5, 5, now), Turn::Repeated, "whoever listens has fetched it");
        assert_eq!(order.take(ORG, 8, 8, now), Turn::Now(8, vec![]));
    }

    #[test]
    fn of_one_that_never_comes_no_more_than_so_many_wait() {
        let (mut order, now) = (Order::default(), Instant::now());
        order.opened(ORG, 0);
        let most = i64::try_from(HELD_MAX).unwrap();
        for seq in 2..most + 2 {
            assert_eq!(order.take(ORG, seq, seq, now), Turn::Held);
        }
        assert_eq!(order.take(ORG, most + 2, 0, now), Turn::GaveUp);
        assert_eq!(order.held(), 0);
        assert_eq!(order.take(ORG, most + 3, 0, now), Turn::Now(0, vec![]));
    }

    #[test]
    fn a_console_that_came_before_what_was_told_without_order_must_fetch() {
        let (mut order, now) = (Order::default(), Instant::now());
        assert_eq!(order.take(ORG, 6, 6, now), Turn::Now(6, vec![]));
        assert_eq!(order.take(ORG, 5, 5, now), Turn::Early(5));
        assert!(order.opened(ORG, 4), "it has heard 6, and of 5 nothing");
        assert!(!order.opened(ORG, 5));
        assert!(!order.opened(ORG, 9), "what it knows already comes once more");
    }

    #[test]
    fn where_the_ledger_is_further_those_who_listen_fetch_and_what_waits_behind_it_goes_on() {
        let (mut order, now) = (Order::default(), Instant::now());
        order.opened(ORG, 4);
        assert_eq!(order.level(ORG, 4), None);
        for seq in [7, 9, 10, 12] {
            order.take(ORG, seq, seq, now);
        }
        assert_eq!(order.level(ORG, 8), Some(vec![9, 10]));
        assert_eq!(order.held(), 1);
        assert_eq!(order.overdue(PATIENCE, now + PATIENCE), [ORG], "one still waits");
    }

    #[test]
    fn those_in_which_somebody_listens_or_something_waits_are_not_forgotten() {
        let (mut order, now) = (Order { remembered: 2, ..Order::default() }, Instant::now());
        let org = |number| OrgId(Uuid::from_u128(number));
        for number in 1..=4 {
            order.opened(org(number), 0);
        }
        order.take(org(2), 5, 5, now);
        order.tidy(|which| which == org(1));
        let mut known: Vec<OrgId> = order.ledgers.keys().copied().collect();
        known.sort_unstable();
        assert_eq!(known, [org(1), org(2)]);
    }

    proptest! {
        /// Whatever is dropped, doubled and swapped on the way: what is told is in order and each once, nothing is left out without
        /// the clients having been sent to fetch it, and in the end nothing waits.
        #[test]
        fn whatever_happens_on_the_way_everything_is_told_in_order_or_fetched(
            way in proptest::collection::vec((0_i64..40, 0_u8..12), 0..200),
        ) {
            let (mut order, mut now) = (Order::default(), Instant::now());
            order.opened(ORG, 0);
            let (mut told, mut committed, mut fetched) = (Told::default(), 0, 0);
            for (back, what) in way {
                now += Duration::from_millis(100);
                match what {
                    // The next one, or an old one once more, or one that overtakes.
                    0..=8 => {
                        let seq = Ord::max(1, committed + 3 - back);
                        committed = committed.max(seq);
                        let turn = order.take(ORG, seq, seq, now);
                        if turn == Turn::GaveUp { fetched = committed }
                        told.hear(turn);
                    }
                    9 => if let Some(ready) = order.level(ORG, committed) {
                        fetched = committed;
                        told.0.extend(ready);
                    },
                    _ => if !order.overdue(PATIENCE, now).is_empty() { fetched = committed },
                }
                // What a client has: everything up to its last event or fetch.
                let mut has = 0;
                let mut before = 0;
                for seq in &told.0 {
                    prop_assert!(*seq > before, "in order and once");
                    before = *seq;
                    has = Ord::max(has, *seq);
                }
                prop_assert!(order.ledgers[&ORG].next > Ord::max(has, 0));
                prop_assert!(order.ledgers[&ORG].next - 1 <= Ord::max(has, fetched), "nothing is passed over in silence");
            }
            order.overdue(Duration::ZERO, now);
            prop_assert_eq!(order.held(), 0);
            prop_assert!(order.waiting.is_empty());
        }
    }
}
