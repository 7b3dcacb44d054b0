//! Faults on the real process, in the middle of load: after each, nothing acknowledged is lost, nothing is doubled, order and
//! numbers hold, memory stays within a stated bound, and the server goes on by itself.
//!
//! Every scenario is a function of a [`Scale`]: `cargo test` plays them small, `cargo xtask soak` plays them in turn, larger and
//! larger. What each guarantees, and what happens when it cannot be played here, is in `docs/testing.md`.

mod deaths;
mod disk;
mod hostile;
mod postgres;
mod probe;
mod stage;
mod waves;

use anyhow::Result;
use futures_util::future::{FutureExt, LocalBoxFuture};
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

pub use stage::Findings;

/// A number that has nothing in common with that of the senders, so that all of them have a turn at sending a file.
const FILES_EVERY: Option<u32> = Some(7);

/// How much of everything.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Messages per second of the load.
    pub rate: f64,
    /// How long the load lasts.
    pub load: Duration,
    /// Visitors of each of two organisations.
    pub visitors: usize,
    /// Idle sockets, where a scenario is about many of them.
    pub sockets: usize,
    /// Every so many-th message carries a file.
    pub files_every: Option<u32>,
}

impl Scale {
    /// What the test command plays: seconds, on two slow cores, with the unoptimised server.
    pub const SMALL: Self =
        Self { rate: 60.0, load: Duration::from_secs(3), visitors: 4, sockets: 600, files_every: FILES_EVERY };

    /// What a soak plays in this round, for the optimised server.
    #[must_use]
    pub fn of_round(round: u32) -> Self {
        let steps = round.min(8);
        Self {
            rate: 200.0 + 100.0 * f64::from(steps),
            load: Duration::from_secs(10 + u64::from(steps) * 5),
            visitors: 20,
            sockets: 10_000,
            files_every: FILES_EVERY,
        }
    }
}

/// What a scenario needs.
#[derive(Debug, Clone)]
pub struct Programs {
    /// The server.
    pub parlor: PathBuf,
    /// PostgreSQL, where there is one.
    pub postgres: Option<PostgresPrograms>,
}

/// Where PostgreSQL is, and as whom it runs.
#[derive(Debug, Clone)]
pub struct PostgresPrograms {
    /// The folder of `initdb` and `postgres`.
    pub folder: PathBuf,
    /// Its user and group, as `chown` wants them, where this process is root: PostgreSQL refuses to be.
    pub user: Option<String>,
}

impl PostgresPrograms {
    /// Those that `cargo xtask` names in `PARLOR_TEST_POSTGRES_BIN` and `PARLOR_TEST_POSTGRES_USER`.
    #[must_use]
    pub fn named() -> Option<Self> {
        let folder = std::env::var_os("PARLOR_TEST_POSTGRES_BIN").map(PathBuf::from)?;
        Some(Self { folder, user: std::env::var("PARLOR_TEST_POSTGRES_USER").ok() })
    }
}

/// How a scenario ended well.
#[derive(Debug, Clone)]
pub enum Played {
    /// Everything held.
    Held(Findings),
    /// It cannot be played here, and why.
    Impossible(String),
}

impl fmt::Display for Played {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Held(findings) => write!(f, "held: {findings}"),
            Self::Impossible(reason) => write!(f, "not possible here: {reason}"),
        }
    }
}

/// Something that goes wrong.
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    /// Its name, which is also its test's.
    pub name: &'static str,
    /// Plays it. An error says what did not hold.
    pub play: fn(Programs, Scale) -> LocalBoxFuture<'static, Result<Played>>,
}

macro_rules! scenarios {
    ($($room:ident::$name:ident),+ $(,)?) => {
        /// Every scenario.
        pub const ALL: &[Scenario] =
            &[$(Scenario { name: stringify!($name), play: |programs, scale| $room::$name(programs, scale).boxed_local() }),+];
    };
}

scenarios!(
    deaths::killed_in_the_middle_of_load,
    deaths::stopped_in_the_middle_of_load,
    deaths::frozen_for_a_while,
    disk::disk_full,
    disk::file_size_limited,
    disk::database_locked,
    disk::database_moved_away_and_back,
    postgres::postgres_restarted,
    postgres::postgres_killed,
    hostile::clients_that_never_read,
    hostile::clients_that_never_read_while_files_are_sent,
    hostile::clients_that_send_garbage,
    hostile::clients_that_send_slowly,
    waves::sockets_drop_at_once_and_return,
);
