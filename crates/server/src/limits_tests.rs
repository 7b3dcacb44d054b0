//! Rates and attempts.

use super::*;
use proptest::prelude::*;

#[test]
fn a_rate_gives_all_at_once_then_refills_steadily() {
    let rate = Rate::new(3, 60_000);
    let at = |millis| rate.take("caller", Timestamp(millis));
    assert_eq!([at(0), at(0), at(0)].map(|standing| standing.remaining), [2, 1, 0]);
    assert_eq!(at(0).refused_for, Some(20_000));
    assert_eq!(at(19_999).refused_for, Some(1));
    assert_eq!(at(20_000).refused_for, None);
    assert_eq!(rate.take("another", Timestamp(0)).remaining, 2);
}

#[test]
fn what_others_refuse_is_not_counted() {
    let rate = Rate::new(3, 60_000);
    let refused = || rate.take("caller", Timestamp(0)).refused_for;
    assert_eq!([refused(), refused()], [None; 2]);
    for _ in 0..10 {
        assert_eq!(refused(), None);
        rate.refuse(&"caller");
    }
    assert_eq!(refused(), None);
    assert_eq!(refused(), Some(20_000), "three were granted");
    rate.refuse(&"nobody");
    assert_eq!(rate.standing("rate").refused, 12);
}

#[test]
fn a_newcomer_is_remembered_where_the_memory_is_full() {
    let rate = Rate::remembering(10, 3, 60_000);
    let call = |key: u32| {
        let refused_for = rate.take(key, Timestamp(0)).refused_for;
        rate.whole_at.run_pending_tasks();
        refused_for
    };
    for regular in (0..200).map(|call| call % 10) {
        call(regular);
    }
    for newcomer in 100..110 {
        assert_eq!([call(newcomer), call(newcomer), call(newcomer)], [None; 3]);
        assert!(call(newcomer).is_some(), "{newcomer} has been forgotten");
    }
    assert!(rate.whole_at.entry_count() <= 10);
}

#[test]
fn failures_are_counted_over_a_window_and_forgiven() {
    let attempts = Attempts::new(2, 1000);
    assert_eq!(attempts.begin(&"key", Timestamp(0)), Ok(()));
    assert_eq!(attempts.begin(&"key", Timestamp(10)), Ok(()));
    assert_eq!(attempts.begin(&"key", Timestamp(20)), Err(980));
    attempts.forgive(&"key", Timestamp(10));
    assert_eq!(attempts.begin(&"key", Timestamp(20)), Ok(()));
    assert_eq!(attempts.begin(&"key", Timestamp(999)), Err(1));
    assert_eq!(attempts.begin(&"key", Timestamp(1000)), Ok(()));
    attempts.clear(&"key");
    assert_eq!(attempts.begin(&"key", Timestamp(1000)), Ok(()));
}

proptest! {
    #[test]
    fn no_period_ever_sees_twice_the_limit_and_waiting_as_told_suffices(limit in 1_u32..20, steps in prop::collection::vec(0_i64..500, 1..80)) {
        let rate = Rate::new(limit, 1000);
        let mut now = 0;
        let mut allowed = Vec::new();
        for step in steps {
            now += step;
            match rate.take((), Timestamp(now)).refused_for {
                None => allowed.push(now),
                Some(wait) => {
                    now += wait;
                    prop_assert_eq!(rate.take((), Timestamp(now)).refused_for, None);
                    allowed.push(now);
                }
            }
        }
        for begin in &allowed {
            let seen = allowed.iter().filter(|at| (*begin..begin + 1000).contains(*at)).count();
            prop_assert!(seen <= 2 * usize::try_from(limit).unwrap(), "{seen} of {limit}");
        }
    }
}
