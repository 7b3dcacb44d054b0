//! The writer's loop: takes what waits, commits it in order, hands over the events, answers.

use crate::connect::DatabaseOptions;
use crate::error::{StoreError, chain, is_cut};
use crate::events::{CommitSink, CommittedEvent, PendingEvent, append};
use crate::held::Held;
use crate::kept::give_up_idle;
use crate::queries::assignment::Attendance;
use crate::write::batch::{Unrouted, decide, place};
use crate::write::jobs::{HotJob, Outcome};
use crate::write::observe::WriteObserver;
use crate::write::probe::lock;
use crate::write::proof::Proof;
use crate::write::routed::routed;
use crate::write::sqlite::SqliteBatches;
use crate::write::tx::Tx;
use crate::write::waiting::{Answer, HotAck, Queued, Run, Unit, runs};
use crate::write::whole;
use futures_util::FutureExt;
use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, RuntimeErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// What the writer works with, besides the database.
pub(crate) struct Parts {
    pub(crate) sink: Arc<dyn CommitSink>,
    /// Jobs that have not been answered yet.
    pub(crate) pending: Arc<AtomicUsize>,
    pub(crate) proof: Arc<Proof>,
    /// Hears how it goes.
    pub(crate) observer: Arc<dyn WriteObserver>,
    /// How the database was opened.
    pub(crate) options: DatabaseOptions,
    /// Says who is there to be given a conversation.
    pub(crate) attendance: Arc<dyn Attendance>,
}

/// Works until the queue is closed and empty.
pub(crate) async fn work(db: DatabaseConnection, mut waiting: mpsc::Receiver<Queued>, batch: usize, parts: Parts) {
    let Parts { sink, pending, proof, observer, options, attendance } = parts;
    // Over a network an answer may never come, and everybody would wait for it. What the database lets a statement run and
    // wait leaves room for many of them.
    let patience = (db.get_database_backend() == DbBackend::Postgres)
        .then(|| crate::readers::patience(&options).saturating_mul(2));
    let hot = Hot::of(&db, options);
    let writer = Committer {
        hot,
        db,
        sink,
        proof,
        observer,
        attendance,
        unfinished: AtomicBool::new(false),
        uncertain: AtomicBool::new(false),
    };
    let mut jobs = Vec::with_capacity(batch);
    let mut stopped = Vec::new();
    loop {
        let taken = waiting.recv_many(&mut jobs, batch).await;
        if taken == 0 {
            break;
        }
        let now = Instant::now();
        for queued in &jobs {
            writer.observer.waited(now.saturating_duration_since(queued.since));
        }
        for run in runs(jobs.drain(..).map(|queued| queued.job), &mut stopped) {
            let length = match &run {
                Run::Hot(jobs, _) => jobs.len(),
                Run::Units(units, _) => units.len(),
            };
            let done = async {
                match run {
                    Run::Hot(jobs, acks) => writer.hot(&Arc::new(jobs), acks).await,
                    Run::Units(units, _) => writer.units(units).await,
                }
            };
            // A panic must not take the writer with it. Whoever waits is answered `Interrupted`; what was committed
            // without being handed over, everybody has to fetch.
            // Dropped only after everybody was told to look again; whoever waits hears of it then.
            let mut done = pin!(AssertUnwindSafe(done).catch_unwind());
            let trouble = match patience {
                Some(patience) => match timeout(patience, done.as_mut()).await {
                    Ok(done) => done.is_err().then_some("the writer panicked and goes on"),
                    Err(_) => {
                        writer.hang_up();
                        Some("the database has not answered in time; the writer goes on")
                    }
                },
                None => done.await.is_err().then_some("the writer panicked and goes on"),
            };
            if let Some(trouble) = trouble {
                tracing::error!("{trouble}");
                writer.observer.failed(length);
                writer.proof.doubt();
                writer.sink.uncertain();
            }
        }
        pending.fetch_sub(taken, Ordering::AcqRel);
        if !stopped.is_empty() {
            // Refuses new jobs; those that are queued already are still done.
            waiting.close();
        }
    }
    // Whoever asked closes the database next: nothing of it is held any more.
    drop(writer);
    for done in stopped {
        // Whoever asked may have gone.
        let _heard = done.send(());
    }
}

