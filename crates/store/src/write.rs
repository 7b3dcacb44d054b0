//! The write path: one writer that commits many callers' work in one transaction.
//!
//! Durability costs one `fsync` per commit, so callers queue and the writer takes what has gathered while the last commit
//! was running. The hot jobs, a message and a read mark, are data, so that a batch of them becomes a handful of statements;
//! everything else is a closure in its own savepoint. Jobs are done in the order in which they were queued.
//!
//! **Invariant**: whoever is answered `Ok` has their work on disk, and its events have been handed to the [`CommitSink`]
//! before the answer.

mod batch;
mod flush;
mod jobs;
mod observe;
mod probe;
mod proof;
mod queue;
mod routed;
mod sqlite;
mod tx;
mod waiting;
mod whole;

pub(crate) use jobs::{AUTOMATIC, author_from, preview_of};
pub use jobs::{FirstMessage, MessageJob, ReadJob, Reader, Sender, StoredMessage};
pub use observe::{Unobserved, WriteObserver};
pub(crate) use proof::Proof;
pub use tx::Tx;
#[cfg(test)]
pub(crate) use {
    batch::{Unrouted, place},
    flush::{Changes, NewMark, NewState, follow_statement, statement as bump_statement, write as write_changes},
    jobs::{HotJob, Outcome},
    probe::{ConversationState, Mark, POSTGRES_LOCK, parameter as probe_parameter, statement as probe_statement},
    proof::FRESH,
    whole::POSTGRES as POSTGRES_WHOLE,
};

use crate::connect::Database;
use crate::error::{Constraint, StoreError};
use crate::events::CommitSink;
use crate::queries::assignment::{Attendance, EmptyOffice};
use crate::queries::visitors::{self, Opened};
use futures_util::future::BoxFuture;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};
use types::conversations::ReadState;
use waiting::{Executed, HotAck, Job, Queued, Unit, With};

/// How much waits, and how much is written at once.
#[derive(Debug, Clone, Copy)]
pub struct WriterOptions {
    /// Jobs that may wait; one more is answered [`StoreError::Busy`].
    pub queue: usize,
    /// Most jobs of one commit.
    pub batch: usize,
}

impl Default for WriterOptions {
    fn default() -> Self {
        Self { queue: 4096, batch: 128 }
    }
}

/// How long a trial may take before the writer counts as stuck.
const PATIENCE: Duration = Duration::from_secs(5);

/// The way to the writer. Cheap to clone; the writer ends when it is told to [`stop`](Writer::stop) or when the last clone is gone.
#[derive(Clone)]
pub struct Writer {
    jobs: mpsc::Sender<Queued>,
    pending: Arc<AtomicUsize>,
    proof: Arc<Proof>,
    observer: Arc<dyn WriteObserver>,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Writer")
    }
}

impl Writer {
    /// Starts the writer of a database. There must be only one per database in a process.
    pub fn spawn(db: &Database, options: WriterOptions, sink: Arc<dyn CommitSink>) -> Self {
        Self::spawn_observed(db, options, sink, Arc::new(Unobserved))
    }

    /// The same, with somebody who hears how it goes.
    pub fn spawn_observed(
        db: &Database,
        options: WriterOptions,
        sink: Arc<dyn CommitSink>,
        observer: Arc<dyn WriteObserver>,
    ) -> Self {
        Self::spawn_attended(db, options, sink, observer, Arc::new(EmptyOffice))
    }

    /// The same, with somebody who says who is there: to them conversations are assigned.
    pub fn spawn_attended(
        db: &Database,
        options: WriterOptions,
        sink: Arc<dyn CommitSink>,
        observer: Arc<dyn WriteObserver>,
        attendance: Arc<dyn Attendance>,
    ) -> Self {
        let (writer, work) = Self::observed(db, options, sink, observer, attendance);
        tokio::spawn(work);
        writer
    }

