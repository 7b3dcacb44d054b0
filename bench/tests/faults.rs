//! Every fault on the real process, small: what must hold is asserted by the scenarios themselves.

#![expect(clippy::expect_used, reason = "what fails here fails the test that needed it")]
#![expect(clippy::print_stdout, reason = "a fault that cannot be staged here is said, and so is what was found")]

use bench::faults::{ALL, Played, PostgresPrograms, Programs, Scale};
use bench::process::program_of_tests;

/// Plays a scenario by its name.
async fn hold(name: &str) {
    let Some(parlor) = program_of_tests() else { return println!("skipped: PARLOR_SERVER_BIN names no server") };
    let postgres = PostgresPrograms::named();
    let demanded = std::env::var("PARLOR_TEST_REQUIRE_POSTGRES").as_deref() == Ok("1");
    assert!(postgres.is_some() || !demanded, "PARLOR_TEST_POSTGRES_BIN is not set, and PostgreSQL is demanded");
    let scenario = ALL.iter().find(|scenario| scenario.name == name).expect("a scenario of this name");
    match (scenario.play)(Programs { parlor, postgres }, Scale::SMALL).await {
        Ok(played @ Played::Held(_)) => println!("{name} {played}"),
        Ok(Played::Impossible(reason)) => println!("skipped: {reason}"),
        Err(error) => panic!("{name}: {error:?}"),
    }
}

macro_rules! scenarios {
    ($($name:ident),+ $(,)?) => {
        $(#[tokio::test] async fn $name() { hold(stringify!($name)).await })+

        #[test]
        fn no_scenario_is_left_out() {
            assert_eq!(ALL.iter().map(|scenario| scenario.name).collect::<Vec<_>>(), [$(stringify!($name)),+]);
        }
    };
}

scenarios!(
    killed_in_the_middle_of_load,
    stopped_in_the_middle_of_load,
    frozen_for_a_while,
    disk_full,
    file_size_limited,
    database_locked,
    database_moved_away_and_back,
    postgres_restarted,
    postgres_killed,
    clients_that_never_read,
    clients_that_never_read_while_files_are_sent,
    clients_that_send_garbage,
    clients_that_send_slowly,
    sockets_drop_at_once_and_return,
);
