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
use crate::write::batch::place;
use crate::write::jobs::{HotJob, Outcome};
use futures_util::FutureExt;
use rusqlite::{Connection, params_from_iter};
use sea_orm::sea_query::Values;
use sea_orm::sqlx::sqlite::SqliteQueryResult;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// The connection that hot batches write on.
#[derive(Debug)]
pub(crate) struct SqliteBatches {
    file: PathBuf,
    held: Mutex<Option<Connection>>,
}

/// What became of the jobs, the events, and when the commit began.
type Done = (Vec<Outcome>, Vec<CommittedEvent>, Instant);

/// Why a batch was not done.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) error: StoreError,
    /// Whether nobody knows if it was committed nevertheless.
    pub(crate) at_commit: bool,
}

impl SqliteBatches {
    /// Nothing is opened until the first batch.
    pub(crate) fn to(file: PathBuf) -> Arc<Self> {
        Arc::new(Self { file, held: Mutex::default() })
    }

    /// Does all of these jobs durably, or none.
    pub(crate) async fn together(self: &Arc<Self>, jobs: &Arc<Vec<HotJob>>) -> Result<Done, Failed> {
        let (batches, jobs) = (Arc::clone(self), Arc::clone(jobs));
        let done = tokio::task::spawn_blocking(move || batches.run(&jobs));
        // A panic in there is one of the writer's: it is answered there.
        done.await.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))
    }

    fn run(&self, jobs: &[HotJob]) -> Result<Done, Failed> {
        let early = |error| Failed { error: failed(error).into(), at_commit: false };
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner).take();
        let connection = match held {
            Some(connection) => connection,
            None => open_to_write(&self.file).map_err(early)?,
        };
        // A deferred transaction may find that it cannot become a writing one.
        connection.execute_batch("BEGIN IMMEDIATE").map_err(early)?;
        let begun = Begun(Mutex::new(connection));
        let work = async {
            let placed = place(&begun, jobs).await?;
            let events = append(&begun, placed.events).await?;
            Ok((placed.outcomes, events))
        };
        // SQLite answers before it returns, so nothing is ever waited for.
        let done = work.now_or_never().unwrap_or(Err(StoreError::Interrupted));
        let connection = begun.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        let commit_begun = Instant::now();
        let ended = match &done {
            Ok(_) => connection
                .execute_batch("COMMIT")
                .map_err(|error| Failed { error: failed(error).into(), at_commit: true }),
            Err(_) => connection.execute_batch("ROLLBACK").map_err(early),
        };
        if ended.is_ok() {
            // Anything else ends with its connection.
            *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(connection);
        }
        let (outcomes, events) = done.map_err(|error| Failed { error, at_commit: false })?;
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
        ask(&connection, &statement.sql, &values)
            .map_err(|Unreadable| DbErr::Type("a row is not what was asked for".to_owned()))
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

fn failed(error: rusqlite::Error) -> DbErr {
    DbErr::Exec(RuntimeErr::Internal(error.to_string()))
}
