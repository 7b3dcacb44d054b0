//! Whether writes reach the disk: when one last did, and a trial for when that says too little.

use crate::error::StoreError;
use sea_orm::{ConnectionTrait, Statement};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How long a write that has succeeded speaks for the next one.
pub(crate) const FRESH: Duration = Duration::from_secs(30);

/// How much a trial writes, so that a disk with room for a few bytes only is not taken for one with room.
const TRIAL_BYTES: usize = 64 * 1024;

/// What is known of the writer's last write.
#[derive(Debug, Default)]
pub(crate) struct Proof {
    /// When something was last committed. Nothing after a failure, and before the first write.
    last: Mutex<Option<Instant>>,
    /// One trial at a time, however many ask.
    pub(crate) turn: tokio::sync::Mutex<()>,
}

impl Proof {
    /// Something was committed that had to be written.
    pub(crate) fn given(&self) {
        *self.last() = Some(Instant::now());
    }

    /// A write has failed for a reason that is not its own.
    pub(crate) fn doubt(&self) {
        *self.last() = None;
    }

    /// Whether no trial is needed.
    pub(crate) fn is_fresh(&self, now: Instant) -> bool {
        self.last().is_some_and(|last| now.saturating_duration_since(last) < FRESH)
    }

    fn last(&self) -> MutexGuard<'_, Option<Instant>> {
        // A time is never half written.
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes something of the size of a large batch and takes it away again, in one transaction.
pub(crate) async fn try_write<C: ConnectionTrait>(conn: &C) -> Result<(), StoreError> {
    let filler = ["x".repeat(TRIAL_BYTES).into()];
    let insert = "INSERT INTO write_trial (id, filler) VALUES (1, $1)";
    conn.execute_raw(Statement::from_sql_and_values(conn.get_database_backend(), insert, filler)).await?;
    conn.execute_unprepared("DELETE FROM write_trial WHERE id = 1").await?;
    Ok(())
}
