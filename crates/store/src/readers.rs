//! The connections that read, kept between queries.
//!
//! sqlx's pool asks a connection whether it lives when it is taken and again when it is given back: three trips for one
//! question. Here a connection that has answered in full is laid aside and taken again as it is. Whoever is interrupted in
//! the middle of an answer ends theirs, or gives it to the pool where it is a file's; and a kept connection that turns out to be
//! dead (the database was started again) is replaced and the question asked once more, which a reader may always do. A network
//! that has gone silent is dead as well, after a while.

use crate::connect::DatabaseOptions;
use crate::direct::{Direct, Row, Unreadable, postgres_rows};
use crate::error::{is_cut, is_late, late};
use crate::kept::{IDLE, Kept, give_up_idle};
use sea_orm::sqlx::pool::PoolConnection;
use sea_orm::sqlx::{self, AssertSqlSafe, Executor, IntoArguments, Pool, Postgres, Sqlite};
use sea_orm::{
    AccessMode, ConnAcquireErr, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult,
    IsolationLevel, QueryResult, RuntimeErr, Statement, TransactionTrait,
};
use sea_query_sqlx::SqlxValues;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Connections that read. Cheap to clone; clones share them.
#[derive(Debug, Clone)]
pub struct Readers(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// For closing.
    pool: DatabaseConnection,
    /// As many permits as connections: whoever has one finds a connection kept or free in the pool.
    room: Arc<Semaphore>,
    /// How many that are.
    most: usize,
    patience: Duration,
    shelf: Either,
}

#[derive(Debug)]
enum Either {
    Sqlite(Shelf<Sqlite>, Option<Arc<Direct>>),
    Postgres(Shelf<Postgres>),
}

/// Runs an expression on whichever shelf there is.
macro_rules! on {
    ($readers:expr, $shelf:ident => $run:expr) => {
        match &$readers.0.shelf {
            Either::Sqlite($shelf, _) => $run,
            Either::Postgres($shelf) => $run,
        }
    };
}

impl Readers {
    /// The connections of this pool.
    pub(crate) fn of(pool: DatabaseConnection, options: &DatabaseOptions) -> Self {
        let shelf = match pool.get_database_backend() {
            DbBackend::Postgres => {
                let kept = Kept::retiring(IDLE, |connection: PoolConnection<Postgres>| drop(connection.detach()));
                Either::Postgres(Shelf {
                    pool: pool.get_postgres_connection_pool().clone(),
                    kept,
                    patience: Some(patience(options)),
                })
            }
            _ => {
                let pool = pool.get_sqlite_connection_pool();
                let direct =
                    options.direct.then(|| Direct::to(pool.connect_options().get_filename(), options.lock_timeout));
                Either::Sqlite(Shelf { pool: pool.clone(), kept: Kept::forever(), patience: None }, direct)
            }
        };
        let most = usize::try_from(options.readers.max(1)).unwrap_or(1);
        let room = Arc::new(Semaphore::new(most));
        Self(Arc::new(Shared { pool, room, most, patience: options.acquire_timeout, shelf }))
    }

    /// Whether the database answers.
    pub(crate) async fn ping(&self) -> Result<(), DbErr> {
        self.query_one_raw(Statement::from_string(self.get_database_backend(), "SELECT 1")).await.map(drop)
    }

    /// Asks one of the questions that are asked all day long, by the shortest way.
    pub(crate) async fn rows<R: Row>(&self, statement: Statement) -> Result<Vec<R>, DbErr> {
        let permit = self.enter().await?;
        let rows = match &self.0.shelf {
            Either::Sqlite(_, Some(direct)) => direct.rows(&statement, permit).await,
            Either::Sqlite(_, None) => {
                drop(permit);
                return self.rows_by_name(statement).await;
            }
            Either::Postgres(shelf) => {
                let rows = shelf.rows(&statement).await.map_err(query_error)?;
                drop(permit);
                postgres_rows(&rows)
            }
        };
        match rows {
            Ok(rows) => Ok(rows),
            Err(Unreadable(cause)) => {
                tracing::warn!(cause, "a question is asked once more, by the longer way");
                self.rows_by_name(statement).await
            }
        }
    }

    async fn rows_by_name<R: Row>(&self, statement: Statement) -> Result<Vec<R>, DbErr> {
        let rows = self.query_all_raw(statement).await?;
        rows.iter().map(|row| R::from_query_result(row, "")).collect()
    }

