//! Imports of contacts: a table in parts, each of which is one step that does not hold the writer for long.
//!
//! **Invariant**: how far an import has come, and what it came to, is written with the contacts of each step, so that whatever ends the
//! server, no row is left out and none imported twice. Of the rows that are done only the failed ones are kept, for a few days.

mod contacts;
mod steps;

pub(crate) use contacts::bare_phone;
#[cfg(test)]
pub(crate) use contacts::of_phones;
pub use contacts::{Known, create_many, known_by, update_many};
pub use steps::{Counts, Work, advance, hold, next_part, part, work};

use crate::error::StoreError;
use crate::scope::{OrgScope, Viewer, before_tenant};
use crate::sql;
use crate::tables::{contact_import, contact_import_part, organisation};
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select, Set};
use serde::{Deserialize, Serialize};
use types::contact_imports::{BeginContactImport, ContactImport, ImportColumn, ImportFault, ImportState};
use types::id::{ContactImportId, OrgId};
use types::limits;
use types::time::Timestamp;

/// A row of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportRow {
    /// Its number as a spreadsheet counts.
    #[serde(rename = "n")]
    pub number: u32,
    /// What stands in it.
    #[serde(rename = "c")]
    pub cells: Vec<String>,
    /// Why it was not imported, or would not be.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<ImportFault>,
}

/// A table that has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewImport {
    /// The import.
    pub id: ContactImportId,
    /// The table's head.
    pub head: Vec<String>,
    /// Its first rows.
    pub sample: Vec<Vec<String>>,
    /// What the columns seem to be.
    pub suggested: Vec<ImportColumn>,
    /// How many rows it has.
    pub rows: usize,
    /// In how many parts.
    pub parts: usize,
    /// When it came.
    pub at: Timestamp,
}

/// What became of beginning an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It goes on. `true`: it did before, so it was asked for twice.
    Goes(Box<ContactImport>, bool),
    /// It has ended, or its table is not there yet.
    NotReady,
    /// Another one of the organisation's goes on.
    Another,
}

impl TryFrom<contact_import::Model> for ContactImport {
    type Error = StoreError;

    fn try_from(row: contact_import::Model) -> Result<Self, StoreError> {
        let state = ImportState::parse(&row.state).ok_or(StoreError::Corrupt { what: "contact_import.state" })?;
        let percent = match row.place.saturating_mul(100).checked_div(row.until) {
            Some(percent) if state != ImportState::Finished => percent.clamp(0, 100),
            _ => 100,
        };
        let count = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
        let request = row.request.map(|text| sql::from_json(&text, "contact_import.request")).transpose()?;
        Ok(Self {
            id: row.id,
            state,
            head: sql::from_json(&row.head, "contact_import.head")?,
            sample: sql::from_json(&row.sample, "contact_import.sample")?,
            suggested: sql::from_json(&row.suggested, "contact_import.suggested")?,
            rows: count(row.row_count),
            request,
            percent: u8::try_from(percent).unwrap_or(100),
            created: count(row.created),
            updated: count(row.updated),
            skipped: count(row.skipped),
            failed: count(row.failed),
            faults: sql::from_json(&row.faults, "contact_import.faults")?,
            created_at: row.created_at,
            finished_at: row.finished_at,
        })
    }
}

/// Notes that a table comes; its parts follow. Of earlier ones of the agent's the newest are kept.
pub async fn create<C: ConnectionTrait>(conn: &C, viewer: Viewer, new: &NewImport) -> Result<(), StoreError> {
    let kept = limits::IMPORTS_KEPT.saturating_sub(1);
    let gone: Vec<ContactImportId> = of_agent(viewer)
        .filter(contact_import::Column::State.ne(ImportState::Running.as_str()))
        .select_only()
        .column(contact_import::Column::Id)
        .offset(kept)
        .limit(limits::IMPORTS_KEPT)
        .into_tuple()
        .all(conn)
        .await?;
    for id in gone {
        remove(conn, viewer.scope(), id).await?;
    }
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let row = contact_import::ActiveModel {
        id: Set(new.id),
        org_id: Set(viewer.org_id),
        agent_id: Set(viewer.agent_id),
        state: Set(ImportState::Receiving.as_str().to_owned()),
        head: Set(sql::to_json(&new.head)?),
        sample: Set(sql::to_json(&new.sample)?),
        suggested: Set(sql::to_json(&new.suggested)?),
        request: Set(None),
        row_count: Set(count(new.rows)),
        place: Set(0),
        until: Set(count(new.parts)),
        created: Set(0),
        updated: Set(0),
        skipped: Set(0),
        failed: Set(0),
        faults: Set("[]".to_owned()),
        created_at: Set(new.at),
        finished_at: Set(None),
    };
    contact_import::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}

