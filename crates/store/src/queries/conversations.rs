//! Conversations, as agents see them.

mod list;

pub use list::list;
#[cfg(test)]
pub(crate) use list::{page, page_of_few, places};

use crate::direct::row;
use crate::error::StoreError;
use crate::queries::members::{Members, take_part};
pub use crate::queries::place::BadCursor;
use crate::queries::place::Place;
use crate::queries::tags;
use crate::scope::Viewer;
use crate::sql;
use crate::tables::{channel, contact, conversation, read_mark};
use sea_orm::sea_query::{Expr, ExprTrait, IntoCondition, LockType};
use sea_orm::{ColumnTrait, ConnectionTrait, JoinType, QueryFilter, QuerySelect, RelationTrait, Select};
use std::fmt;
use std::str::FromStr;
use types::contacts::ContactSummary;
use types::conversations::Conversation;
use types::id::{AgentId, ChannelId, ContactId, ConversationId, TagId};
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
    /// Only those in which the agent has not read everything, that they have marked unread, or where a note mentions them.
    pub unread: bool,
    /// Only those that the agent keeps at the top: few, see [`limits::PINNED_MAX`](types::limits::PINNED_MAX).
    pub pinned: bool,
    /// Only those whose visitor waits for an answer.
    pub waiting: bool,
    /// Only those whose last message is of this stretch of time.
    pub active: Active,
    /// Only those that this agent has or was added to, or that nobody has.
    pub assigned: Option<Assigned>,
    /// Only those that wait in the queue.
    pub queued: bool,
    /// Only those that are closed, or only those that are open.
    pub closed: Option<bool>,
    /// Only those that are put off, or only those that are not.
    pub snoozed: Option<bool>,
    /// Only those whose contact has this tag.
    pub tag_id: Option<TagId>,
}

/// A stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Active {
    /// From this time on.
    pub since: Option<Timestamp>,
    /// Up to this time, which is not of it.
    pub before: Option<Timestamp>,
}

/// Whose conversations to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assigned {
    /// The asking agent's: assigned to them, or they were added.
    Me,
    /// Nobody's.
    Nobody,
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

/// Of these conversations those that the agent may see.
pub(crate) fn visible_of(select: Select<conversation::Entity>, viewer: Viewer) -> Select<conversation::Entity> {
    let select = select
        .join(JoinType::InnerJoin, conversation::Relation::Channel.def())
        .filter(channel::Column::DeletedAt.is_null());
    if viewer.sees_all { select } else { select.filter(take_part(viewer)) }
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
        .column_as(contact::Column::Tags, "contact_tags")
        .column_as(read_mark::Column::Seq, "mark_seq")
        .column_as(read_mark::Column::InboundCount, "mark_inbound")
        .column_as(read_mark::Column::PinnedAt, "pinned_at")
        .column_as(read_mark::Column::Muted, "muted")
        .column_as(read_mark::Column::MarkedUnread, "marked_unread")
        .column_as(read_mark::Column::Mentioned, "mentioned")
        .column_as(read_mark::Column::PersonalRevision, "personal_revision")
}

row! {
    /// A conversation's row with its contact and the agent's mark.
    struct Row {
    id: ConversationId,
    channel_id: ChannelId,
    person_id: ContactId,
    contact_number: i64,
    contact_name: Option<String>,
    contact_version: i64,
    contact_tags: String,
    assignee_id: Option<AgentId>,
    members: String,
    members_version: i64,
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
    notes: i64,
    cleared_notes: i64,
    closed_at: Option<Timestamp>,
    queued_at: Option<Timestamp>,
    snoozed_until: Option<Timestamp>,
    assignment: Option<String>,
    pinned_at: Option<Timestamp>,
    muted: Option<bool>,
    marked_unread: Option<bool>,
    mentioned: Option<bool>,
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
                id: row.person_id,
                number: row.contact_number,
                name: row.contact_name,
                blocked: row.blocked,
                version: row.contact_version,
                tag_ids: tags::read(&row.contact_tags)?,
            },
            assignee_id: row.assignee_id,
            members: Members::read(&row.members)?.as_slice().to_vec(),
            members_version: row.members_version,
            closed_at: row.closed_at,
            queued_at: row.queued_at,
            snoozed_until: row.snoozed_until,
            assignment: row.assignment.map(|text| sql::from_json(&text, "conversation.assignment")).transpose()?,
            last_seq: row.last_seq,
            last_message,
            unread: row.inbound_count - Ord::max(row.mark_inbound.unwrap_or_default(), row.cleared_inbound),
            read_seq: Ord::max(row.mark_seq.unwrap_or_default(), row.cleared_seq),
            pinned: row.pinned_at.is_some(),
            muted: row.muted.unwrap_or_default(),
            marked_unread: row.marked_unread.unwrap_or_default(),
            mentioned: row.mentioned.unwrap_or_default(),
            personal_revision: row.personal_revision.unwrap_or_default(),
            cleared_seq: row.cleared_seq,
            recalls: row.recalls,
            notes: row.notes,
            cleared_notes: row.cleared_notes,
            agents_read_seq: row.agents_read_seq,
            visitor_read_seq: row.visitor_read_seq,
            waiting_since: row.waiting_since,
            last_activity_at: row.last_activity_at,
            created_at: row.created_at,
        })
    }
}
