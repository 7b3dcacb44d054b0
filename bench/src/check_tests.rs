//! Every kind of damage is done to a clean run on purpose, and must be found and named; a clean run must be clean.

use super::*;
use proptest::prelude::*;
use uuid::Uuid;

fn nonce(n: u128) -> Nonce {
    Nonce(Uuid::from_u128(n))
}

fn conversation(n: u64) -> ConversationId {
    ConversationId(Uuid::from_u128(1_000_000 + u128::from(n)))
}

/// One message as one listener hears it live.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Hearing {
    conversation: u64,
    seq: i64,
    nonce: u128,
}

/// What happened in a run: each lane is the one sender of a conversation, each of two listeners hears all.
#[derive(Debug, Clone)]
struct Run {
    heard: [Vec<Hearing>; 2],
    acked: Vec<Hearing>,
}

impl Run {
    /// Messages of several conversations, woven in this order.
    fn clean(order: &[u8]) -> Self {
        let mut seqs = HashMap::new();
        let mut all = Vec::new();
        for (nonce, lane) in (1..).zip(order) {
            let seq: &mut i64 = seqs.entry(*lane).or_insert(0);
            *seq += 1;
            all.push(Hearing { conversation: u64::from(*lane), seq: *seq, nonce });
        }
        Self { heard: [all.clone(), all.clone()], acked: all }
    }

    fn judge(&self) -> Report {
        let mut checker = Checker::default();
        for Hearing { conversation: id, .. } in &self.acked {
            checker.listens(0, conversation(*id), 0);
            checker.listens(1, conversation(*id), 0);
        }
        for Hearing { conversation: id, nonce: n, .. } in &self.acked {
            checker.intended(*id, nonce(*n));
        }
        for (listener, heard) in (0..).zip(&self.heard) {
            for Hearing { conversation: id, seq, nonce: n } in heard {
                checker.heard(listener, Way::Live(1), conversation(*id), *seq, nonce(*n));
            }
        }
        for Hearing { conversation: id, seq, nonce: n } in &self.acked {
            checker.acknowledged(nonce(*n), conversation(*id), *seq);
        }
        checker.finish()
    }
}

fn order() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(0_u8..4, 2..60)
}

proptest! {
    #[test]
    fn a_clean_run_is_clean(order in order()) {
        let report = Run::clean(&order).judge();
        prop_assert!(report.is_clean(), "{report}");
        prop_assert_eq!(report.acknowledged, order.len());
    }

    #[test]
    fn a_dropped_delivery_is_lost(order in order(), place in any::<prop::sample::Index>(), who in 0_u32..2) {
        let mut run = Run::clean(&order);
        let dropped = run.heard[usize::try_from(who).unwrap()].remove(place.index(order.len()));
        let faults = run.judge().faults;
        prop_assert!(faults.contains(&Fault::Lost(nonce(dropped.nonce), who)), "{faults:?}");
        // Whatever else is said is said of the same listener and place.
        for fault in faults {
            let same = [
                Fault::Lost(nonce(dropped.nonce), who),
                Fault::Gap(conversation(dropped.conversation), dropped.seq, who),
                Fault::Skipped(conversation(dropped.conversation), dropped.seq, who),
            ];
            prop_assert!(same.contains(&fault), "{fault}");
        }
    }

    #[test]
    fn a_doubled_delivery_is_found(order in order(), place in any::<prop::sample::Index>(), later in any::<prop::sample::Index>()) {
        let mut run = Run::clean(&order);
        let place = place.index(order.len());
        let again = run.heard[1][place];
        let at = place + 1 + later.index(order.len() - place);
        run.heard[1].insert(at, again);
        prop_assert_eq!(run.judge().faults, [Fault::Doubled(nonce(again.nonce), 1)]);
    }

    #[test]
    fn a_message_stored_twice_is_found(order in order(), place in any::<prop::sample::Index>()) {
        let mut run = Run::clean(&order);
        let again = run.acked[place.index(order.len())];
        let newest = run.acked.iter().filter(|one| one.conversation == again.conversation).map(|one| one.seq).max();
        let seq = newest.unwrap() + 1;
        for heard in &mut run.heard {
            heard.push(Hearing { seq, ..again });
        }
        let faults = run.judge().faults;
        for who in 0..2 {
            prop_assert!(faults.contains(&Fault::Doubled(nonce(again.nonce), who)), "{faults:?}");
        }
    }

    #[test]
    fn swapped_deliveries_are_reordered(order in order(), first in any::<prop::sample::Index>(), second in any::<prop::sample::Index>()) {
        let mut run = Run::clean(&order);
        let lane = order[first.index(order.len())];
        let places: Vec<usize> = (0..order.len()).filter(|at| order[*at] == lane).collect();
        let (first, second) = (places[first.index(places.len())], places[second.index(places.len())]);
        prop_assume!(first != second);
        run.heard[0].swap(first, second);
        let faults = run.judge().faults;
        let earlier = run.acked[first.min(second)];
        prop_assert!(faults.contains(&Fault::Reordered(nonce(earlier.nonce), 0)), "{faults:?}");
        prop_assert!(!faults.iter().any(|fault| matches!(fault, Fault::Lost(..) | Fault::Gap(..))), "{faults:?}");
    }

    #[test]
    fn messages_stored_in_another_order_than_sent_are_overtaken(order in order(), place in any::<prop::sample::Index>()) {
        let mut run = Run::clean(&order);
        let place = place.index(order.len());
        let Some(next) = (place + 1..order.len()).find(|at| order[*at] == order[place]) else { return Ok(()) };
        let (first, second) = (run.acked[place].seq, run.acked[next].seq);
        let (a, b) = (run.acked[place].nonce, run.acked[next].nonce);
        run.acked[place].seq = second;
        run.acked[next].seq = first;
        for heard in &mut run.heard {
            heard[place].nonce = b;
            heard[next].nonce = a;
        }
        prop_assert_eq!(run.judge().faults, [Fault::Overtaken(nonce(b))]);
    }
}

