//! What an operator asks of the database: is its schema ours, is it whole, how is it set, what time has it.

use crate::connect::Database;
use crate::error::StoreError;
use migrations::{Migrator, MigratorTrait};
use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use std::path::PathBuf;
use std::str::FromStr;
use types::time::Timestamp;

/// Which migrations a database has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// Those that it has, in order.
    pub applied: Vec<String>,
    /// Those of ours that it has not.
    pub pending: Vec<String>,
    /// Those that it has and we do not know: a newer version has been here.
    pub unknown: Vec<String>,
}

/// The connections that read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    /// How many answer a question now. As many as there may be: the next question waits.
    pub used: u32,
    /// How many more there is room for, opened or not yet.
    pub idle: u32,
}

/// The file of a SQLite database; `None` for other databases.
#[must_use]
pub fn sqlite_file(url: &str) -> Option<PathBuf> {
    let is_file = url.starts_with("sqlite:");
    is_file.then(|| SqliteConnectOptions::from_str(url).ok()).flatten().map(|options| options.get_filename().to_owned())
}

/// The names of our migrations, oldest first.
#[must_use]
pub fn migration_names() -> Vec<String> {
    Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect()
}

/// The migrations that a database has, as it says itself; none when it is empty.
pub(crate) async fn applied<C: ConnectionTrait>(conn: &C) -> Result<Vec<String>, StoreError> {
    let exists = match conn.get_database_backend() {
        DbBackend::Postgres => {
            "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'seaql_migrations'"
        }
        _ => "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'seaql_migrations'",
    };
    if texts(conn, exists).await?.is_empty() {
        return Ok(Vec::new());
    }
    // Not by time: several are applied within one second.
    let rows = conn.query_all_raw(raw(conn, "SELECT version FROM seaql_migrations ORDER BY version")).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index::<String>(0)?)).collect()
}

fn raw<C: ConnectionTrait>(conn: &C, sql: &str) -> Statement {
    Statement::from_string(conn.get_database_backend(), sql)
}

/// The first column of every row, whatever it is, as text.
async fn texts<C: ConnectionTrait>(conn: &C, sql: &str) -> Result<Vec<String>, StoreError> {
    let rows = conn.query_all_raw(raw(conn, sql)).await?;
    Ok(rows
        .iter()
        .map(|row| {
            let text = row.try_get_by_index::<String>(0);
            text.or_else(|_| row.try_get_by_index::<i32>(0).map(|number| number.to_string()))
                .or_else(|_| row.try_get_by_index::<i64>(0).map(|number| number.to_string()))
                .unwrap_or_default()
        })
        .collect())
}

impl Database {
    /// Which migrations it has.
    pub async fn schema(&self) -> Result<Schema, StoreError> {
        let (ours, applied) = (migration_names(), applied(self.reader()).await?);
        let pending = ours.iter().filter(|name| !applied.contains(name)).cloned().collect();
        let unknown = applied.iter().filter(|name| !ours.contains(name)).cloned().collect();
        Ok(Schema { applied, pending, unknown })
    }

    /// `SQLite` or `PostgreSQL`, with its version.
    pub async fn product(&self) -> Result<String, StoreError> {
        let (name, sql) = match self.reader().get_database_backend() {
            DbBackend::Postgres => ("PostgreSQL", "SHOW server_version"),
            _ => ("SQLite", "SELECT sqlite_version()"),
        };
        let version = texts(self.reader(), sql).await?.into_iter().next().unwrap_or_default();
        Ok(format!("{name} {version}"))
    }

    /// The settings on which durability rests, with their values, and whether they are as they have to be. `journal_mode`, `fsync`
    /// and `full_page_writes` are the database's own; `synchronous` and `synchronous_commit` are what we ask for on every
    /// connection that writes, and are told to show that the database has taken them.
    pub async fn durability(&self) -> Result<Vec<(&'static str, String, bool)>, StoreError> {
        // 2 is FULL.
        let wanted: &[(&'static str, &str, &str)] = match self.writer().get_database_backend() {
            DbBackend::Postgres => &[
                ("fsync", "SHOW fsync", "on"),
                ("full_page_writes", "SHOW full_page_writes", "on"),
                ("synchronous_commit", "SHOW synchronous_commit", "on"),
            ],
            _ => &[("journal_mode", "PRAGMA journal_mode", "wal"), ("synchronous", "PRAGMA synchronous", "2")],
        };
        let mut found = Vec::with_capacity(wanted.len());
        for (name, sql, right) in wanted {
            let value = texts(self.writer(), sql).await?.into_iter().next().unwrap_or_default();
            let holds = value == *right;
            found.push((*name, value, holds));
        }
        Ok(found)
    }

    /// What SQLite finds damaged in its file: nothing, when all is well. `thorough` also compares indexes with tables, which
    /// reads everything twice. PostgreSQL has no such look of its own.
    pub async fn damage(&self, thorough: bool) -> Result<Vec<String>, StoreError> {
        if self.reader().get_database_backend() == DbBackend::Postgres {
            return Ok(Vec::new());
        }
        let found =
            texts(self.reader(), if thorough { "PRAGMA integrity_check" } else { "PRAGMA quick_check" }).await?;
        let mut damage: Vec<String> = found.into_iter().filter(|line| line != "ok").collect();
        let orphans = self.reader().query_all_raw(raw(self.reader(), "PRAGMA foreign_key_check")).await?;
        if !orphans.is_empty() {
            damage.push(format!("{} rows refer to rows that are not there", orphans.len()));
        }
        Ok(damage)
    }

    /// The database's own time.
    pub async fn now(&self) -> Result<Timestamp, StoreError> {
        let sql = match self.reader().get_database_backend() {
            DbBackend::Postgres => "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint",
            _ => "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
        };
        let row = self.reader().query_one_raw(raw(self.reader(), sql)).await?;
        let millis = row.ok_or(StoreError::Corrupt { what: "time" })?.try_get_by_index::<i64>(0)?;
        Ok(Timestamp(millis))
    }

    /// The connections that read, as they are now.
    #[must_use]
    pub fn connections(&self) -> Connections {
        let (used, idle) = self.reader().count();
        let number = |count| u32::try_from(count).unwrap_or(u32::MAX);
        Connections { used: number(used), idle: number(idle) }
    }
}
