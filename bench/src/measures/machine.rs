//! The machine: fsync, rows a second, a bare echo.

use super::World;
use crate::probes::{self, disk, rows};
use crate::report::{Report, count, millis};
use anyhow::Result;
use bench::process::Server;
use bench::socket;
use futures_util::future::try_join_all;
use futures_util::{SinkExt, StreamExt};
use std::time::{Duration, Instant};
use tokio_tungstenite::tungstenite::Message;

/// Probes everything that has no counterpart of ours.
pub(crate) async fn measure(world: &World, report: &mut Report) -> Result<()> {
    let lasting = world.either(Duration::from_secs(2), Duration::from_millis(500));
    let times = tokio::task::spawn_blocking(move || disk::fsync(lasting)).await??;
    let (half, most) = (millis(times.value_at_quantile(0.5)), millis(times.value_at_quantile(0.99)));
    report.machine("4 KiB appended and forced to disk", format!("p50 {half} ms, p99 {most} ms"));
    let sizes = "rows/s by rows per commit 1 / 10 / 100 / 1,000";
    let rates = tokio::task::spawn_blocking(move || rows::sqlite(lasting)).await??;
    report.machine(format!("SQLite, {sizes}"), joined(&rates));
    if let Some(postgres) = &world.postgres {
        let rates = rows::postgres(&postgres.url, lasting).await?;
        report.machine(format!("PostgreSQL, one connection, {sizes}"), joined(&rates));
    }
    let (rate, cpu) = echo(lasting).await?;
    report.machine(
        "WebSocket echo (actix-ws), 64 connections",
        format!("{}/s, {:.1} µs of CPU a message", count(rate), cpu),
    );
    Ok(())
}

fn joined(rates: &[f64]) -> String {
    rates.iter().map(|rate| count(*rate)).collect::<Vec<_>>().join(" / ")
}

/// Messages a second, and microseconds of the server's CPU for each.
async fn echo(lasting: Duration) -> Result<(f64, f64)> {
    let mut server = Server::start(probes::plan("bare")?).await?;
    let address = server.address();
    let before = server.usage()?.cpu;
    let start = Instant::now();
    let people = (0..64).map(|_| async move {
        let mut socket = socket::open(address, "/socket", None).await?;
        let text = "x".repeat(120);
        let mut messages = 0_u32;
        socket.next().await;
        while start.elapsed() < lasting {
            socket.send(Message::text(text.as_str())).await?;
            socket.next().await;
            messages += 1;
        }
        anyhow::Ok(messages)
    });
    let messages: u32 = try_join_all(people).await?.into_iter().sum();
    let cpu = server.usage()?.cpu - before;
    let rate = f64::from(messages) / start.elapsed().as_secs_f64();
    server.kill().await?;
    Ok((rate, cpu.as_secs_f64() * 1e6 / f64::from(messages)))
}
