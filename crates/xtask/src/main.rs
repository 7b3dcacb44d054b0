//! The project's commands. `just` and `.ci/run` call these; nothing is done in two places.

mod audit;
mod bench;
mod check;
mod dist;
mod dist_check;
mod exec;
mod fingerprint;
mod geo;
mod node;
mod openapi;
mod packages;
mod report;
mod run;
mod soak;
mod suites;
mod tidy;
mod wasm_target;
mod web;
mod workspace;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Everything one does with Parlor.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build what changed and serve <http://localhost:8080> from an embedded SQLite file.
    Run {
        /// Passed on to the server, for example `--listen 127.0.0.1:9000`.
        #[arg(last = true)]
        server_args: Vec<String>,
    },
    /// Build the console and the widget for the browser into `target/web`, or only the named one.
    Web {
        /// `console` or `widget`.
        part: Option<web::PartName>,
    },
    /// Set up what the tests need and run every suite, or only the named ones.
    Test {
        /// Suites to run (see `cargo xtask test --list`); none means all.
        suites: Vec<String>,
        /// Print the suites and what each one covers.
        #[arg(long)]
        list: bool,
        /// Passed on to the runner of the suite, for example a test's name.
        #[arg(last = true)]
        runner_args: Vec<String>,
    },
    /// Install everything that `run` and `test` would install when they first need it.
    Setup,
    /// Format, lint (native and WASM), document and tidy: all with warnings denied.
    Check,
    /// Format every crate.
    Fmt,
    /// The fences: rules of the house that the compiler does not know.
    Tidy,
    /// Regenerate `openapi/` from the server's code, and the TypeScript types from that.
    Openapi,
    /// Licences, sources and known holes of everything that Parlor is made with (installs cargo-deny).
    Audit,
    /// Build the release binary with console and widget embedded.
    Dist {
        /// Start the built binary in an empty folder and look at what it serves, and how soon.
        #[arg(long)]
        check: bool,
    },
    /// Measure the machine and Parlor in the same run and write the table of `bench/README.md`.
    Bench {
        /// `machine`, `latency`, `rate`, `idle`, `connects`, `reads`, `start`; none means all, and only then is the table written.
        names: Vec<String>,
        /// A few seconds for each: to try things out, not to be quoted.
        #[arg(long)]
        quick: bool,
    },
    /// Play random schedules of who is given conversations, in an optimised build, and look at every promise of that.
    Simulate {
        /// How many.
        #[arg(default_value_t = 100_000)]
        schedules: u64,
    },
    /// Play every fault on the real process in rounds of growing load, and report.
    Soak {
        /// For how long.
        #[arg(default_value_t = 10)]
        minutes: u64,
        /// Only scenarios whose name contains this.
        only: Option<String>,
        /// Do not fail because a scenario could not be played on this machine.
        #[arg(long)]
        allow_left_out: bool,
    },
}

fn main() -> ExitCode {
    match dispatch(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::failure(&error);
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: Command) -> Result<()> {
    match command {
        Command::Run { server_args } => run::run(&server_args),
        Command::Web { part } => web::build_only(part),
        Command::Test { list: true, .. } => {
            suites::list();
            Ok(())
        }
        Command::Test { suites, runner_args, .. } => suites::run(&suites, &runner_args),
        Command::Setup => {
            wasm_target::ensure()?;
            suites::set_up()
        }
        Command::Check => check::all(),
        Command::Fmt => check::format(),
        Command::Tidy => tidy::run(),
        Command::Openapi => openapi::regenerate(),
        Command::Dist { check } => {
            let binary = dist::build()?;
            if check { dist_check::run(&binary, Some(dist_check::START)) } else { Ok(()) }
        }
        Command::Audit => audit::run(),
        Command::Bench { names, quick } => bench::run(&names, quick),
        Command::Simulate { schedules } => soak::simulate(schedules),
        Command::Soak { minutes, only, allow_left_out } => soak::run(minutes, only.as_deref(), allow_left_out),
    }
}
