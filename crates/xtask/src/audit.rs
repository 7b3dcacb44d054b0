//! `cargo xtask audit`: what is known of the packages that Parlor is made with. Apart from the tests, because it installs a
//! tool that takes minutes to compile and asks services that are not always there.

use crate::{exec, report, workspace};
use anyhow::{Context, Result, bail};
use std::{path::PathBuf, process::Command};

/// The version that `deny.toml` is written for.
const CARGO_DENY: &str = "0.18.9";

/// Whether a part could be looked at.
enum Looked {
    /// It was, and is good.
    Good,
    /// The service did not answer; this is what was said.
    Unreachable(String),
}

/// Runs every part; fails when one finds something, and says plainly what could not be looked at.
pub(crate) fn run() -> Result<()> {
    let deny = cargo_deny()?;
    report::step("licences, bans and sources of crates", || {
        exec::quiet(&mut check(&deny, &["licenses", "bans", "sources"])?).map(drop)
    })?;
    let parts = [("advisories on crates", advisories(&deny)?), ("advisories on npm packages", npm()?)];
    let mut left_out = Vec::new();
    for (name, looked) in parts {
        match looked {
            Looked::Good => report::note(format!("{name}: nothing known")),
            Looked::Unreachable(why) => left_out.push(format!("{name}: NOT CHECKED, {why}")),
        }
    }
    for line in &left_out {
        report::note(line);
    }
    Ok(())
}

fn check(deny: &PathBuf, what: &[&str]) -> Result<Command> {
    let mut command = exec::command(deny)?;
    command.args(["--locked", "check", "--show-stats"]).args(what);
    Ok(command)
}

/// Known holes in crates, if their database can be fetched.
fn advisories(deny: &PathBuf) -> Result<Looked> {
    let fetched = exec::quiet(exec::command(deny)?.args(["fetch", "db"]));
    if let Err(error) = fetched {
        return Ok(Looked::Unreachable(first_line(&format!("the advisory database cannot be fetched: {error:#}"))));
    }
    report::step("advisories on crates", || {
        exec::quiet(&mut check(deny, &["--disable-fetch", "advisories"])?).map(drop)
    })?;
    Ok(Looked::Good)
}

/// Known holes in npm packages, if the registry tells. They only build and test; nothing of them runs in the server.
fn npm() -> Result<Looked> {
    let output = exec::output(exec::command("npm")?.args(["audit", "--audit-level=high"]))?;
    if output.status.success() {
        return Ok(Looked::Good);
    }
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    // npm ends with 1 in both cases; a report has a summary, a failure has not.
    if said.contains("vulnerabilit") {
        bail!("npm audit\n{}", said.trim());
    }
    Ok(Looked::Unreachable(first_line(&format!("npm audit cannot ask: {}", said.trim()))))
}

/// cargo-deny: the person's own, or one below `target/tools`.
fn cargo_deny() -> Result<PathBuf> {
    if let Some(found) = exec::find("cargo-deny") {
        return Ok(found);
    }
    let root = workspace::target()?.join("tools/cargo-deny");
    let program = root.join("bin/cargo-deny");
    if exec::succeeds(Command::new(&program).arg("--version")) {
        return Ok(program);
    }
    report::step("installing cargo-deny (some minutes)", || {
        let mut install = exec::cargo()?;
        install.args(["install", "cargo-deny", "--locked", "--version", CARGO_DENY, "--root"]).arg(&root);
        exec::quiet(&mut install)
            .context("cargo-deny could not be installed\nby hand: cargo install cargo-deny --locked")
            .map(drop)
    })?;
    Ok(program)
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}
