//! From nothing to the first answer, and what the server holds when nobody is there.

use super::{Db, World};
use crate::http::{Connection, request};
use crate::probes;
use crate::report::{Met, Report, Row, median};
use anyhow::{Result, ensure};
use bench::process::{Plan, Server};
use std::time::{Duration, Instant};

/// A cold start on an empty folder, a start on the same folder, and memory after it; the floor's in turn with ours.
pub(crate) async fn measure(world: &World, report: &mut Report) -> Result<()> {
    let (mut cold, mut warm, mut memory) = (Vec::new(), Vec::new(), Vec::new());
    let (mut least, mut lightest) = (Vec::new(), Vec::new());
    for _ in 0..world.either(7, 3) {
        let begin = Instant::now();
        let floor = Server::start(probes::plan("floor")?).await?;
        Connection::open(floor.address(), None).await?.upgrade("/agent/0").await?;
        least.push(begin.elapsed().as_secs_f64());
        lightest.push(megabytes(floor.usage()?.pss));
        drop(floor);
        let begin = Instant::now();
        let mut server = Server::start(Plan { settings: Vec::new(), ..world.plan(Db::Sqlite).await? }).await?;
        cold.push(first_answer(&server, begin).await?.as_secs_f64());
        memory.push(megabytes(server.usage()?.pss));
        server.terminate().await?;
        let begin = Instant::now();
        server.begin().await?;
        warm.push(first_answer(&server, begin).await?.as_secs_f64());
        server.terminate().await?;
    }
    let (cold, warm, memory) = (median(cold), median(warm), median(memory));
    let (least, lightest) = (median(least), median(lightest));
    report.row(Row {
        what: "cold start: empty folder to the first 200 (then on the same folder)".to_owned(),
        limit: format!("{least:.2} s"),
        ours: format!("{cold:.2} s ({warm:.2} s)"),
        ratio: format!("{:.1} ×", cold / least),
        aim: "≤ 0.3 s",
        met: Met::of(Some(cold <= 0.3), cold < least),
    });
    report.row(Row {
        what: "idle memory after the first answer".to_owned(),
        limit: format!("{lightest:.1} MiB"),
        ours: format!("{memory:.1} MiB"),
        ratio: format!("{:.1} ×", memory / lightest),
        aim: "≤ 30 MiB",
        met: Met::of(Some(memory <= 30.0), memory < lightest),
    });
    Ok(())
}

async fn first_answer(server: &Server, begin: Instant) -> Result<Duration> {
    let mut connection = Connection::open(server.address(), None).await?;
    let (status, _) = connection.exchange(&request("GET", "/healthz", None, "")).await?;
    ensure!(status == 200, "healthz answers {status}");
    Ok(begin.elapsed())
}

fn megabytes(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes / 1024).unwrap_or(u32::MAX)) / 1024.0
}
