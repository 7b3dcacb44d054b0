//! `cargo xtask soak`: every fault again and again, with more load each time, and a report of each.

use anyhow::{Context, Result, bail};
use bench::faults::{ALL, Played, PostgresPrograms, Programs, Scale};
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

fn main() -> ExitCode {
    match soak() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The exit code says it as well, should nobody read the terminal.
            let _written = writeln!(io::stderr(), "soak: {error:?}");
            ExitCode::FAILURE
        }
    }
}

/// By this a run ends well although scenarios could not be played here.
const ALLOW_LEFT_OUT: &str = "--allow-left-out";

/// Takes the minutes and, optionally, the name of the one scenario to play. The first round is played to its end, however
/// little time there is: what was never played holds nothing.
fn soak() -> Result<()> {
    let (flags, arguments): (Vec<_>, Vec<_>) =
        std::env::args().skip(1).partition(|argument| argument.starts_with("--"));
    if let Some(strange) = flags.iter().find(|flag| *flag != ALLOW_LEFT_OUT) {
        bail!("{strange} is none of the options; there is {ALLOW_LEFT_OUT}");
    }
    let allowed = !flags.is_empty();
    let mut arguments = arguments.into_iter();
    let minutes: u64 = arguments.next().map_or(Ok(10), |text| text.parse()).context("how many minutes?")?;
    let only = arguments.next();
    let parlor =
        std::env::var_os("PARLOR_SERVER_BIN").map(PathBuf::from).context("PARLOR_SERVER_BIN names no server")?;
    let postgres = PostgresPrograms::named();
    let programs = Programs { parlor, postgres };
    let chosen: Vec<_> = ALL.iter().filter(|one| only.as_ref().is_none_or(|only| one.name.contains(only))).collect();
    if chosen.is_empty() {
        bail!("no scenario is called like that; there are {:?}", ALL.iter().map(|one| one.name).collect::<Vec<_>>());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (begin, end) = (Instant::now(), Duration::from_secs(minutes * 60));
    let (mut out, mut failed, mut played) = (io::stdout(), 0, 0);
    let mut left_out = BTreeSet::new();
    for round in 0.. {
        let scale = Scale::of_round(round);
        writeln!(out, "round {round}: {} messages/s for {:?}, {} sockets", scale.rate, scale.load, scale.sockets)?;
        let before = played;
        for scenario in &chosen {
            let start = Instant::now();
            let outcome = runtime.block_on((scenario.play)(programs.clone(), scale));
            played += u32::from(!matches!(outcome, Ok(Played::Impossible(_))));
            if matches!(outcome, Ok(Played::Impossible(_))) {
                left_out.insert(scenario.name);
            }
            let words = match &outcome {
                Ok(Played::Held(findings)) => format!("held   {findings}"),
                Ok(Played::Impossible(reason)) => format!("left out: {reason}"),
                Err(error) => format!("FAILED {error:#}"),
            };
            failed += u32::from(outcome.is_err());
            writeln!(out, "  {:<34} {:>6.1} s  {words}", scenario.name, start.elapsed().as_secs_f64())?;
            if round > 0 && begin.elapsed() >= end {
                return conclude(played, failed, &left_out, allowed);
            }
        }
        // What is not possible here is not in a later round either.
        if played == before || begin.elapsed() >= end {
            break;
        }
    }
    conclude(played, failed, &left_out, allowed)
}

fn conclude(played: u32, failed: u32, left_out: &BTreeSet<&str>, allowed: bool) -> Result<()> {
    writeln!(io::stdout(), "{played} scenarios played, {failed} failed, {} left out", left_out.len())?;
    if failed > 0 {
        bail!("{failed} of {played} scenarios failed");
    }
    if !left_out.is_empty() && !allowed {
        bail!("not possible here: {left_out:?}; {ALLOW_LEFT_OUT} takes that for good");
    }
    Ok(())
}
