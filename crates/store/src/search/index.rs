//! Follows the ledger: makes documents of what has been said and who has come.
//!
//! Not part of the message's own write: an index entry costs as much as the message, and a batch of a hundred far less than
//! a hundred times one. The index lags by moments instead, and one way serves new messages, an upgrade, a restored backup and a
//! server that was away. How far it has come is stored with what it has made, so nothing is left out and nothing done twice.

use crate::connect::Database;
use crate::error::StoreError;
use crate::scope::OrgScope;
use crate::search::matches::scope_term;
use crate::search::{Kind, details_of_contact, docid, text_of};
use crate::sql::{self, hex};
use crate::tables::{contact, message, search_document};
use crate::write::{AUTOMATIC, Writer};
use rules::search::terms;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, QueryFilter, QueryOrder, QuerySelect, Statement, TransactionTrait,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use types::id::{ContactId, MessageId, OrgId};
use types::messages::Content;
use uuid::Uuid;

/// What a step came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Indexed {
    /// There are events left: do another step.
    More,
    /// The index has come to the end of the ledger, or somebody else is at it.
    All,
}

/// Organisations whose ledger goes further than their index, at most so many, those that lag most first; each with by how
/// many events.
pub async fn behind<C: ConnectionTrait>(conn: &C, limit: u64) -> Result<Vec<(OrgId, i64)>, StoreError> {
    let sql = format!(
        "SELECT o.id AS id, o.last_event_seq - coalesce(p.event_seq, 0) AS events
         FROM organisation AS o LEFT JOIN search_progress AS p ON p.org_id = o.id
         WHERE p.event_seq IS NULL AND o.last_event_seq > 0 OR p.event_seq < o.last_event_seq
            OR p.contact_number IS NOT NULL
         ORDER BY events DESC LIMIT {limit}"
    );
    let rows = conn.query_all_raw(Statement::from_string(conn.get_database_backend(), sql)).await?;
    rows.iter().map(|row| Ok((OrgId(row.try_get_by::<Uuid, _>("id")?), row.try_get_by("events")?))).collect()
}

/// Whether a step stands in the writer's queue, so that steps should be short and rest in between.
#[must_use]
pub fn holds_the_writer(db: &Database) -> bool {
    db.reader().get_database_backend() != DbBackend::Postgres
}

/// Indexes the next events of an organisation, at most so many. On SQLite it stands in the writer's queue, because a file has
/// one writer; on PostgreSQL, where sorting new entries into the index may take a while, it holds nobody up.
pub async fn step(db: &Database, writer: &Writer, scope: OrgScope, events: i64) -> Result<Indexed, StoreError> {
    if holds_the_writer(db) {
        return writer.run(move |tx| Box::pin(async move { advance(tx.conn(), scope, events).await })).await;
    }
    let txn = db.writer().begin().await?;
    // What a crash takes with it is done again: how far it had come goes with it.
    txn.execute_unprepared("SET LOCAL synchronous_commit = off").await?;
    let indexed = advance(&txn, scope, events).await?;
    txn.commit().await?;
    Ok(indexed)
}

async fn advance<C: ConnectionTrait>(conn: &C, scope: OrgScope, events: i64) -> Result<Indexed, StoreError> {
    let Some(progress) = progress(conn, scope).await? else { return Ok(Indexed::All) };
    let newest = crate::events::cursor(conn, scope).await?;
    // A ledger that is shorter than what was indexed is another one: nothing of the kind happens but by hand.
    let until = newest.min(progress.event_seq.saturating_add(events.max(1)));
    let told = told(conn, scope, progress.event_seq, until).await?;
    let (mut documents, reached) = of_messages(conn, scope, progress.number, told.messages).await?;
    // Contacts that are told of further on come again.
    let until = reached.unwrap_or(until);
    let (anew, anew_to) = to_make_anew(conn, scope, progress.contact_number).await?;
    let contacts = told.contacts.into_iter().chain(anew).collect();
    documents.extend(of_contacts(conn, scope, progress.number, contacts).await?);
    // SQLite's index gathers entries in memory as long as their numbers rise.
    documents.sort_unstable_by_key(|document| document.d);
    insert(conn, scope, &documents).await?;
    // Their documents went with the recall, but for one that was just being made.
    if !told.recalled.is_empty() {
        let documents = search_document::Column::MessageId.is_in(told.recalled);
        scope.delete::<search_document::Entity>().filter(documents).exec(conn).await?;
    }
    let is_all = until >= newest && anew_to.is_none();
    let reached = Statement::from_sql_and_values(
        conn.get_database_backend(),
        "UPDATE search_progress SET event_seq = $1, contact_number = $2 WHERE org_id = $3",
        [until.into(), anew_to.into(), scope.org_id().0.into()],
    );
    conn.execute_raw(reached).await?;
    Ok(if is_all { Indexed::All } else { Indexed::More })
}

struct Progress {
    number: i64,
    event_seq: i64,
    /// Up to which contact the documents have been made anew, while there are any of an earlier version.
    contact_number: Option<i64>,
}

