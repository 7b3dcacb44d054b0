//! `cargo xtask dist`: one file to copy to a server.

use crate::{exec, geo, report, web, workspace};
use anyhow::{Context, Result};
use std::path::PathBuf;

/// Where the server's source finds which commit it is.
const COMMIT: &str = "PARLOR_COMMIT";

/// Builds the release binary with console and widget in it.
pub(crate) fn build() -> Result<PathBuf> {
    let sizes = web::build()?;
    web::check_budget(&sizes)?;
    let binary = build_server()?;
    let size = std::fs::metadata(&binary).with_context(|| format!("{} is missing", binary.display()))?.len();
    report::note(format!("{} ({} MiB)", binary.display(), size / (1024 * 1024)));
    report::note(format!("{}: regions by IP address, for the setting geo.ip2region_file", geo::ensure()?.display()));
    Ok(binary)
}

/// The unoptimised binary with console and widget in it, as the release has them.
pub(crate) fn build_embedded() -> Result<PathBuf> {
    report::step("building the server with everything in it", || {
        exec::stream(exec::cargo()?.args(["build", "--package", "server", "--bin", "parlor", "--features", "embedded"]))
    })?;
    Ok(workspace::target()?.join("debug/parlor"))
}

/// The release binary with whatever of console and widget has been built.
pub(crate) fn build_server() -> Result<PathBuf> {
    // The package by name: together with the other members it would get features that only tests want.
    report::step("building the release server", || {
        let mut cargo = exec::cargo()?;
        cargo.args(["build", "--release", "--package", "server", "--bin", "parlor"]);
        // `parlor --version` alone does not tell two builds apart. Whoever builds without the history, as the image is built,
        // may say which commit it is; else nobody knows.
        let git = || exec::quiet(exec::command("git")?.args(["rev-parse", "--short=12", "HEAD"]));
        let said = std::env::var(COMMIT).ok().filter(|commit| !commit.is_empty());
        match said.or_else(|| git().ok()) {
            Some(commit) => cargo.env(COMMIT, commit.trim()),
            None => cargo.env_remove(COMMIT),
        };
        exec::stream(&mut cargo)
    })?;
    Ok(workspace::target()?.join("release/parlor"))
}
