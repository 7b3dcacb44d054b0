//! The console in a real Chromium: how much work the browser's main thread has for what an agent does all day, with ten thousand
//! conversations in the list and a conversation of ten thousand messages.

use super::{Db, World};
use crate::fill;
use crate::report::{Met, Report, Row, say};
use anyhow::{Context, Result, ensure};
use bench::people::PASSWORD;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

/// One frame at 60 a second.
const FRAME_MILLIS: f64 = 16.0;

/// How the script calls what it measures with no input at all: two empty frames, and the measuring itself.
const NOTHING: &str = "nothing";

/// What drives the browser.
#[derive(Debug, Clone)]
pub(crate) struct Browser {
    /// Playwright's program.
    pub(crate) playwright: PathBuf,
    /// Its configuration for this measure.
    pub(crate) config: PathBuf,
}

/// The work for each kind of input, over many of them. The list and the conversation are loaded to their ends first.
pub(crate) async fn measure(world: &World, report: &mut Report) -> Result<()> {
    let Some(browser) = &world.browser else {
        say("    left out: no Playwright was named");
        return Ok(());
    };
    let messages = world.either(1_000_000, 100_000);
    let (mut server, organisation) =
        world.filled(Db::Sqlite, fill::Filling::Messages { count: messages, searched: false }).await?;
    let folder = tempfile::tempdir()?;
    let out = folder.path().join("found.json");
    let mut playwright = Command::new(&browser.playwright);
    playwright
        .args(["test", "--config"])
        .arg(&browser.config)
        .env("PARLOR_BENCH_URL", format!("http://{}", server.address()))
        .env("PARLOR_BENCH_ACCOUNT", &organisation.admin.me.account)
        .env("PARLOR_BENCH_PASSWORD", PASSWORD)
        .env("PARLOR_BENCH_LONG", fill::long_conversation().to_string())
        .env("PARLOR_BENCH_CONVERSATIONS", (messages / 100 * 99 / 100).to_string())
        .env("PARLOR_BENCH_INPUTS", world.either(200, 40).to_string())
        .env("PARLOR_BENCH_OUT", &out);
    let status = tokio::task::spawn_blocking(move || playwright.status()).await?.context("starting Playwright")?;
    ensure!(status.success(), "Playwright ended with {status}");
    let mut found: BTreeMap<String, Vec<f64>> = serde_json::from_slice(&tokio::fs::read(&out).await?)?;
    let (least, _) = quantiles(found.remove(NOTHING).context("not measured without an input")?)?;
    ensure!(!found.is_empty(), "nothing was measured");
    for (what, works) in found {
        let (p50, p95) = quantiles(works)?;
        report.row(Row {
            what: format!("main thread of the console: {what}"),
            limit: format!("no input {least:.1} ms"),
            ours: format!("p50 {p50:.1} ms, p95 {p95:.1} ms"),
            ratio: String::new(),
            aim: "p95 ≤ 16 ms",
            met: Met::of(Some(p95 <= FRAME_MILLIS), false),
        });
    }
    server.terminate().await?;
    Ok(())
}

/// The median and the 95th of a hundred.
fn quantiles(mut works: Vec<f64>) -> Result<(f64, f64)> {
    works.sort_unstable_by(f64::total_cmp);
    let at = |hundredths: usize| {
        works.get(works.len().saturating_sub(1) * hundredths / 100).copied().context("an input of each kind")
    };
    Ok((at(50)?, at(95)?))
}
