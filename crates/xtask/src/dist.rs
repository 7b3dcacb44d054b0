//! `cargo xtask dist`: one file to copy to a server.

use crate::{exec, geo, report, web, workspace};
use anyhow::{Context, Result};
use std::path::PathBuf;

/// Builds the release binary with console and widget in it.
pub(crate) fn build() -> Result<()> {
    let sizes = web::build()?;
    web::check_budget(&sizes)?;
    let binary = build_server()?;
    let size = std::fs::metadata(&binary).with_context(|| format!("{} is missing", binary.display()))?.len();
    report::note(format!("{} ({} MiB)", binary.display(), size / (1024 * 1024)));
    report::note(format!("{}: regions by IP address, for the setting geo.ip2region_file", geo::ensure()?.display()));
    Ok(())
}

/// The release binary with whatever of console and widget has been built.
pub(crate) fn build_server() -> Result<PathBuf> {
    // The package by name: together with the other members it would get features that only tests want.
    report::step("building the release server", || {
        exec::stream(exec::cargo()?.args(["build", "--release", "--package", "server", "--bin", "parlor"]))
    })?;
    Ok(workspace::target()?.join("release/parlor"))
}