/// The shortest way to write a hot batch.
enum Hot {
    /// On one thread, from beginning to end.
    Sqlite(Arc<SqliteBatches>),
    /// On the writer's own connection, which is held.
    Postgres(Held),
    /// By way of sqlx, statement by statement.
    Sqlx,
}

impl Hot {
    fn of(db: &DatabaseConnection, options: DatabaseOptions) -> Self {
        match db.get_database_backend() {
            DbBackend::Postgres => Self::Postgres(Held::of(db.get_postgres_connection_pool().clone())),
            _ if options.direct => Self::Sqlite(SqliteBatches::to(sqlite_file(db), options.lock_timeout)),
            _ => Self::Sqlx,
        }
    }
}

fn sqlite_file(db: &DatabaseConnection) -> PathBuf {
    db.get_sqlite_connection_pool().connect_options().get_filename().to_owned()
}

struct Committer {
    db: DatabaseConnection,
    /// How hot batches are written.
    hot: Hot,
    sink: Arc<dyn CommitSink>,
    proof: Arc<Proof>,
    /// A transaction was begun that has not been committed.
    unfinished: AtomicBool,
    /// What became of a commit is not known, and it may still be under way.
    uncertain: AtomicBool,
    /// Hears how it goes.
    observer: Arc<dyn WriteObserver>,
    attendance: Arc<dyn Attendance>,
}

impl Committer {
    /// Nobody knows what became of a commit: everybody looks now, and once more when the next one is done. A commit that nobody
    /// has waited for may be done only then, and whoever repeats it is told that it is there already.
    fn uncertain(&self) {
        self.sink.uncertain();
        self.uncertain.store(true, Ordering::Relaxed);
    }

    async fn hot(&self, jobs: &Arc<Vec<HotJob>>, acks: Vec<HotAck>) {
        let outcome = match self.together(jobs).await {
            Ok(outcomes) => Ok(outcomes.into_iter().map(Ok).collect()),
            // Who asks again at once waits for as long again, and everybody behind with them.
            Err(StoreError::Locked) => Err(StoreError::Locked),
            // Somebody is to be found for one of them, which only they have to wait for.
            Err(StoreError::Unrouted) => self.one_by_one(jobs).await,
            Err(error) => {
                tracing::warn!(error.cause = error.chain(), jobs = jobs.len(), "a batch failed and is done job by job");
                self.one_by_one(jobs).await
            }
        };
        match outcome {
            Ok(outcomes) => {
                let by_database = |outcome: &&_| matches!(outcome, Err(StoreError::Db(_) | StoreError::Locked));
                let failed = outcomes.iter().filter(by_database).count();
                if failed > 0 {
                    tracing::warn!(failed, jobs = outcomes.len(), "jobs failed by themselves, too");
                    self.observer.failed(failed);
                    self.proof.doubt();
                }
                acks.into_iter().zip(outcomes).for_each(|(ack, outcome)| ack.answer(outcome));
            }
            Err(error) => {
                tracing::warn!(error.cause = error.chain(), jobs = jobs.len(), "a batch could not be written");
                self.observer.failed(jobs.len());
                self.proof.doubt();
                acks.into_iter().for_each(|ack| ack.answer(Err(error.clone())));
            }
        }
    }

    /// The fast way: all jobs or none.
    async fn together(&self, jobs: &Arc<Vec<HotJob>>) -> Result<Vec<Outcome>, StoreError> {
        let begun = Instant::now();
        match &self.hot {
            Hot::Sqlite(batches) => {
                let (outcomes, events, commit_begun) = batches.together(jobs).await?;
                self.committed(events, jobs.len(), begun, commit_begun);
                Ok(outcomes)
            }
            Hot::Sqlx => {
                let txn = self.begin().await?;
                let placed = place(&txn, jobs, Unrouted::Refused).await?;
                let events = append(&txn, placed.events).await?;
                self.commit(txn, events, jobs.len(), begun).await?;
                Ok(placed.outcomes)
            }
            Hot::Postgres(held) => {
                let txn = held.begin().await?;
                let work = async {
                    let (placed, changes) = decide(&txn, jobs, Unrouted::Refused).await?;
                    let events = whole::write(&txn, changes, placed.events).await?;
                    Ok((placed.outcomes, events))
                };
                match work.await {
                    Ok((outcomes, events)) => {
                        let commit_begun = Instant::now();
                        txn.commit().await.inspect_err(|error| self.uncertain_if_lost(error))?;
                        self.committed(events, jobs.len(), begun, commit_begun);
                        Ok(outcomes)
                    }
                    Err(error) => {
                        // If even that fails, the connection has ended and the transaction with it.
                        if let Err(error) = txn.rollback().await {
                            tracing::warn!(error.cause = error.chain(), "a batch could not be rolled back");
                        }
                        Err(error)
                    }
                }
            }
        }
    }

