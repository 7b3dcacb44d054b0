//! `cargo xtask soak`: every fault again and again, with more load each time, and a report of each.

use anyhow::{Context, Result, bail};
use bench::faults::{ALL, Played, PostgresPrograms, Programs, Scale};
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

/// Takes the minutes and, optionally, the name of the one scenario to play.
fn soak() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
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
    for round in 0.. {
        let scale = Scale::of_round(round);
        writeln!(out, "round {round}: {} messages/s for {:?}, {} sockets", scale.rate, scale.load, scale.sockets)?;
        let before = played;
        for scenario in &chosen {
            let start = Instant::now();
            let outcome = runtime.block_on((scenario.play)(programs.clone(), scale));
            played += u32::from(!matches!(outcome, Ok(Played::Impossible(_))));
            let words = match &outcome {
                Ok(Played::Held(findings)) => format!("held   {findings}"),
                Ok(Played::Impossible(reason)) => format!("left out: {reason}"),
                Err(error) => format!("FAILED {error:#}"),
            };
            failed += u32::from(outcome.is_err());
            writeln!(out, "  {:<34} {:>6.1} s  {words}", scenario.name, start.elapsed().as_secs_f64())?;
            if begin.elapsed() >= end {
                return conclude(played, failed);
            }
        }
        // What is not possible here is not in a later round either.
        if played == before {
            break;
        }
    }
    conclude(played, failed)
}

fn conclude(played: u32, failed: u32) -> Result<()> {
    writeln!(io::stdout(), "{played} scenarios played, {failed} failed")?;
    if failed > 0 {
        bail!("{failed} of {played} scenarios failed");
    }
    Ok(())
}