    /// A transaction that sees the database as it is at its first look. The permit has to live as long.
    pub(crate) async fn snapshot(&self) -> Result<(DatabaseTransaction, OwnedSemaphorePermit), DbErr> {
        let permit = self.enter().await?;
        // The one that the permit stands for may be laid aside.
        on!(self, shelf => drop(shelf.kept.take()));
        let (isolation, access) = match self.get_database_backend() {
            DbBackend::Postgres => (Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly)),
            _ => (None, None),
        };
        Ok((self.0.pool.begin_with_config(isolation, access).await?, permit))
    }

    /// How many are in use, and how many more there is room for. By permits and not by the pool, which knows nothing of
    /// SQLite's direct way.
    pub(crate) fn count(&self) -> (usize, usize) {
        let idle = self.0.room.available_permits();
        (self.0.most.saturating_sub(idle), idle)
    }

    /// Closes every connection; questions under way are answered first.
    pub(crate) async fn close(&self) -> Result<(), DbErr> {
        self.0.room.close();
        if let Either::Sqlite(_, Some(direct)) = &self.0.shelf {
            direct.close();
        }
        on!(self, shelf => shelf.kept.close());
        self.0.pool.close_by_ref().await
    }

    async fn enter(&self) -> Result<OwnedSemaphorePermit, DbErr> {
        let closed = |_| DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed);
        // Nearly always there is room, and no timer is needed.
        if let Ok(permit) = Arc::clone(&self.0.room).try_acquire_owned() {
            return Ok(permit);
        }
        let late = |_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout);
        timeout(self.0.patience, Arc::clone(&self.0.room).acquire_owned()).await.map_err(late)?.map_err(closed)
    }
}

#[sea_orm::prelude::async_trait::async_trait]
impl ConnectionTrait for Readers {
    fn get_database_backend(&self) -> DbBackend {
        self.0.pool.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let _permit = self.enter().await?;
        on!(self, shelf => shelf.execute(&statement).await.map_err(exec_error))
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let _permit = self.enter().await?;
        on!(self, shelf => shelf.execute_unprepared(sql).await.map_err(exec_error))
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let _permit = self.enter().await?;
        on!(self, shelf => shelf.one(&statement).await.map_err(query_error))
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let _permit = self.enter().await?;
        on!(self, shelf => shelf.all(&statement).await.map_err(query_error))
    }
}

/// A question failed.
pub(crate) fn query_error(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(error.into()))
}

/// A command failed.
pub(crate) fn exec_error(error: sqlx::Error) -> DbErr {
    DbErr::Exec(RuntimeErr::SqlxError(error.into()))
}

/// The connections of one kind of database that are kept.
#[derive(Debug)]
struct Shelf<DB: sqlx::Database> {
    pool: Pool<DB>,
    kept: Kept<PoolConnection<DB>>,
    /// How long an answer may take. The database itself ends a question long before, so that what lasts longer has lost it.
    patience: Option<Duration>,
}

/// How long an answer over a network may take: as long as the database lets a statement run, and as long again as it may wait.
pub(crate) fn patience(options: &DatabaseOptions) -> Duration {
    options.statement_timeout.saturating_add(options.lock_timeout)
}

/// An answer, if it comes in time.
async fn within<T>(
    patience: Option<Duration>,
    answer: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    match patience {
        Some(patience) => timeout(patience, answer).await.unwrap_or_else(|_| Err(late())),
        None => answer.await,
    }
}

/// A connection while it is asked. Over a network, whoever is interrupted in the middle of an answer ends it: the pool would ask it
/// whether it lives, keep its place meanwhile, and wait for as long as a silent network lets it.
struct Lease<DB: sqlx::Database> {
    connection: Option<PoolConnection<DB>>,
    over_network: bool,
}

impl<DB: sqlx::Database> Lease<DB> {
    fn of(connection: PoolConnection<DB>, over_network: bool) -> Self {
        Self { connection: Some(connection), over_network }
    }

    fn connection(&mut self) -> Result<&mut DB::Connection, sqlx::Error> {
        self.connection.as_deref_mut().ok_or(sqlx::Error::PoolClosed)
    }

    /// After a whole answer it is laid aside as it is.
    fn keep(mut self, kept: &Kept<PoolConnection<DB>>) {
        if let Some(connection) = self.connection.take() {
            kept.keep(connection);
        }
    }

