//! From nothing to the first answer, and what the server holds when nobody is there.

use super::{Db, World};
use crate::http::{Connection, request};
use crate::report::{Report, Row, median};
use anyhow::{Result, ensure};
use bench::process::{Plan, Server};
use std::time::{Duration, Instant};

/// A cold start on an empty folder, a start on the same folder, and memory after it.
pub(crate) async fn measure(world: &World, report: &mut Report) -> Result<()> {
    let (mut cold, mut warm, mut memory) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..world.either(7, 3) {
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
    report.row(Row {
        what: "cold start: empty folder to the first 200 (then on the same folder)".to_owned(),
        limit: "0.16 s".to_owned(),
        ours: format!("{cold:.2} s ({warm:.2} s)"),
        ratio: String::new(),
        aim: "≤ 0.3 s",
        met: Some(cold <= 0.3),
    });
    report.row(Row {
        what: "idle memory after the first answer".to_owned(),
        limit: "3 MiB".to_owned(),
        ours: format!("{memory:.1} MiB"),
        ratio: String::new(),
        aim: "≤ 30 MiB",
        met: Some(memory <= 30.0),
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