    /// The way to a writer, and its work, which somebody has to poll. A simulation that decides itself when the writer gets
    /// on and when it dies polls it by hand; everybody else [spawns](Self::spawn) it.
    pub fn new(
        db: &Database,
        options: WriterOptions,
        sink: Arc<dyn CommitSink>,
    ) -> (Self, impl Future<Output = ()> + Send + use<>) {
        Self::observed(db, options, sink, Arc::new(Unobserved), Arc::new(EmptyOffice))
    }

    fn observed(
        db: &Database,
        options: WriterOptions,
        sink: Arc<dyn CommitSink>,
        observer: Arc<dyn WriteObserver>,
        attendance: Arc<dyn Attendance>,
    ) -> (Self, impl Future<Output = ()> + Send + use<>) {
        let (jobs, waiting) = mpsc::channel(options.queue.max(1));
        let (pending, proof) = (Arc::<AtomicUsize>::default(), Arc::<Proof>::default());
        let parts = queue::Parts {
            sink,
            pending: Arc::clone(&pending),
            proof: Arc::clone(&proof),
            observer: Arc::clone(&observer),
            options: db.options(),
            attendance,
        };
        let work = queue::work(db.writer().clone(), waiting, options.batch.max(1), parts);
        (Self { jobs, pending, proof, observer }, work)
    }

