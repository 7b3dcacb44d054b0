//! A PostgreSQL that somebody else started: fresh databases there, and which process it is.

use anyhow::{Context, Result};
use bench::process::parent_of;
use sea_orm::sqlx::{self, Connection, Executor, PgConnection};
use std::sync::atomic::{AtomicU32, Ordering};

/// A PostgreSQL server.
#[derive(Debug)]
pub(crate) struct Postgres {
    /// Its address with an administrator, and a database that is there.
    pub(crate) url: String,
    /// Its first process.
    pub(crate) pid: u32,
}

impl Postgres {
    /// Looks at it, and refuses one whose commits are not durable: its figures would be worth nothing.
    pub(crate) async fn at(url: String) -> Result<Self> {
        let mut db = PgConnection::connect(&url).await.context("PostgreSQL does not answer")?;
        let settings: Vec<(String, String)> = sqlx::query_as(
            "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes')",
        )
        .fetch_all(&mut db)
        .await?;
        for (name, setting) in settings {
            anyhow::ensure!(setting == "on", "PostgreSQL has {name} = {setting}: commits are not durable");
        }
        let backend: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut db).await?;
        db.close().await?;
        Ok(Self { url, pid: parent_of(u32::try_from(backend)?)? })
    }

    /// The address of a database that did not exist before.
    pub(crate) async fn fresh(&self) -> Result<String> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("bench_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let mut db = PgConnection::connect(&self.url).await?;
        db.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).await?;
        db.close().await?;
        let (base, _) = self.url.rsplit_once('/').context("the address ends with a database")?;
        Ok(format!("{base}/{name}"))
    }
}
