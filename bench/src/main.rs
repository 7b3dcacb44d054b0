//! `cargo xtask bench`: measures the machine and Parlor in the same run, and writes the table.

mod database;
mod fill;
mod http;
mod measures;
mod probes;
mod report;

use anyhow::{Context, Result, ensure};
use bench::process::raise_open_files;
use clap::{Parser, Subcommand, ValueEnum};
use measures::{World, connects, contacts, idle, interface, latency, machine, rate, reads, search, start};
use report::{Report, say};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

/// Sockets that one process holds open, with room for everything else.
const OPEN_FILES: u64 = 15_000;

/// Measures Parlor beside the machine's own limits.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// What to measure; nothing means everything.
    names: Vec<Name>,
    /// A few seconds for each: to try things out, not to be quoted.
    #[arg(long)]
    quick: bool,
    /// The release build of `parlor`.
    #[arg(long, default_value = "target/release/parlor")]
    server: PathBuf,
    /// An administrator's address of a PostgreSQL with durable commits; without one, SQLite alone is measured.
    #[arg(long)]
    postgres: Option<String>,
    /// Playwright's program; without it the interface is not measured.
    #[arg(long)]
    playwright: Option<PathBuf>,
    /// The folder of the measurement in the browser.
    #[arg(long, default_value = "bench/interface")]
    interface: PathBuf,
    /// The document whose table is written when everything was measured thoroughly.
    #[arg(long)]
    into: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Be a probe server: started by the benchmark itself.
    #[command(hide = true)]
    Serve { kind: Probe },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Probe {
    Bare,
    Floor,
}

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Name {
    Machine,
    Latency,
    Rate,
    Idle,
    Connects,
    Reads,
    Search,
    Contacts,
    Interface,
    Start,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("bench: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<()> {
    match arguments.command {
        Some(Command::Serve { kind: Probe::Bare }) => return probes::bare::serve(),
        Some(Command::Serve { kind: Probe::Floor }) => return probes::floor::serve(),
        None => {}
    }
    raise_open_files(OPEN_FILES)?;
    // The generator and the server share the machine: more threads here would only take from there.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(measure(&arguments))
}

async fn measure(arguments: &Arguments) -> Result<()> {
    let program = arguments.server.canonicalize().with_context(|| format!("no {}", arguments.server.display()))?;
    let postgres = match &arguments.postgres {
        Some(url) => Some(database::Postgres::at(url.clone()).await?),
        None => None,
    };
    let browser = arguments
        .playwright
        .clone()
        .map(|playwright| interface::Browser { playwright, config: arguments.interface.join("playwright.config.ts") });
    let world = World { program, postgres, browser, quick: arguments.quick };
    let mut report = Report::default();
    let begin = Instant::now();
    for name in Name::value_variants() {
        if !arguments.names.is_empty() && !arguments.names.contains(name) {
            continue;
        }
        say(&format!("{name:?}"));
        let measured = match name {
            Name::Machine => machine::measure(&world, &mut report).await,
            Name::Latency => latency::measure(&world, &mut report).await,
            Name::Rate => rate::measure(&world, &mut report).await,
            Name::Idle => idle::measure(&world, &mut report).await,
            Name::Connects => connects::measure(&world, &mut report).await,
            Name::Reads => reads::measure(&world, &mut report).await,
            Name::Search => search::measure(&world, &mut report).await,
            Name::Contacts => contacts::measure(&world, &mut report).await,
            Name::Interface => interface::measure(&world, &mut report).await,
            Name::Start => start::measure(&world, &mut report).await,
        };
        // What the others find is not lost by it.
        if let Err(error) = measured {
            report.failed(&format!("{name:?}"), &error);
        }
    }
    let (missed, invalid) = (report.missed(), report.invalid());
    say(&format!("{missed} aims missed, {invalid} comparisons invalid, {:.0?} in all", begin.elapsed()));
    match &arguments.into {
        Some(path) if arguments.names.is_empty() && !arguments.quick => report.write_into(path)?,
        _ => {}
    }
    ensure!(report.failures() == 0, "{} measures failed", report.failures());
    Ok(())
}
