//! The one statement that reads everything a batch needs to know: each job's conversation, whether its nonce is stored
//! already, its agent's read mark, and what had been said up to the message read.

use crate::audience::Audience;
use crate::direct::{BatchConnection, row};
use crate::error::StoreError;
use crate::members::Members;
use crate::queries::messages::MessageRow;
use crate::sql::{self, hex};
use crate::write::jobs::{HotJob, Party};
use sea_orm::DbBackend;
use types::id::{AgentId, ContactId, ConversationId, MessageId, Nonce};
use types::messages::Message;
use types::time::Timestamp;

/// A conversation as it was before the batch.
#[derive(Debug, Clone)]
pub(crate) struct ConversationState {
    pub(crate) contact_id: ContactId,
    pub(crate) assignee_id: Option<AgentId>,
    pub(crate) members: Members,
    pub(crate) last_seq: i64,
    pub(crate) inbound_count: i64,
    pub(crate) waiting_since: Option<Timestamp>,
    pub(crate) agents_read_seq: i64,
    pub(crate) visitor_read_seq: i64,
    pub(crate) visitor_read_outbound: i64,
    pub(crate) last_activity_at: Timestamp,
    /// Whether nothing is received from its visitor.
    pub(crate) blocked: bool,
    /// Whether it is closed.
    pub(crate) closed: bool,
    /// Whether it waits in the queue.
    pub(crate) queued: bool,
    /// Whether it is put off.
    pub(crate) snoozed: bool,
}

impl ConversationState {
    /// Whether a message of the visitor's needs somebody to be found, or brings it back: it is closed or put off, or nobody's and not in
    /// the queue either.
    pub(crate) fn needs_routing(&self) -> bool {
        self.closed || self.snoozed || (self.assignee_id.is_none() && !self.queued)
    }

    /// Whether what an agent reads is read by whoever looks after the visitor: it is theirs, they were added to it, or it is nobody's.
    pub(crate) fn is_looked_after_by(&self, agent: AgentId) -> bool {
        self.assignee_id.is_none_or(|assignee| assignee == agent) || self.members.contains(agent)
    }

    /// Everybody in it.
    pub(crate) fn audience(&self) -> Audience {
        Audience::conversation(self.assignee_id, self.members.clone(), self.contact_id)
    }
}

/// A read mark: up to which message, and how many visitor's messages there are up to it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) seq: i64,
    pub(crate) inbound_count: i64,
}

/// What the database knows about one job. Absent when the conversation is not there.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) conversation: ConversationState,
    /// The message that this nonce has stored already.
    pub(crate) stored: Option<Message>,
    /// The acting agent's read mark.
    pub(crate) mark: Mark,
    /// How many visitor's messages there are up to the message read, as far as it was there before the batch.
    pub(crate) inbound_at_read: i64,
}

// `CROSS JOIN` pins SQLite's join order to the batch; without statistics it might begin with a table.
const SQLITE: &str = "
SELECT j.key AS item, c.contact_id, c.assignee_id, c.members, c.last_seq, c.inbound_count, c.waiting_since, c.agents_read_seq,
       c.visitor_read_seq, c.visitor_read_outbound, c.last_activity_at, c.blocked, c.closed_at, c.queued_at, c.snoozed_until, c.cleared_seq,
       c.cleared_inbound,
       d.id, d.conversation_id, d.seq, d.author_kind, d.author_id, d.author_name, d.content, d.nonce, d.created_at,
       r.seq AS mark_seq, r.inbound_count AS mark_inbound, s.inbound_count AS read_inbound
FROM json_each($1) AS j
CROSS JOIN conversation AS c ON c.id = unhex(j.value ->> 'c') AND c.org_id = unhex(j.value ->> 'o')
CROSS JOIN channel AS h ON h.id = c.channel_id AND h.deleted_at IS NULL
LEFT JOIN message AS d
       ON d.conversation_id = c.id AND d.sender = unhex(j.value ->> 's') AND d.nonce = unhex(j.value ->> 'n')
