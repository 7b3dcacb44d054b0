//! What an agent's console asks for most, in a database of a million messages.

use super::{Db, World};
use crate::fill::{Filling, long_conversation};
use crate::http::{Connection, again_and_again, request};
use crate::probes;
use crate::report::{Met, Report, Row, count, millis};
use anyhow::{Context, Result, ensure};
use bench::process::Server;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

/// Connections that ask at the same time.
const CONNECTIONS: usize = 16;

/// The newest 50 messages of a conversation of 10,000, and the first page of conversations.
pub(crate) async fn measure(world: &World, report: &mut Report) -> Result<()> {
    let lasting = world.either(Duration::from_secs(4), Duration::from_secs(2));
    let bare = Server::start(probes::plan("bare")?).await?;
    let (hello, _, _) = ask(bare.address(), &request("GET", "/hello", None, ""), lasting).await?;
    drop(bare);
    report.machine("actix-web saying hello, same client", format!("{} requests/s", count(hello)));
    let messages = world.either(1_000_000, 100_000);
    for db in world.databases() {
        let (mut server, organisation) =
            world.filled(db, Filling::Messages { count: messages, searched: false }).await?;
        let file = server.data_dir().join("parlor.db");
        let alone = (db == Db::Sqlite).then(|| sqlite_alone(&file, lasting)).transpose()?;
        let limit = match alone {
            Some(rate) => format!("SQLite alone {}/s; actix hello {}/s", count(rate), count(hello)),
            None => format!("actix hello {}/s", count(hello)),
        };
        let history = format!("/api/v1/conversations/{}/messages?limit=50", long_conversation());
        let asked = [
            ("newest 50 of a long conversation among 1M messages", history.as_str(), "≥ 10,000/s", 10_000.0),
            ("conversation list, first page", "/api/v1/conversations", "≥ 8,000/s", 8_000.0),
        ];
        for (what, path, aim, least) in asked {
            let before = world.cpu(&server, db)?;
            let request = request("GET", path, Some(&organisation.admin.token), "");
            let (rate, p99, asked) = ask(server.address(), &request, lasting).await?;
            let cpu = (world.cpu(&server, db)? - before).as_secs_f64() * 1e6 / asked;
            report.row(Row {
                what: format!("{what}, {}", db.name()),
                limit: limit.clone(),
                ours: format!("{}/s, p99 {} ms, {cpu:.0} µs of CPU each", count(rate), millis(p99)),
                ratio: format!("{:.2} × hello", rate / hello),
                aim,
                met: Met::of(Some(rate >= least), rate > hello),
            });
        }
        server.terminate().await?;
    }
    Ok(())
}

/// Asks again and again over a few connections: requests a second, the p99 in microseconds, and how many it were.
async fn ask(address: SocketAddr, request: &[u8], lasting: Duration) -> Result<(f64, u64, f64)> {
    // What is asked for the first time may have to be read from the disk.
    let (status, body) = Connection::open(address, None).await?.exchange(request).await?;
    ensure!(status == 200, "{status}: {}", String::from_utf8_lossy(&body));
    let start = Instant::now();
    let times = again_and_again(address, request, body.len(), CONNECTIONS, lasting).await?;
    let asked = f64::from(u32::try_from(times.len()).context("fewer than four thousand million")?);
    Ok((asked / start.elapsed().as_secs_f64(), times.value_at_quantile(0.99), asked))
}

/// The same rows by SQLite alone, on one thread.
fn sqlite_alone(file: &Path, lasting: Duration) -> Result<f64> {
    let db = rusqlite::Connection::open_with_flags(file, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut newest = db.prepare(
        "SELECT id, seq, author_kind, author_id, author_name, content, nonce, created_at FROM message
         WHERE conversation_id = ?1 ORDER BY seq DESC LIMIT 50",
    )?;
    let id = long_conversation().0.into_bytes();
    let (start, mut asked) = (Instant::now(), 0_u32);
    while start.elapsed() < lasting {
        let mut rows = newest.query([id.as_slice()])?;
        let (mut found, mut bytes) = (0, 0);
        while let Some(row) = rows.next()? {
            bytes += row.get_ref(0)?.as_blob()?.len() + row.get_ref(5)?.as_str()?.len();
            found += 1;
        }
        ensure!(found == 50 && bytes > 0, "{found} rows");
        asked += 1;
    }
    Ok(f64::from(asked) / start.elapsed().as_secs_f64())
}