    /// After an error the pool looks at it before somebody else gets it.
    fn give_back(mut self) {
        drop(self.connection.take());
    }

    /// It is dead.
    fn end(mut self) {
        drop(self.connection.take().map(PoolConnection::detach));
    }
}

impl<DB: sqlx::Database> Drop for Lease<DB> {
    fn drop(&mut self) {
        let interrupted = self.connection.take();
        if self.over_network {
            drop(interrupted.map(PoolConnection::detach));
        }
    }
}

/// Asks with whichever connection there is; once more with a fresh one when a kept one proves dead.
macro_rules! ask {
    ($shelf:expr, $connection:ident => $question:expr) => {{
        let kept = $shelf.kept.take();
        let was_kept = kept.is_some();
        let lease = match kept {
            Some(connection) => connection,
            None => $shelf.pool.acquire().await?,
        };
        let mut lease = Lease::of(lease, $shelf.patience.is_some());
        let $connection = lease.connection()?;
        match within($shelf.patience, $question).await {
            Err(error) if is_cut(&error) => {
                lease.end();
                if is_late(&error) {
                    give_up_idle(&$shelf.pool);
                }
                // The others were cut off at the same time.
                $shelf.kept.give_up();
                if !was_kept {
                    return Err(error);
                }
                let mut lease = Lease::of($shelf.pool.acquire().await?, $shelf.patience.is_some());
                let $connection = lease.connection()?;
                let answer = within($shelf.patience, $question).await?;
                lease.keep(&$shelf.kept);
                Ok(answer)
            }
            Err(error) => {
                lease.give_back();
                Err(error)
            }
            Ok(answer) => {
                lease.keep(&$shelf.kept);
                Ok(answer)
            }
        }
    }};
}

impl<DB: sqlx::Database> Shelf<DB>
where
    QueryResult: From<DB::Row>,
    ExecResult: From<DB::QueryResult>,
    SqlxValues: IntoArguments<DB>,
    DB::Arguments: IntoArguments<DB>,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    async fn one(&self, statement: &Statement) -> Result<Option<QueryResult>, sqlx::Error> {
        ask!(self, connection => query::<DB>(statement).fetch_optional(connection))
            .map(|row| row.map(QueryResult::from))
    }

    async fn all(&self, statement: &Statement) -> Result<Vec<QueryResult>, sqlx::Error> {
        Ok(self.rows(statement).await?.into_iter().map(QueryResult::from).collect())
    }

    async fn rows(&self, statement: &Statement) -> Result<Vec<DB::Row>, sqlx::Error> {
        ask!(self, connection => query::<DB>(statement).fetch_all(connection))
    }

    async fn execute(&self, statement: &Statement) -> Result<ExecResult, sqlx::Error> {
        ask!(self, connection => query::<DB>(statement).execute(connection)).map(ExecResult::from)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, sqlx::Error> {
        ask!(self, connection => connection.execute(AssertSqlSafe(sql.to_owned()))).map(ExecResult::from)
    }
}

/// A statement of sea-orm as one of sqlx.
pub(crate) fn query<DB: sqlx::Database>(statement: &Statement) -> sqlx::query::Query<'_, DB, SqlxValues>
where
    SqlxValues: IntoArguments<DB>,
{
    let values = statement.values.clone().unwrap_or_else(|| sea_orm::sea_query::Values(Vec::new()));
    sqlx::query_with(AssertSqlSafe(statement.sql.as_str()), SqlxValues(values))
}

#[cfg(test)]
mod tests {
    use crate::{Database, DatabaseOptions};

    /// The questions asked all day long hold a permit on SQLite, and none of the pool's connections.
    #[tokio::test]
    async fn readers_are_in_use_also_where_the_pool_knows_nothing_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("parlor.db").display());
        let options = DatabaseOptions { readers: 2, ..DatabaseOptions::default() };
        let db = Database::connect(&url, &options).await.unwrap();
        let used = || (db.connections().used, db.connections().idle);
        assert_eq!(used(), (0, 2));
        let first = db.reader().enter().await.unwrap();
        assert_eq!(used(), (1, 1));
        let second = db.reader().enter().await.unwrap();
        assert_eq!(used(), (2, 0), "exhausted: the next one waits");
        drop((first, second));
        assert_eq!(used(), (0, 2));
        db.close().await.unwrap();
    }
}
