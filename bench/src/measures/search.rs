//! Searching a million messages: how fast the first page comes, for rare and frequent words, and how fast the index is made.

use super::World;
use crate::fill::Filling;
use crate::http::{Connection, request};
use crate::report::{Report, count, say};
use anyhow::{Result, ensure};
use serde::Deserialize;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How long the index may take to be made.
const PATIENCE: Duration = Duration::from_secs(900);

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
            let question = request("GET", &format!("/api/v1/search?q={words}"), Some(token), "");
            let length = answered(server.address(), &question, is_there).await?;
            let what = format!("search among 1M messages: {what}, {}", db.name());
            super::page(world, (&server, db), report, what, (&question, length)).await?;
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

/// How many bytes the answer has. What is asked for the first time may have to be read from the disk.
async fn answered(address: SocketAddr, question: &[u8], is_there: bool) -> Result<usize> {
    let (status, body) = Connection::open(address, None).await?.exchange(question).await?;
    ensure!(status == 200, "{status}: {}", String::from_utf8_lossy(&body));
    let found: Found = serde_json::from_slice(&body)?;
    ensure!(found.messages.is_empty() != is_there, "{} messages", found.messages.len());
    Ok(body.len())
}