/// Writes some parts of a table.
pub async fn add_parts<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    id: ContactImportId,
    parts: &[(i64, Vec<ImportRow>)],
) -> Result<(), StoreError> {
    let known = scope.find::<contact_import::Entity>().filter(contact_import::Column::Id.eq(id));
    let known = known.filter(contact_import::Column::State.eq(ImportState::Receiving.as_str()));
    // One that was given up meanwhile keeps nobody's rows.
    known.lock(LockType::Update).one(conn).await?.ok_or(StoreError::NotFound)?;
    let mut rows = Vec::with_capacity(parts.len());
    for (place, content) in parts {
        rows.push(contact_import_part::ActiveModel {
            import_id: Set(id),
            place: Set(*place),
            org_id: Set(scope.org_id()),
            content: Set(sql::to_json(content)?),
        });
    }
    for rows in sql::chunks(rows) {
        contact_import_part::Entity::insert_many(rows).exec_without_returning(conn).await?;
    }
    Ok(())
}

/// Notes that all of a table is there.
///
/// # Errors
/// [`StoreError::NotFound`] when it was given up meanwhile.
pub async fn received<C: ConnectionTrait>(
    conn: &C,
    viewer: Viewer,
    id: ContactImportId,
) -> Result<ContactImport, StoreError> {
    set_state(conn, viewer.scope(), id, ImportState::Receiving, (ImportState::Ready, None)).await?;
    let known = get(conn, viewer, id).await?;
    known.filter(|import| import.state == ImportState::Ready).ok_or(StoreError::NotFound)
}

/// An agent's imports, newest first.
pub async fn list<C: ConnectionTrait>(conn: &C, viewer: Viewer) -> Result<Vec<ContactImport>, StoreError> {
    let rows = of_agent(viewer).limit(limits::IMPORTS_KEPT).all(conn).await?;
    rows.into_iter().map(ContactImport::try_from).collect()
}

/// One of them.
pub async fn get<C: ConnectionTrait>(
    conn: &C,
    viewer: Viewer,
    id: ContactImportId,
) -> Result<Option<ContactImport>, StoreError> {
    let row = of_agent(viewer).filter(contact_import::Column::Id.eq(id)).one(conn).await?;
    row.map(ContactImport::try_from).transpose()
}

/// An agent's imports, without their number.
pub(crate) fn of_agent(viewer: Viewer) -> Select<contact_import::Entity> {
    viewer
        .scope()
        .find::<contact_import::Entity>()
        .filter(contact_import::Column::AgentId.eq(viewer.agent_id))
        .order_by_desc(contact_import::Column::CreatedAt)
        .order_by_desc(contact_import::Column::Id)
}

/// Begins an import, or a trial of it, of which nothing is done yet. The same asked twice begins once.
///
/// # Errors
/// [`StoreError::NotFound`] when the agent has no such import.
pub async fn begin<C: ConnectionTrait>(
    conn: &C,
    viewer: Viewer,
    id: ContactImportId,
    request: &BeginContactImport,
) -> Result<Begun, StoreError> {
    let scope = viewer.scope();
    // Two at once begin one after the other.
    scope.find::<organisation::Entity>().lock(LockType::NoKeyUpdate).one(conn).await?;
    let known = get(conn, viewer, id).await?.ok_or(StoreError::NotFound)?;
    if known.state == ImportState::Running && known.request.as_ref() == Some(request) {
        return Ok(Begun::Goes(Box::new(known), true));
    }
    let running = contact_import::Column::State.eq(ImportState::Running.as_str());
    if scope.find::<contact_import::Entity>().filter(running).one(conn).await?.is_some() {
        return Ok(Begun::Another);
    }
    if known.state != ImportState::Ready {
        return Ok(Begun::NotReady);
    }
    let mut update = scope
        .update::<contact_import::Entity>()
        .col_expr(contact_import::Column::State, ImportState::Running.as_str().into())
        .col_expr(contact_import::Column::Request, Some(sql::to_json(request)?).into())
        .col_expr(contact_import::Column::Faults, "[]".into())
        .col_expr(contact_import::Column::FinishedAt, None::<Timestamp>.into());
    for column in [
        contact_import::Column::Place,
        contact_import::Column::Created,
        contact_import::Column::Updated,
        contact_import::Column::Skipped,
        contact_import::Column::Failed,
    ] {
        update = update.col_expr(column, 0_i64.into());
    }
    update.filter(contact_import::Column::Id.eq(id)).exec(conn).await?;
    let begun = get(conn, viewer, id).await?.ok_or(StoreError::NotFound)?;
    Ok(Begun::Goes(Box::new(begun), false))
}

