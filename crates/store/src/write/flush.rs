//! Writes what a batch has decided: one statement per table, whatever the size of the batch.

use crate::error::StoreError;
use crate::sql::{self, hex};
use crate::tables::{message, read_mark};
use crate::write::jobs::row_of;
use crate::write::probe::{ConversationState, Mark};
use sea_orm::ActiveValue::NotSet;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, OnConflict};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, Set};
use types::conversations::MessagePreview;
use types::id::{AgentId, ConversationId, OrgId};
use types::messages::Message;
use types::time::Timestamp;
use uuid::Uuid;

/// A message to insert.
#[derive(Debug)]
pub(crate) struct NewMessage {
    pub(crate) message: Message,
    pub(crate) org_id: OrgId,
    pub(crate) sender: Uuid,
    pub(crate) inbound_count: i64,
}

/// A conversation as it is now, with its newest message in short if that is of this batch.
#[derive(Debug)]
pub(crate) struct NewState {
    pub(crate) org_id: OrgId,
    pub(crate) conversation_id: ConversationId,
    pub(crate) state: ConversationState,
    pub(crate) last_message: Option<MessagePreview>,
}

/// An agent's mark to set.
#[derive(Debug)]
pub(crate) struct NewMark {
    pub(crate) org_id: OrgId,
    pub(crate) conversation_id: ConversationId,
    pub(crate) agent_id: AgentId,
    pub(crate) mark: Mark,
    pub(crate) at: Timestamp,
}

/// Everything that a batch changes.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) conversations: Vec<NewState>,
    pub(crate) messages: Vec<NewMessage>,
    pub(crate) marks: Vec<NewMark>,
}

impl Changes {
    /// Whether there is nothing to write.
    pub(crate) fn is_empty(&self) -> bool {
        self.conversations.is_empty() && self.messages.is_empty() && self.marks.is_empty()
    }
}

const SQLITE: &str = "
UPDATE conversation SET
    last_seq = j.value ->> 'l', inbound_count = j.value ->> 'i', waiting_since = j.value ->> 'w',
    agents_read_seq = j.value ->> 'a', visitor_read_seq = j.value ->> 'v', visitor_read_outbound = j.value ->> 'o',
    last_message = coalesce(j.value ->> 'm', last_message), last_activity_at = j.value ->> 't'
FROM json_each($1) AS j
WHERE conversation.id = unhex(j.value ->> 'c') AND conversation.org_id = unhex(j.value ->> 'g')";

/// PostgreSQL's update of a batch's conversations, `$1`, as a literal: a statement of its own, and a part of a larger one.
macro_rules! postgres_bump {
    () => {
        "
UPDATE conversation SET
    last_seq = j.l, inbound_count = j.i, waiting_since = j.w,
    agents_read_seq = j.a, visitor_read_seq = j.v, visitor_read_outbound = j.o,
    last_message = coalesce(j.m, last_message), last_activity_at = j.t
FROM (SELECT * FROM json_to_recordset($1::json) AS t(
    c uuid, g uuid, l bigint, i bigint, w bigint, a bigint, v bigint, o bigint, m text, t bigint) {rows}) AS j
WHERE conversation.id = j.c AND conversation.org_id = j.g"
    };
}
pub(crate) use postgres_bump;

/// The statement that updates a batch's conversations.
pub(crate) fn statement(backend: DbBackend) -> &'static str {
    if backend == DbBackend::Postgres { postgres_bump!() } else { SQLITE }
}

// `+` keeps SQLite, which has no statistics, from walking all of the organisation's members.
const SQLITE_FOLLOW: &str = "
UPDATE conversation_member SET last_activity_at = j.value ->> 't'
FROM json_each($1) AS j
WHERE conversation_member.conversation_id = unhex(j.value ->> 'c')
  AND +conversation_member.org_id = unhex(j.value ->> 'g')";

const POSTGRES_FOLLOW: &str = "
UPDATE conversation_member SET last_activity_at = j.t
FROM (SELECT * FROM json_to_recordset($1::json) AS t(c uuid, g uuid, t bigint) {rows}) AS j
WHERE conversation_member.conversation_id = j.c AND conversation_member.org_id = j.g";

