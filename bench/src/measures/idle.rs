//! Memory of a connection on which nothing happens.

use super::World;
use crate::http::Connection;
use crate::measures::connects::{Visitors, source};
use crate::probes;
use crate::report::{Met, Report, Row, count};
use anyhow::Result;
use bench::process::Server;
use futures_util::{StreamExt, TryStreamExt, stream};

/// Bare sockets, then visitors, all open at the same time.
pub(crate) async fn measure(world: &World, report: &mut Report) -> Result<()> {
    let people = world.either(10_000, 2_000);
    let server = Server::start(probes::plan("bare")?).await?;
    let address = server.address();
    let before = server.usage()?.pss;
    let opening = stream::iter(0..people).map(|n| async move {
        let mut connection = Connection::open(address, Some(source(n))).await?;
        connection.upgrade("/socket").await?;
        anyhow::Ok(connection)
    });
    let open: Vec<Connection> = opening.buffer_unordered(16).try_collect().await?;
    let bare = each(before, server.usage()?.pss, open.len());
    drop((open, server));

    let server = Server::start(world.plan(super::Db::Sqlite).await?).await?;
    let visitors = Visitors::of(&server).await?;
    let before = server.usage()?.pss;
    let opening = stream::iter(0..people).map(|n| visitors.enter(n));
    let open: Vec<Connection> = opening.buffer_unordered(16).try_collect().await?;
    let ours = each(before, server.usage()?.pss, open.len());
    report.row(Row {
        what: format!("memory per idle visitor connection at {}", count(f64::from(people))),
        limit: format!("{bare:.1} KiB (actix-ws alone)"),
        ours: format!("{ours:.1} KiB"),
        ratio: format!("{:.1} ×", ours / bare),
        aim: "≤ 16 KiB",
        met: Met::of(Some(ours <= 16.0), ours < bare),
    });
    Ok(())
}

fn each(before: u64, after: u64, connections: usize) -> f64 {
    let bytes = after.saturating_sub(before) / u64::try_from(connections.max(1)).unwrap_or(u64::MAX);
    f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / 1024.0
}
