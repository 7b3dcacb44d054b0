//! The suites that start another runner.

use super::World;
use super::server::Server;
use crate::{check::BROWSER_CRATES, exec, node, report, run, web};
use anyhow::{Context, Result, bail};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Units and integration tests of the native crates, on both databases.
pub(super) fn rust(world: &World) -> Result<()> {
    let mut runner = test_runner()?;
    let postgres = world.postgres.as_ref().context("PostgreSQL was not started")?;
    let python = world.mail_python.as_ref().context("the mail server was not installed")?;
    runner.env("PARLOR_TEST_POSTGRES_URL", postgres.url()).env("PARLOR_TEST_REQUIRE_POSTGRES", "1");
    runner.env("PARLOR_TEST_AIOSMTPD", python);
    runner.env("PARLOR_TEST_MOTO", world.store_python.as_ref().context("the object store was not installed")?);
    // For the tests of load and faults, which run against the process and not against the library.
    let server = with_server(&mut runner)?;
    let folder = tempfile::Builder::new().prefix("parlor-template-").tempdir()?;
    let (name, file) = report::step("preparing databases with the schema", || {
        Ok((postgres.template(&server)?, sqlite_template(&server, folder.path())?))
    })?;
    runner.env("PARLOR_TEST_POSTGRES_TEMPLATE", name).env("PARLOR_TEST_SQLITE_TEMPLATE", file);
    runner.env("PARLOR_TEST_REQUIRE_SERVER", "1");
    super::tell_of_postgres(&mut runner)?;
    exec::stream(runner.args(&world.runner_args))
}

/// A file with the schema in it, to be copied: what a server leaves that started in an empty folder and was stopped.
fn sqlite_template(server: &Path, folder: &Path) -> Result<PathBuf> {
    Server::start(server, folder, &[])?.stop()?;
    let file = folder.join("data/parlor.db");
    // What is not in the file yet would not be copied.
    if folder.join("data/parlor.db-wal").metadata().is_ok_and(|log| log.len() > 0) {
        bail!("the server left a write-ahead log beside {}", file.display());
    }
    Ok(file)
}

/// Examples in documentation comments, which nextest does not run.
pub(super) fn doc_tests(world: &World) -> Result<()> {
    exec::stream(exec::cargo()?.args(["test", "--doc", "--quiet"]).args(&world.runner_args))
}

/// The parts of console and widget that need no browser, natively.
pub(super) fn browser_units(world: &World) -> Result<()> {
    let mut runner = test_runner()?;
    for package in BROWSER_CRATES {
        runner.args(["--package", package]);
    }
    exec::stream(runner.args(&world.runner_args))
}

/// The generated TypeScript client against a running server.
pub(super) fn client(world: &World) -> Result<()> {
    let mut script = node::script("test", Some("openapi/client"))?;
    with_server(&mut script)?;
    pass_on(&mut script, world);
    exec::stream(&mut script)
}

/// Playwright.
pub(super) fn e2e(world: &World) -> Result<()> {
    web::build()?;
    let mut script = node::script("test", Some("e2e"))?;
    with_server(&mut script)?;
    script.env("PARLOR_CHROMIUM", world.chromium.as_ref().context("Chromium was not found")?);
    pass_on(&mut script, world);
    exec::stream(&mut script)
}

fn with_server(script: &mut Command) -> Result<PathBuf> {
    let server = report::step("building the server", run::build_server)?;
    script.env("PARLOR_SERVER_BIN", &server);
    Ok(server)
}

fn pass_on(script: &mut Command, world: &World) {
    if !world.runner_args.is_empty() {
        script.arg("--").args(&world.runner_args);
    }
}

/// nextest where it is installed, because it runs the tests of all crates side by side; else what cargo brings.
fn test_runner() -> Result<Command> {
    let mut cargo = exec::cargo()?;
    if exec::find("cargo-nextest").is_some() {
        cargo.args(["nextest", "run", "--no-fail-fast", "--status-level", "slow", "--final-status-level", "fail"]);
    } else {
        cargo.args(["test", "--no-fail-fast", "--tests"]);
    }
    Ok(cargo)
}
