//! `cargo xtask test`: sets up what the tests need, runs every suite and says at the end which failed.
//!
//! A suite that fails hides no other, and a need that cannot be met fails only the suites that have it.

mod ahead;
mod fuzz;
pub(crate) mod postgres;
mod python;
mod running;
mod server;
mod setup;

use crate::{check, dist, dist_check, openapi, report, tidy, web};
use ahead::Ahead;
use anyhow::{Context, Error, Result, anyhow, bail};
use postgres::{Commits, Postgres};
use setup::Need;
use std::{
    collections::BTreeMap,
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

/// A group of tests with one result.
struct Suite {
    name: &'static str,
    covers: &'static str,
    needs: &'static [Need],
    run: fn(&World) -> Result<()>,
}

/// What the suites are given.
struct World {
    postgres: Option<Postgres>,
    /// A Python that has `aiosmtpd`, the mail server of the SMTP tests.
    mail_python: Option<PathBuf>,
    /// A Python that has `moto`, the S3 of the tests of files in a bucket.
    store_python: Option<PathBuf>,
    /// A Python that has schemathesis.
    fuzz_python: Option<PathBuf>,
    chromium: Option<PathBuf>,
    runner_args: Vec<String>,
}

/// In the order in which they run: what fails fastest comes first, what needs everything else comes last. What compiles
/// natively only stands before the first that needs the browser builds, which are made beside it: see [`Ahead`].
const SUITES: [Suite; 13] = [
    Suite { name: "tidy", covers: "fences between the rooms of the house", needs: &[], run: |_| tidy::run() },
    Suite { name: "format", covers: "rustfmt", needs: &[], run: |_| check::format_is_clean() },
    Suite { name: "clippy", covers: "lints of the native crates", needs: &[], run: |_| check::clippy() },
    Suite { name: "doc-tests", covers: "examples in the documentation", needs: &[], run: running::doc_tests },
    Suite {
        name: "web",
        covers: "browser builds, and the budgets of widget and console",
        needs: &[Need::Node],
        run: |_| web::check_budget(&web::build()?),
    },
    Suite {
        name: "dist",
        covers: "one program with everything in it, started in an empty folder: what it serves, and how",
        needs: &[Need::Node],
        run: |_| {
            web::build()?;
            dist_check::run(&dist::build_embedded()?, None)
        },
    },
    Suite { name: "browser-units", covers: "units of console and widget", needs: &[], run: running::browser_units },
    Suite { name: "clippy-browser", covers: "lints of console and widget", needs: &[], run: |_| check::clippy_wasm() },
    Suite { name: "rustdoc", covers: "documentation, with every link", needs: &[], run: |_| check::rustdoc() },
    Suite {
        name: "rust",
        covers: "units and integration, on SQLite and PostgreSQL; OpenAPI and AsyncAPI drift",
        needs: &[Need::Postgres, Need::Redis, Need::MailServer, Need::ObjectStore],
        run: running::rust,
    },
    Suite {
        name: "typescript",
        covers: "the generated client against the running server; TypeScript types",
        needs: &[Need::Node],
        run: |world| {
            openapi::check_types()?;
            check::typescript()?;
            running::client(world)
        },
    },
    Suite {
        name: "fuzz",
        covers: "schemathesis, as every kind of caller, against the running server from its OpenAPI document",
        needs: &[Need::Fuzzer],
        run: fuzz::fuzz,
    },
    Suite {
        name: "e2e",
        covers: "Playwright in a real Chromium against the real server",
        needs: &[Need::Node, Need::Browser],
        run: running::e2e,
    },
];

/// Prints the suites.
pub(crate) fn list() {
    for suite in &SUITES {
        report::note(format!("{:<16} {}", suite.name, suite.covers));
    }
}

/// Installs PostgreSQL where it is missing, and starts one whose commits are durable.
pub(crate) fn durable_postgres() -> Result<Postgres> {
    setup::packages(&[Need::Postgres])?;
    Postgres::start(Commits::Durable)
}

/// Installs Chromium where it is missing; where it is.
pub(crate) fn chromium() -> Result<PathBuf> {
    setup::packages(&[Need::Browser])?;
    setup::chromium()
}

/// Tells the fault tests, which start and kill PostgreSQL themselves, where its programs are, installed where they are
/// missing, and as whom to run them where this process is root.
pub(crate) fn tell_of_postgres(command: &mut Command) -> Result<()> {
    setup::packages(&[Need::Postgres])?;
    let program = setup::postgres_tool("postgres").context("PostgreSQL is needed")?;
    command.env("PARLOR_TEST_POSTGRES_BIN", program.parent().context("a program lies in a folder")?);
    if let Some(user) = setup::unprivileged_user()? {
        command.env("PARLOR_TEST_POSTGRES_USER", user.to_string());
    }
    Ok(())
}

/// Installs what the suites need.
pub(crate) fn set_up() -> Result<()> {
    let (_world, unmet) = prepare(&choose(&[])?, &[]);
    if !unmet.is_empty() {
        bail!("not everything could be installed: {:?}", unmet.keys());
    }
    Ok(())
}

/// Runs the named suites, or all.
pub(crate) fn run(names: &[String], runner_args: &[String]) -> Result<()> {
    let chosen = choose(names)?;
    if !runner_args.is_empty() && chosen.len() != 1 {
        bail!("arguments after `--` need exactly one suite, whose runner gets them");
    }
    let (world, unmet) = prepare(&chosen, runner_args);
    let ahead = Ahead::start(&chosen, &unmet);
    let mut results = Vec::new();
    for (index, suite) in chosen.iter().enumerate() {
        report::heading(format!("{} ({} of {}): {}", suite.name, index + 1, chosen.len(), suite.covers));
        let start = Instant::now();
        let result = match suite.needs.iter().find_map(|need| unmet.get(need)) {
            Some(reason) => Err(anyhow!("{reason}")),
            None => (suite.run)(&world),
        };
        if let Err(error) = &result {
            report::failure(error);
        }
        results.push((suite.name, result, start.elapsed()));
    }
    // Stops PostgreSQL before the result is printed, so that the result is the last thing to be read.
    drop((world, ahead));
    conclude(&results)
}

/// Meets the needs of the chosen suites; what cannot be met is returned with its reason.
fn prepare(chosen: &[&Suite], runner_args: &[String]) -> (World, BTreeMap<Need, String>) {
    report::heading("set-up");
    let mut unmet = BTreeMap::new();
    let mut wanted: Vec<Need> = chosen.iter().flat_map(|suite| suite.needs).copied().collect();
    wanted.sort_unstable();
    wanted.dedup();
    let runner_args = runner_args.to_vec();
    let mut world =
        World { postgres: None, mail_python: None, store_python: None, fuzz_python: None, chromium: None, runner_args };
    let mut refuse = |need: Need, error: Error| {
        report::failure(&error);
        unmet.insert(need, format!("{need:?} is not available: {error:#}"));
    };
    if let Err(error) = setup::packages(&wanted) {
        // Each need is tried all the same, and fails only for want of a package of its own.
        report::failure(&error);
    }
    for need in wanted {
        let met = setup::packages_are_there(need).and_then(|()| match need {
            Need::Node => crate::node::ensure(),
            Need::Browser => setup::chromium().map(|path| world.chromium = Some(path)),
            Need::MailServer => python::ensure(&python::MAIL_SERVER).map(|python| world.mail_python = Some(python)),
            Need::ObjectStore => python::ensure(&python::OBJECT_STORE).map(|python| world.store_python = Some(python)),
            Need::Fuzzer => python::ensure(&python::FUZZER).map(|python| world.fuzz_python = Some(python)),
            Need::Postgres => Postgres::start(Commits::Careless).map(|postgres| world.postgres = Some(postgres)),
            Need::Redis => Ok(()),
        });
        met.unwrap_or_else(|error| refuse(need, error));
    }
    (world, unmet)
}

fn choose(names: &[String]) -> Result<Vec<&'static Suite>> {
    if names.is_empty() {
        return Ok(SUITES.iter().collect());
    }
    let known = || SUITES.iter().map(|suite| suite.name).collect::<Vec<_>>().join(", ");
    let find = |name: &String| {
        SUITES
            .iter()
            .find(|suite| suite.name == name)
            .with_context(|| format!("no suite `{name}`; there are: {}", known()))
    };
    names.iter().map(find).collect()
}

