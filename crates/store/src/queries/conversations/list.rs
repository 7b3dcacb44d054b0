//! The list of conversations: pages by activity, each a walk of one index, or of two that are merged.
//!
//! Whoever sees all walks through all. What is an agent's own stands in two indexes: what is assigned to them, and what they were
//! added to. A page takes its length from each and merges them.

use super::{Active, Assigned, ConversationCursor, Listed, Row, visible, visible_of, with_details};
use crate::direct::row;
use crate::error::StoreError;
use crate::queries::members::take_part;
use crate::queries::tags::{self, Spread};
use crate::readers::Readers;
use crate::scope::Viewer;
use crate::sql;
use crate::tables::{channel, conversation, conversation_member, read_mark};
use sea_orm::sea_query::{Asterisk, Expr, ExprTrait, Order, Query, SelectStatement, SimpleExpr, UnionType};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, JoinType, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    RelationTrait, Select, Statement, StatementBuilder,
};
use types::conversations::Conversation;
use types::id::ConversationId;
use types::limits;
use types::page::Page;
use types::time::Timestamp;

/// Conversations that one page of the unread ones looks at, or of those with a tag that many contacts have: no index knows what
/// somebody has not read, and a page must not walk through everything that was ever said.
const LOOKED_AT: u64 = 1_000;

/// What the two walks are called in their statement.
const WALKS: [&str; 2] = ["assigned", "joined"];

/// The conversations that the agent may see, newest activity first.
pub async fn list(
    readers: &Readers,
    viewer: Viewer,
    listed: Listed,
    cursor: Option<ConversationCursor>,
    limit: u16,
) -> Result<Page<Conversation>, StoreError> {
    let limit = limit.clamp(1, limits::PAGE_MAX);
    let tagged = match listed.tag_id {
        Some(tag_id) => Some(tags::spread(readers, viewer.scope(), tag_id).await?),
        None => None,
    };
    if tagged == Some(Spread::Gone) {
        return Ok(Page { items: Vec::new(), next_cursor: None });
    }
    // Below it nothing is looked at for this page. What is found by its tag is looked at as a whole anyway.
    let is_bounded = tagged != Some(Spread::Narrow) && (listed.unread || tagged.is_some());
    let bottom = if is_bounded { bottom(readers, viewer, listed, cursor).await? } else { None };
    let reach = Reach { below: cursor, down_to: bottom };
    // One more than asked for tells whether there is another page.
    let page = match tagged {
        Some(Spread::Narrow) => few(viewer, listed, reach, |select| full(select, viewer, listed)),
        _ => walks(viewer, listed, reach, |select| full(select, viewer, listed)),
    };
    let asked = page.limited(u64::from(limit) + 1, 0, readers.get_database_backend());
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
    let places = places(viewer, Listed { unread: false, tag_id: None, ..listed }, cursor);
    let asked = places.limited(1, LOOKED_AT - 1, readers.get_database_backend());
    let found: Vec<Bottom> = readers.rows(asked).await?;
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

/// A stretch of the list, without its length.
#[derive(Debug)]
pub(crate) struct Walks {
    first: Select<conversation::Entity>,
    second: Option<Select<conversation::Entity>>,
}

impl Walks {
    /// As a statement for so many, after leaving so many out. The lengths are in the text: see [`sql::limited`].
    pub(crate) fn limited(self, limit: u64, offset: u64, backend: DbBackend) -> Statement {
        let Some(second) = self.second else {
            let statement = sql::limited(&self.first, limit, backend);
            let sql = if offset == 0 { statement.sql } else { format!("{} OFFSET {offset}", statement.sql) };
            return Statement { sql, ..statement };
        };
        let [assigned, joined] = WALKS;
        let walk = |select: Select<conversation::Entity>, name: &'static str| -> SelectStatement {
            Query::select().column(Asterisk).from_subquery(select.into_query(), name).to_owned()
        };
        let merged = walk(self.first, assigned)
            .union(UnionType::All, walk(second, joined))
            .order_by("last_activity_at", Order::Desc)
            .order_by("id", Order::Desc)
            .to_owned();
        let statement = StatementBuilder::build(&merged, &backend);
        // From each no more than the page can hold.
        let enough = limit.saturating_add(offset);
        let sql = WALKS.into_iter().fold(statement.sql, |sql, name| {
            sql.replace(&format!(") AS \"{name}\""), &format!(" LIMIT {enough}) AS \"{name}\""))
        });
        Statement { sql: format!("{sql} LIMIT {limit} OFFSET {offset}"), ..statement }
    }
}

/// From where to where a stretch of the list reaches.
#[derive(Debug, Clone, Copy)]
struct Reach {
    below: Option<ConversationCursor>,
    /// This one included.
    down_to: Option<ConversationCursor>,
}