    /// The slow way, when one job (or another server) has spoilt the batch: each in its own savepoint, with the locks taken
    /// in the same order as the fast way takes them. The outcome of a lost
    /// commit does not matter here, since the nonces and marks make a repetition harmless.
    async fn one_by_one(&self, jobs: &[HotJob]) -> Result<Vec<Result<Outcome, StoreError>>, StoreError> {
        let begun = Instant::now();
        let txn = self.begin().await?;
        lock(&txn, jobs).await?;
        let mut outcomes = Vec::with_capacity(jobs.len());
        let mut events = Vec::new();
        for job in jobs {
            match self.alone(&txn, job).await? {
                Ok((outcome, added)) => {
                    events.extend(added);
                    outcomes.push(Ok(outcome));
                }
                Err(error) => outcomes.push(Err(error)),
            }
        }
        let events = append(&txn, events).await?;
        self.commit(txn, events, jobs.len(), begun).await?;
        Ok(outcomes)
    }

    /// Closures: one commit for all of them, a savepoint for each.
    async fn units(&self, units: Vec<Unit>) {
        let mut answers = Vec::with_capacity(units.len());
        let outcome = self.units_in(units, &mut answers).await;
        if let Err(error) = &outcome {
            tracing::warn!(error.cause = error.chain(), writes = answers.len(), "writes could not be committed");
            self.observer.failed(answers.len());
            self.proof.doubt();
        }
        for answer in answers {
            answer(outcome.clone());
        }
    }

    async fn units_in(&self, units: Vec<Unit>, answers: &mut Vec<Answer>) -> Result<(), StoreError> {
        let begun = Instant::now();
        let jobs = units.len();
        let txn = match self.begin().await {
            Ok(txn) => txn,
            Err(error) => {
                for unit in units {
                    answers.push(unit(Err(error.clone())).await.answer);
                }
                return Err(error);
            }
        };
        let mut events = Vec::new();
        let mut units = units.into_iter();
        let executed = self.execute(&txn, &mut units, answers, &mut events).await;
        if let Err(error) = executed {
            for unit in units {
                answers.push(unit(Err(error.clone())).await.answer);
            }
            return Err(error);
        }
        // Last, when nothing else is waited for any more: whoever holds the organisation's row only has to commit.
        let events = append(&txn, events).await?;
        self.commit(txn, events, jobs, begun).await
    }

    /// Each in its savepoint. An error is the whole transaction's.
    async fn execute(
        &self,
        txn: &DatabaseTransaction,
        units: &mut std::vec::IntoIter<Unit>,
        answers: &mut Vec<Answer>,
        events: &mut Vec<PendingEvent>,
    ) -> Result<(), StoreError> {
        for unit in units {
            let mut tx = Tx::new(txn.begin().await?, Arc::clone(&self.attendance));
            // A panicking closure must not take the writer with it; whoever asked is answered `Interrupted`.
            let Ok(executed) = AssertUnwindSafe(unit(Ok(&mut tx))).catch_unwind().await else {
                tracing::error!("a write panicked");
                tx.finish().0.rollback().await?;
                continue;
            };
            answers.push(executed.answer);
            let (savepoint, added) = tx.finish();
            if executed.keep {
                savepoint.commit().await?;
                events.extend(added);
            } else {
                savepoint.rollback().await?;
            }
        }
        Ok(())
    }

    /// Gives up what connections there are, and maybe a commit that is under way.
    fn hang_up(&self) {
        self.uncertain.store(true, Ordering::Relaxed);
        if let Hot::Postgres(held) = &self.hot {
            held.give_up();
            give_up_idle(self.db.get_postgres_connection_pool());
        }
    }

