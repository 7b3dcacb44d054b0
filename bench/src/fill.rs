//! A database of a million messages, made by the database itself: one statement a table, so it takes seconds.
//!
//! One conversation has a hundredth of all messages; the others have a hundred each. Messages are stored in the order of
//! time, so those of one conversation lie scattered, as they would.

use anyhow::{Context, Result};
use sea_orm::sqlx::{self, Connection as _, Executor as _, PgConnection};
use std::path::Path;
use types::id::{AgentId, ChannelId, ConversationId, OrgId};
use uuid::Uuid;

/// To whom the messages belong.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Owner {
    pub(crate) org_id: OrgId,
    pub(crate) agent_id: AgentId,
    pub(crate) channel_id: ChannelId,
}

/// When it all began, in Unix milliseconds.
const BEGAN: i64 = 1_790_000_000_000;
const CONTACT: u32 = 0x1111_1111;
const CONVERSATION: u32 = 0x2222_2222;
const MESSAGE: u32 = 0x3333_3333;
const NONCE: u32 = 0x4444_4444;

/// The long conversation.
pub(crate) fn long_conversation() -> ConversationId {
    ConversationId(Uuid::from_u128(u128::from(CONVERSATION) << 96 | 1))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    fn id(self, kind: u32, number: &str) -> String {
        match self {
            Self::Sqlite => format!("unhex(printf('{kind:08x}%024x', {number}))"),
            Self::Postgres => format!("('{kind:08x}' || lpad(to_hex({number}), 24, '0'))::uuid"),
        }
    }

    fn uuid(self, id: Uuid) -> String {
        match self {
            Self::Sqlite => format!("x'{}'", id.simple()),
            Self::Postgres => format!("'{id}'::uuid"),
        }
    }

    fn numbers(self, to: u32) -> String {
        match self {
            Self::Sqlite => format!(
                "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {to}) SELECT i FROM n)"
            ),
            Self::Postgres => format!("(SELECT i::bigint FROM generate_series(1, {to}) AS g(i)) AS n"),
        }
    }
}

/// Fills the SQLite file of a server that does not run.
pub(crate) fn sqlite(file: &Path, owner: Owner, messages: u32) -> Result<()> {
    let db = rusqlite::Connection::open(file)?;
    db.execute_batch("PRAGMA synchronous=OFF; PRAGMA cache_size=-262144; BEGIN")?;
    for statement in statements(Dialect::Sqlite, owner, messages) {
        db.execute_batch(&statement).with_context(|| statement.clone())?;
    }
    db.execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")?;
    Ok(())
}

/// Fills a PostgreSQL database, and lets it look at what it has, as its own cleaner would in time.
pub(crate) async fn postgres(url: &str, owner: Owner, messages: u32) -> Result<()> {
    let mut db = PgConnection::connect(url).await?;
    for statement in statements(Dialect::Postgres, owner, messages) {
        db.execute(sqlx::AssertSqlSafe(statement.clone())).await.context(statement)?;
    }
    db.execute("VACUUM ANALYZE").await?;
    Ok(db.close().await?)
}

fn statements(dialect: Dialect, owner: Owner, messages: u32) -> Vec<String> {
    let (org, agent, channel) =
        (dialect.uuid(owner.org_id.0), dialect.uuid(owner.agent_id.0), dialect.uuid(owner.channel_id.0));
    let short = messages / 100 * 99 / 100;
    let conversations = short + 1;
    let text = "您好，请问这款还有货吗？我想问一下订单什么时候能发货，谢谢！";
    let content = format!("{{\"type\":\"text\",\"text\":\"{text}\"}}");
    let preview = format!(
        "{{\"seq\":100,\"author\":{{\"kind\":\"visitor\"}},\"content\":{content},\"created_at\":\"2026-11-22T08:00:00Z\"}}"
    );
    let (contact, conversation) = (dialect.id(CONTACT, "i"), dialect.id(CONVERSATION, "i"));
    let numbers = dialect.numbers(conversations);
    let contacts = format!(
        "INSERT INTO contact (id, org_id, channel_id, number, first_seen_at, last_seen_at)
         SELECT {contact}, {org}, {channel}, i, {BEGAN}, {BEGAN} FROM {numbers}"
    );
    let long = messages / 100;
    let all = format!(
        "INSERT INTO conversation (id, org_id, channel_id, contact_id, last_seq, inbound_count, last_message, last_activity_at, created_at)
         SELECT {conversation}, {org}, {channel}, {contact}, CASE i WHEN 1 THEN {long} ELSE 100 END,
                CASE i WHEN 1 THEN {long} / 2 ELSE 50 END, '{preview}', {BEGAN} + i * 1000, {BEGAN} FROM {numbers}"
    );
    // Every hundredth message is one of the long conversation; the others take turns.
    let place = format!(
        "(SELECT i, CASE WHEN i % 100 = 0 THEN 1 ELSE 2 + (i - i / 100 - 1) % {short} END AS k,
                 CASE WHEN i % 100 = 0 THEN i / 100 ELSE 1 + (i - i / 100 - 1) / {short} END AS m
          FROM {}) AS p",
        dialect.numbers(messages)
    );
    let (id, nonce) = (dialect.id(MESSAGE, "i"), dialect.id(NONCE, "i"));
    let (contact, conversation) = (dialect.id(CONTACT, "k"), dialect.id(CONVERSATION, "k"));
    let stored = format!(
        "INSERT INTO message (id, org_id, conversation_id, seq, author_kind, author_id, author_name, sender, nonce, content, inbound_count, created_at)
         SELECT {id}, {org}, {conversation}, m, CASE m % 2 WHEN 1 THEN 'visitor' ELSE 'agent' END,
                CASE m % 2 WHEN 1 THEN NULL ELSE {agent} END, CASE m % 2 WHEN 1 THEN NULL ELSE '小客' END,
                CASE m % 2 WHEN 1 THEN {contact} ELSE {agent} END, {nonce}, '{content}', (m + 1) / 2, {BEGAN} + i
         FROM {place}"
    );
    let events = format!(
        "INSERT INTO event (org_id, seq, conversation_id, kind, actor, audience, payload, created_at)
         SELECT {org}, 1000 + i, {conversation}, 'message_created', 'system', 'c',
                '{{\"type\":\"agents_read\",\"conversation_id\":\"{}\",\"seq\":1}}', {BEGAN} + i FROM {place}",
        Uuid::nil()
    );
    let counters = format!(
        "UPDATE organisation SET last_contact_number = {conversations}, last_event_seq = 1000 + {messages} WHERE id = {org}"
    );
    vec![contacts, all, stored, events, counters]
}