/// A page of the list, without its length.
#[cfg(test)]
pub(crate) fn page(viewer: Viewer, listed: Listed, cursor: Option<ConversationCursor>) -> Walks {
    walks(viewer, listed, Reach { below: cursor, down_to: None }, |select| full(select, viewer, listed))
}

/// A page of those with a tag that few contacts have, without its length.
#[cfg(test)]
pub(crate) fn page_of_few(viewer: Viewer, listed: Listed, cursor: Option<ConversationCursor>) -> Walks {
    few(viewer, listed, Reach { below: cursor, down_to: None }, |select| full(select, viewer, listed))
}

/// The places of the list's conversations, without its length.
pub(crate) fn places(viewer: Viewer, listed: Listed, cursor: Option<ConversationCursor>) -> Walks {
    walks(viewer, listed, Reach { below: cursor, down_to: None }, |select| {
        select.select_only().columns([conversation::Column::Id, conversation::Column::LastActivityAt])
    })
}

/// Everything that a row of the list shows, and only what is unread where only that is wanted.
fn full(select: Select<conversation::Entity>, viewer: Viewer, listed: Listed) -> Select<conversation::Entity> {
    let select = with_details(select, viewer.agent_id);
    if !listed.unread {
        return select;
    }
    let read = Expr::col((read_mark::Entity, read_mark::Column::InboundCount));
    let count = Expr::col((conversation::Entity, conversation::Column::InboundCount));
    let is = |column: read_mark::Column| Expr::col((read_mark::Entity, column)).if_null(false);
    // What was cleared is not unread.
    let cleared = Expr::col((conversation::Entity, conversation::Column::ClearedInbound));
    let unread = count.clone().gt(read.if_null(0)).and(count.gt(cleared));
    select.filter(
        Condition::any().add(unread).add(is(read_mark::Column::MarkedUnread)).add(is(read_mark::Column::Mentioned)),
    )
}

/// The list from a place on, as far as the conversations themselves tell what belongs to it. Whoever is on the blacklist is in no list.
fn walks(
    viewer: Viewer,
    listed: Listed,
    reach: Reach,
    finish: impl Fn(Select<conversation::Entity>) -> Select<conversation::Entity>,
) -> Walks {
    let of_conversation = || {
        (
            Expr::col((conversation::Entity, conversation::Column::LastActivityAt)),
            Expr::col((conversation::Entity, conversation::Column::Id)),
        )
    };
    let one = |select: Select<conversation::Entity>| Walks {
        first: finish(ordered(filtered(select, listed), of_conversation(), reach, listed.active)),
        second: None,
    };
    if listed.pinned {
        // Few, found by their marks and sorted.
        return one(visible_of(pinned(viewer), viewer));
    }
    if listed.queued {
        // Few as well, unless nobody works.
        return one(visible_of(queued(viewer), viewer));
    }
    if listed.snoozed == Some(true) {
        // Few of each agent's.
        return one(visible_of(snoozed(viewer, listed.assigned == Some(Assigned::Me)), viewer));
    }
    if viewer.sees_all && listed.assigned != Some(Assigned::Me) {
        return one(visible(viewer));
    }
    let of_member = (
        Expr::col((conversation_member::Entity, conversation_member::Column::LastActivityAt)),
        Expr::col((conversation_member::Entity, conversation_member::Column::ConversationId)),
    );
    let joined = finish(ordered(filtered(joined(viewer), listed), of_member, reach, listed.active));
    if listed.assigned == Some(Assigned::Nobody) {
        // What is assigned to them is somebody's.
        return Walks { first: joined, second: None };
    }
    let assigned = alive(viewer.scope().find::<conversation::Entity>())
        .filter(conversation::Column::AssigneeId.eq(viewer.agent_id));
    Walks { second: Some(joined), ..one(assigned) }
}

/// Those with a tag that few contacts have: found by the tag, and sorted.
fn few(
    viewer: Viewer,
    listed: Listed,
    reach: Reach,
    finish: impl Fn(Select<conversation::Entity>) -> Select<conversation::Entity>,
) -> Walks {
    let mut found = alive(viewer.scope().find_by_keys::<conversation::Entity>());
    if let Some(tag_id) = listed.tag_id {
        found = found.filter(conversation::Column::PersonId.in_subquery(tags::contacts_of(viewer.scope(), tag_id)));
    }
    if !viewer.sees_all || listed.assigned == Some(Assigned::Me) {
        found = found.filter(take_part(viewer));
    }
    let of_conversation = (
        Expr::col((conversation::Entity, conversation::Column::LastActivityAt)),
        Expr::col((conversation::Entity, conversation::Column::Id)),
    );
    // They stand behind the tag: asking each of them once more costs nothing but time.
    let found = filtered(found, Listed { tag_id: None, ..listed });
    Walks { first: finish(ordered(found, of_conversation, reach, listed.active)), second: None }
}

