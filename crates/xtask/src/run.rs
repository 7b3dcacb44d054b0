//! `cargo xtask run`: from a checkout to a served page.

use crate::{exec, geo, web, workspace};
use anyhow::{Context, Result};
use std::{os::unix::process::CommandExt, path::PathBuf};

/// The server's setting for the table of regions.
const REGIONS: &str = "PARLOR_GEO__IP2REGION_FILE";

/// Builds what changed, then becomes the server.
pub(crate) fn run(server_args: &[String]) -> Result<()> {
    web::build()?;
    let regions = geo::ensure()?;
    let server = build_server()?;
    let mut command = exec::command(&server)?;
    if std::env::var_os(REGIONS).is_none() {
        command.env(REGIONS, regions);
    }
    // The server replaces this process: signals and the exit status are its own.
    let error = command.arg("--development").args(server_args).exec();
    Err(error).with_context(|| format!("cannot start {}", server.display()))
}

/// Builds the server as the tests do, so that both share what is compiled.
pub(crate) fn build_server() -> Result<PathBuf> {
    exec::stream(exec::cargo()?.args(["build", "--bin", "parlor"]))?;
    Ok(workspace::target()?.join("debug/parlor"))
}
