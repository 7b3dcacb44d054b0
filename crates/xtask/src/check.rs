//! `cargo xtask check`: what can be judged without running anything. Warnings are errors here, and only here.

use crate::{exec, node, report, tidy, wasm_target, workspace};
use anyhow::Result;
use std::process::Command;

/// The crates that only run in a browser.
pub(crate) const BROWSER_CRATES: [&str; 2] = ["frontend", "widget"];

/// All checks; the first that fails ends it.
pub(crate) fn all() -> Result<()> {
    report::step("tidy", tidy::run)?;
    report::step("format", format_is_clean)?;
    report::step("clippy", clippy)?;
    report::step("clippy for the browser", clippy_wasm)?;
    report::step("rustdoc", rustdoc)?;
    report::step("TypeScript", typescript)
}

/// Formats every crate.
pub(crate) fn format() -> Result<()> {
    exec::stream(exec::cargo()?.args(["fmt", "--all"]))
}

/// Fails when a file is not formatted.
pub(crate) fn format_is_clean() -> Result<()> {
    exec::stream(exec::cargo()?.args(["fmt", "--all", "--check"]))
}

/// Lints of everything that runs natively.
pub(crate) fn clippy() -> Result<()> {
    let mut cargo = exec::cargo()?;
    // The default members are the native side.
    cargo.args(["clippy", "--all-targets", "--", "-D", "warnings"]);
    exec::stream(&mut cargo)
}

/// Lints of everything that runs in a browser.
pub(crate) fn clippy_wasm() -> Result<()> {
    let Some(mut cargo) = browser_cargo("clippy")? else { return Ok(()) };
    cargo.args(["--all-targets", "--", "-D", "warnings"]);
    exec::stream(&mut cargo)
}

/// Documentation of every crate, private items too: broken links and missing words fail.
pub(crate) fn rustdoc() -> Result<()> {
    let deny = |cargo: &mut Command| {
        cargo.args(["--no-deps", "--document-private-items"]).env("RUSTDOCFLAGS", "-D warnings");
    };
    let mut native = exec::cargo()?;
    native.args(["doc", "--keep-going"]);
    deny(&mut native);
    exec::stream(&mut native)?;
    let Some(mut browser) = browser_cargo("doc")? else { return Ok(()) };
    deny(&mut browser);
    exec::stream(&mut browser)
}

/// Types of the TypeScript sources, where a workspace has a `check` script.
pub(crate) fn typescript() -> Result<()> {
    node::ensure()?;
    for package in ["openapi/client", "e2e"] {
        if node::has_script("check", package)? {
            exec::stream(&mut node::script("check", Some(package))?)?;
        }
    }
    Ok(())
}

/// A cargo command over the browser crates, or none where only another compiler than clippy's and rustdoc's can build for the browser.
fn browser_cargo(command: &str) -> Result<Option<Command>> {
    let compiler = wasm_target::ensure()?;
    if !compiler.is_active() {
        report::note(format!(
            "cargo {command} for the browser is left out: only Debian's compiler has the WASM target here"
        ));
        return Ok(None);
    }
    let mut cargo = exec::cargo()?;
    cargo.args([command, "--target", wasm_target::TARGET]).arg("--target-dir").arg(workspace::wasm_target_dir()?);
    for package in BROWSER_CRATES {
        cargo.args(["--package", package]);
    }
    Ok(Some(cargo))
}
