//! Opening a database: SQLite and PostgreSQL with the settings that durability and speed ask for.

use crate::error::StoreError;
use migrations::{Migrator, MigratorTrait};
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, DbErr};
use std::time::Duration;

/// How many connections, and how long to wait for one.
#[derive(Debug, Clone, Copy)]
pub struct DatabaseOptions {
    /// Connections that read. The writer has its own one.
    pub readers: u32,
    /// How long a reader waits for a connection before the request fails.
    pub acquire_timeout: Duration,
}

impl Default for DatabaseOptions {
    fn default() -> Self {
        Self { readers: 8, acquire_timeout: Duration::from_secs(5) }
    }
}

/// An open database: a pool that reads and the one connection that writes. Cheap to clone.
///
/// **Invariant**: nothing but migrations and the [`Writer`](crate::write::Writer) uses the writing connection; the readers
/// cannot write at all.
#[derive(Debug, Clone)]
pub struct Database {
    reader: DatabaseConnection,
    writer: DatabaseConnection,
}

/// Several servers that start at once migrate one after the other, under this number in PostgreSQL's advisory locks.
const MIGRATION_LOCK: i64 = 0x5041_524c_4f52;

impl Database {
    /// Opens `sqlite://<path>` (the file is made if absent) or `postgres://…`.
    pub async fn connect(url: &str, options: &DatabaseOptions) -> Result<Self, StoreError> {
        if url.starts_with("sqlite:") && (url.contains(":memory:") || url.contains("mode=memory")) {
            // Two pools would see two databases.
            return Err(StoreError::Db(DbErr::Custom("an in-memory SQLite database cannot be shared".to_owned())));
        }
        // The writer comes first: it makes the file and switches it to WAL.
        let writer = sea_orm::Database::connect(writer_options(url, options)).await?;
        let reader = sea_orm::Database::connect(reader_options(url, options)).await?;
        Ok(Self { reader, writer })
    }

    /// Applies the migrations that are missing.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        if self.writer.get_database_backend() != DbBackend::Postgres {
            return Ok(Migrator::up(&self.writer, None).await?);
        }
        // The writer's pool has one connection, so the lock, the migrations and the unlock share a session.
        self.writer.execute_unprepared(&format!("SELECT pg_advisory_lock({MIGRATION_LOCK})")).await?;
        let outcome = Migrator::up(&self.writer, None).await;
        self.writer.execute_unprepared(&format!("SELECT pg_advisory_unlock({MIGRATION_LOCK})")).await?;
        Ok(outcome?)
    }

    /// The connections that read.
    #[must_use]
    pub fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// The connection that writes.
    pub(crate) fn writer(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        Ok(self.reader.ping().await?)
    }

    /// Closes every connection; SQLite folds its log into the file.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.reader.close_by_ref().await?;
        Ok(self.writer.close_by_ref().await?)
    }
}

fn writer_options(url: &str, options: &DatabaseOptions) -> ConnectOptions {
    let mut connect = ConnectOptions::new(url);
    connect
        .max_connections(1)
        .min_connections(1)
        .acquire_timeout(options.acquire_timeout)
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        // A connection over the network may have died since the last batch; one to a file has not.
        .test_before_acquire(!url.starts_with("sqlite:"))
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|sqlite| {
            durable(sqlite).pragma("cache_size", "-65536").pragma("wal_autocheckpoint", "4000")
        })
        .map_sqlx_postgres_opts(|postgres| {
            postgres.application_name("parlor writer").options([("synchronous_commit", "on")])
        });
    connect
}

fn reader_options(url: &str, options: &DatabaseOptions) -> ConnectOptions {
    let mut connect = ConnectOptions::new(url);
    connect
        .max_connections(options.readers.max(1))
        .min_connections(1)
        .acquire_timeout(options.acquire_timeout)
        .sqlx_logging(false)
        // A reader that finds no file must not make one: somebody has moved it, and would find an empty one in its place.
        .map_sqlx_sqlite_opts(|sqlite| {
            durable(sqlite).create_if_missing(false).pragma("cache_size", "-8192").pragma("query_only", "ON")
        })
        .map_sqlx_postgres_opts(|postgres| {
            postgres.application_name("parlor reader").options([("default_transaction_read_only", "on")])
        });
    connect
}

/// What every SQLite connection shares: an acknowledged write survives a power cut.
fn durable(options: sea_orm::sqlx::sqlite::SqliteConnectOptions) -> sea_orm::sqlx::sqlite::SqliteConnectOptions {
    options
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .statement_cache_capacity(200)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_reader_that_finds_no_database_makes_none() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("moved-away.db");
        let options = reader_options(&format!("sqlite://{}", file.display()), &DatabaseOptions::default());
        assert!(sea_orm::Database::connect(options).await.is_err());
        assert!(!file.exists());
    }
}
