//! The program: reads its arguments and does what they say.

mod commands;

use clap::Parser;
use std::process::ExitCode;

/// See docs/decisions/0012: what it gains and what it costs.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    commands::run(commands::Arguments::parse())
}