/// The statement that moves a batch's conversations in the lists of those who take part.
pub(crate) fn follow_statement(backend: DbBackend) -> &'static str {
    if backend == DbBackend::Postgres { POSTGRES_FOLLOW } else { SQLITE_FOLLOW }
}

/// Moves the batch's conversations in the lists of those who take part: one statement, and none where nobody does.
pub(crate) async fn follow<C: ConnectionTrait>(conn: &C, changes: &Changes) -> Result<(), StoreError> {
    let with_members = changes.conversations.iter().filter(|new| !new.state.members.is_empty());
    let rows: Vec<_> = with_members
        .map(|new| {
            serde_json::json!({
                "c": hex(new.conversation_id.0), "g": hex(new.org_id.0), "t": new.state.last_activity_at.0,
            })
        })
        .collect();
    if !rows.is_empty() {
        let statement = sql::sized(follow_statement(conn.get_database_backend()), rows.len());
        conn.execute_raw(sql::with_json(conn, &statement, &rows)?).await?;
    }
    Ok(())
}

/// Writes everything, inside the caller's transaction.
pub(crate) async fn write<C: ConnectionTrait>(conn: &C, changes: Changes) -> Result<(), StoreError> {
    follow(conn, &changes).await?;
    if !changes.conversations.is_empty() {
        let rows = changes.conversations.iter().map(conversation_row).collect::<Result<Vec<_>, _>>()?;
        let statement = sql::sized(statement(conn.get_database_backend()), rows.len());
        conn.execute_raw(sql::with_json(conn, &statement, &rows)?).await?;
    }
    let mut rows = Vec::with_capacity(changes.messages.len());
    for new in changes.messages {
        let content = sql::to_json(&new.message.content)?;
        rows.push(row_of(&new.message, new.org_id, new.sender, content, new.inbound_count));
    }
    for chunk in sql::chunks(rows) {
        message::Entity::insert_many(chunk).exec_without_returning(conn).await?;
    }
    let marks = changes.marks.into_iter().map(|new| read_mark::ActiveModel {
        org_id: Set(new.org_id),
        conversation_id: Set(new.conversation_id),
        agent_id: Set(new.agent_id),
        seq: Set(new.mark.seq),
        inbound_count: Set(new.mark.inbound_count),
        updated_at: Set(new.at),
        // What the agent has set of the conversation stays: a new row has the columns' defaults.
        pinned_at: NotSet,
        muted: NotSet,
        marked_unread: NotSet,
        mentioned: NotSet,
        personal_revision: NotSet,
    });
    for chunk in sql::chunks(marks.collect()) {
        // The conversations' locks keep others' newer marks from being overwritten. That a mark does not go back, and keeps
        // the count that belongs to it, holds whoever writes it.
        let newer = OnConflict::columns([read_mark::Column::ConversationId, read_mark::Column::AgentId])
            .update_columns([read_mark::Column::Seq, read_mark::Column::InboundCount, read_mark::Column::UpdatedAt])
            .action_and_where(
                Expr::col((read_mark::Entity, read_mark::Column::Seq))
                    .lt(Expr::col((Alias::new("excluded"), read_mark::Column::Seq))),
            )
            .to_owned();
        read_mark::Entity::insert_many(chunk).on_conflict(newer).exec_without_returning(conn).await?;
    }
    Ok(())
}

/// A conversation as the statement's parameter has it.
pub(crate) fn conversation_row(new: &NewState) -> Result<serde_json::Value, StoreError> {
    let NewState { org_id, conversation_id, state, last_message } = new;
    let preview = last_message.as_ref().map(sql::to_json).transpose()?;
    Ok(serde_json::json!({
        "c": hex(conversation_id.0), "g": hex(org_id.0), "l": state.last_seq, "i": state.inbound_count, "w": state.waiting_since.map(|at| at.0),
        "a": state.agents_read_seq, "v": state.visitor_read_seq, "o": state.visitor_read_outbound,
        "m": preview, "t": state.last_activity_at.0,
    }))
}
