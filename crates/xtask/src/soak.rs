//! `cargo xtask soak`: every fault on the real process, again and again, with the server as it would be shipped. `cargo xtask simulate`:
//! who is given conversations, over many more schedules than the tests play.

use crate::{dist, exec, report, suites, workspace};
use anyhow::Result;

/// Builds, then plays every scenario (or those whose name contains `only`) in rounds of growing load until time is up. What cannot
/// be played here fails it, unless that is allowed.
pub(crate) fn run(minutes: u64, only: Option<&str>, allow_left_out: bool) -> Result<()> {
    let server = dist::build_server()?;
    report::step("building the soak", || {
        exec::stream(exec::cargo()?.args(["build", "--release", "--package", "bench", "--bin", "soak"]))
    })?;
    let mut soak = exec::command(workspace::target()?.join("release/soak"))?;
    soak.arg(minutes.to_string()).args(only).env("PARLOR_SERVER_BIN", server);
    if allow_left_out {
        soak.arg("--allow-left-out");
    }
    if let Err(error) = suites::tell_of_postgres(&mut soak) {
        report::note(format!("the faults of PostgreSQL are left out: {error:#}"));
    }
    exec::stream(&mut soak)
}

/// Plays so many schedules of `rules::routing::simulation`.
pub(crate) fn simulate(schedules: u64) -> Result<()> {
    let mut cargo = exec::cargo()?;
    cargo.args(["test", "--release", "--package", "rules", "--lib", "routing::simulation", "--", "--nocapture"]);
    exec::stream(cargo.env("PARLOR_TEST_ROUTING_SCHEDULES", schedules.to_string()))
}
