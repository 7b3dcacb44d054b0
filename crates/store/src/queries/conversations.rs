//! Conversations, as agents see them.

use crate::direct::row;
use crate::error::StoreError;
pub use crate::queries::place::BadCursor;
use crate::queries::place::Place;
use crate::readers::Readers;
use crate::scope::Viewer;
use crate::sql;
use crate::tables::{channel, contact, conversation, read_mark};
use sea_orm::sea_query::{Expr, ExprTrait, IntoCondition, LockType, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait, Select,
};
use std::fmt;
use std::str::FromStr;
use types::contacts::ContactSummary;
use types::conversations::Conversation;
use types::id::{AgentId, ChannelId, ContactId, ConversationId};
use types::limits;
use types::page::Page;
use types::time::Timestamp;

/// A place in the list of conversations: the last one of a page.
///
/// A conversation that rises while somebody turns pages is met again at the top, by its event; it cannot appear twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConversationCursor {
    /// When that conversation's newest message came.
    pub last_activity_at: Timestamp,
    /// Which it is, among those of the same time.
    pub id: ConversationId,
}

impl fmt::Display for ConversationCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Place { at: self.last_activity_at, id: self.id.0 }.fmt(f)
    }
}

impl FromStr for ConversationCursor {
    type Err = BadCursor;

    fn from_str(text: &str) -> Result<Self, BadCursor> {
        text.parse().map(|Place { at, id }| Self { last_activity_at: at, id: ConversationId(id) })
    }
}

/// Which conversations to list. All that the agent may see, by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Listed {
    /// Only those of this channel.
    pub channel_id: Option<ChannelId>,
    /// Only those in which the agent has not read everything, or that they have marked unread.
    pub unread: bool,
    /// Only those that the agent keeps at the top: few, see [`limits::PINNED_MAX`].
    pub pinned: bool,
    /// Only those whose visitor waits for an answer.
    pub waiting: bool,
    /// Only those that this agent has, or nobody.
    pub assigned: Option<Assigned>,
}

/// Whose conversations to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assigned {
    /// The asking agent's.
    Me,
    /// Nobody's.
    Nobody,
}

/// Conversations that one page of the unread ones looks at: no index knows what somebody has not read, and a page must not
/// walk through everything that was ever said.
const UNREAD_LOOKED_AT: u64 = 1_000;

/// The conversations that the agent may see, newest activity first.
pub async fn list(
    readers: &Readers,
    viewer: Viewer,
    listed: Listed,
    cursor: Option<ConversationCursor>,
    limit: u16,
) -> Result<Page<Conversation>, StoreError> {
    let limit = limit.clamp(1, limits::PAGE_MAX);
    // Below it nothing is looked at for this page.
    let bottom = if listed.unread { bottom(readers, viewer, listed, cursor).await? } else { None };
    // One more than asked for tells whether there is another page.
    let mut query = page(viewer, listed, cursor);
    if let Some(bottom) = bottom {
        query = query.filter(conversation::Column::LastActivityAt.gte(bottom.last_activity_at)).filter(
            Condition::any()
                .add(conversation::Column::LastActivityAt.gt(bottom.last_activity_at))
                .add(conversation::Column::Id.gte(bottom.id)),
        );
    }
    let asked = sql::limited(&query, u64::from(limit) + 1, readers.get_database_backend());
    let rows: Vec<Row> = readers.rows(asked).await?;
    let more = rows.len() > usize::from(limit);
    let items = rows.into_iter().take(usize::from(limit)).map(Conversation::try_from).collect::<Result<Vec<_>, _>>()?;
    let next_cursor = items
        .last()
        .filter(|_| more)
        .map(|last| ConversationCursor { last_activity_at: last.last_activity_at, id: last.id })
        .or(bottom);
    Ok(Page { items, next_cursor: next_cursor.map(|cursor| cursor.to_string()) })
}

/// The last conversation that a page of the unread ones looks at; `None` when it looks at all that are left.
async fn bottom(
    readers: &Readers,
    viewer: Viewer,
    listed: Listed,
    cursor: Option<ConversationCursor>,
) -> Result<Option<ConversationCursor>, StoreError> {
    let query = places(viewer, Listed { unread: false, ..listed }, cursor);
    let statement = sql::limited(&query, 1, readers.get_database_backend());
    let statement =
        sea_orm::Statement { sql: format!("{} OFFSET {}", statement.sql, UNREAD_LOOKED_AT - 1), ..statement };
    let found: Vec<Bottom> = readers.rows(statement).await?;
    Ok(found
        .into_iter()
        .next()
        .map(|bottom| ConversationCursor { last_activity_at: bottom.last_activity_at, id: bottom.id }))
}

