//! The highest rate that is sustained: every message exactly once and in order, p99 within a second, no backlog.

use super::{Db, World};
use crate::probes;
use crate::report::{Met, Report, Row, count, say};
use anyhow::Result;
use bench::load::{Crowd, Senders, Shape, Work};
use bench::people::Site;
use bench::process::Server;
use std::time::Duration;

/// More conversations than in the job at fixed rates: each person sends one message at a time, so few people cannot say
/// more than the commits of a slow disk allow.
const MANY: Shape = Shape { organisations: 10, visitors: 50, text: 120, files_every: None };
/// The largest delay of all but one in a hundred.
const P99_MICROS: u64 = 1_000_000;
/// What may still be under way when the last message has become due.
const SETTLED: Duration = Duration::from_secs(1);

/// The floor, then Parlor on each database.
pub(crate) async fn measure(world: &World, report: &mut Report) -> Result<()> {
    let server = Server::start(probes::plan("floor")?).await?;
    let floor = search(world, "floor", async || Crowd::open_bare(server.address(), MANY).await).await?;
    drop(server);
    for db in world.databases() {
        let server = Server::start(world.plan(db).await?).await?;
        let site = Site::of(&server)?;
        let ours = search(world, db.name(), async || Crowd::open(&site, MANY).await).await?;
        let (aim, least) = match db {
            Db::Sqlite => ("≥ 10,000/s", 10_000.0),
            Db::Postgres => ("≥ 15,000/s", 15_000.0),
        };
        report.row(Row {
            what: format!("highest sustained rate, {}, exactly once and in order", db.name()),
            limit: format!("{}/s", count(floor)),
            ours: format!("{}/s", count(ours)),
            ratio: format!("{:.2} ×", ours / floor),
            aim,
            met: Met::of(Some(ours >= least), ours > floor),
        });
    }
    Ok(())
}

/// Doubles until it fails, then halves the distance.
async fn search(world: &World, whom: &str, open: impl AsyncFn() -> Result<Crowd>) -> Result<f64> {
    let mut crowd = open().await?;
    let (mut good, mut bad) = (0.0_f64, None::<f64>);
    let mut rate = 4000.0;
    let precision = world.either(1.08, 1.25);
    loop {
        let (ran, sustained) = try_at(world, &mut crowd, rate).await?;
        say(&format!("    {whom} at {rate:.0}/s: {ran}"));
        if sustained {
            good = rate;
        } else {
            bad = Some(rate);
            // What is still under way must not weigh on the next attempt.
            crowd.close().await;
            crowd = open().await?;
        }
        rate = match bad {
            None => rate * 2.0,
            Some(bad) if good == 0.0 => bad / 2.0,
            Some(bad) if bad / good <= precision => break,
            Some(bad) => (bad * good).sqrt(),
        };
        if rate < 100.0 {
            break;
        }
    }
    crowd.close().await;
    Ok(good)
}

async fn try_at(world: &World, crowd: &mut Crowd, rate: f64) -> Result<(String, bool)> {
    let work = Work {
        rate,
        warm_up: Duration::from_secs(1),
        measured: world.either(Duration::from_secs(5), Duration::from_secs(2)),
        senders: Senders::Visitors,
        patience: Duration::from_secs(20),
    };
    let ran = crowd.run(&work).await?;
    let p99 = ran.delivery.value_at_quantile(0.99);
    let settled = ran.settled_after;
    let text = format!("p99 {p99} µs, settled after {settled:?}");
    if p99 > P99_MICROS || settled.is_none_or(|after| after > SETTLED) {
        return Ok((text, false));
    }
    let verdict = crowd.judge(ran).await?;
    Ok((format!("{text}, {verdict}"), verdict.is_clean()))
}
