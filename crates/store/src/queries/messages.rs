//! Messages: stretches of a conversation.

use crate::direct::{Cells, Row, Unreadable, row};
use crate::error::StoreError;
use crate::queries::conversations::visible;
use crate::queries::visitors::own_conversation;
use crate::readers::Readers;
use crate::scope::{OrgScope, Viewer, Visitor};
use crate::sql;
use crate::tables::{conversation, message};
use crate::write::author_from;
use sea_orm::sea_query::{Expr, ExprTrait, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, FromQueryResult, QueryFilter, QueryOrder, QueryResult, QuerySelect,
    QueryTrait, Select,
};
use types::id::{AgentId, ConversationId, MessageId, Nonce};
use types::limits;
use types::messages::{Message, MessageWindow};
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
        Self::After(Ord::max(seq.saturating_sub(i64::from(limit / 2)).saturating_sub(1), 0))
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
    match rows.first().map(|row| (row.last_seq, row.cleared_seq, row.recalls)) {
        Some((Some(last_seq), cleared, recalls)) => {
            let (cleared_seq, recalls) = (cleared.unwrap_or_default(), recalls.unwrap_or_default());
            windowed(rows.into_iter().map(|row| row.message), Extent { last_seq, cleared_seq, recalls }, window)
                .map(Some)
        }
        // Not for this agent's eyes.
        Some((None, ..)) => Ok(None),
        // Where there is no message, there may still be a conversation.
        None => {
            let visible = visible(viewer).filter(conversation::Column::Id.eq(conversation_id));
            let found = extent(readers, visible).await?;
            found.map(|(_, extent)| windowed(std::iter::empty(), extent, window)).transpose()
        }
    }
}

/// A stretch with the conversation's last `seq` in every row; without it where the agent may not see the conversation. One
/// question instead of two: the second part is answered once, not for every row.
pub(crate) fn seen(viewer: Viewer, conversation_id: ConversationId, window: Window) -> Select<message::Entity> {
    let visible = visible(viewer).filter(conversation::Column::Id.eq(conversation_id));
    let last_seq = visible.select_only().column(conversation::Column::LastSeq).into_query();
    let of = |column| fact_of(viewer.scope(), conversation_id, column);
    let cleared = || of(conversation::Column::ClearedSeq);
    let stretch = match window {
        // Rows that were cleared and are still there would fill it.
        Window::After(_) => stretch(viewer.scope(), conversation_id, window)
            .filter(Expr::col(message::Column::Seq).gt(Expr::SubQuery(None, Box::new(cleared().into())))),
        Window::Newest | Window::Before(_) => stretch(viewer.scope(), conversation_id, window),
    };
    let recalls = of(conversation::Column::Recalls);
    stretch.expr_as(last_seq, "last_seq").expr_as(cleared(), "cleared_seq").expr_as(recalls, "recalls")
}

/// One fact of a conversation: up to which message it was cleared, or how many were recalled.
fn fact_of(scope: OrgScope, conversation_id: ConversationId, fact: conversation::Column) -> SelectStatement {
    scope
        .find::<conversation::Entity>()
        .filter(conversation::Column::Id.eq(conversation_id))
        .select_only()
        .column(fact)
        .into_query()
}

/// A message of a conversation, whoever may see it, unless it has been cleared.
pub(crate) async fn quotable<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    conversation_id: ConversationId,
    message_id: MessageId,
) -> Result<Option<Message>, StoreError> {
    let conversation = scope.find::<conversation::Entity>().filter(conversation::Column::Id.eq(conversation_id));
    match extent(conn, conversation).await? {
        Some((_, extent)) => kept(conn, scope, conversation_id, extent, message_id).await,
        None => Ok(None),
    }
}

/// A message, if the agent may see it and it has not been cleared.
pub async fn get<C: ConnectionTrait>(
    conn: &C,
    viewer: Viewer,
    conversation_id: ConversationId,
    message_id: MessageId,
) -> Result<Option<Message>, StoreError> {
    match extent(conn, visible(viewer).filter(conversation::Column::Id.eq(conversation_id))).await? {
        Some((_, extent)) => kept(conn, viewer.scope(), conversation_id, extent, message_id).await,
        None => Ok(None),
    }
}

async fn kept<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    conversation_id: ConversationId,
    extent: Extent,
    message_id: MessageId,
) -> Result<Option<Message>, StoreError> {
    let found = stretch(scope, conversation_id, Window::After(extent.cleared_seq))
        .filter(message::Column::Id.eq(message_id))
        .into_model::<MessageRow>()
        .one(conn)
        .await?;
    found.map(MessageRow::into_message).transpose()
}

