//! Another process that writes and does not finish, as its database sees it.

use anyhow::{Context, Result};
use std::sync::Arc;
use std::time::Duration;
use store::{
    CommitSink, CommittedEvent, ConnectionTrait, Database, DatabaseOptions, StoreError, Writer, WriterOptions,
};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// How long the lock may take to be had.
const PATIENCE: Duration = Duration::from_secs(60);

/// The rows of all organisations, on SQLite with them the whole file, locked until this is released.
#[derive(Debug)]
pub struct Lock {
    go: oneshot::Sender<()>,
    holding: JoinHandle<Result<(), StoreError>>,
}

/// Hears nothing of what it writes.
struct Nobody;

impl CommitSink for Nobody {
    fn committed(&self, _: Vec<CommittedEvent>) {}
    fn uncertain(&self) {}
}

impl Lock {
    /// Takes it, in the database at this address.
    ///
    /// # Errors
    /// When there is no such database, or somebody else holds the lock for a minute.
    pub async fn take(url: &str) -> Result<Self> {
        let db = Database::connect(url, &DatabaseOptions { readers: 1, ..DatabaseOptions::default() }).await?;
        let writer = Writer::spawn(&db, WriterOptions::default(), Arc::new(Nobody));
        let (held, is_held) = oneshot::channel::<()>();
        let (go, gate) = oneshot::channel::<()>();
        let holding = tokio::spawn(async move {
            let work = writer.run(move |tx| {
                Box::pin(async move {
                    tx.conn().execute_unprepared("UPDATE organisation SET name = name").await?;
                    // Whoever waits may have given up; then the lock is let go of at once.
                    let _told = held.send(());
                    let _let_go = gate.await;
                    Ok::<(), StoreError>(())
                })
            });
            work.await
        });
        timeout(PATIENCE, is_held).await.context("the lock is not to be had")?.context("the lock is not to be had")?;
        Ok(Self { go, holding })
    }

    /// Lets go of it.
    ///
    /// # Errors
    /// When what was written cannot be committed.
    pub async fn release(self) -> Result<()> {
        // Whoever holds it waits for nothing else.
        let _told = self.go.send(());
        self.holding.await?.context("the other process could not commit")
    }
}
