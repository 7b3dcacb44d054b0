//! Opening a database: SQLite and PostgreSQL with the settings that durability and speed ask for.

use crate::error::StoreError;
use crate::kept::IDLE;
use crate::readers::Readers;
use futures_util::future::BoxFuture;
use migrations::{Migrator, MigratorTrait};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqliteSynchronous};
use sea_orm::sqlx::{self, PgConnection};
use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, SqliteTransactionMode,
    Statement, TransactionOptions, TransactionTrait,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::timeout;

/// How many connections, and how long to wait for one.
#[derive(Debug, Clone, Copy)]
pub struct DatabaseOptions {
    /// Connections that read. The writer has its own: one, and on PostgreSQL up to four, though it uses one at a time.
    pub readers: u32,
    /// How long to wait for a connection, a new one to the database included, before the request fails.
    pub acquire_timeout: Duration,
    /// How long a statement waits for a lock that somebody else holds, be it another server that hangs.
    pub lock_timeout: Duration,
    /// How long one statement may run (PostgreSQL only; SQLite has nobody to wait for but the lock).
    pub statement_timeout: Duration,
    /// Whether SQLite's hottest questions and batches go past sqlx, on threads of their own. Off only where the order of
    /// everything has to be repeatable, which threads that run ahead are not.
    pub direct: bool,
}

impl Default for DatabaseOptions {
    fn default() -> Self {
        Self {
            readers: 8,
            acquire_timeout: Duration::from_secs(5),
            direct: true,
            lock_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(30),
        }
    }
}

/// An open database: a pool that reads and the one connection that writes. Cheap to clone.
///
/// **Invariant**: nothing but migrations, the [`Writer`](crate::write::Writer) and, on PostgreSQL beside it, whoever keeps the index
/// of search uses the connections that write; the readers cannot write at all.
#[derive(Debug, Clone)]
pub struct Database {
    readers: Readers,
    writer: DatabaseConnection,
    options: DatabaseOptions,
}

/// Several servers that start at once migrate one after the other, under this number in PostgreSQL's advisory locks.
const MIGRATION_LOCK: i64 = 0x5041_524c_4f52;
/// Under this number every connection that writes says that it is there, and whoever restores that nobody else may be.
const WRITERS_LOCK: i64 = 0x5041_524c_4f53;

impl Database {
    /// Opens `sqlite://<path>` (the file is made if absent) or `postgres://…`.
    pub async fn connect(url: &str, options: &DatabaseOptions) -> Result<Self, StoreError> {
        if url.starts_with("sqlite:") && (url.contains(":memory:") || url.contains("mode=memory")) {
            // Two pools would see two databases.
            return Err(StoreError::Db(DbErr::Custom("an in-memory SQLite database cannot be shared".to_owned())));
        }
        make_private(url);
        // The writer comes first: it switches the file to WAL.
        let kept_out = Arc::new(AtomicBool::new(false));
        let writer = sea_orm::Database::connect(announced(writer_options(url, options), &kept_out)).await;
        // The pool only says that it got no connection.
        let writer = writer.map_err(|error| match kept_out.load(Ordering::Relaxed) {
            true => DbErr::Custom("a backup is being restored into this database".to_owned()),
            false => error,
        })?;
        let reader = sea_orm::Database::connect(reader_options(url, options)).await?;
        let readers = Readers::of(reader, options);
        Ok(Self { readers, writer, options: *options })
    }

