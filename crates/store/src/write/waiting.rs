//! What stands in the writer's queue, who waits for it, and how it is taken up.

use crate::error::StoreError;
use crate::write::jobs::{HotJob, Outcome, StoredMessage};
use crate::write::tx::Tx;
use futures_util::future::BoxFuture;
use std::time::Instant;
use tokio::sync::oneshot;
use types::conversations::ReadState;
use types::id::OrgId;

/// What a closure came to, before the commit.
pub(crate) struct Executed {
    /// Whether its work is to be kept.
    pub(crate) keep: bool,
    /// Answers whoever asked, once it is known whether the commit succeeded.
    pub(crate) answer: Answer,
}

/// A closure in the queue: works in a transaction, or hears why there is none.
pub(crate) type Unit = Box<dyn for<'c> FnOnce(Result<&'c mut Tx, StoreError>) -> BoxFuture<'c, Executed> + Send>;

/// Answers whoever asked for a closure.
pub(crate) type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// Who waits for a hot job.
pub(crate) enum HotAck {
    Message(oneshot::Sender<Result<StoredMessage, StoreError>>),
    Read(oneshot::Sender<Result<ReadState, StoreError>>),
}

/// What stands in the queue.
pub(crate) enum Job {
    Hot(HotJob, HotAck),
    Unit(Unit, With),
    Stop(oneshot::Sender<()>),
}

/// With which other closures one is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum With {
    /// With any.
    Any,
    /// With those that lock this organisation's row while they work.
    Of(OrgId),
    /// With none: it reads or rewrites the ledger, in which the events of those before it stand only once they are committed.
    None,
}

/// A job, and since when it waits.
pub(crate) struct Queued {
    pub(crate) job: Job,
    pub(crate) since: Instant,
}

impl Queued {
    /// A job that begins to wait.
    pub(crate) fn now(job: Job) -> Self {
        Self { job, since: Instant::now() }
    }
}

/// Consecutive jobs of one kind, which are committed together.
pub(crate) enum Run {
    Hot(Vec<HotJob>, Vec<HotAck>),
    Units(Vec<Unit>, With),
}

/// Splits what was taken from the queue into runs, in order.
///
/// Closures that lock an organisation's row while they work are committed with those of the same organisation only:
/// whoever waits for a second organisation's row, or for a conversation, must not hold a first one's.
pub(crate) fn runs(jobs: impl Iterator<Item = Job>, stopped: &mut Vec<oneshot::Sender<()>>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for job in jobs {
        match (job, runs.last_mut()) {
            (Job::Hot(job, ack), Some(Run::Hot(jobs, acks))) => {
                jobs.push(job);
                acks.push(ack);
            }
            (Job::Hot(job, ack), _) => runs.push(Run::Hot(vec![job], vec![ack])),
            (Job::Unit(unit, with), Some(Run::Units(units, of))) if *of == with && with != With::None => {
                units.push(unit)
            }
            (Job::Unit(unit, with), _) => runs.push(Run::Units(vec![unit], with)),
            (Job::Stop(done), _) => stopped.push(done),
        }
    }
    runs
}

impl HotAck {
    /// Answers whoever asked, if they still wait.
    pub(crate) fn answer(self, outcome: Result<Outcome, StoreError>) {
        match (self, outcome) {
            (Self::Message(ack), Ok(Outcome::Stored(stored))) => drop(ack.send(Ok(stored))),
            (Self::Read(ack), Ok(Outcome::Read(state))) => drop(ack.send(Ok(state))),
            (Self::Message(ack), Ok(Outcome::Blocked)) => drop(ack.send(Err(StoreError::Blocked))),
            (Self::Read(ack), Ok(Outcome::Blocked)) => drop(ack.send(Err(StoreError::Blocked))),
            (Self::Message(ack), Ok(_)) => drop(ack.send(Err(StoreError::NotFound))),
            (Self::Read(ack), Ok(_)) => drop(ack.send(Err(StoreError::NotFound))),
            (Self::Message(ack), Err(error)) => drop(ack.send(Err(error))),
            (Self::Read(ack), Err(error)) => drop(ack.send(Err(error))),
        }
    }
}
