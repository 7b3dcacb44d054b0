//! The whole message path under trouble, by seed: consoles and widgets with their real machines, a network that loses and
//! delays, and the real server from the socket's loop down to the database, which dies and starts again.
//!
//! One seed is one world: who there is, what each does and in which order everything moves. Nothing else decides: the clock is
//! moved by hand, ids come from the seed, and of everything that could run, only what the [schedule] picks gets on. So a seed
//! that fails, fails again: its number is in the failure, and
//!
//! ```text
//! PARLOR_TEST_SIM_SEED=4711 cargo test -p server --lib realtime::simulation::replay -- --nocapture
//! ```
//!
//! tells its story. `PARLOR_TEST_SIM_SEEDS` asks for more seeds than the test command plays, `PARLOR_TEST_SIM_FIRST` for others.
//!
//! While there is trouble only what holds at any time is [checked](process::Process::check); afterwards the network is calm,
//! and once everything has come to rest, [everything](check) is compared with what a fresh look at the database shows.
//! [Sabotage] shows that the comparison can fail.

mod check;
mod chronicle;
mod clock;
mod deeds;
mod dice;
mod people;
mod pipe;
mod process;
mod question;
mod requests;
mod rest;
mod sabotage;
mod schedule;
mod seeds;
mod tally;
mod tap;
mod task;
mod told;
mod trace;
mod world;

use sabotage::{Sabotage, Saboteur};
use seeds::{Outcome, play, play_all};

/// Seeds that the test command plays, in each of the shards, which run side by side: some three minutes of its time on two cores.
const SEEDS: u64 = 125;

fn shard(number: u64) {
    let asked = |name: &str, default: u64| std::env::var(name).map_or(default, |text| text.parse().unwrap());
    let (first, count) = (asked("PARLOR_TEST_SIM_FIRST", 1), asked("PARLOR_TEST_SIM_SEEDS", SEEDS * 4) / 4);
    play_all(first + number * count, count);
}

#[test]
fn whatever_happens_everybody_sees_the_same_once_and_in_order_1() {
    shard(0);
}

#[test]
fn whatever_happens_everybody_sees_the_same_once_and_in_order_2() {
    shard(1);
}

#[test]
fn whatever_happens_everybody_sees_the_same_once_and_in_order_3() {
    shard(2);
}

#[test]
fn whatever_happens_everybody_sees_the_same_once_and_in_order_4() {
    shard(3);
}

/// Plays one seed, aloud.
#[test]
fn replay() {
    let asked = std::env::var("PARLOR_TEST_SIM_SEED").ok();
    let seed = asked.as_ref().map_or(1, |text| text.parse().unwrap());
    let outcome = play(seed, Saboteur::default(), asked.is_some());
    outcome.expect_good();
}

#[test]
fn the_same_seed_is_the_same_story() {
    let hash = |seed| play(seed, Saboteur::default(), false).expect_good();
    let first: Vec<u64> = (900_000..900_020).map(hash).collect();
    let again: Vec<u64> = (900_000..900_020).map(hash).collect();
    assert_eq!(first, again);
    let mut distinct = first.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), first.len(), "and another seed is another one");
}

/// Plays seeds with a saboteur at work; every one in which it struck must fail, in one of these ways.
fn is_caught(sabotage: Sabotage, ways: &[&str]) {
    let mut struck = 0;
    for seed in 800_000..800_012 {
        let wait = usize::try_from(seed % 3).unwrap();
        let Outcome { has_struck, failure, .. } = play(seed, Saboteur::new(sabotage, wait), false);
        if has_struck {
            struck += 1;
            let failure = failure.unwrap_or_else(|| panic!("seed {seed}: {sabotage:?} was not noticed"));
            let expected = ways.iter().any(|way| failure.contains(way));
            assert!(expected, "seed {seed}: {sabotage:?} was taken for something else: {failure}");
        }
    }
    assert!(struck >= 6, "{sabotage:?} struck {struck} times only");
}

#[test]
fn a_lost_event_is_caught() {
    is_caught(Sabotage::DropEvent, &["a socket was told", "never told", "was due", "was told of every message"]);
}

#[test]
fn a_doubled_event_is_caught() {
    is_caught(Sabotage::DoubleEvent, &["carried"]);
}

#[test]
fn events_in_the_wrong_order_are_caught() {
    is_caught(Sabotage::SwapEvents, &["carried"]);
}

#[test]
fn a_message_that_is_stored_twice_is_caught() {
    is_caught(Sabotage::ResendAsNew, &["nobody said"]);
}

#[test]
fn an_acknowledged_message_that_is_lost_is_caught() {
    is_caught(Sabotage::LoseAcknowledged, &["without gaps"]);
}

#[test]
fn messages_that_change_places_are_caught() {
    is_caught(Sabotage::SwapStored, &["counts the visitor's messages up to itself", "in its order"]);
}

#[test]
fn a_count_that_is_wrong_by_one_is_caught() {
    is_caught(Sabotage::Miscount, &["read mark"]);
}
