//! A batch of hot jobs on SQLite: done from `BEGIN` to `COMMIT` on one borrowed thread.
//!
//! sqlx sends every statement to a thread of its own and every row back; a batch has half a dozen statements, and at a
//! thousand messages a second a batch is one message. The statements are the same and made by the same code; only who carries
//! them to SQLite differs, so the whole batch costs one trip. Whatever fails here is rolled back and done again, job by job,
//! by way of sqlx, so that errors have one shape.
//!
//! **Invariant**: the writer is the only one who calls, and never while it has begun something on its other connection.

use crate::direct::{BatchConnection, Row, Unreadable, ask, bound, open_to_write};
use crate::error::StoreError;
use crate::events::{CommittedEvent, append};
use crate::write::batch::{Unrouted, place};
use crate::write::jobs::{HotJob, Outcome};
use futures_util::FutureExt;
use rusqlite::{Connection, params_from_iter};
use sea_orm::sea_query::Values;
use sea_orm::sqlx::sqlite::SqliteQueryResult;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The connection that hot batches write on.
#[derive(Debug)]
pub(crate) struct SqliteBatches {
    file: PathBuf,
    lock_timeout: Duration,
    held: Mutex<Option<Connection>>,
}

/// What became of the jobs, the events, and when the commit began.
type Done = (Vec<Outcome>, Vec<CommittedEvent>, Instant);

impl SqliteBatches {
    /// Nothing is opened until the first batch.
    /// Waits so long for a lock that somebody else holds.
    pub(crate) fn to(file: PathBuf, lock_timeout: Duration) -> Arc<Self> {
        Arc::new(Self { file, lock_timeout, held: Mutex::default() })
    }

    /// Does all of these jobs durably, or none.
    pub(crate) async fn together(self: &Arc<Self>, jobs: &Arc<Vec<HotJob>>) -> Result<Done, StoreError> {
        let (batches, jobs) = (Arc::clone(self), Arc::clone(jobs));
        let done = tokio::task::spawn_blocking(move || batches.run(&jobs));
        // A panic in there is one of the writer's: it is answered there.
        done.await.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))
    }

    fn run(&self, jobs: &[HotJob]) -> Result<Done, StoreError> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner).take();
        let connection = match held {
            Some(connection) => connection,
            None => open_to_write(&self.file, self.lock_timeout).map_err(refused)?,
        };
        // A deferred transaction may find that it cannot become a writing one.
        if let Err(error) = connection.execute_batch("BEGIN IMMEDIATE") {
            let refused = refused(error);
            if matches!(refused, StoreError::Locked) {
                // Nothing has begun: it is as good as before. After any other error it may not be.
                *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(connection);
            }
            return Err(refused);
        }
        let begun = Begun(Mutex::new(connection));
        let work = async {
            let placed = place(&begun, jobs, Unrouted::Refused).await?;
            let events = append(&begun, placed.events).await?;
            Ok((placed.outcomes, events))
        };
        // SQLite answers before it returns, so nothing is ever waited for.
        let done = work.now_or_never().unwrap_or(Err(StoreError::Interrupted));
        let connection = begun.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        let commit_begun = Instant::now();
        // A commit that SQLite refuses is none: no reader ever sees what it has not finished writing to its log.
        let ended = connection.execute_batch(if done.is_ok() { "COMMIT" } else { "ROLLBACK" }).map_err(refused);
        if ended.is_ok() {
            // Anything else ends with its connection.
            *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(connection);
        }
        let (outcomes, events) = done?;
        ended.map(|()| (outcomes, events, commit_begun))
    }
}

/// A transaction that has begun.
struct Begun(Mutex<Connection>);

impl Begun {
    fn execute(&self, sql: &str, values: Option<&Values>) -> Result<ExecResult, DbErr> {
        let values = bound(values).ok_or_else(unbound)?;
        let connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut prepared = connection.prepare_cached(sql).map_err(failed)?;
        prepared.execute(params_from_iter(&values)).map_err(failed)?;
        // Nobody asks a batch how many rows it changed.
        Ok(SqliteQueryResult::default().into())
    }
}

impl BatchConnection for Begun {
    async fn rows<R: Row>(&self, statement: Statement) -> Result<Vec<R>, DbErr> {
        let values = bound(statement.values.as_ref()).ok_or_else(unbound)?;
        let connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ask(&connection, &statement.sql, &values).map_err(|Unreadable(cause)| DbErr::Type(cause))
    }
}

#[sea_orm::prelude::async_trait::async_trait]
impl ConnectionTrait for Begun {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Sqlite
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.execute(&statement.sql, statement.values.as_ref())
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.execute(sql, None)
    }

    async fn query_one_raw(&self, _: Statement) -> Result<Option<QueryResult>, DbErr> {
        Err(by_rows())
    }

    async fn query_all_raw(&self, _: Statement) -> Result<Vec<QueryResult>, DbErr> {
        Err(by_rows())
    }
}

/// The ORM's rows are made of sqlx's, which there are none of here.
fn by_rows() -> DbErr {
    DbErr::Custom("a batch reads by `BatchConnection::rows`".to_owned())
}

fn unbound() -> DbErr {
    DbErr::Custom("a parameter of a kind that no batch has".to_owned())
}

/// SQLite did not begin, end or open.
fn refused(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => StoreError::Locked,
        _ => failed(error).into(),
    }
}

fn failed(error: rusqlite::Error) -> DbErr {
    DbErr::Exec(RuntimeErr::Internal(error.to_string()))
}