    async fn begin(&self) -> Result<DatabaseTransaction, StoreError> {
        if let Hot::Postgres(held) = &self.hot {
            held.let_go();
        }
        if self.unfinished.swap(true, Ordering::Relaxed) {
            self.renew().await?;
        }
        // A deferred transaction may find that it cannot become a writing one.
        let mode = (self.db.get_database_backend() == DbBackend::Sqlite).then_some(SqliteTransactionMode::Immediate);
        let options = TransactionOptions { sqlite_transaction_mode: mode, ..TransactionOptions::default() };
        Ok(self.db.begin_with_options(options).await?)
    }

    /// Replaces SQLite's connection after a transaction that came to nothing.
    ///
    /// When the disk is full or fails, SQLite ends the whole transaction by itself, and the rollback that follows finds
    /// nothing to roll back. sqlx then goes on counting that transaction as open and makes savepoints inside of it, so
    /// that a later "commit" may write nothing. PostgreSQL keeps a failed transaction until it is rolled back.
    async fn renew(&self) -> Result<(), StoreError> {
        if self.db.get_database_backend() != DbBackend::Sqlite {
            return Ok(());
        }
        let unusable = |error| StoreError::from(DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error))));
        let connection = self.db.get_sqlite_connection_pool().acquire().await.map_err(unusable)?;
        if let Err(error) = connection.close().await {
            // It is out of the pool all the same.
            tracing::warn!(error.cause = chain(&error), "the writer's connection did not close well");
        }
        Ok(())
    }

    /// Commits, and hands the events over.
    async fn commit(
        &self,
        txn: DatabaseTransaction,
        events: Vec<CommittedEvent>,
        jobs: usize,
        begun: Instant,
    ) -> Result<(), StoreError> {
        let commit_begun = Instant::now();
        if let Err(error) = txn.commit().await {
            let error = error.into();
            self.uncertain_if_lost(&error);
            return Err(error);
        }
        self.unfinished.store(false, Ordering::Relaxed);
        self.committed(events, jobs, begun, commit_begun);
        Ok(())
    }

    /// A commit that the database refuses is none; one whose answer was lost may be one.
    fn uncertain_if_lost(&self, error: &StoreError) {
        let StoreError::Db(DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) =
            error
        else {
            return;
        };
        if is_cut(cause) {
            self.uncertain();
        }
    }

    /// Something is on disk: says how long it took, and hands the events over.
    fn committed(&self, events: Vec<CommittedEvent>, jobs: usize, begun: Instant, commit_begun: Instant) {
        let done = Instant::now();
        let (whole, commit) = (done.duration_since(begun), done.duration_since(commit_begun));
        self.observer.committed(jobs, whole, commit);
        if self.uncertain.swap(false, Ordering::Relaxed) {
            self.sink.uncertain();
        }
        if !events.is_empty() {
            self.proof.given();
            self.sink.committed(events);
        }
    }
}

/// What a job came to by itself.
type Alone = Result<(Outcome, Vec<PendingEvent>), StoreError>;

impl Committer {
    /// One job in its own savepoint, tried twice: when another server has stored the same nonce or number between our look and
    /// our write, or the two have locked each other out, looking again finds what it did.
    ///
    /// The outer error is the whole transaction's.
    async fn alone(&self, txn: &DatabaseTransaction, job: &HotJob) -> Result<Alone, StoreError> {
        match self.attempt(txn, job).await? {
            Err(_) => self.attempt(txn, job).await,
            outcome => Ok(outcome),
        }
    }

    /// The outer error is the whole transaction's: a savepoint that cannot be rolled back is gone, and the transaction and
    /// what was done in it before with it.
    async fn attempt(&self, txn: &DatabaseTransaction, job: &HotJob) -> Result<Alone, StoreError> {
        let savepoint = txn.begin().await?;
        match routed(&savepoint, job, self.attendance.as_ref()).await {
            Ok(placed) => {
                savepoint.commit().await?;
                Ok(Ok((placed.outcomes.into_iter().next().unwrap_or(Outcome::NotFound), placed.events)))
            }
            Err(error) => {
                savepoint.rollback().await?;
                Ok(Err(error))
            }
        }
    }
}
