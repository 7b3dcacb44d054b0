//! Messages: stretches of a conversation.

use crate::direct::{Cells, Row, Unreadable, row};
use crate::error::StoreError;
use crate::queries::conversations::visible;
use crate::queries::visitors::own_conversation;
use crate::readers::Readers;
use crate::scope::{OrgScope, Viewer, Visitor};
use crate::sql;
use crate::tables::{conversation, message};
use crate::write::{AGENT, VISITOR};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, FromQueryResult, QueryFilter, QueryOrder, QueryResult, QuerySelect,
    QueryTrait, Select,
};
use types::id::{AgentId, ConversationId, MessageId, Nonce};
use types::limits;
use types::messages::{Author, Message, MessageWindow};
use types::time::Timestamp;

/// Which stretch of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// The newest messages.
    Newest,
    /// Those just before a `seq`.
    Before(i64),
    /// Those just after a `seq`.
    After(i64),
}

impl Window {
    /// The surroundings of a message: as much above it as below.
    #[must_use]
    pub fn around(seq: i64, limit: u16) -> Self {
        // The numbers have no gaps.
        Self::After(seq.saturating_sub(i64::from(limit / 2)).saturating_sub(1).max(0))
    }
}

/// A stretch of a conversation, if the agent may see it.
pub async fn for_viewer(
    readers: &Readers,
    viewer: Viewer,
    conversation_id: ConversationId,
    window: Window,
    limit: u16,
) -> Result<Option<MessageWindow>, StoreError> {
    let limit = u64::from(limit.clamp(1, limits::PAGE_MAX));
    let query = seen(viewer, conversation_id, window);
    let rows: Vec<SeenRow> = readers.rows(sql::limited(&query, limit, readers.get_database_backend())).await?;
    match rows.first().map(|row| row.last_seq) {
        Some(Some(last_seq)) => windowed(rows.into_iter().map(|row| row.message), last_seq, window).map(Some),
        // Not for this agent's eyes.
        Some(None) => Ok(None),
        // Where there is no message, there may still be a conversation.
        None => {
            let visible = visible(viewer).filter(conversation::Column::Id.eq(conversation_id));
            let found = last_seq(readers, visible).await?;
            found.map(|(_, last_seq)| windowed(std::iter::empty(), last_seq, window)).transpose()
        }
    }
}

/// A stretch with the conversation's last `seq` in every row; without it where the agent may not see the conversation. One
/// question instead of two: the second part is answered once, not for every row.
pub(crate) fn seen(viewer: Viewer, conversation_id: ConversationId, window: Window) -> Select<message::Entity> {
    let visible = visible(viewer).filter(conversation::Column::Id.eq(conversation_id));
    let last_seq = visible.select_only().column(conversation::Column::LastSeq).into_query();
    stretch(viewer.scope(), conversation_id, window).expr_as(last_seq, "last_seq")
}

/// A stretch of the visitor's conversation; empty as long as there is none.
pub async fn for_visitor<C: ConnectionTrait>(
    conn: &C,
    visitor: Visitor,
    window: Window,
    limit: u16,
) -> Result<MessageWindow, StoreError> {
    match last_seq(conn, own_conversation(visitor)).await? {
        Some((id, last_seq)) => read(conn, visitor.scope(), id, last_seq, window, limit).await,
        None => Ok(MessageWindow { items: Vec::new(), has_earlier: false, has_later: false }),
    }
}

async fn last_seq<C: ConnectionTrait>(
    conn: &C,
    conversation: Select<conversation::Entity>,
) -> Result<Option<(ConversationId, i64)>, StoreError> {
    Ok(conversation
        .select_only()
        .columns([conversation::Column::Id, conversation::Column::LastSeq])
        .into_tuple()
        .one(conn)
        .await?)
}