    /// Applies the migrations that are missing: all of them, or none if one fails or the process ends in the middle.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let postgres = self.writer.get_database_backend() == DbBackend::Postgres;
        // A deferred transaction may find that it cannot become a writing one: somebody else migrates at the same time.
        let mode = (!postgres).then_some(SqliteTransactionMode::Immediate);
        let options = TransactionOptions { sqlite_transaction_mode: mode, ..TransactionOptions::default() };
        let txn = self.writer.begin_with_options(options).await?;
        if postgres {
            // A migration may take as long as it takes, and whoever waits for it waits as long.
            txn.execute_unprepared("SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0").await?;
            txn.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")).await?;
        }
        migrate_in(&txn, None).await?;
        Ok(txn.commit().await?)
    }

    /// The connections that read.
    #[must_use]
    pub fn reader(&self) -> &Readers {
        &self.readers
    }

    /// How it was opened.
    pub(crate) fn options(&self) -> DatabaseOptions {
        self.options
    }

    /// The connection that writes.
    pub(crate) fn writer(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        Ok(self.readers.ping().await?)
    }

    /// Closes every connection; SQLite folds its log into the file. Who is still in the middle of something gets as long as for
    /// a connection, and is left to the end of the process then.
    pub async fn close(&self) -> Result<(), StoreError> {
        let late = |_| StoreError::Interrupted;
        let readers = timeout(self.options.acquire_timeout, self.readers.close()).await.map_err(late);
        let writer = timeout(self.options.acquire_timeout, self.writer.close_by_ref()).await.map_err(late);
        readers??;
        Ok(writer??)
    }
}

/// Makes the file of a new SQLite database, for the server's own eyes: SQLite would make it as readable as the process's
/// mask says, and gives its log the rights of the file. What is there already keeps the rights that its owner gave it.
fn make_private(url: &str) {
    // Read as SQLite's, any other address would be a file's name.
    let Some(Ok(options)) = url.starts_with("sqlite:").then(|| url.parse::<SqliteConnectOptions>()) else { return };
    let mut file = std::fs::OpenOptions::new();
    file.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    // Whatever is in the way, SQLite meets it too and says it better. No connection makes the file: one that is opened while
    // the file is away for a moment must fail rather than write into a new and empty one.
    let _made = file.open(options.get_filename());
}

/// One connection to a database that nobody else uses meanwhile: a SQLite file is locked, and being in use fails to open.
pub(crate) async fn exclusive(url: &str) -> Result<DatabaseConnection, StoreError> {
    make_private(url);
    let mut connect = writer_options(url, &DatabaseOptions::default());
    connect.map_sqlx_sqlite_opts(|sqlite| {
        durable(sqlite, Duration::from_secs(1)).locking_mode(SqliteLockingMode::Exclusive)
    });
    connect.map_sqlx_postgres_opts(|postgres| postgres.application_name("parlor restore"));
    // The lock against those who write is this connection's own: there is one, and it is not closed while nothing is asked of it.
    connect.max_connections(1).idle_timeout(None::<Duration>);
    let conn = sea_orm::Database::connect(connect).await?;
    // The lock is taken by the first access.
    conn.execute_unprepared("SELECT 1").await?;
    if conn.get_database_backend() == DbBackend::Sqlite {
        conn.execute_unprepared("BEGIN EXCLUSIVE; COMMIT").await?;
    }
    Ok(conn)
}

/// Whether nobody writes to this PostgreSQL database, and nobody will before the connection ends.
pub(crate) async fn claim(conn: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let lock = Statement::from_string(DbBackend::Postgres, format!("SELECT pg_try_advisory_lock({WRITERS_LOCK})"));
    let row = conn.query_one_raw(lock).await?;
    row.map_or(Ok(false), |row| row.try_get_by_index(0))
}

/// Every PostgreSQL connection says that it writes. It fails while somebody restores, which is noted.
fn announced(mut connect: ConnectOptions, kept_out: &Arc<AtomicBool>) -> ConnectOptions {
    let kept_out = Arc::clone(kept_out);
    connect.map_sqlx_postgres_pool_opts(move |pool| {
        let kept_out = Arc::clone(&kept_out);
        pool.after_connect(move |conn, _| announce(conn, Arc::clone(&kept_out)))
    });
    connect
}

