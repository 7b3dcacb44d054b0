//! Everything that a batch writes in one statement, ledger included: PostgreSQL is asked over a network, or at least by way of
//! another process, and each trip costs more than what is done there.
//!
//! The parts are those of [`flush`](super::flush) and [`events::append`](crate::events::append), and do the same; only the number of trips differs.

use crate::direct::BatchConnection;
use crate::error::StoreError;
use crate::events::{CommittedEvent, PendingEvent, Reserved, counted, kind, places};
use crate::sql::{self, hex};
use crate::write::flush::{Changes, NewMark, NewMessage, conversation_row, follow, postgres_bump};
use crate::write::jobs::author_of;
use sea_orm::Statement;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use types::id::OrgId;

// `$1` the conversations, `$2` the messages, `$3` the marks, `$4` the organisations with the number of their events, `$5` the
// events with their place before the organisation's newest. The conversations' locks are held; the organisations' are taken
// here, in one order over all servers, and not against foreign keys.
pub(crate) const POSTGRES: &str = concat!(
    "WITH bumped AS (",
    postgres_bump!(),
    "),
said AS (
    INSERT INTO message (id, org_id, conversation_id, seq, author_kind, author_id, author_name, sender, nonce, content,
                         inbound_count, created_at)
    SELECT * FROM json_to_recordset($2::json) AS j(
        id uuid, org uuid, c uuid, seq bigint, kind text, author uuid, name text, sender uuid, nonce uuid, content text,
        inbound bigint, at bigint)),
marked AS (
    INSERT INTO read_mark (org_id, conversation_id, agent_id, seq, inbound_count, updated_at)
    SELECT * FROM json_to_recordset($3::json) AS j(org uuid, c uuid, agent uuid, seq bigint, inbound bigint, at bigint)
    ON CONFLICT (conversation_id, agent_id) DO UPDATE
    SET seq = excluded.seq, inbound_count = excluded.inbound_count, updated_at = excluded.updated_at
    WHERE read_mark.seq < excluded.seq),
locked AS MATERIALIZED (
    SELECT organisation.id, j.n
    FROM organisation JOIN (SELECT * FROM json_to_recordset($4::json) AS t(o uuid, n bigint) {rows}) AS j ON organisation.id = j.o
    ORDER BY organisation.id FOR NO KEY UPDATE OF organisation),
counted AS (
    UPDATE organisation SET last_event_seq = last_event_seq + locked.n
    FROM locked WHERE organisation.id = locked.id RETURNING organisation.id, organisation.last_event_seq),
told AS (
    INSERT INTO event (org_id, seq, conversation_id, kind, actor, audience, payload, created_at)
    SELECT counted.id, counted.last_event_seq - j.behind, j.c, j.kind, j.actor, j.audience, j.payload, j.at
    FROM (SELECT * FROM json_to_recordset($5::json) AS t(
        org uuid, behind bigint, c uuid, kind text, actor text, audience text, payload text, at bigint) {rows}) AS j
    JOIN counted ON counted.id = j.org)
SELECT id, last_event_seq FROM counted"
);

#[derive(Serialize)]
struct MessageParameter<'a> {
    id: String,
    org: String,
    c: String,
    seq: i64,
    kind: &'static str,
    author: Option<String>,
    name: Option<&'a str>,
    sender: String,
    nonce: String,
    content: String,
    inbound: i64,
    at: i64,
}

#[derive(Serialize)]
struct MarkParameter {
    org: String,
    c: String,
    agent: String,
    seq: i64,
    inbound: i64,
    at: i64,
}

#[derive(Serialize)]
struct EventParameter {
    org: String,
    behind: i64,
    c: Option<String>,
    kind: &'static str,
    actor: String,
    audience: String,
    payload: Arc<str>,
    at: i64,
}

/// Writes everything inside the caller's transaction, and returns the events as they are in the ledger.
pub(crate) async fn write<C: BatchConnection>(
    conn: &C,
    changes: Changes,
    events: Vec<PendingEvent>,
) -> Result<Vec<CommittedEvent>, StoreError> {
    if changes.is_empty() && events.is_empty() {
        return Ok(Vec::new());
    }
    follow(conn, &changes).await?;
    let counts = counted(&events);
    let told = parameters(&events, &counts)?;
    let conversations = changes.conversations.iter().map(conversation_row).collect::<Result<Vec<_>, _>>()?;
    let messages = changes.messages.iter().map(message_parameter).collect::<Result<Vec<_>, _>>()?;
    let marks: Vec<_> = changes.marks.iter().map(mark_parameter).collect();
    let values = [
        sql::to_json(&conversations)?,
        sql::to_json(&messages)?,
        sql::to_json(&marks)?,
        sql::to_json(&places(&counts))?,
        sql::to_json(&told)?,
    ];
    let rows = [conversations.len(), messages.len(), marks.len(), counts.len(), told.len()];
    let text = sql::sized(POSTGRES, rows.into_iter().max().unwrap_or_default());
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), text, values.map(Into::into));
    let newest = conn.rows::<Reserved>(statement).await?;
    let mut committed = Vec::with_capacity(events.len());
    for (event, told) in events.into_iter().zip(told) {
        let newest = newest.iter().find(|row| row.id == event.org_id).ok_or(StoreError::NotFound)?;
        let seq = newest.last_event_seq - told.behind;
        committed.push(event.committed(seq, told.kind, told.payload));
    }
    Ok(committed)
}

fn parameters(events: &[PendingEvent], counts: &BTreeMap<OrgId, i64>) -> Result<Vec<EventParameter>, StoreError> {
    let mut left = counts.clone();
    let mut parameters = Vec::with_capacity(events.len());
    for event in events {
        let behind = left.get_mut(&event.org_id).ok_or(StoreError::NotFound)?;
        *behind -= 1;
        parameters.push(EventParameter {
            org: hex(event.org_id.0),
            behind: *behind,
            c: event.conversation_id.map(|id| hex(id.0)),
            kind: kind(&event.event),
            actor: event.actor.to_string(),
            audience: event.audience.to_string(),
            payload: sql::to_json(&event.event)?.into(),
            at: event.at.0,
        });
    }
    Ok(parameters)
}

fn message_parameter(new: &NewMessage) -> Result<MessageParameter<'_>, StoreError> {
    let message = &new.message;
    let (kind, author, name) = author_of(&message.author);
    Ok(MessageParameter {
        id: hex(message.id.0),
        org: hex(new.org_id.0),
        c: hex(message.conversation_id.0),
        seq: message.seq,
        kind,
        author: author.map(|id| hex(id.0)),
        name,
        sender: hex(new.sender),
        nonce: hex(message.nonce.0),
        content: sql::to_json(&message.content)?,
        inbound: new.inbound_count,
        at: message.created_at.0,
    })
}

fn mark_parameter(new: &NewMark) -> MarkParameter {
    MarkParameter {
        org: hex(new.org_id.0),
        c: hex(new.conversation_id.0),
        agent: hex(new.agent_id.0),
        seq: new.mark.seq,
        inbound: new.mark.inbound_count,
        at: new.at.0,
    }
}
