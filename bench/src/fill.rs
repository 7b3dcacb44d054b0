//! A database of a million messages, or of a million contacts, made by the database itself: one statement a table, so it takes seconds. Words for the
//! search are spread over them by fixed rules.
//!
//! One conversation has a hundredth of all messages; the others have a hundred each. Messages are stored in the order of
//! time, so those of one conversation lie scattered, as they would.

mod contacts;

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

/// What a database is filled with.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Filling {
    /// So many messages; their index is there already, or the server is to make it.
    Messages { count: u32, searched: bool },
    /// So many contacts, whose index the server is to make.
    Contacts(u32),
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

    /// The id as JSON has it.
    fn id_as_text(self, kind: u32, number: &str) -> String {
        let before = format!("{kind:08x}-0000-0000-0000-");
        match self {
            Self::Sqlite => format!("printf('{before}%012x', {number})"),
            Self::Postgres => format!("'{before}' || lpad(to_hex({number}), 12, '0')"),
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
pub(crate) fn sqlite(file: &Path, owner: Owner, filling: Filling) -> Result<()> {
    let db = rusqlite::Connection::open(file)?;
    db.execute_batch("PRAGMA synchronous=OFF; PRAGMA cache_size=-262144; BEGIN")?;
    for statement in statements(Dialect::Sqlite, owner, filling) {
        db.execute_batch(&statement).with_context(|| statement.clone())?;
    }
    db.execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")?;
    Ok(())
}

/// Fills a PostgreSQL database, and lets it look at what it has, as its own cleaner would in time.
pub(crate) async fn postgres(url: &str, owner: Owner, filling: Filling) -> Result<()> {
    let mut db = PgConnection::connect(url).await?;
    for statement in statements(Dialect::Postgres, owner, filling) {
        db.execute(sqlx::AssertSqlSafe(statement.clone())).await.context(statement)?;
    }
    db.execute("VACUUM ANALYZE").await?;
    Ok(db.close().await?)
}

/// What the messages say, as SQL: most ask for goods; one in fifty is about a refund, one in a thousand an invoice, one in
/// twenty thousand a customs declaration; every one in seven is English; every number is there once.
fn spoken(content: &dyn Fn(&str) -> String) -> String {
    let say = |text: &str| format!("'{}'", content(text).replace('#', "' || i || '"));
    format!(
        "CASE WHEN i % 20000 = 7 THEN {} WHEN i % 1000 = 5 THEN {} WHEN i % 50 = 3 THEN {} WHEN i % 7 = 1 THEN {} ELSE {} END",
        say("麻烦补一份报关单，单号 PL#，谢谢。"),
        say("能开增值税发票吗？抬头稍后发您，订单 #。"),
        say("我想申请退款，订单 # 一直没有收到，请尽快处理。"),
        say("Hello, where is my order #? It should have arrived yesterday."),
        say("您好，请问这款还有货吗？订单 # 什么时候能发货？谢谢！"),
    )
}

/// Marks everything as indexed, where nothing is to be searched: the server would begin at once.
fn as_indexed(dialect: Dialect, owner: Owner) -> String {
    let org = dialect.uuid(owner.org_id.0);
    format!(
        "INSERT INTO search_progress (org_id, number, event_seq)
         SELECT id, 1000, last_event_seq FROM organisation WHERE id = {org} ON CONFLICT (org_id) DO NOTHING"
    )
}

/// The same for an organisation whose index has begun.
fn indexed_so_far(dialect: Dialect, owner: Owner) -> String {
    let org = dialect.uuid(owner.org_id.0);
    format!(
        "UPDATE search_progress SET event_seq = (SELECT last_event_seq FROM organisation WHERE id = {org}) WHERE org_id = {org}"
    )
}

fn statements(dialect: Dialect, owner: Owner, filling: Filling) -> Vec<String> {
    match filling {
        Filling::Messages { count, searched } => messages(dialect, owner, count, searched),
        Filling::Contacts(count) => contacts::statements(dialect, owner, count),
    }
}

fn messages(dialect: Dialect, owner: Owner, messages: u32, searched: bool) -> Vec<String> {
    let (org, agent, channel) =
        (dialect.uuid(owner.org_id.0), dialect.uuid(owner.agent_id.0), dialect.uuid(owner.channel_id.0));
    let short = messages / 100 * 99 / 100;
    let conversations = short + 1;
    let text = "您好，请问这款还有货吗？我想问一下订单什么时候能发货，谢谢！";
    let content = |text: &str| format!("{{\"type\":\"text\",\"text\":\"{text}\"}}");
    let preview = format!(
        "{{\"seq\":100,\"author\":{{\"kind\":\"visitor\"}},\"content\":{},\"created_at\":\"2026-11-22T08:00:00Z\"}}",
        content(text)
    );
    let said = spoken(&content);
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
                CASE m % 2 WHEN 1 THEN {contact} ELSE {agent} END, {nonce}, {said}, (m + 1) / 2, {BEGAN} + i
         FROM {place}"
    );
    let events = format!(
        "INSERT INTO event (org_id, seq, conversation_id, kind, actor, audience, payload, created_at)
         SELECT {org}, 1000 + i, {conversation}, 'message_created', 'system', 'c',
                '{{\"type\":\"message_created\",\"message\":{{\"id\":\"' || {} || '\"}}}}', {BEGAN} + i FROM {place}",
        dialect.id_as_text(MESSAGE, "i")
    );
    let counters = format!(
        "UPDATE organisation SET last_contact_number = {conversations}, last_event_seq = 1000 + {messages} WHERE id = {org}"
    );
    let mut statements = vec![contacts, all, stored, events, counters];
    if !searched {
        statements.extend([as_indexed(dialect, owner), indexed_so_far(dialect, owner)]);
    }
    statements
}