fn announce(conn: &mut PgConnection, kept_out: Arc<AtomicBool>) -> BoxFuture<'_, Result<(), sqlx::Error>> {
    Box::pin(async move {
        let lock = sqlx::query_scalar("SELECT pg_try_advisory_lock_shared($1)").bind(WRITERS_LOCK);
        let is_free: bool = lock.fetch_one(conn).await?;
        kept_out.store(!is_free, Ordering::Relaxed);
        if is_free { Ok(()) } else { Err(sqlx::Error::Protocol("a backup is being restored".to_owned())) }
    })
}

/// Applies so many of the migrations that are missing, or all, inside a transaction.
pub(crate) async fn migrate_in(txn: &DatabaseTransaction, steps: Option<u32>) -> Result<(), StoreError> {
    Ok(Migrator::up(txn, steps).await?)
}

fn writer_options(url: &str, options: &DatabaseOptions) -> ConnectOptions {
    let (lock_timeout, patience) = (options.lock_timeout, patience(options));
    let over_network = !url.starts_with("sqlite:");
    // Where batches have a connection of their own, this one has closures only: each of the two forgets its pages when the other has
    // written, and two large caches would take twice the memory for nothing.
    let cache = if options.direct { "-8192" } else { "-65536" };
    let mut connect = ConnectOptions::new(url);
    connect
        // One is used at a time. But a connection whose network has gone silent in the middle of a transaction takes its place
        // in the pool with it until TCP gives up, a quarter of an hour later.
        .max_connections(if over_network { 4 } else { 1 })
        .min_connections(1)
        .acquire_timeout(options.acquire_timeout)
        .idle_timeout(over_network.then_some(IDLE))
        .max_lifetime(None::<Duration>)
        // A connection over the network may have died since the last batch; one to a file has not.
        .test_before_acquire(over_network)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |sqlite| {
            durable(sqlite, lock_timeout).pragma("cache_size", cache).pragma("wal_autocheckpoint", "4000")
        })
        .map_sqlx_postgres_opts(move |postgres| {
            let postgres = postgres.application_name("parlor writer").options([("synchronous_commit", "on")]);
            postgres.options(patience.clone())
        });
    connect
}

fn reader_options(url: &str, options: &DatabaseOptions) -> ConnectOptions {
    let (lock_timeout, patience) = (options.lock_timeout, patience(options));
    let mut connect = ConnectOptions::new(url);
    connect
        .max_connections(options.readers.max(1))
        .min_connections(1)
        .acquire_timeout(options.acquire_timeout)
        .idle_timeout(IDLE)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |sqlite| {
            durable(sqlite, lock_timeout).pragma("cache_size", "-8192").pragma("query_only", "ON")
        })
        .map_sqlx_postgres_opts(move |postgres| {
            let postgres = postgres.application_name("parlor reader").options(patience.clone());
            postgres.options([("default_transaction_read_only", "on"), PAGES_ARE_NEAR])
        });
    connect
}

/// What is asked all day long is in memory, or on a disk without a needle. With PostgreSQL's own figure, four times as much for a
/// page out of order, it thinks that the history of any conversation costs more than that of this one, and plans it anew for every
/// question.
pub(crate) const PAGES_ARE_NEAR: (&str, &str) = ("random_page_cost", "1.1");

/// How long PostgreSQL lets a statement of ours wait or run, and how long a transaction of ours may stand still: the locks
/// of a server that has vanished are given back after that.
fn patience(options: &DatabaseOptions) -> [(&'static str, String); 3] {
    let millis = |time: Duration| time.as_millis().to_string();
    [
        ("lock_timeout", millis(options.lock_timeout)),
        ("statement_timeout", millis(options.statement_timeout)),
        ("idle_in_transaction_session_timeout", millis(options.statement_timeout)),
    ]
}

/// What every SQLite connection shares: an acknowledged write survives a power cut.
fn durable(options: SqliteConnectOptions, lock_timeout: Duration) -> SqliteConnectOptions {
    options
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(lock_timeout)
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
