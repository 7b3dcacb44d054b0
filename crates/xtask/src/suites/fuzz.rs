//! The fuzz suite: schemathesis against the running server, from the server's own OpenAPI document.
//!
//! It starts the server that the other suites test, on an empty database, with its rate limits out of the way, and lets
//! `crates/xtask/fuzz/run.py` ask as every kind of caller. The seed is printed; the same seed asks the same questions.

use super::{World, server::Server};
use crate::{exec, report, run, workspace};
use anyhow::{Context, Result, bail};

/// The seed of the test command. A fixed one: a change that breaks nothing must not fail because the dice fell otherwise.
const SEED: &str = "20261125";

/// Settings that differ from the defaults: what would slow the questions down, and the page that shows codes.
const SETTINGS: [(&str, &str); 13] = [
    ("DEVELOPMENT", "true"),
    // The callers come from ever other addresses, as their proxy says.
    ("TRUSTED_PROXIES", "[\"127.0.0.1\"]"),
    ("REGISTRATION__CHALLENGE_BITS", "0"),
    ("REGISTRATION__CODES_PER_MOBILE_PER_DAY", "1000000"),
    ("REGISTRATION__CODES_PER_IP_PER_DAY", "1000000"),
    ("LIMITS__REQUESTS_PER_MINUTE", "100000000"),
    ("LIMITS__VISITOR_REQUESTS_PER_IP_PER_MINUTE", "100000000"),
    ("LIMITS__NEW_VISITORS_PER_IP_PER_MINUTE", "100000000"),
    ("LIMITS__VISITOR_MESSAGES_PER_MINUTE", "100000000"),
    ("LIMITS__TOKEN_REQUESTS_PER_MINUTE", "100000000"),
    ("WEBHOOKS__ALLOW_PRIVATE", "true"),
    ("LIMITS__LOGIN_FAILURES_PER_ACCOUNT", "1000"),
    ("LIMITS__LOGIN_FAILURES_PER_IP", "1000"),
];

/// Starts a server, asks it everything, and looks afterwards whether it is still well.
pub(super) fn fuzz(world: &World) -> Result<()> {
    let python = world.fuzz_python.as_ref().context("schemathesis was not installed")?;
    let binary = report::step("building the server", run::build_server)?;
    let folder = tempfile::Builder::new().prefix("parlor-fuzz-").tempdir().context("no temporary folder")?;
    let server = Server::start(&binary, folder.path(), &SETTINGS)?;
    let mut script = exec::command(python)?;
    // No compiled copies beside the scripts, in the middle of the checkout.
    script.env("PYTHONDONTWRITEBYTECODE", "1");
    // Sets come in the same order on every machine, so that a seed asks the same questions everywhere.
    script.env("PYTHONHASHSEED", "0");
    script.arg(workspace::root()?.join("crates/xtask/fuzz/run.py"));
    script.args(["--server", &server.url]).arg("--database").arg(folder.path().join("data/parlor.db"));
    if !world.runner_args.iter().any(|arg| arg == "--seed") {
        script.args(["--seed", SEED]);
    }
    let asked = exec::stream(script.args(&world.runner_args));
    let log = server.stop();
    asked?;
    complaints(&log?)
}

/// What must not be in the log of a server that was only asked questions.
fn complaints(log: &str) -> Result<()> {
    let is_bad = |line: &&str| line.contains("panicked at") || line.contains(" ERROR ");
    let bad: Vec<&str> = log.lines().filter(is_bad).collect();
    if bad.is_empty() {
        return Ok(());
    }
    let shown = bad.get(..bad.len().min(20)).unwrap_or_default().join("\n");
    bail!("the server's log has {} bad lines\n{shown}", bad.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_or_an_error_in_the_log_fails_the_suite() {
        complaints("INFO server::telemetry: request\n WARN server: sign-in refused\n").unwrap();
        for bad in
            ["thread 'a' panicked at src/x.rs:1:1:", "2026-11-25T00:00:00Z ERROR server::telemetry: request failed"]
        {
            let error = complaints(&format!("fine\n{bad}\n")).unwrap_err().to_string();
            assert!(error.contains(bad), "{error}");
        }
    }
}