fn filtered(select: Select<conversation::Entity>, listed: Listed) -> Select<conversation::Entity> {
    let mut select = select.filter(conversation::Column::Blocked.eq(false));
    if let Some(channel_id) = listed.channel_id {
        select = select.filter(conversation::Column::ChannelId.eq(channel_id));
    }
    if listed.waiting {
        select = select.filter(conversation::Column::WaitingSince.is_not_null());
    }
    if let Some(closed) = listed.closed {
        // As a value that no index has: the list is walked by activity.
        let since = Expr::col((conversation::Entity, conversation::Column::ClosedAt)).if_null(0);
        select = select.filter(if closed { since.gt(0) } else { since.eq(0) });
    }
    if let Some(snoozed) = listed.snoozed {
        let until = Expr::col((conversation::Entity, conversation::Column::SnoozedUntil)).if_null(0);
        select = select.filter(if snoozed { until.gt(0) } else { until.eq(0) });
    }
    if listed.assigned == Some(Assigned::Nobody) {
        select = select.filter(conversation::Column::AssigneeId.is_null());
    }
    if let Some(tag_id) = listed.tag_id {
        let contact_id = (conversation::Entity, conversation::Column::PersonId);
        select = select.filter(Expr::exists(tags::has(tag_id, contact_id)));
    }
    select
}

/// Newest first by these columns. What is between the bounds alone is walked through; the other conditions sort out ties. A place
/// within the stretch of time bounds the walk more closely than the stretch.
fn ordered(
    select: Select<conversation::Entity>,
    (at, id): (SimpleExpr, SimpleExpr),
    Reach { below, down_to }: Reach,
    active: Active,
) -> Select<conversation::Entity> {
    let mut select = select.order_by_desc(at.clone()).order_by_desc(id.clone());
    let before = active.before.map(|before| before.plus_millis(-1));
    let upper = below.map(|cursor| cursor.last_activity_at).or(before);
    let lower = down_to.map(|bottom| bottom.last_activity_at).or(active.since);
    let bounds = match (lower, upper) {
        // In one condition: of two, SQLite, which plans without statistics, expects so few rows that it looks for no index that
        // fits better than the organisation's.
        (Some(lower), Some(upper)) => Some(at.clone().between(lower, upper)),
        (Some(lower), None) => Some(at.clone().gte(lower)),
        (None, Some(upper)) => Some(at.clone().lte(upper)),
        (None, None) => None,
    };
    if let Some(bounds) = bounds {
        select = select.filter(bounds);
    }
    if let Some(cursor) = below {
        let tie = Condition::any().add(at.clone().lt(cursor.last_activity_at)).add(id.clone().lt(cursor.id));
        select = select.filter(tie);
    }
    if let Some(bottom) = down_to {
        select = select.filter(Condition::any().add(at.gt(bottom.last_activity_at)).add(id.gte(bottom.id)));
    }
    select
}

fn alive(select: Select<conversation::Entity>) -> Select<conversation::Entity> {
    select.join(JoinType::InnerJoin, conversation::Relation::Channel.def()).filter(channel::Column::DeletedAt.is_null())
}

/// The conversations that the agent was added to, and that are not assigned to them besides.
fn joined(viewer: Viewer) -> Select<conversation::Entity> {
    alive(viewer.scope().find::<conversation::Entity>())
        .join(JoinType::InnerJoin, conversation::Relation::Member.def())
        .filter(conversation_member::Column::OrgId.eq(viewer.org_id))
        .filter(conversation_member::Column::AgentId.eq(viewer.agent_id))
        .filter(
            Condition::any()
                .add(conversation::Column::AssigneeId.is_null())
                .add(conversation::Column::AssigneeId.ne(viewer.agent_id)),
        )
}

/// The conversations that wait in the queue, seen or not.
fn queued(viewer: Viewer) -> Select<conversation::Entity> {
    let waiting = Query::select()
        .column(conversation::Column::Id)
        .from(conversation::Entity)
        .and_where(Expr::col(conversation::Column::OrgId).eq(viewer.org_id))
        .and_where(Expr::col(conversation::Column::QueuedAt).is_not_null())
        .to_owned();
    viewer.scope().find_by_keys::<conversation::Entity>().filter(conversation::Column::Id.in_subquery(waiting))
}

/// The conversations that are put off, seen or not; only the agent's own where they want those, who else is added to them does not count.
fn snoozed(viewer: Viewer, own: bool) -> Select<conversation::Entity> {
    let mut put_off = Query::select()
        .column(conversation::Column::Id)
        .from(conversation::Entity)
        .and_where(Expr::col(conversation::Column::OrgId).eq(viewer.org_id))
        .and_where(Expr::col(conversation::Column::SnoozedUntil).is_not_null())
        .to_owned();
    if own {
        put_off.and_where(Expr::col(conversation::Column::AssigneeId).eq(viewer.agent_id));
    }
    viewer.scope().find_by_keys::<conversation::Entity>().filter(conversation::Column::Id.in_subquery(put_off))
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
