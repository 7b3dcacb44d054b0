//! Searching a million messages: how fast the first page comes, for rare and frequent words, and how fast the index is made.

use super::World;
use crate::fill::Filling;
use crate::http::{Connection, again_and_again, request};
use crate::report::{Met, Report, Row, count, millis, say};
use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Connections that ask at the same time.
const CONNECTIONS: usize = 4;
/// How long the index may take to be made.
const PATIENCE: Duration = Duration::from_secs(900);
/// The first page has to be there within this time, at p95.
const AIM_MICROS: u64 = 50_000;

/// What is asked for: how it is called in the table, the words, escaped, and whether messages have them.
const ASKED: [(&str, &str, bool); 7] = [
    ("one character, in most messages", "%E8%AF%B7", true),
    ("two characters, in most messages", "%E5%8F%91%E8%B4%A7", true),
    ("two characters, one in 50", "%E9%80%80%E6%AC%BE", true),
    ("three characters, one in 20,000", "%E6%8A%A5%E5%85%B3%E5%8D%95", true),
    ("a Latin word as it is typed", "yester", true),
    ("a whole number", "777777", true),
    ("nothing", "%E9%BB%84%E9%B9%A4%E6%A5%BC", false),
];

#[derive(Deserialize)]
struct Found {
    messages: Vec<serde_json::Value>,
    catching_up: bool,
}

/// The first page of seven searches, in a database of a million messages whose index the server itself has made.
pub(crate) async fn measure(world: &World, report: &mut Report) -> Result<()> {
    let lasting = world.either(Duration::from_secs(3), Duration::from_secs(1));
    let messages = world.either(1_000_000, 100_000);
    for db in world.databases() {
        let (mut server, organisation) =
            world.filled(db, Filling::Messages { count: messages, searched: true }).await?;
        let token = organisation.admin.token.as_str();
        let begun = Instant::now();
        indexed(server.address(), token, messages).await?;
        let made = f64::from(messages) / begun.elapsed().as_secs_f64();
        say(&format!("    {} indexed in {:.0?}, {}/s", db.name(), begun.elapsed(), count(made)));
        report.machine(
            format!("index of the messages made after the fact, {}", db.name()),
            format!("{} messages/s", count(made)),
        );
        for (what, words, is_there) in ASKED {
            let before = world.cpu(&server, db)?;
            let question = request("GET", &format!("/api/v1/search?q={words}"), Some(token), "");
            let times = ask(server.address(), &question, lasting, is_there).await?;
            let asked = f64::from(u32::try_from(times.len()).context("fewer than four thousand million")?);
            let cpu = (world.cpu(&server, db)? - before).as_secs_f64() * 1e6 / asked;
            let p95 = times.value_at_quantile(0.95);
            report.row(Row {
                what: format!("search among 1M messages: {what}, {}", db.name()),
                limit: String::new(),
                ours: format!(
                    "{}/s, p95 {} ms, {cpu:.0} µs of CPU each",
                    count(asked / lasting.as_secs_f64()),
                    millis(p95)
                ),
                ratio: String::new(),
                aim: "p95 ≤ 50 ms",
                met: Met::of(Some(p95 <= AIM_MICROS), false),
            });
        }
        server.terminate().await?;
    }
    Ok(())
}

/// Waits until the index has come to the end: the newest message is found, which has the highest number, and nothing is left to do.
async fn indexed(address: SocketAddr, token: &str, messages: u32) -> Result<()> {
    let question = request("GET", &format!("/api/v1/search?q={messages}"), Some(token), "");
    let begun = Instant::now();
    loop {
        let (status, body) = Connection::open(address, None).await?.exchange(&question).await?;
        ensure!(status == 200, "{status}: {}", String::from_utf8_lossy(&body));
        let found: Found = serde_json::from_slice(&body)?;
        if !found.catching_up && !found.messages.is_empty() {
            return Ok(());
        }
        ensure!(begun.elapsed() < PATIENCE, "the index is not made within {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

/// Asks again and again over a few connections.
async fn ask(
    address: SocketAddr,
    question: &[u8],
    lasting: Duration,
    is_there: bool,
) -> Result<hdrhistogram::Histogram<u64>> {
    // What is asked for the first time may have to be read from the disk.
    let (status, body) = Connection::open(address, None).await?.exchange(question).await?;
    ensure!(status == 200, "{status}: {}", String::from_utf8_lossy(&body));
    let found: Found = serde_json::from_slice(&body)?;
    ensure!(found.messages.is_empty() != is_there, "{} messages", found.messages.len());
    again_and_again(address, question, body.len(), CONNECTIONS, lasting).await
}