#[test]
fn what_nobody_sent_is_named() {
    let mut run = Run::clean(&[1, 1]);
    run.heard[0].push(Hearing { conversation: 1, seq: 3, nonce: 99 });
    assert_eq!(run.judge().faults, [Fault::NeverSent(nonce(99), 0)]);
}

#[test]
fn what_reaches_somebody_whose_it_is_not_is_named() {
    let clean = |heard: Option<(Listener, Way)>| {
        let mut checker = Checker::default();
        for (listener, n) in [(0, 1), (1, 2)] {
            checker.listens(listener, conversation(n), 0);
            checker.intended(n, nonce(n.into()));
            checker.acknowledged(nonce(n.into()), conversation(n), 1);
            checker.heard(listener, Way::Live(1), conversation(n), 1, nonce(n.into()));
        }
        if let Some((listener, way)) = heard {
            checker.heard(listener, way, conversation(1), 1, nonce(1));
        }
        checker.finish().faults
    };
    assert_eq!(clean(None), []);
    for way in [Way::Live(1), Way::Fetched] {
        assert_eq!(clean(Some((1, way))), [Fault::NotTheirs(nonce(1), 1)], "the neighbour");
        assert_eq!(clean(Some((7, way))), [Fault::NotTheirs(nonce(1), 7)], "somebody who listens to nothing");
    }
}

#[test]
fn a_refused_message_must_not_be_heard() {
    for heard in [false, true] {
        let mut checker = Checker::default();
        checker.listens(0, conversation(1), 0);
        checker.intended(1, nonce(1));
        checker.refused(nonce(1));
        if heard {
            checker.heard(0, Way::Fetched, conversation(1), 1, nonce(1));
        }
        let report = checker.finish();
        assert_eq!((report.acknowledged, report.refused), (0, 1));
        assert_eq!(report.faults, if heard { vec![Fault::NeverSent(nonce(1), 0)] } else { Vec::new() });
    }
}

#[test]
fn an_ack_with_another_place_is_misplaced_and_two_acks_must_agree() {
    let mut run = Run::clean(&[1]);
    run.acked[0].seq = 2;
    assert_eq!(run.judge().faults, [Fault::Misplaced(nonce(1), 0), Fault::Misplaced(nonce(1), 1)]);

    let mut checker = Checker::default();
    checker.intended(1, nonce(1));
    checker.acknowledged(nonce(1), conversation(1), 1);
    checker.acknowledged(nonce(1), conversation(1), 1);
    checker.acknowledged(nonce(1), conversation(1), 2);
    assert_eq!(checker.finish().faults, [Fault::Doubled(nonce(1), Listener::MAX)]);
}

#[test]
fn a_message_without_an_answer_is_named() {
    let mut checker = Checker::default();
    checker.intended(1, nonce(1));
    assert_eq!(checker.finish().faults, [Fault::Unanswered(nonce(1))]);
}

#[test]
fn a_reconnect_may_repeat_and_what_was_left_out_may_be_fetched() {
    let mut checker = Checker::default();
    checker.listens(0, conversation(1), 0);
    let place = |n: u128| i64::try_from(n).unwrap();
    for n in 1..=6 {
        checker.intended(1, nonce(n));
        checker.acknowledged(nonce(n), conversation(1), place(n));
    }
    let mut hear = |way, n| checker.heard(0, way, conversation(1), place(n), nonce(n));
    hear(Way::Live(1), 1);
    hear(Way::Live(1), 2);
    // The connection broke; 3 was fetched, and 2 with it.
    hear(Way::Fetched, 2);
    hear(Way::Fetched, 3);
    hear(Way::Live(2), 3);
    // Too slow: 4 was left out.
    checker.left_out(0);
    checker.heard(0, Way::Live(2), conversation(1), 5, nonce(5));
    checker.heard(0, Way::Fetched, conversation(1), 4, nonce(4));
    checker.heard(0, Way::Live(2), conversation(1), 6, nonce(6));
    let report = checker.finish();
    assert!(report.is_clean(), "{report}");
}

#[test]
fn a_place_left_out_silently_is_named_even_when_it_is_fetched_later() {
    let mut run = Run::clean(&[1, 1, 1]);
    let missed = run.heard[0].remove(1);
    let mut checker = Checker::default();
    checker.listens(0, conversation(1), 0);
    for one in &run.acked {
        checker.intended(1, nonce(one.nonce));
        checker.acknowledged(nonce(one.nonce), conversation(1), one.seq);
    }
    for one in &run.heard[0] {
        checker.heard(0, Way::Live(1), conversation(1), one.seq, nonce(one.nonce));
    }
    checker.heard(0, Way::Fetched, conversation(1), missed.seq, nonce(missed.nonce));
    assert_eq!(checker.finish().faults, [Fault::Skipped(conversation(1), 2, 0)]);
}

#[test]
fn what_was_there_before_is_not_asked_for() {
    let mut checker = Checker::default();
    checker.listens(0, conversation(1), 7);
    checker.intended(1, nonce(1));
    checker.acknowledged(nonce(1), conversation(1), 8);
    checker.heard(0, Way::Fetched, conversation(1), 7, nonce(55));
    checker.heard(0, Way::Live(1), conversation(1), 8, nonce(1));
    assert!(checker.finish().is_clean());
}
