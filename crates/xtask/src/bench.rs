//! `cargo xtask bench`: builds what is measured as it would be shipped, gives it a durable PostgreSQL and runs the benchmark.

use crate::{dist, exec, node, report, suites, web, workspace};
use anyhow::Result;

/// Builds, measures, and writes the table when everything was measured thoroughly.
pub(crate) fn run(names: &[String], quick: bool) -> Result<()> {
    // Measured as they are shipped: embedded in the server, and the console in a browser.
    web::build()?;
    let chromium = suites::chromium()?;
    let server = dist::build_server()?;
    report::step("building the benchmark", || {
        exec::stream(exec::cargo()?.args(["build", "--release", "--package", "bench", "--bin", "bench"]))
    })?;
    let postgres = suites::durable_postgres()?;
    let mut bench = exec::command(workspace::target()?.join("release/bench"))?;
    bench.args(names).arg("--server").arg(server).args(["--postgres", &postgres.url()]);
    bench.arg("--playwright").arg(node::tool("playwright")?.get_program()).env("PARLOR_CHROMIUM", chromium);
    bench.arg("--interface").arg(workspace::root()?.join("bench/interface"));
    bench.arg("--into").arg(workspace::root()?.join("bench/README.md"));
    if quick {
        bench.arg("--quick");
    }
    exec::stream(&mut bench)
}
