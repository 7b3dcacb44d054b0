//! PostgreSQL's writing connection, held from one batch of hot jobs to the next.
//!
//! A pool looks at a connection when it is taken and again when it is given back: two round trips, for which the next batch
//! waits. The writer is the only one who takes this connection, so it holds on to it. Whatever does not end well ends the
//! connection: the next batch gets a fresh one from the pool.

use crate::direct::{BatchConnection, Row, Unreadable, postgres_rows};
use crate::error::{StoreError, is_cut};
use crate::kept::{IDLE, Kept};
use crate::readers::{exec_error, query, query_error};
use sea_orm::sqlx::pool::PoolConnection;
use sea_orm::sqlx::postgres::PgRow;
use sea_orm::sqlx::{self, AssertSqlSafe, Executor, PgPool, Postgres};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement};
use tokio::sync::{Mutex, MutexGuard};

type Line = PoolConnection<Postgres>;

/// Holds the connection while nothing is begun on it.
#[derive(Debug)]
pub(crate) struct Held {
    pool: PgPool,
    line: Kept<Line>,
}

impl Held {
    /// Nothing is held until the first [`begin`](Self::begin).
    pub(crate) fn of(pool: PgPool) -> Self {
        Self { pool, line: Kept::retiring(IDLE, |line: Line| drop(line.detach())) }
    }

    /// Gives the connection back to the pool, for whoever takes it from there.
    pub(crate) fn let_go(&self) {
        self.line.clear();
    }

    /// Ends the connection.
    pub(crate) fn give_up(&self) {
        self.line.give_up();
    }

    /// Begins a transaction.
    pub(crate) async fn begin(&self) -> Result<HeldTransaction<'_>, StoreError> {
        if let Some(line) = self.line.take() {
            match self.begin_on(line).await {
                // The database was started again meanwhile; the pool looks at what it hands out.
                Err(error) if is_cut(&error) => {}
                begun => return begun.map_err(|error| exec_error(error).into()),
            }
        }
        let line = self.pool.acquire().await.map_err(exec_error)?;
        self.begin_on(line).await.map_err(|error| exec_error(error).into())
    }

    async fn begin_on(&self, line: Line) -> Result<HeldTransaction<'_>, sqlx::Error> {
        let mut txn = HeldTransaction { held: self, line: Mutex::new(Some(line)) };
        txn.say("BEGIN").await?;
        Ok(txn)
    }
}

impl BatchConnection for HeldTransaction<'_> {
    async fn rows<R: Row>(&self, statement: Statement) -> Result<Vec<R>, DbErr> {
        let rows: Vec<PgRow> = {
            let mut line = self.line().await?;
            query(&statement).fetch_all(&mut **line).await.map_err(query_error)?
        };
        postgres_rows(&rows).map_err(|Unreadable(cause)| DbErr::Type(cause))
    }
}

/// A transaction on the held connection. Dropped without a word, it ends with its connection.
#[derive(Debug)]
pub(crate) struct HeldTransaction<'a> {
    held: &'a Held,
    line: Mutex<Option<Line>>,
}

impl HeldTransaction<'_> {
    /// Makes it durable.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        self.finish("COMMIT").await
    }

    /// Undoes it.
    pub(crate) async fn rollback(self) -> Result<(), StoreError> {
        self.finish("ROLLBACK").await
    }

    async fn finish(mut self, how: &'static str) -> Result<(), StoreError> {
        // If this fails or is given up, dropping `self` ends the connection.
        self.say(how).await.map_err(exec_error)?;
        if let Some(line) = self.line.get_mut().take() {
            self.held.line.keep(line);
        }
        Ok(())
    }

    async fn say(&mut self, words: &'static str) -> Result<(), sqlx::Error> {
        let line = self.line.get_mut().as_mut().ok_or(sqlx::Error::PoolClosed)?;
        sqlx::query(words).execute(&mut **line).await.map(drop)
    }

    async fn line(&self) -> Result<Begun<'_>, DbErr> {
        let line = self.line.lock().await;
        MutexGuard::try_map(line, Option::as_mut).map_err(|_ended| exec_error(sqlx::Error::PoolClosed))
    }
}

type Begun<'a> = tokio::sync::MappedMutexGuard<'a, Line>;

impl Drop for HeldTransaction<'_> {
    fn drop(&mut self) {
        if let Some(line) = self.line.get_mut().take() {
            drop(line.detach());
        }
    }
}

#[sea_orm::prelude::async_trait::async_trait]
impl ConnectionTrait for HeldTransaction<'_> {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Postgres
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let mut line = self.line().await?;
        query(&statement).execute(&mut **line).await.map(ExecResult::from).map_err(exec_error)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let mut line = self.line().await?;
        (&mut **line).execute(AssertSqlSafe(sql.to_owned())).await.map(ExecResult::from).map_err(exec_error)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let mut line = self.line().await?;
        let row = query(&statement).fetch_optional(&mut **line).await.map_err(query_error)?;
        Ok(row.map(QueryResult::from))
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let mut line = self.line().await?;
        let rows = query(&statement).fetch_all(&mut **line).await.map_err(query_error)?;
        Ok(rows.into_iter().map(QueryResult::from).collect())
    }
}
