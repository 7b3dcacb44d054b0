//! Taggings: tags that many contacts are given, in steps that never hold the writer for long.
//!
//! **Invariant**: how far a tagging has come, and what it came to, is written with the tags of each step, so that whatever ends the
//! server, no contact is left out and none counted twice.

use crate::error::StoreError;
use crate::queries::tags::{read, written};
use crate::scope::{OrgScope, Viewer, before_tenant};
use crate::sql;
use crate::tables::{organisation, tagging};
use sea_orm::sea_query::{Expr, ExprTrait, LockType};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use types::contact_list::{ContactFilter, Tagging, TaggingState};
use types::id::{AgentId, ContactId, OrgId, TagId, TaggingId};
use types::limits;
use types::time::Timestamp;

/// To whom tags are given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// Those who are named.
    Named(Vec<ContactId>),
    /// Those whom a filter finds, up to the newest that there is when it begins.
    Found(ContactFilter),
}

/// A tagging that goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// Which it is.
    pub id: TaggingId,
    /// Who has begun it.
    pub agent_id: AgentId,
    /// Whether it may find contacts by their phone numbers.
    pub sees_details: bool,
    /// The tags.
    pub tag_ids: Vec<TagId>,
    /// To whom.
    pub whom: Whom,
    /// How far it has come: so many of the named, or the contact's number.
    pub place: i64,
    /// How far it goes.
    pub until: i64,
}

/// What a step came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Contacts who have got at least one of the tags.
    pub tagged: i64,
    /// Contacts who had them all.
    pub unchanged: i64,
    /// Contacts who would have too many.
    pub no_room: i64,
    /// Contacts who are not there, or not theirs.
    pub missing: i64,
}

impl TryFrom<tagging::Model> for Tagging {
    type Error = StoreError;

    fn try_from(row: tagging::Model) -> Result<Self, StoreError> {
        let state = TaggingState::parse(&row.state).ok_or(StoreError::Corrupt { what: "tagging.state" })?;
        let percent = match row.place.saturating_mul(100).checked_div(row.until) {
            Some(percent) if state != TaggingState::Finished => percent.clamp(0, 100),
            _ => 100,
        };
        let count = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
        Ok(Self {
            id: row.id,
            state,
            tag_ids: read(&row.tags)?,
            percent: u8::try_from(percent).unwrap_or(100),
            tagged: count(row.tagged),
            unchanged: count(row.unchanged),
            no_room: count(row.no_room),
            missing: count(row.missing),
            created_at: row.created_at,
            finished_at: row.finished_at,
        })
    }
}

impl TryFrom<tagging::Model> for Work {
    type Error = StoreError;

    fn try_from(row: tagging::Model) -> Result<Self, StoreError> {
        let whom = match (&row.contact_ids, &row.filter) {
            (Some(ids), _) => Whom::Named(sql::from_json(ids, "tagging.contact_ids")?),
            (None, Some(filter)) => Whom::Found(sql::from_json(filter, "tagging.filter")?),
            (None, None) => return Err(StoreError::Corrupt { what: "tagging.filter" }),
        };
        Ok(Self {
            id: row.id,
            agent_id: row.agent_id,
            sees_details: row.sees_details,
            tag_ids: read(&row.tags)?,
            whom,
            place: row.place,
            until: row.until,
        })
    }
}

/// Begins a tagging, of which nothing is done yet; `None` while the agent has one that goes on. Of earlier ones the newest are kept.
pub async fn create<C: ConnectionTrait>(
    conn: &C,
    viewer: Viewer,
    (id, tag_ids, whom): (TaggingId, &[TagId], &Whom),
    at: Timestamp,
) -> Result<Option<Tagging>, StoreError> {
    let scope = viewer.scope();
    // Two at once count one after the other.
    let organisation = scope.find::<organisation::Entity>().lock(LockType::NoKeyUpdate).one(conn).await?;
    let newest = organisation.ok_or(StoreError::NotFound)?.last_contact_number;
    let before = list(conn, viewer).await?;
    if before.iter().any(|tagging| tagging.state == TaggingState::Running) {
        return Ok(None);
    }
    let kept = usize::try_from(limits::TAGGINGS_KEPT.saturating_sub(1)).unwrap_or(usize::MAX);
    let gone: Vec<TaggingId> = before.into_iter().skip(kept).map(|tagging| tagging.id).collect();
    if !gone.is_empty() {
        scope.delete::<tagging::Entity>().filter(tagging::Column::Id.is_in(gone)).exec(conn).await?;
    }
    let (contact_ids, filter, until) = match whom {
        Whom::Named(ids) => (Some(sql::to_json(ids)?), None, i64::try_from(ids.len()).unwrap_or(i64::MAX)),
        Whom::Found(filter) => (None, Some(sql::to_json(filter)?), newest),
    };
    let row = tagging::Model {
        id,
        org_id: viewer.org_id,
        agent_id: viewer.agent_id,
        sees_details: viewer.sees_details,
        state: TaggingState::Running.as_str().to_owned(),
        tags: written(tag_ids),
        contact_ids,
        filter,
        place: 0,
        until,
        tagged: 0,
        unchanged: 0,
        no_room: 0,
        missing: 0,
        created_at: at,
        finished_at: None,
    };
    let new = tagging::ActiveModel {
        id: Set(row.id),
        org_id: Set(row.org_id),
        agent_id: Set(row.agent_id),
        sees_details: Set(row.sees_details),
        state: Set(row.state.clone()),
        tags: Set(row.tags.clone()),
        contact_ids: Set(row.contact_ids.clone()),
        filter: Set(row.filter.clone()),
        place: Set(row.place),
        until: Set(row.until),
        tagged: Set(row.tagged),
        unchanged: Set(row.unchanged),
        no_room: Set(row.no_room),
        missing: Set(row.missing),
        created_at: Set(row.created_at),
        finished_at: Set(row.finished_at),
    };
    tagging::Entity::insert(new).exec_without_returning(conn).await?;
    row.try_into().map(Some)
}