async fn read<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    conversation_id: ConversationId,
    last_seq: i64,
    window: Window,
    limit: u16,
) -> Result<MessageWindow, StoreError> {
    let limit = u64::from(limit.clamp(1, limits::PAGE_MAX));
    let rows = stretch(scope, conversation_id, window).limit(limit).into_model::<MessageRow>().all(conn).await?;
    windowed(rows.into_iter(), last_seq, window)
}

fn windowed(
    rows: impl Iterator<Item = MessageRow>,
    last_seq: i64,
    window: Window,
) -> Result<MessageWindow, StoreError> {
    let mut items = rows.map(MessageRow::into_message).collect::<Result<Vec<_>, _>>()?;
    if !matches!(window, Window::After(_)) {
        items.reverse();
    }
    // The numbers have no gaps, so the ends tell what lies beyond them. An empty stretch lies where it was asked for.
    let (first, last) = match (items.first(), items.last(), window) {
        (Some(first), Some(last), _) => (first.seq, last.seq),
        (_, _, Window::After(seq)) => (seq.saturating_add(1), seq),
        (_, _, Window::Before(seq)) => (seq, seq.saturating_sub(1)),
        (_, _, Window::Newest) => (1, 0),
    };
    Ok(MessageWindow { items, has_earlier: first > 1 && last_seq > 0, has_later: last < last_seq })
}

/// The messages of a stretch, nearest first, without its length.
pub(crate) fn stretch(scope: OrgScope, conversation_id: ConversationId, window: Window) -> Select<message::Entity> {
    // What a message shows; the rest of its row would be fetched for nothing.
    let shown = [
        message::Column::Id,
        message::Column::ConversationId,
        message::Column::Seq,
        message::Column::AuthorKind,
        message::Column::AuthorId,
        message::Column::AuthorName,
        message::Column::Content,
        message::Column::Nonce,
        message::Column::CreatedAt,
    ];
    let messages = scope.find::<message::Entity>().filter(message::Column::ConversationId.eq(conversation_id));
    let select = messages.select_only().columns(shown);
    match window {
        Window::Newest => select.order_by_desc(message::Column::Seq),
        Window::Before(seq) => select.filter(message::Column::Seq.lt(seq)).order_by_desc(message::Column::Seq),
        Window::After(seq) => select.filter(message::Column::Seq.gt(seq)).order_by_asc(message::Column::Seq),
    }
}

row! {
    /// A message's row.
    pub(crate) struct MessageRow {
        id: MessageId,
        conversation_id: ConversationId,
        seq: i64,
        author_kind: String,
        author_id: Option<AgentId>,
        author_name: Option<String>,
        content: String,
        nonce: Nonce,
        created_at: Timestamp,
    }
}

/// A row of [`seen`].
#[derive(Debug)]
struct SeenRow {
    message: MessageRow,
    last_seq: Option<i64>,
}

impl FromQueryResult for SeenRow {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        Ok(Self {
            message: MessageRow::from_query_result(row, prefix)?,
            last_seq: row.try_get_by(format!("{prefix}last_seq").as_str())?,
        })
    }
}

impl Row for SeenRow {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "conversation_id",
        "seq",
        "author_kind",
        "author_id",
        "author_name",
        "content",
        "nonce",
        "created_at",
        "last_seq",
    ];

    fn read(cells: &mut Cells<'_, '_>) -> Result<Self, Unreadable> {
        Ok(Self { message: MessageRow::read(cells)?, last_seq: cells.next()? })
    }
}

impl MessageRow {
    pub(crate) fn into_message(self) -> Result<Message, StoreError> {
        let author = match (self.author_kind.as_str(), self.author_id, self.author_name) {
            (VISITOR, _, _) => Author::Visitor,
            (AGENT, Some(id), Some(name)) => Author::Agent { id, name },
            _ => return Err(StoreError::Corrupt { what: "message.author" }),
        };
        Ok(Message {
            id: self.id,
            conversation_id: self.conversation_id,
            seq: self.seq,
            author,
            content: sql::from_json(&self.content, "message.content")?,
            nonce: self.nonce,
            created_at: self.created_at,
        })
    }
}
