//! `cargo xtask bench`: builds what is measured as it would be shipped, gives it a durable PostgreSQL and runs the benchmark.

use crate::{dist, exec, report, suites, workspace};
use anyhow::Result;

/// Builds, measures, and writes the table when everything was measured thoroughly.
pub(crate) fn run(names: &[String], quick: bool) -> Result<()> {
    if !workspace::web_dir()?.join("manifest.json").is_file() {
        report::note(
            "no console and widget in target/web: the server is measured without them (`cargo xtask web` builds them)",
        );
    }
    let server = dist::build_server()?;
    report::step("building the benchmark", || {
        exec::stream(exec::cargo()?.args(["build", "--release", "--package", "bench", "--bin", "bench"]))
    })?;
    let postgres = suites::durable_postgres()?;
    let mut bench = exec::command(workspace::target()?.join("release/bench"))?;
    bench.args(names).arg("--server").arg(server).args(["--postgres", &postgres.url()]);
    bench.arg("--into").arg(workspace::root()?.join("bench/README.md"));
    if quick {
        bench.arg("--quick");
    }
    exec::stream(&mut bench)
}