    /// How many jobs wait to be taken up.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.jobs.max_capacity().saturating_sub(self.jobs.capacity())
    }

    /// Jobs that have not been answered yet: those that wait, and those that are being written.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.pending.load(Ordering::Acquire)
    }

    /// Stores a message with the conversation's next `seq`. A nonce that the sender used before returns the first result.
    ///
    /// [`StoreError::NotFound`] when the sender may not see the conversation.
    /// [`StoreError::Conflict`] when the file that it carries cannot be sent any more, or what it answers to is not there.
    pub async fn message(&self, job: MessageJob) -> Result<StoredMessage, StoreError> {
        // A file has to be claimed in the same write, and what is answered to be read. Such messages are few; the batch of all
        // others knows nothing of it.
        if job.content.attachment().is_some() || job.content.quote().is_some() {
            let again = job.clone();
            return match self.run(move |tx| Box::pin(async move { tx.message(job).await })).await {
                // Whoever holds the organisation's row must not hold up others' work in the same transaction.
                Err(StoreError::Unrouted) => {
                    self.run_alone(move |tx| Box::pin(async move { tx.message_alone(again).await })).await
                }
                stored => stored,
            };
        }
        let (ack, answer) = oneshot::channel();
        self.push(Job::Hot(jobs::HotJob::Message(job), HotAck::Message(ack)))?;
        answer.await.unwrap_or(Err(StoreError::Interrupted))
    }

    /// Moves a read mark. Going back changes nothing; beyond the last message counts as the last.
    ///
    /// [`StoreError::NotFound`] when the reader may not see the conversation.
    pub async fn read(&self, job: ReadJob) -> Result<ReadState, StoreError> {
        let (ack, answer) = oneshot::channel();
        self.push(Job::Hot(jobs::HotJob::Read(job), HotAck::Read(ack)))?;
        answer.await.unwrap_or(Err(StoreError::Interrupted))
    }

    /// Stores a visitor's message and, if it is their first, their contact and conversation in the same write.
    ///
    /// [`StoreError::NotFound`] when the channel is gone.
    pub async fn first_message(&self, job: FirstMessage) -> Result<StoredMessage, StoreError> {
        let opened = match self.open(job.clone()).await {
            // Another server was first with the same contact; now it is there to be found.
            Err(StoreError::Conflict { constraint: Constraint::PrimaryKey | Constraint::ConversationContact }) => {
                self.open(job.clone()).await
            }
            opened => opened,
        };
        match opened? {
            Opened::With(stored) => Ok(stored),
            // Whoever opens holds the organisation's row, and must not wait for somebody else's conversation meanwhile.
            Opened::Before(conversation_id) => self.message(job.into_message(conversation_id)).await,
        }
    }

    async fn open(&self, job: FirstMessage) -> Result<Opened, StoreError> {
        let org_id = job.visitor.org_id;
        self.unit(With::Of(org_id), move |tx| Box::pin(visitors::open(tx, job))).await
    }

    /// Whether it still takes jobs; a full queue does not count as an end.
    #[must_use]
    pub fn is_running(&self) -> bool {
        !self.jobs.is_closed()
    }

    /// Whether writes reach the disk, as the last ones tell; asked seldom or after a failure, it tries with a write of its own.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when the writer has stopped, or its queue is full and nothing gets done;
    /// [`StoreError::Interrupted`] when it is stuck; else why the trial failed.
    pub async fn prove(&self) -> Result<(), StoreError> {
        if !self.is_running() {
            return Err(StoreError::Busy);
        }
        timeout(PATIENCE, self.proven()).await.unwrap_or(Err(StoreError::Interrupted))
    }

    async fn proven(&self) -> Result<(), StoreError> {
        if self.proof.is_fresh(Instant::now()) {
            return Ok(());
        }
        let _turn = self.proof.turn.lock().await;
        if self.proof.is_fresh(Instant::now()) {
            return Ok(());
        }
        self.run(move |tx| Box::pin(proof::try_write(tx.conn()))).await?;
        self.proof.given();
        Ok(())
    }

    /// Does any other work in one transaction. An error rolls it back with its events, and leaves other jobs alone.
    ///
    /// ```
    /// # use store::channels::{self, NewChannel};
    /// # use store::{StoreError, Writer};
    /// # async fn add(writer: &Writer, channel: NewChannel) -> Result<(), StoreError> {
    /// writer.run(move |tx| Box::pin(async move { channels::create(tx.conn(), channel).await.map(drop) })).await
    /// # }
    /// ```
    pub async fn run<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'c> FnOnce(&'c mut Tx) -> BoxFuture<'c, Result<T, E>> + Send + 'static,
    {
        self.unit(With::Any, work).await
    }

    /// The same in a transaction of its own, for work on what the ledger holds already: the events of other work are added to it at
    /// the end of their transaction, and within one they would be missed.
    pub async fn run_alone<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'c> FnOnce(&'c mut Tx) -> BoxFuture<'c, Result<T, E>> + Send + 'static,
    {
        self.unit(With::None, work).await
    }

    async fn unit<T, E, F>(&self, with: With, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'c> FnOnce(&'c mut Tx) -> BoxFuture<'c, Result<T, E>> + Send + 'static,
    {
        let (ack, answer) = oneshot::channel::<Result<T, E>>();
        let unit: Unit = Box::new(move |tx| {
            Box::pin(async move {
                let outcome = match tx {
                    Ok(tx) => work(tx).await,
                    Err(error) => Err(E::from(error)),
                };
                Executed {
                    keep: outcome.is_ok(),
                    answer: Box::new(move |commit| {
                        let outcome = match (outcome, commit) {
                            (Ok(_), Err(error)) => Err(E::from(error)),
                            (outcome, _) => outcome,
                        };
                        // Whoever asked may have gone; the work is done all the same.
                        drop(ack.send(outcome));
                    }),
                }
            })
        });
        self.push(Job::Unit(unit, with))?;
        answer.await.unwrap_or_else(|_| Err(E::from(StoreError::Interrupted)))
    }

    /// Finishes what is queued. Afterwards every call is answered [`StoreError::Busy`].
    pub async fn stop(&self) {
        let (ack, done) = oneshot::channel();
        // A full queue must not keep a server from stopping, so this waits for room.
        let Ok(room) = self.jobs.reserve().await else {
            // It is gone already, which is what was asked for.
            return;
        };
        self.pending.fetch_add(1, Ordering::AcqRel);
        room.send(Queued::now(Job::Stop(ack)));
        drop(done.await);
    }

    fn push(&self, job: Job) -> Result<(), StoreError> {
        // Counted before it is there to be taken, so that the count never falls below what is true.
        self.pending.fetch_add(1, Ordering::AcqRel);
        self.jobs.try_send(Queued::now(job)).map_err(|_full_or_closed| {
            self.pending.fetch_sub(1, Ordering::AcqRel);
            self.observer.refused();
            StoreError::Busy
        })
    }
}