/// A stretch of the visitor's conversation; empty as long as there is none.
pub async fn for_visitor<C: ConnectionTrait>(
    conn: &C,
    visitor: Visitor,
    window: Window,
    limit: u16,
) -> Result<MessageWindow, StoreError> {
    match extent(conn, own_conversation(visitor)).await? {
        Some((id, extent)) => read(conn, visitor.scope(), id, extent, window, limit).await,
        None => {
            // Whoever holds messages of a conversation that is not there holds those of a deleted one.
            let cleared_seq = if let Window::After(seq) = window { seq } else { 0 };
            Ok(MessageWindow { items: Vec::new(), has_earlier: false, has_later: false, cleared_seq, recalls: 0 })
        }
    }
}

/// From where to where a conversation's messages reach.
#[derive(Debug, Clone, Copy)]
struct Extent {
    last_seq: i64,
    /// Up to here there are none.
    cleared_seq: i64,
    /// How many were recalled.
    recalls: i64,
}

async fn extent<C: ConnectionTrait>(
    conn: &C,
    conversation: Select<conversation::Entity>,
) -> Result<Option<(ConversationId, Extent)>, StoreError> {
    let row: Option<(ConversationId, i64, i64, i64)> = conversation
        .select_only()
        .columns([
            conversation::Column::Id,
            conversation::Column::LastSeq,
            conversation::Column::ClearedSeq,
            conversation::Column::Recalls,
        ])
        .into_tuple()
        .one(conn)
        .await?;
    Ok(row.map(|(id, last_seq, cleared_seq, recalls)| (id, Extent { last_seq, cleared_seq, recalls })))
}

async fn read<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    conversation_id: ConversationId,
    extent: Extent,
    window: Window,
    limit: u16,
) -> Result<MessageWindow, StoreError> {
    let limit = u64::from(limit.clamp(1, limits::PAGE_MAX));
    let kept = message::Column::Seq.gt(extent.cleared_seq);
    let rows =
        stretch(scope, conversation_id, window).filter(kept).limit(limit).into_model::<MessageRow>().all(conn).await?;
    windowed(rows.into_iter(), extent, window)
}

fn windowed(
    rows: impl Iterator<Item = MessageRow>,
    Extent { last_seq, cleared_seq, recalls }: Extent,
    window: Window,
) -> Result<MessageWindow, StoreError> {
    // Nearest first: whatever was cleared stands at the far end.
    let rows = rows.filter(|row| row.seq > cleared_seq);
    let mut items = rows.map(MessageRow::into_message).collect::<Result<Vec<_>, _>>()?;
    if !matches!(window, Window::After(_)) {
        items.reverse();
    }
    // The numbers have no gaps, so the ends tell what lies beyond them. An empty stretch lies where it was asked for.
    let (first, last) = match (items.first(), items.last(), window) {
        (Some(first), Some(last), _) => (first.seq, last.seq),
        (_, _, Window::After(seq)) => {
            let seq = Ord::max(seq, cleared_seq);
            (seq.saturating_add(1), seq)
        }
        (_, _, Window::Before(seq)) => (seq, seq.saturating_sub(1)),
        (_, _, Window::Newest) => (cleared_seq.saturating_add(1), cleared_seq),
    };
    let has_earlier = first > cleared_seq.saturating_add(1) && last_seq > cleared_seq;
    Ok(MessageWindow { items, has_earlier, has_later: last < last_seq, cleared_seq, recalls })
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
    cleared_seq: Option<i64>,
    recalls: Option<i64>,
}

impl FromQueryResult for SeenRow {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        Ok(Self {
            message: MessageRow::from_query_result(row, prefix)?,
            last_seq: row.try_get_by(format!("{prefix}last_seq").as_str())?,
            cleared_seq: row.try_get_by(format!("{prefix}cleared_seq").as_str())?,
            recalls: row.try_get_by(format!("{prefix}recalls").as_str())?,
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
        "cleared_seq",
        "recalls",
    ];

    fn read(cells: &mut Cells<'_, '_>) -> Result<Self, Unreadable> {
        let message = MessageRow::read(cells)?;
        Ok(Self { message, last_seq: cells.next()?, cleared_seq: cells.next()?, recalls: cells.next()? })
    }
}

impl MessageRow {
    pub(crate) fn into_message(self) -> Result<Message, StoreError> {
        Ok(Message {
            id: self.id,
            conversation_id: self.conversation_id,
            seq: self.seq,
            author: author_from(&self.author_kind, self.author_id, self.author_name)?,
            content: sql::from_json(&self.content, "message.content")?,
            nonce: self.nonce,
            created_at: self.created_at,
        })
    }
}
