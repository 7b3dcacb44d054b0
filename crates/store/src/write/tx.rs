//! The transaction of one closure.

use crate::error::{Constraint, StoreError};
use crate::events::PendingEvent;
use crate::queries::assignment::Attendance;
use crate::queries::{attachments, messages};
use crate::scope::OrgScope;
use crate::write::batch::Unrouted;
use crate::write::jobs::{HotJob, MessageJob, Outcome, StoredMessage};
use crate::write::routed::routed;
use crate::write::{batch, jobs, probe};
use sea_orm::DatabaseTransaction;
use std::fmt;
use std::sync::Arc;
use types::messages::Content;

/// A write in progress. Its events are added to the ledger when all of the transaction's work has been done, so that nothing
/// waits for the organisation's row longer than necessary, and nothing is waited for while it is locked.
pub struct Tx {
    txn: DatabaseTransaction,
    events: Vec<PendingEvent>,
    attendance: Arc<dyn Attendance>,
}

/// What is done about a message for which somebody has to be found.
#[derive(Debug, Clone, Copy)]
enum Routing {
    Refused,
    Done,
    Here,
}

impl fmt::Debug for Tx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tx").field("events", &self.events).finish_non_exhaustive()
    }
}

impl Tx {
    pub(crate) fn new(txn: DatabaseTransaction, attendance: Arc<dyn Attendance>) -> Self {
        Self { txn, events: Vec::new(), attendance }
    }

    /// For every query of this write.
    #[must_use]
    pub fn conn(&self) -> &DatabaseTransaction {
        &self.txn
    }

    /// Who is there to be given a conversation.
    pub(crate) fn attendance(&self) -> Arc<dyn Attendance> {
        Arc::clone(&self.attendance)
    }

    /// Adds an event to the ledger, after those added before.
    pub fn append(&mut self, event: PendingEvent) {
        self.events.push(event);
    }

    /// Stores a message as part of this write, and gives it the file that it carries; see
    /// [`Writer::message`](crate::write::Writer::message). Where it is a visitor's and somebody has to be found for them, the
    /// organisation is held until the commit: only by [`Writer::run_alone`](crate::write::Writer::run_alone), or
    /// [`StoreError::Unrouted`] says that it has to be.
    pub async fn message(&mut self, job: MessageJob) -> Result<StoredMessage, StoreError> {
        self.store(job, Routing::Refused).await
    }

    /// The same, once somebody was looked for.
    pub(crate) async fn say(&mut self, job: MessageJob) -> Result<StoredMessage, StoreError> {
        self.store(job, Routing::Done).await
    }

    /// The same; somebody is looked for, if need be. In a transaction of its own.
    pub(crate) async fn message_alone(&mut self, job: MessageJob) -> Result<StoredMessage, StoreError> {
        self.store(job, Routing::Here).await
    }

    async fn store(&mut self, job: MessageJob, routing: Routing) -> Result<StoredMessage, StoreError> {
        let (scope, uploader, at) = (OrgScope::new(job.party().org_id()), job.sender_key(), job.at);
        let (job, answers_nothing) = self.with_quote(scope, job).await?;
        let job = HotJob::Message(job);
        let jobs = std::slice::from_ref(&job);
        let placed = match routing {
            Routing::Refused => batch::place(&self.txn, jobs, Unrouted::Refused).await?,
            Routing::Done => batch::place(&self.txn, jobs, Unrouted::Stored).await?,
            Routing::Here => routed(&self.txn, &job, self.attendance.as_ref()).await?,
        };
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