/// Contacts whose documents one step makes anew.
const MADE_ANEW: u64 = 100;

/// The next contacts whose documents are of a version that had only names and numbers, and how far that comes; `None` once there are none.
async fn to_make_anew<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    after: Option<i64>,
) -> Result<(Vec<ContactId>, Option<i64>), StoreError> {
    let Some(after) = after else { return Ok((Vec::new(), None)) };
    let rows: Vec<(ContactId, i64)> = scope
        .find::<contact::Entity>()
        .filter(contact::Column::Number.gt(after))
        .order_by_asc(contact::Column::Number)
        .limit(MADE_ANEW)
        .select_only()
        .columns([contact::Column::Id, contact::Column::Number])
        .into_tuple()
        .all(conn)
        .await?;
    let reached = rows.last().map(|(_, number)| *number);
    Ok((rows.into_iter().map(|(id, _)| id).collect(), reached))
}

/// How far the index has come; `None` when another server is at it.
async fn progress<C: ConnectionTrait>(conn: &C, scope: OrgScope) -> Result<Option<Progress>, StoreError> {
    let backend = conn.get_database_backend();
    let org = || [scope.org_id().0.into()];
    let exists = Statement::from_sql_and_values(backend, "SELECT number FROM search_progress WHERE org_id = $1", org());
    if conn.query_one_raw(exists).await?.is_none() {
        if backend == DbBackend::Postgres {
            // Two servers must not count to the same number.
            conn.execute_unprepared("LOCK TABLE search_progress IN EXCLUSIVE MODE").await?;
        }
        let begin = "INSERT INTO search_progress (org_id, number, event_seq)
             SELECT $1, coalesce(max(number), 0) + 1, 0 FROM search_progress WHERE true ON CONFLICT (org_id) DO NOTHING";
        conn.execute_raw(Statement::from_sql_and_values(backend, begin, org())).await?;
    }
    let locked = match backend {
        DbBackend::Postgres => {
            "SELECT number, event_seq, contact_number FROM search_progress WHERE org_id = $1 FOR UPDATE SKIP LOCKED"
        }
        _ => "SELECT number, event_seq, contact_number FROM search_progress WHERE org_id = $1",
    };
    let row = conn.query_one_raw(Statement::from_sql_and_values(backend, locked, org())).await?;
    row.map(|row| {
        Ok(Progress {
            number: row.try_get_by("number")?,
            event_seq: row.try_get_by("event_seq")?,
            contact_number: row.try_get_by("contact_number")?,
        })
    })
    .transpose()
}

/// What the ledger tells of: messages with their events' places, and contacts.
#[derive(Debug, Default)]
struct Told {
    messages: BTreeMap<MessageId, i64>,
    contacts: BTreeSet<ContactId>,
    recalled: Vec<MessageId>,
}

#[derive(Deserialize)]
struct Named {
    id: Uuid,
}

/// What of an event names the subject; the rest is read from the tables, as it is now.
#[derive(Deserialize)]
struct Subject {
    message: Option<Named>,
    /// Of one that was recalled.
    message_id: Option<MessageId>,
    contact: Option<Named>,
    conversation: Option<WithContact>,
}

#[derive(Deserialize)]
struct WithContact {
    contact: Named,
}

async fn told<C: ConnectionTrait>(conn: &C, scope: OrgScope, after: i64, until: i64) -> Result<Told, StoreError> {
    let statement = Statement::from_sql_and_values(
        conn.get_database_backend(),
        "SELECT seq, payload FROM event WHERE org_id = $1 AND seq > $2 AND seq <= $3
             AND kind IN ('message_created', 'conversation_created', 'contact_updated', 'message_recalled') ORDER BY seq",
        [scope.org_id().0.into(), after.into(), until.into()],
    );
    let mut told = Told::default();
    for row in conn.query_all_raw(statement).await? {
        // An event that cannot be read keeps none of the others from being found.
        let Ok(subject) = sql::from_json::<Subject>(&row.try_get_by::<String, _>("payload")?, "event") else {
            continue;
        };
        if let Some(message) = subject.message {
            told.messages.insert(MessageId(message.id), row.try_get_by("seq")?);
        }
        told.recalled.extend(subject.message_id);
        let of_conversation = subject.conversation.map(|conversation| conversation.contact);
        told.contacts.extend(subject.contact.or(of_conversation).map(|contact| ContactId(contact.id)));
    }
    Ok(told)
}

/// A document as the statement's parameter has it.
#[derive(Debug, Serialize)]
struct Document {
    d: i64,
    m: Option<String>,
    c: Option<String>,
    t: String,
}

/// Characters that one step takes apart: long texts must not hold the writer for longer than short ones.
const CHARACTERS: usize = 40_000;

