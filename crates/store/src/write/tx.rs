//! The transaction of one closure.

use crate::error::{Constraint, StoreError};
use crate::events::PendingEvent;
use crate::queries::{attachments, messages};
use crate::scope::OrgScope;
use crate::write::jobs::{HotJob, MessageJob, Outcome, StoredMessage};
use crate::write::{batch, jobs, probe};
use sea_orm::DatabaseTransaction;
use types::messages::Content;

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
        let (job, answers_nothing) = self.with_quote(scope, job).await?;
        let placed = batch::place(&self.txn, &[HotJob::Message(job)]).await?;
        self.events.extend(placed.events);
        let stored = match placed.outcomes.into_iter().next() {
            Some(Outcome::Stored(stored)) => stored,
            Some(jobs::Outcome::Blocked) => return Err(StoreError::Blocked),
            Some(jobs::Outcome::Read(_) | jobs::Outcome::NotFound) | None => return Err(StoreError::NotFound),
        };
        // Only now, so that nobody learns of a conversation that is not theirs which messages are in it.
        if answers_nothing && !stored.duplicate {
            return Err(StoreError::Conflict { constraint: Constraint::QuotedMessage });
        }
        // A repeated nonce has claimed its file already.
        if let Some(file) = stored.message.content.attachment().filter(|_| !stored.duplicate) {
            attachments::claim(&self.txn, scope, uploader, file.id, stored.message.id, at).await?;
        }
        Ok(stored)
    }

    /// Reads what the message answers to, if it does: under the conversation's lock, so that nothing is quoted that was recalled.
    /// Also says whether that is no message of the conversation.
    async fn with_quote(&self, scope: OrgScope, mut job: MessageJob) -> Result<(MessageJob, bool), StoreError> {
        let conversation_id = job.conversation_id;
        let Some(named) = job.content.quote().map(|quote| quote.message_id) else { return Ok((job, false)) };
        let jobs = [HotJob::Message(job.clone())];
        probe::lock(&self.txn, &jobs).await?;
        let found = messages::quotable(&self.txn, scope, conversation_id, named).await?;
        if let Content::Reply { quote, .. } = &mut job.content
            && let Some(found) = &found
        {
            **quote = found.to_quote();
        }
        Ok((job, found.is_none()))
    }

    /// Gives the transaction back, and the events that are still to be added to the ledger.
    pub(crate) fn finish(self) -> (DatabaseTransaction, Vec<PendingEvent>) {
        (self.txn, self.events)
    }
}
