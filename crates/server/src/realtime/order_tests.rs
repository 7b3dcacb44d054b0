//! The order of the ledger: what waits, what counts as missed, what is bounded.

use super::*;
use proptest::prelude::*;
use uuid::Uuid;

const ORG: OrgId = OrgId(Uuid::from_u128(1));
const PATIENCE: Duration = Duration::from_secs(2);
/// What an item of these tests takes.
const ITEM_BYTES: usize = 10_000;

impl Waits for i64 {
    fn bytes(&self) -> usize {
        ITEM_BYTES
    }
}

fn org(number: u128) -> OrgId {
    OrgId(Uuid::from_u128(number))
}

/// Gives up what is overdue, as the relay does.
fn give_up(order: &mut Order<i64>, now: Instant) -> Vec<OrgId> {
    let overdue = order.overdue(PATIENCE, now);
    overdue.into_iter().filter(|org| order.give_up(*org, PATIENCE, now)).collect()
}

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
    assert_eq!(order.bytes, 2 * ITEM_BYTES);
    assert_eq!(order.take(ORG, 5, 5, now), Turn::Now(5, vec![6, 7]));
    assert_eq!(order.bytes, 0);
    assert_eq!(order.take(ORG, 6, 6, now), Turn::Repeated);
    assert_eq!(order.take(ORG, 8, 8, now), Turn::Now(8, vec![]));
    assert_eq!(order.overdue(Duration::ZERO, now), []);
}

#[test]
fn what_does_not_come_is_fetched() {
    let (mut order, now) = (Order::default(), Instant::now());
    order.opened(ORG, 4);
    order.take(ORG, 7, 7, now);
    assert_eq!(give_up(&mut order, now), []);
    assert_eq!(give_up(&mut order, now + PATIENCE), [ORG]);
    assert_eq!(order.bytes, 0);
    assert_eq!(order.take(ORG, 5, 5, now), Turn::Repeated, "whoever listens has fetched it");
    assert_eq!(order.take(ORG, 8, 8, now), Turn::Now(8, vec![]));
}

#[test]
fn what_the_ledger_has_and_was_not_told_has_time_to_come() {
    let (mut order, now) = (Order::default(), Instant::now());
    order.opened(ORG, 4);
    assert!(!order.learn(ORG, 4, now), "it is where it was");
    assert_eq!(order.overdue(Duration::ZERO, now), []);
    // 5 and 6 are on their way.
    assert!(!order.learn(ORG, 6, now));
    let soon = now + PATIENCE / 2;
    assert_eq!(order.take(ORG, 5, 5, soon), Turn::Now(5, vec![]));
    assert_eq!(order.take(ORG, 6, 6, soon), Turn::Now(6, vec![]));
    assert_eq!(give_up(&mut order, now + PATIENCE), [], "everything has come");
    // And 7 never comes.
    assert!(!order.learn(ORG, 7, now));
    assert_eq!(give_up(&mut order, now + PATIENCE / 2), []);
    assert_eq!(give_up(&mut order, now + PATIENCE), [ORG]);
    assert_eq!(order.take(ORG, 8, 8, now), Turn::Now(8, vec![]));
}

#[test]
fn each_that_is_missing_has_its_own_time() {
    let (mut order, now) = (Order::default(), Instant::now());
    order.opened(ORG, 4);
    order.take(ORG, 6, 6, now);
    // While 5 is on its way, 7 is seen to be missing.
    let later = now + PATIENCE * 3 / 4;
    order.take(ORG, 8, 8, later);
    assert_eq!(order.take(ORG, 5, 5, later), Turn::Now(5, vec![6]));
    assert_eq!(give_up(&mut order, now + PATIENCE), []);
    assert_eq!(give_up(&mut order, later + PATIENCE), [ORG]);
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
    assert_eq!((order.held(), order.bytes), (0, 0));
    assert_eq!(order.take(ORG, most + 3, 0, now), Turn::Now(0, vec![]));
}

#[test]
fn of_all_organisations_together_no_more_than_so_many_bytes_wait() {
    let (mut order, now) = (Order::default(), Instant::now());
    let most = u128::try_from(BYTES_MAX / ITEM_BYTES).unwrap();
    for number in 0..most {
        order.opened(org(number), 0);
        assert_eq!(order.take(org(number), 2, 2, now), Turn::Held);
    }
    order.opened(org(most), 0);
    assert_eq!(order.take(org(most), 2, 2, now), Turn::GaveUp, "who comes last waits for nothing");
    assert_eq!(order.take(org(most), 3, 3, now), Turn::Now(3, vec![]));
    assert_eq!(order.take(org(0), 1, 1, now), Turn::Now(1, vec![2]));
    assert_eq!(order.take(org(most), 5, 5, now), Turn::Held, "there is room again");
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
fn where_nothing_was_known_those_who_listen_fetch_at_once() {
    let (mut order, now) = (Order::<i64>::default(), Instant::now());
    assert!(order.learn(ORG, 4, now));
    assert!(!order.learn(ORG, 4, now), "once");
    assert_eq!(order.take(ORG, 5, 5, now), Turn::Now(5, vec![]));
}

#[test]
fn where_all_have_fetched_what_waits_behind_that_goes_on() {
    let (mut order, now) = (Order::default(), Instant::now());
    order.opened(ORG, 4);
    assert_eq!(order.fetched(ORG, 4, now), [0_i64; 0]);
    for seq in [7, 9, 10, 12] {
        order.take(ORG, seq, seq, now);
    }
    assert_eq!(order.fetched(ORG, 8, now), [9, 10]);
    assert_eq!((order.held(), order.bytes), (1, ITEM_BYTES));
    assert_eq!(order.take(ORG, 6, 6, now), Turn::Repeated);
    assert_eq!(give_up(&mut order, now + PATIENCE), [ORG], "one still waits");
}

#[test]
fn those_in_which_somebody_listens_or_something_waits_are_not_forgotten() {
    let (mut order, now) = (Order { remembered: 2, ..Order::default() }, Instant::now());
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
    /// the clients having been sent to fetch it, nobody is sent to fetch before the patience has ended, and in the end nothing waits.
    #[test]
    fn whatever_happens_on_the_way_everything_is_told_in_order_or_fetched(
        way in proptest::collection::vec((0_i64..40, 0_u8..14), 0..200),
    ) {
        let (mut order, mut now) = (Order::default(), Instant::now());
        order.opened(ORG, 0);
        let (mut told, mut committed, mut fetched) = (Told::default(), 0, 0);
        // When each place was first known to be committed.
        let mut known: BTreeMap<i64, Instant> = BTreeMap::new();
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
                9 => {
                    fetched = committed;
                    told.0.extend(order.fetched(ORG, committed, now));
                }
                10..=11 => {
                    committed += back % 3;
                    prop_assert!(!order.learn(ORG, committed, now));
                }
                _ => {
                    let next = order.ledgers[&ORG].next;
                    if !give_up(&mut order, now).is_empty() {
                        fetched = committed;
                        prop_assert!(now - known[&next] >= PATIENCE, "it had no time to come");
                    }
                }
            }
            for place in 1..=committed { known.entry(place).or_insert(now); }
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
            prop_assert_eq!(order.bytes, order.held() * ITEM_BYTES);
        }
        now += PATIENCE * 2;
        give_up(&mut order, now);
        prop_assert_eq!(order.held(), 0);
        prop_assert!(order.waiting.is_empty());
        prop_assert!(order.ledgers[&ORG].next > committed, "what is known to be there is told or fetched");
    }
}