/// Prints one line per suite, and fails when one did.
fn conclude(results: &[(&str, Result<()>, Duration)]) -> Result<()> {
    report::heading("results");
    for (name, result, elapsed) in results {
        let detail = result.as_ref().err().map(|error| error.to_string().lines().next().unwrap_or_default().to_owned());
        report::verdict(name, result.is_ok(), *elapsed, &detail.unwrap_or_default());
    }
    let failed: Vec<&str> = results.iter().filter(|(_, result, _)| result.is_err()).map(|(name, ..)| *name).collect();
    let total: Duration = results.iter().map(|(.., elapsed)| *elapsed).sum();
    report::total(results.len() - failed.len(), failed.len(), total);
    if !failed.is_empty() {
        bail!("failed: {}; run one again with `cargo xtask test {}`", failed.join(", "), failed.first().unwrap_or(&""));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_choose_suites_and_unknown_ones_are_refused_with_the_list() {
        assert_eq!(choose(&[]).unwrap().len(), SUITES.len());
        let chosen = choose(&["web".to_owned(), "tidy".to_owned()]).unwrap();
        assert_eq!(chosen.iter().map(|suite| suite.name).collect::<Vec<_>>(), ["web", "tidy"]);
        let error = choose(&["unit".to_owned()]).err().unwrap().to_string();
        assert!(error.contains("browser-units"), "{error}");
    }

    #[test]
    fn one_failure_fails_the_whole() {
        let ok = || ("a", Ok(()), Duration::ZERO);
        conclude(&[ok(), ok()]).unwrap();
        let error = conclude(&[ok(), ("b", Err(anyhow!("broken")), Duration::ZERO), ok()]).unwrap_err().to_string();
        assert!(error.contains("failed: b"), "{error}");
    }
}