/// An agent's taggings, newest first.
pub async fn list<C: ConnectionTrait>(conn: &C, viewer: Viewer) -> Result<Vec<Tagging>, StoreError> {
    let rows = of_agent(viewer).limit(limits::TAGGINGS_KEPT).all(conn).await?;
    rows.into_iter().map(Tagging::try_from).collect()
}

/// An agent's taggings, without their number.
pub(crate) fn of_agent(viewer: Viewer) -> sea_orm::Select<tagging::Entity> {
    viewer
        .scope()
        .find::<tagging::Entity>()
        .filter(tagging::Column::AgentId.eq(viewer.agent_id))
        .order_by_desc(tagging::Column::CreatedAt)
        .order_by_desc(tagging::Column::Id)
}

/// Stops a tagging of the agent's that goes on; one that has ended stays as it is. Answers what it has come to.
///
/// # Errors
/// [`StoreError::NotFound`] when the agent has no such tagging.
pub async fn cancel<C: ConnectionTrait>(
    conn: &C,
    viewer: Viewer,
    id: TaggingId,
    at: Timestamp,
) -> Result<Tagging, StoreError> {
    let own = || of_agent(viewer).filter(tagging::Column::Id.eq(id));
    // A step that is being written is counted.
    own().lock(LockType::Update).one(conn).await?.ok_or(StoreError::NotFound)?;
    stop(conn, viewer.scope(), id, at).await?;
    own().one(conn).await?.ok_or(StoreError::NotFound)?.try_into()
}

/// Stops a tagging whose agent works here no more.
pub async fn stop<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    id: TaggingId,
    at: Timestamp,
) -> Result<(), StoreError> {
    scope
        .update::<tagging::Entity>()
        .col_expr(tagging::Column::State, TaggingState::Cancelled.as_str().into())
        .col_expr(tagging::Column::FinishedAt, Some(at).into())
        .filter(tagging::Column::Id.eq(id))
        .filter(tagging::Column::State.eq(TaggingState::Running.as_str()))
        .exec(conn)
        .await?;
    Ok(())
}

/// The taggings of all organisations that go on.
pub async fn unfinished<C: ConnectionTrait>(conn: &C) -> Result<Vec<(OrgId, TaggingId)>, StoreError> {
    Ok(running().into_tuple().all(conn).await?)
}

/// Those, as a select.
pub(crate) fn running() -> sea_orm::Select<tagging::Entity> {
    before_tenant::<tagging::Entity>()
        // As a text of its own: an index of only these is not found by a value that comes later.
        .filter(Expr::cust("\"state\" = 'running'"))
        .order_by_asc(tagging::Column::Id)
        .select_only()
        .columns([tagging::Column::OrgId, tagging::Column::Id])
}

/// A tagging, if it goes on.
pub async fn work<C: ConnectionTrait>(conn: &C, scope: OrgScope, id: TaggingId) -> Result<Option<Work>, StoreError> {
    let row = scope.find::<tagging::Entity>().filter(tagging::Column::Id.eq(id));
    let row = row.filter(tagging::Column::State.eq(TaggingState::Running.as_str())).one(conn).await?;
    row.map(Work::try_from).transpose()
}

/// Takes a tagging for the next step, until the commit; `false` when it has ended meanwhile, or another server has done this step.
pub async fn hold<C: ConnectionTrait>(conn: &C, scope: OrgScope, work: &Work) -> Result<bool, StoreError> {
    let held = scope
        .find::<tagging::Entity>()
        .filter(tagging::Column::Id.eq(work.id))
        .lock(LockType::Update)
        .one(conn)
        .await?;
    Ok(held.is_some_and(|row| row.state == TaggingState::Running.as_str() && row.place == work.place))
}

/// Writes how far a tagging has come, and what the step came to.
pub async fn advance<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    work: &Work,
    place: i64,
    counts: Counts,
    at: Timestamp,
) -> Result<(), StoreError> {
    let is_end = place >= work.until;
    let state = if is_end { TaggingState::Finished } else { TaggingState::Running };
    let more = |column: tagging::Column, by: i64| (column, Expr::col(column).add(by));
    let mut update = scope
        .update::<tagging::Entity>()
        .col_expr(tagging::Column::Place, place.into())
        .col_expr(tagging::Column::State, state.as_str().into())
        .col_expr(tagging::Column::FinishedAt, is_end.then_some(at).into());
    for (column, sum) in [
        more(tagging::Column::Tagged, counts.tagged),
        more(tagging::Column::Unchanged, counts.unchanged),
        more(tagging::Column::NoRoom, counts.no_room),
        more(tagging::Column::Missing, counts.missing),
    ] {
        update = update.col_expr(column, sum);
    }
    update.filter(tagging::Column::Id.eq(work.id)).exec(conn).await?;
    Ok(())
}