LEFT JOIN read_mark AS r ON r.conversation_id = c.id AND r.agent_id = unhex(j.value ->> 'a')
LEFT JOIN message AS s ON s.conversation_id = c.id AND s.seq = min(j.value ->> 'q', c.last_seq)";

// `LATERAL … LIMIT 1` keeps a database without statistics from joining whole tables by hash.
const POSTGRES: &str = "
SELECT j.i AS item, c.contact_id, c.assignee_id, c.members, c.last_seq, c.inbound_count, c.waiting_since, c.agents_read_seq,
       c.visitor_read_seq, c.visitor_read_outbound, c.last_activity_at, c.blocked, c.closed_at, c.queued_at, c.snoozed_until, c.cleared_seq,
       c.cleared_inbound,
       d.id, d.conversation_id, d.seq, d.author_kind, d.author_id, d.author_name, d.content, d.nonce, d.created_at,
       r.seq AS mark_seq, r.inbound_count AS mark_inbound, s.inbound_count AS read_inbound
FROM (SELECT * FROM json_to_recordset($1::json) AS t(i bigint, o uuid, c uuid, s uuid, n uuid, a uuid, q bigint) {rows}) AS j
JOIN conversation AS c ON c.id = j.c AND c.org_id = j.o
JOIN channel AS h ON h.id = c.channel_id AND h.deleted_at IS NULL
LEFT JOIN LATERAL (SELECT * FROM message AS m
                   WHERE m.conversation_id = c.id AND m.sender = j.s AND m.nonce = j.n LIMIT 1) AS d ON true
LEFT JOIN LATERAL (SELECT * FROM read_mark AS m
                   WHERE m.conversation_id = c.id AND m.agent_id = j.a LIMIT 1) AS r ON true
LEFT JOIN LATERAL (SELECT m.inbound_count FROM message AS m
                   WHERE m.conversation_id = c.id AND m.seq = least(j.q, c.last_seq) AND j.q IS NOT NULL LIMIT 1) AS s ON true";

// The conversations stay locked until the commit, so that several servers number one conversation one after the other, and
// in one order, so that they do not lock each other out. A statement of its own: after waiting for a lock, PostgreSQL looks
// again at the locked row only, and marks and counts joined to it would be those of before the wait.
pub(crate) const POSTGRES_LOCK: &str = "
SELECT c.id FROM conversation AS c
WHERE (c.org_id, c.id) IN (SELECT j.o, j.c FROM json_to_recordset($1::json) AS j(o uuid, c uuid) {rows})
ORDER BY c.id
FOR UPDATE";

/// The statement for this database.
pub(crate) fn statement(backend: DbBackend) -> &'static str {
    if backend == DbBackend::Postgres { POSTGRES } else { SQLITE }
}

/// One job as the statement's parameter reads it.
pub(crate) fn parameter(index: usize, job: &HotJob) -> serde_json::Value {
    let (sender, nonce, seq) = match job {
        HotJob::Message(job) => (Some(hex(job.sender_key())), Some(hex(job.nonce.0)), None),
        HotJob::Read(job) => (None, None, Some(job.seq)),
    };
    let agent = match job.party() {
        Party::Agent(viewer) => Some(hex(viewer.agent_id.0)),
        Party::Visitor(_) | Party::Automatic(_) => None,
    };
    serde_json::json!({
        "i": index, "o": hex(job.party().org_id().0), "c": hex(job.conversation_id().0),
        "s": sender, "n": nonce, "a": agent, "q": seq,
    })
}

/// Locks the jobs' conversations until the commit. In SQLite there is only one writing transaction at a time.
pub(crate) async fn lock<C: BatchConnection>(conn: &C, jobs: &[HotJob]) -> Result<(), StoreError> {
    if conn.get_database_backend() == DbBackend::Postgres {
        let parameters: Vec<_> = jobs.iter().enumerate().map(|(index, job)| parameter(index, job)).collect();
        let statement = sql::sized(POSTGRES_LOCK, jobs.len());
        conn.query_all_raw(sql::with_json(conn, &statement, &parameters)?).await?;
    }
    Ok(())
}