row! {
    /// A conversation's place in the list.
    struct Bottom {
        id: ConversationId,
        last_activity_at: Timestamp,
    }
}

/// A conversation, if the agent may see it.
pub async fn get<C: ConnectionTrait>(
    conn: &C,
    viewer: Viewer,
    conversation_id: ConversationId,
) -> Result<Option<Conversation>, StoreError> {
    let row = with_details(visible(viewer).filter(conversation::Column::Id.eq(conversation_id)), viewer.agent_id)
        .into_model::<Row>()
        .one(conn)
        .await?;
    row.map(Conversation::try_from).transpose()
}

/// A conversation's row if the agent may see it, locked until the commit as the writer's batches lock theirs.
pub(crate) async fn locked<C: ConnectionTrait>(
    conn: &C,
    viewer: Viewer,
    conversation_id: ConversationId,
) -> Result<Option<conversation::Model>, StoreError> {
    // By itself, before what it is joined with is read: others' rows are not held up, and what is read is not of before the wait.
    let of_org = viewer.scope().find::<conversation::Entity>().filter(conversation::Column::Id.eq(conversation_id));
    if of_org.lock(LockType::Update).one(conn).await?.is_none() {
        return Ok(None);
    }
    Ok(visible(viewer).filter(conversation::Column::Id.eq(conversation_id)).one(conn).await?)
}

/// The conversations that the agent may see, as a select.
pub(crate) fn visible(viewer: Viewer) -> Select<conversation::Entity> {
    visible_of(viewer.scope().find::<conversation::Entity>(), viewer)
}

fn visible_of(select: Select<conversation::Entity>, viewer: Viewer) -> Select<conversation::Entity> {
    let select = select
        .join(JoinType::InnerJoin, conversation::Relation::Channel.def())
        .filter(channel::Column::DeletedAt.is_null());
    if viewer.sees_all { select } else { select.filter(conversation::Column::AssigneeId.eq(viewer.agent_id)) }
}

/// A page of the list, without its length. Whoever is on the blacklist is in no list.
pub(crate) fn page(viewer: Viewer, listed: Listed, cursor: Option<ConversationCursor>) -> Select<conversation::Entity> {
    let select = with_details(listed_from(viewer, listed, cursor), viewer.agent_id);
    if !listed.unread {
        return select;
    }
    let read = Expr::col((read_mark::Entity, read_mark::Column::InboundCount));
    let count = Expr::col((conversation::Entity, conversation::Column::InboundCount));
    let marked = Expr::col((read_mark::Entity, read_mark::Column::MarkedUnread)).if_null(false);
    // What was cleared is not unread.
    let cleared = Expr::col((conversation::Entity, conversation::Column::ClearedInbound));
    let unread = count.clone().gt(read.if_null(0)).and(count.gt(cleared));
    select.filter(Condition::any().add(unread).add(marked))
}

/// The places of the list's conversations, without its length.
pub(crate) fn places(
    viewer: Viewer,
    listed: Listed,
    cursor: Option<ConversationCursor>,
) -> Select<conversation::Entity> {
    listed_from(viewer, listed, cursor)
        .select_only()
        .columns([conversation::Column::Id, conversation::Column::LastActivityAt])
}

/// The list from a place on, as far as the conversations themselves tell what belongs to it.
fn listed_from(viewer: Viewer, listed: Listed, cursor: Option<ConversationCursor>) -> Select<conversation::Entity> {
    let visible = match listed.pinned {
        // Few, found by their marks and sorted.
        true => visible_of(pinned(viewer), viewer),
        false => visible(viewer),
    };
    let mut select = visible
        .filter(conversation::Column::Blocked.eq(false))
        .order_by_desc(conversation::Column::LastActivityAt)
        .order_by_desc(conversation::Column::Id);
    if let Some(channel_id) = listed.channel_id {
        select = select.filter(conversation::Column::ChannelId.eq(channel_id));
    }
    if listed.waiting {
        select = select.filter(conversation::Column::WaitingSince.is_not_null());
    }
    match listed.assigned {
        Some(Assigned::Me) => select = select.filter(conversation::Column::AssigneeId.eq(viewer.agent_id)),
        Some(Assigned::Nobody) => select = select.filter(conversation::Column::AssigneeId.is_null()),
        None => {}
    }
    if let Some(cursor) = cursor {
        // The first condition alone bounds the walk of the index; the second sorts out ties.
        select = select.filter(conversation::Column::LastActivityAt.lte(cursor.last_activity_at)).filter(
            Condition::any()
                .add(conversation::Column::LastActivityAt.lt(cursor.last_activity_at))
                .add(conversation::Column::Id.lt(cursor.id)),
        );
    }
    select
}

