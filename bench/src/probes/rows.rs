//! Rows a second into a plain table, by rows for each durable commit.

use anyhow::Result;
use rusqlite::Connection;
use sea_orm::sqlx::{self, Connection as _, Executor as _, PgConnection};
use std::time::{Duration, Instant};

/// The sizes that are tried.
pub(crate) const SIZES: [usize; 4] = [1, 10, 100, 1000];

/// About as much as a message.
fn body() -> String {
    "x".repeat(200)
}

/// SQLite with WAL and `synchronous=FULL`, prepared statements, no other connection.
pub(crate) fn sqlite(lasting: Duration) -> Result<Vec<f64>> {
    let folder = bench::disk::folder()?;
    let mut db = Connection::open(folder.path().join("probe.db"))?;
    db.execute_batch(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000;
         CREATE TABLE probe (id INTEGER PRIMARY KEY, body TEXT NOT NULL);",
    )?;
    let body = body();
    let mut rates = Vec::new();
    for size in SIZES {
        let (start, mut rows) = (Instant::now(), 0_u32);
        while start.elapsed() < lasting {
            let txn = db.transaction()?;
            {
                let mut insert = txn.prepare_cached("INSERT INTO probe (body) VALUES (?1)")?;
                for _ in 0..size {
                    insert.execute([&body])?;
                    rows += 1;
                }
            }
            txn.commit()?;
        }
        rates.push(f64::from(rows) / start.elapsed().as_secs_f64());
    }
    Ok(rates)
}

/// PostgreSQL with `synchronous_commit=on`, one connection, one statement for each commit.
pub(crate) async fn postgres(url: &str, lasting: Duration) -> Result<Vec<f64>> {
    let mut db = PgConnection::connect(url).await?;
    db.execute("DROP TABLE IF EXISTS probe").await?;
    db.execute("CREATE TABLE probe (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body TEXT NOT NULL)").await?;
    let mut rates = Vec::new();
    for size in SIZES {
        let bodies = vec![body(); size];
        let (start, mut rows) = (Instant::now(), 0_u64);
        while start.elapsed() < lasting {
            let insert = sqlx::query("INSERT INTO probe (body) SELECT * FROM unnest($1::text[])").bind(&bodies);
            rows += insert.execute(&mut db).await?.rows_affected();
        }
        rates.push(f64::from(u32::try_from(rows)?) / start.elapsed().as_secs_f64());
    }
    db.execute("DROP TABLE probe").await?;
    db.close().await?;
    Ok(rates)
}
