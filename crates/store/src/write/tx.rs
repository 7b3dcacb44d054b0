//! The transaction of one closure.

use crate::error::StoreError;
use crate::events::PendingEvent;
use crate::queries::attachments;
use crate::scope::OrgScope;
use crate::write::jobs::{HotJob, MessageJob, Outcome, StoredMessage};
use crate::write::{batch, jobs};
use sea_orm::DatabaseTransaction;

/// A write in progress. Its events are added to the ledger when all of the transaction's work has been done, so that nothing
/// waits for the organisation's row longer than necessary, and nothing is waited for while it is locked.
#[derive(Debug)]
pub struct Tx {
    txn: DatabaseTransaction,
    events: Vec<PendingEvent>,
}

impl Tx {
    pub(crate) fn new(txn: DatabaseTransaction) -> Self {
        Self { txn, events: Vec::new() }
    }

    /// For every query of this write.
    #[must_use]
    pub fn conn(&self) -> &DatabaseTransaction {
        &self.txn
    }

    /// Adds an event to the ledger, after those added before.
    pub fn append(&mut self, event: PendingEvent) {
        self.events.push(event);
    }

    /// Stores a message as part of this write, and gives it the file that it carries; see
    /// [`Writer::message`](crate::write::Writer::message).
    pub async fn message(&mut self, job: MessageJob) -> Result<StoredMessage, StoreError> {
        let (scope, uploader, at) = (OrgScope::new(job.party().org_id()), job.sender_key(), job.at);
        let placed = batch::place(&self.txn, &[HotJob::Message(job)]).await?;
        self.events.extend(placed.events);
        let stored = match placed.outcomes.into_iter().next() {
            Some(Outcome::Stored(stored)) => stored,
            Some(jobs::Outcome::Blocked) => return Err(StoreError::Blocked),
            Some(jobs::Outcome::Read(_) | jobs::Outcome::NotFound) | None => return Err(StoreError::NotFound),
        };
        // A repeated nonce has claimed its file already.
        if let Some(file) = stored.message.content.attachment().filter(|_| !stored.duplicate) {
            attachments::claim(&self.txn, scope, uploader, file.id, stored.message.id, at).await?;
        }
        Ok(stored)
    }

    /// Gives the transaction back, and the events that are still to be added to the ledger.
    pub(crate) fn finish(self) -> (DatabaseTransaction, Vec<PendingEvent>) {
        (self.txn, self.events)
    }
}