/// The conversations that the agent keeps at the top, seen or not.
fn pinned(viewer: Viewer) -> Select<conversation::Entity> {
    let marks = Query::select()
        .column(read_mark::Column::ConversationId)
        .from(read_mark::Entity)
        .and_where(Expr::col(read_mark::Column::OrgId).eq(viewer.org_id))
        .and_where(Expr::col(read_mark::Column::AgentId).eq(viewer.agent_id))
        .and_where(Expr::col(read_mark::Column::PinnedAt).is_not_null())
        .to_owned();
    viewer.scope().find_by_keys::<conversation::Entity>().filter(conversation::Column::Id.in_subquery(marks))
}

/// Adds the contact and the agent's read mark.
fn with_details(select: Select<conversation::Entity>, agent_id: AgentId) -> Select<conversation::Entity> {
    let mark = conversation::Relation::ReadMark
        .def()
        .on_condition(move |_, mark| Expr::col((mark, read_mark::Column::AgentId)).eq(agent_id).into_condition());
    select
        .join(JoinType::InnerJoin, conversation::Relation::Contact.def())
        .join(JoinType::LeftJoin, mark)
        .column_as(contact::Column::Number, "contact_number")
        .column_as(contact::Column::Name, "contact_name")
        .column_as(contact::Column::Version, "contact_version")
        .column_as(read_mark::Column::Seq, "mark_seq")
        .column_as(read_mark::Column::InboundCount, "mark_inbound")
        .column_as(read_mark::Column::PinnedAt, "pinned_at")
        .column_as(read_mark::Column::Muted, "muted")
        .column_as(read_mark::Column::MarkedUnread, "marked_unread")
        .column_as(read_mark::Column::PersonalRevision, "personal_revision")
}

row! {
    /// A conversation's row with its contact and the agent's mark.
    struct Row {
    id: ConversationId,
    channel_id: ChannelId,
    contact_id: ContactId,
    contact_number: i64,
    contact_name: Option<String>,
    contact_version: i64,
    assignee_id: Option<AgentId>,
    last_seq: i64,
    inbound_count: i64,
    waiting_since: Option<Timestamp>,
    agents_read_seq: i64,
    visitor_read_seq: i64,
    last_message: Option<String>,
    last_activity_at: Timestamp,
    created_at: Timestamp,
    mark_seq: Option<i64>,
    mark_inbound: Option<i64>,
    blocked: bool,
    cleared_seq: i64,
    cleared_inbound: i64,
    recalls: i64,
    pinned_at: Option<Timestamp>,
    muted: Option<bool>,
    marked_unread: Option<bool>,
    personal_revision: Option<i64>,
    }
}

impl TryFrom<Row> for Conversation {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let last_message =
            row.last_message.map(|text| sql::from_json(&text, "conversation.last_message")).transpose()?;
        Ok(Self {
            id: row.id,
            channel_id: row.channel_id,
            contact: ContactSummary {
                id: row.contact_id,
                number: row.contact_number,
                name: row.contact_name,
                blocked: row.blocked,
                version: row.contact_version,
            },
            assignee_id: row.assignee_id,
            last_seq: row.last_seq,
            last_message,
            unread: row.inbound_count - Ord::max(row.mark_inbound.unwrap_or_default(), row.cleared_inbound),
            read_seq: Ord::max(row.mark_seq.unwrap_or_default(), row.cleared_seq),
            pinned: row.pinned_at.is_some(),
            muted: row.muted.unwrap_or_default(),
            marked_unread: row.marked_unread.unwrap_or_default(),
            personal_revision: row.personal_revision.unwrap_or_default(),
            cleared_seq: row.cleared_seq,
            recalls: row.recalls,
            agents_read_seq: row.agents_read_seq,
            visitor_read_seq: row.visitor_read_seq,
            waiting_since: row.waiting_since,
            last_activity_at: row.last_activity_at,
            created_at: row.created_at,
        })
    }
}