/// What the database knows about each job, in the jobs' order. The conversations have to be [locked](lock) before.
pub(crate) async fn probe<C: BatchConnection>(conn: &C, jobs: &[HotJob]) -> Result<Vec<Option<Known>>, StoreError> {
    let parameters: Vec<_> = jobs.iter().enumerate().map(|(index, job)| parameter(index, job)).collect();
    let statement = sql::sized(statement(conn.get_database_backend()), jobs.len());
    let statement = sql::with_json(conn, &statement, &parameters)?;
    let mut known: Vec<Option<Known>> = jobs.iter().map(|_| None).collect();
    for row in conn.rows::<ProbeRow>(statement).await? {
        let slot = usize::try_from(row.item).ok().and_then(|item| known.get_mut(item));
        *slot.ok_or(StoreError::Corrupt { what: "probe" })? = Some(row.into_known()?);
    }
    Ok(known)
}

row! {
    /// What the statement answers for one job.
    struct ProbeRow {
        item: i64,
        contact_id: ContactId,
        assignee_id: Option<AgentId>,
        members: String,
        last_seq: i64,
        inbound_count: i64,
        waiting_since: Option<Timestamp>,
        agents_read_seq: i64,
        visitor_read_seq: i64,
        visitor_read_outbound: i64,
        last_activity_at: Timestamp,
        blocked: bool,
        closed_at: Option<Timestamp>,
        queued_at: Option<Timestamp>,
        snoozed_until: Option<Timestamp>,
        cleared_seq: i64,
        cleared_inbound: i64,
        id: Option<MessageId>,
        conversation_id: Option<ConversationId>,
        seq: Option<i64>,
        author_kind: Option<String>,
        author_id: Option<AgentId>,
        author_name: Option<String>,
        content: Option<String>,
        nonce: Option<Nonce>,
        created_at: Option<Timestamp>,
        mark_seq: Option<i64>,
        mark_inbound: Option<i64>,
        read_inbound: Option<i64>,
    }
}

impl ProbeRow {
    fn into_known(self) -> Result<Known, StoreError> {
        let stored = match (
            self.id,
            self.conversation_id,
            self.seq,
            self.author_kind,
            self.content,
            self.nonce,
            self.created_at,
        ) {
            (
                Some(id),
                Some(conversation_id),
                Some(seq),
                Some(author_kind),
                Some(content),
                Some(nonce),
                Some(created_at),
            ) => {
                let (author_id, author_name) = (self.author_id, self.author_name);
                let row = MessageRow {
                    id,
                    conversation_id,
                    seq,
                    author_kind,
                    author_id,
                    author_name,
                    content,
                    nonce,
                    created_at,
                };
                Some(row.into_message()?)
            }
            _ => None,
        };
        Ok(Known {
            conversation: ConversationState {
                contact_id: self.contact_id,
                assignee_id: self.assignee_id,
                members: Members::read(&self.members)?,
                last_seq: self.last_seq,
                inbound_count: self.inbound_count,
                waiting_since: self.waiting_since,
                agents_read_seq: self.agents_read_seq,
                visitor_read_seq: self.visitor_read_seq,
                visitor_read_outbound: self.visitor_read_outbound,
                last_activity_at: self.last_activity_at,
                blocked: self.blocked,
                closed: self.closed_at.is_some(),
                queued: self.queued_at.is_some(),
                snoozed: self.snoozed_until.is_some(),
            },
            stored,
            // What was cleared has been read.
            mark: Mark {
                seq: self.mark_seq.unwrap_or_default().max(self.cleared_seq),
                inbound_count: self.mark_inbound.unwrap_or_default().max(self.cleared_inbound),
            },
            inbound_at_read: self.read_inbound.unwrap_or_default(),
        })
    }
}