/// Stops an import of the agent's: a trial can be begun again; of anything else what was written stays, and the table goes. One that
/// has ended stays as it is. Answers what it has come to.
///
/// # Errors
/// [`StoreError::NotFound`] when the agent has no such import.
pub async fn cancel<C: ConnectionTrait>(
    conn: &C,
    viewer: Viewer,
    id: ContactImportId,
    at: Timestamp,
) -> Result<ContactImport, StoreError> {
    let scope = viewer.scope();
    let held = of_agent(viewer).filter(contact_import::Column::Id.eq(id)).lock(LockType::Update).one(conn).await?;
    let known = ContactImport::try_from(held.ok_or(StoreError::NotFound)?)?;
    stop(conn, scope, &known, at).await?;
    get(conn, viewer, id).await?.ok_or(StoreError::NotFound)
}

async fn stop<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    known: &ContactImport,
    at: Timestamp,
) -> Result<(), StoreError> {
    let is_trial = known.request.as_ref().is_some_and(|request| request.trial);
    match known.state {
        ImportState::Running if is_trial => {
            set_state(conn, scope, known.id, ImportState::Running, (ImportState::Ready, Some(at))).await
        }
        ImportState::Running | ImportState::Ready | ImportState::Receiving => {
            set_state(conn, scope, known.id, known.state, (ImportState::Cancelled, Some(at))).await?;
            // What was not looked at goes; the failed rows of what was stay.
            let done = scope.find::<contact_import::Entity>().filter(contact_import::Column::Id.eq(known.id));
            let done = done.one(conn).await?.map_or(0, |row| row.place);
            let behind = if known.state == ImportState::Running { done } else { 0 };
            scope
                .delete::<contact_import_part::Entity>()
                .filter(contact_import_part::Column::ImportId.eq(known.id))
                .filter(contact_import_part::Column::Place.gte(behind))
                .exec(conn)
                .await?;
            Ok(())
        }
        ImportState::Finished | ImportState::Cancelled => Ok(()),
    }
}

/// Stops an import whose agent may not go on with it, or whose channel is gone.
pub async fn give_up<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    id: ContactImportId,
    at: Timestamp,
) -> Result<(), StoreError> {
    let row = scope.find::<contact_import::Entity>().filter(contact_import::Column::Id.eq(id));
    match row.lock(LockType::Update).one(conn).await? {
        Some(row) => stop(conn, scope, &row.try_into()?, at).await,
        None => Ok(()),
    }
}

async fn set_state<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    id: ContactImportId,
    from: ImportState,
    (to, finished_at): (ImportState, Option<Timestamp>),
) -> Result<(), StoreError> {
    let mut update = scope
        .update::<contact_import::Entity>()
        .col_expr(contact_import::Column::State, to.as_str().into())
        .col_expr(contact_import::Column::FinishedAt, finished_at.into());
    if to == ImportState::Cancelled {
        update = update.col_expr(contact_import::Column::Sample, "[]".into());
    }
    update
        .filter(contact_import::Column::Id.eq(id))
        .filter(contact_import::Column::State.eq(from.as_str()))
        .exec(conn)
        .await?;
    Ok(())
}

/// The imports of all organisations that go on.
pub async fn unfinished<C: ConnectionTrait>(conn: &C) -> Result<Vec<(OrgId, ContactImportId)>, StoreError> {
    Ok(running().into_tuple().all(conn).await?)
}

/// Those, as a select.
pub(crate) fn running() -> Select<contact_import::Entity> {
    before_tenant::<contact_import::Entity>()
        // As a text of its own: an index of only these is not found by a value that comes later.
        .filter(Expr::cust("\"state\" = 'running'"))
        .order_by_asc(contact_import::Column::Id)
        .select_only()
        .columns([contact_import::Column::OrgId, contact_import::Column::Id])
}

/// Imports that came before this moment and do not go on, with their rows.
pub async fn outdated<C: ConnectionTrait>(
    conn: &C,
    moment: Timestamp,
) -> Result<Vec<(OrgId, ContactImportId)>, StoreError> {
    Ok(before(moment).limit(limits::IMPORTS_KEPT).into_tuple().all(conn).await?)
}

/// Those, as a select.
pub(crate) fn before(moment: Timestamp) -> Select<contact_import::Entity> {
    before_tenant::<contact_import::Entity>()
        .filter(contact_import::Column::CreatedAt.lt(moment))
        .filter(contact_import::Column::State.ne(ImportState::Running.as_str()))
        .select_only()
        .columns([contact_import::Column::OrgId, contact_import::Column::Id])
}

/// Deletes an import with what is left of its table. Its contacts stay.
pub async fn remove<C: ConnectionTrait>(conn: &C, scope: OrgScope, id: ContactImportId) -> Result<(), StoreError> {
    let parts = scope.delete::<contact_import_part::Entity>();
    parts.filter(contact_import_part::Column::ImportId.eq(id)).exec(conn).await?;
    scope.delete::<contact_import::Entity>().filter(contact_import::Column::Id.eq(id)).exec(conn).await?;
    Ok(())
}
