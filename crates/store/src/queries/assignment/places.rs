//! Where in the queue those stand who wait.
//!
//! A line is what waits for the same people: a channel's, or those of it that were handed on to a group. Who waits in another line may be
//! served by some of the same people; counting them would promise a place that nobody keeps.

use crate::audience::Audience;
use crate::error::StoreError;
use crate::scope::{OrgScope, Visitor, before_tenant};
use crate::tables::{channel, conversation};
use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, JoinType, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    RelationTrait,
};
use std::collections::HashMap;
use types::id::{AgentGroupId, ChannelId, ContactId, ConversationId, OrgId};
use types::time::Timestamp;

/// A visitor's place in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuePlace {
    /// Their conversation.
    pub conversation_id: ConversationId,
    /// Them alone.
    pub audience: Audience,
    /// How many wait before them; absent when they do not wait.
    pub ahead: Option<i64>,
}

impl QueuePlace {
    fn of(conversation_id: ConversationId, contact: ContactId, ahead: Option<i64>) -> Self {
        Self { conversation_id, audience: Audience::visitor(contact), ahead }
    }
}

/// How many wait, and since when the first of them does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Where.
    pub org_id: OrgId,
    /// How many conversations.
    pub count: i64,
    /// Since when the longest wait is.
    pub since: Timestamp,
}

/// The organisations in which somebody waits.
///
/// # Errors
/// Those of the database.
pub async fn waiting<C: ConnectionTrait>(conn: &C) -> Result<Vec<Waiting>, StoreError> {
    let queued_at = || Expr::col((conversation::Entity, conversation::Column::QueuedAt));
    let rows: Vec<(OrgId, i64, Timestamp)> = before_tenant::<conversation::Entity>()
        .join(JoinType::InnerJoin, conversation::Relation::Channel.def())
        .filter(channel::Column::DeletedAt.is_null())
        .filter(conversation::Column::QueuedAt.is_not_null())
        .filter(conversation::Column::Blocked.eq(false))
        .select_only()
        .column(conversation::Column::OrgId)
        .expr_as(queued_at().count(), "count")
        .expr_as(Func::min(queued_at()), "since")
        .group_by(conversation::Column::OrgId)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|(org_id, count, since)| Waiting { org_id, count, since }).collect())
}

/// The places of those who wait, the longest wait first, at most so many; and of these conversations those whose visitors wait no more.
///
/// # Errors
/// Those of the database.
pub async fn places<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    moved: &[ConversationId],
    most: u64,
) -> Result<Vec<QueuePlace>, StoreError> {
    let rows: Vec<(ConversationId, ContactId, ChannelId, Option<AgentGroupId>)> = in_line(scope)
        .order_by_asc(conversation::Column::QueuedAt)
        .order_by_asc(conversation::Column::Id)
        .limit(most)
        .select_only()
        .columns([conversation::Column::Id, conversation::Column::ContactId])
        .columns([conversation::Column::ChannelId, conversation::Column::WantedGroupId])
        .into_tuple()
        .all(conn)
        .await?;
    let mut lines: HashMap<(ChannelId, Option<AgentGroupId>), i64> = HashMap::new();
    let mut places = Vec::with_capacity(rows.len());
    for (id, contact, channel, group) in rows {
        let ahead = lines.entry((channel, group)).or_default();
        places.push(QueuePlace::of(id, contact, Some(*ahead)));
        *ahead = ahead.saturating_add(1);
    }
    if !moved.is_empty() {
        let gone: Vec<(ConversationId, ContactId)> = scope
            .find::<conversation::Entity>()
            .filter(conversation::Column::Id.is_in(moved.iter().copied()))
            .filter(conversation::Column::QueuedAt.is_null())
            .select_only()
            .columns([conversation::Column::Id, conversation::Column::ContactId])
            .into_tuple()
            .all(conn)
            .await?;
        places.extend(gone.into_iter().map(|(id, contact)| QueuePlace::of(id, contact, None)));
    }
    Ok(places)
}

/// How many wait before a visitor; `None` when they do not wait.
///
/// # Errors
/// Those of the database.
pub async fn place_of<C: ConnectionTrait>(conn: &C, visitor: Visitor) -> Result<Option<i64>, StoreError> {
    let scope = visitor.scope();
    let own: Option<(ConversationId, Option<Timestamp>, Option<AgentGroupId>)> = scope
        .find::<conversation::Entity>()
        .filter(conversation::Column::ContactId.eq(visitor.contact_id))
        .filter(conversation::Column::ChannelId.eq(visitor.channel_id))
        .select_only()
        .columns([conversation::Column::Id, conversation::Column::QueuedAt, conversation::Column::WantedGroupId])
        .into_tuple()
        .one(conn)
        .await?;
    let Some((id, Some(since), group)) = own else { return Ok(None) };
    let same = match group {
        Some(group) => conversation::Column::WantedGroupId.eq(group),
        None => conversation::Column::WantedGroupId.is_null(),
    };
    let before = Condition::any()
        .add(conversation::Column::QueuedAt.lt(since))
        .add(Condition::all().add(conversation::Column::QueuedAt.eq(since)).add(conversation::Column::Id.lt(id)));
    let ahead = in_line(scope)
        .filter(conversation::Column::ChannelId.eq(visitor.channel_id))
        .filter(same)
        .filter(conversation::Column::QueuedAt.lte(since))
        .filter(before)
        .count(conn)
        .await?;
    Ok(Some(i64::try_from(ahead).unwrap_or(i64::MAX)))
}

fn in_line(scope: OrgScope) -> sea_orm::Select<conversation::Entity> {
    scope
        .find::<conversation::Entity>()
        .join(JoinType::InnerJoin, conversation::Relation::Channel.def())
        .filter(channel::Column::DeletedAt.is_null())
        .filter(conversation::Column::QueuedAt.is_not_null())
        .filter(conversation::Column::Blocked.eq(false))
}