/// Documents of messages that are still there, and up to which event they go where that was enough for a step.
async fn of_messages<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    number: i64,
    told: BTreeMap<MessageId, i64>,
) -> Result<(Vec<Document>, Option<i64>), StoreError> {
    if told.is_empty() {
        return Ok((Vec::new(), None));
    }
    let rows: Vec<(MessageId, String)> = scope
        .find::<message::Entity>()
        .filter(message::Column::Id.is_in(told.keys().copied()))
        // What every conversation begins with would be found in every one.
        .filter(message::Column::AuthorKind.ne(AUTOMATIC))
        .select_only()
        .columns([message::Column::Id, message::Column::Content])
        .into_tuple()
        .all(conn)
        .await?;
    let mut placed: Vec<_> =
        rows.into_iter().filter_map(|(id, content)| Some((*told.get(&id)?, id, content))).collect();
    placed.sort_unstable_by_key(|(seq, ..)| *seq);
    let mut documents = Vec::with_capacity(placed.len());
    let mut characters = 0_usize;
    for (seq, id, content) in placed {
        // One that cannot be read keeps none of the others from being found.
        let Ok(content) = sql::from_json::<Content>(&content, "message.content") else { continue };
        let Some(text) = text_of(&content) else { continue };
        let (d, t) = (docid(number, Kind::Message, seq), spelled(conn, number, Kind::Message, text));
        documents.push(Document { d, m: Some(hex(id.0)), c: None, t });
        characters = characters.saturating_add(text.chars().count());
        if characters >= CHARACTERS {
            return Ok((documents, Some(seq)));
        }
    }
    Ok((documents, None))
}

/// A contact as the index reads them: id, number, name, phone and remark.
type Known = (ContactId, i64, Option<String>, Option<String>, Option<String>);

/// Documents of contacts, in place of those that there were.
async fn of_contacts<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    number: i64,
    told: BTreeSet<ContactId>,
) -> Result<Vec<Document>, StoreError> {
    if told.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Known> = scope
        .find::<contact::Entity>()
        .filter(contact::Column::Id.is_in(told))
        .select_only()
        .columns([
            contact::Column::Id,
            contact::Column::Number,
            contact::Column::Name,
            contact::Column::Phone,
            contact::Column::Remark,
        ])
        .into_tuple()
        .all(conn)
        .await?;
    let document = |(id, place, name, phone, remark): Known| {
        let text = details_of_contact(name.as_deref(), place, phone.as_deref(), remark.as_deref());
        let (d, t) = (docid(number, Kind::Contact, place), spelled(conn, number, Kind::Contact, &text));
        Document { d, m: None, c: Some(hex(id.0)), t }
    };
    let documents: Vec<Document> = rows.into_iter().map(document).collect();
    let before = match conn.get_database_backend() {
        DbBackend::Postgres => {
            "DELETE FROM search_document WHERE org_id = $2 AND docid IN (
                 SELECT value::bigint FROM json_array_elements_text($1::json))"
        }
        _ => "DELETE FROM search_document WHERE org_id = $2 AND docid IN (SELECT value FROM json_each($1))",
    };
    let docids: Vec<i64> = documents.iter().map(|document| document.d).collect();
    conn.execute_raw(with_documents(conn, scope, before, &docids)?).await?;
    Ok(documents)
}

/// A document's terms as the database reads them.
fn spelled<C: ConnectionTrait>(conn: &C, number: i64, kind: Kind, text: &str) -> String {
    if conn.get_database_backend() != DbBackend::Postgres {
        return terms(text).join(" ");
    }
    let mut spelled = format!("'{}'", scope_term(number, kind));
    for term in terms(text) {
        spelled.push_str(" '");
        spelled.push_str(&term);
        spelled.push('\'');
    }
    spelled
}

async fn insert<C: ConnectionTrait>(conn: &C, scope: OrgScope, documents: &[Document]) -> Result<(), StoreError> {
    if documents.is_empty() {
        return Ok(());
    }
    if conn.get_database_backend() == DbBackend::Postgres {
        let insert = "INSERT INTO search_document (docid, org_id, message_id, contact_id, terms)
             SELECT j.d, $2, j.m, j.c, j.t::tsvector
             FROM json_to_recordset($1::json) AS j(d bigint, m uuid, c uuid, t text)";
        conn.execute_raw(with_documents(conn, scope, insert, documents)?).await?;
        return Ok(());
    }
    let documented = "INSERT INTO search_document (docid, org_id, message_id, contact_id)
         SELECT j.value ->> 'd', $2, unhex(j.value ->> 'm'), unhex(j.value ->> 'c') FROM json_each($1) AS j";
    conn.execute_raw(with_documents(conn, scope, documented, documents)?).await?;
    let indexed =
        "INSERT INTO search_index (rowid, terms) SELECT j.value ->> 'd', j.value ->> 't' FROM json_each($1) AS j";
    conn.execute_raw(sql::with_json(conn, indexed, &documents)?).await?;
    Ok(())
}

/// A statement whose `$1` is this as JSON, and `$2` the organisation.
fn with_documents<C: ConnectionTrait, T: Serialize + ?Sized>(
    conn: &C,
    scope: OrgScope,
    statement: &str,
    documents: &T,
) -> Result<Statement, StoreError> {
    let values = [sql::to_json(&documents)?.into(), scope.org_id().0.into()];
    Ok(Statement::from_sql_and_values(conn.get_database_backend(), statement, values))
}
