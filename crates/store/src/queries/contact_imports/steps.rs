//! The steps of an import: each takes the next part, and writes what it came to and how far the import has come.

use super::ImportRow;
use crate::error::StoreError;
use crate::scope::OrgScope;
use crate::sql;
use crate::tables::{contact_import, contact_import_part};
use sea_orm::sea_query::{Expr, ExprTrait, LockType};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QueryOrder, QuerySelect};
use types::contact_imports::{BeginContactImport, ImportFault, ImportState};
use types::id::{AgentId, ContactImportId};
use types::limits;
use types::time::Timestamp;

/// An import that goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// Which it is.
    pub id: ContactImportId,
    /// Whose.
    pub agent_id: AgentId,
    /// What its columns are called.
    pub head: Vec<String>,
    /// What is done with it.
    pub request: BeginContactImport,
    /// The next part.
    pub place: i64,
    until: i64,
    faults: Vec<ImportFault>,
}

/// What a step came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Rows that became contacts.
    pub created: i64,
    /// Rows that changed a contact.
    pub updated: i64,
    /// Rows whose contact was there.
    pub skipped: i64,
    /// Rows with a fault.
    pub failed: i64,
}

/// An import, if it goes on.
pub async fn work<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    id: ContactImportId,
) -> Result<Option<Work>, StoreError> {
    let row = scope.find::<contact_import::Entity>().filter(contact_import::Column::Id.eq(id));
    let row = row.filter(contact_import::Column::State.eq(ImportState::Running.as_str())).one(conn).await?;
    let Some(row) = row else { return Ok(None) };
    let request = row.request.ok_or(StoreError::Corrupt { what: "contact_import.request" })?;
    Ok(Some(Work {
        id: row.id,
        agent_id: row.agent_id,
        head: sql::from_json(&row.head, "contact_import.head")?,
        request: sql::from_json(&request, "contact_import.request")?,
        place: row.place,
        until: row.until,
        faults: sql::from_json(&row.faults, "contact_import.faults")?,
    }))
}

/// Takes an import for the next step, until the commit; `false` when it has ended meanwhile or was begun otherwise, or another server has
/// done this step.
pub async fn hold<C: ConnectionTrait>(conn: &C, scope: OrgScope, work: &Work) -> Result<bool, StoreError> {
    let row = scope.find::<contact_import::Entity>().filter(contact_import::Column::Id.eq(work.id));
    let held = row.lock(LockType::Update).one(conn).await?;
    let Some(row) = held else { return Ok(false) };
    let Some(request) = row.request.filter(|_| row.state == ImportState::Running.as_str()) else { return Ok(false) };
    let request: BeginContactImport = sql::from_json(&request, "contact_import.request")?;
    Ok(row.place == work.place && request == work.request)
}

/// The rows of a part; none where all of them are done.
pub async fn part<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    id: ContactImportId,
    place: i64,
) -> Result<Vec<ImportRow>, StoreError> {
    let part = scope.find::<contact_import_part::Entity>().filter(contact_import_part::Column::ImportId.eq(id));
    let part = part.filter(contact_import_part::Column::Place.eq(place)).one(conn).await?;
    part.map_or(Ok(Vec::new()), |part| sql::from_json(&part.content, "contact_import_part.content"))
}

/// The first part from a place on of which rows are left.
pub async fn next_part<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    id: ContactImportId,
    from: i64,
) -> Result<Option<(i64, Vec<ImportRow>)>, StoreError> {
    let part = scope
        .find::<contact_import_part::Entity>()
        .filter(contact_import_part::Column::ImportId.eq(id))
        .filter(contact_import_part::Column::Place.gte(from))
        .order_by_asc(contact_import_part::Column::Place)
        .one(conn)
        .await?;
    let Some(part) = part else { return Ok(None) };
    Ok(Some((part.place, sql::from_json(&part.content, "contact_import_part.content")?)))
}

/// Writes how far an import has come, what the step came to, and which rows of it are kept.
pub async fn advance<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    work: &Work,
    (rows, counts): (&[ImportRow], Counts),
    at: Timestamp,
) -> Result<(), StoreError> {
    let of_part = contact_import_part::Column::ImportId.eq(work.id);
    let of_part = of_part.and(contact_import_part::Column::Place.eq(work.place));
    if rows.is_empty() {
        scope.delete::<contact_import_part::Entity>().filter(of_part).exec(conn).await?;
    } else {
        let update = scope.update::<contact_import_part::Entity>();
        let update = update.col_expr(contact_import_part::Column::Content, sql::to_json(&rows)?.into());
        update.filter(of_part).exec(conn).await?;
    }
    let place = work.place.saturating_add(1);
    let is_end = place >= work.until;
    let state = match (is_end, work.request.trial) {
        (false, _) => ImportState::Running,
        (true, true) => ImportState::Ready,
        (true, false) => ImportState::Finished,
    };
    let faults = work.faults.iter().chain(rows.iter().filter_map(|row| row.fault.as_ref()));
    let faults: Vec<&ImportFault> = faults.take(limits::IMPORT_FAULTS_TOLD).collect();
    let mut update = scope
        .update::<contact_import::Entity>()
        .col_expr(contact_import::Column::Place, place.into())
        .col_expr(contact_import::Column::State, state.as_str().into())
        .col_expr(contact_import::Column::Faults, sql::to_json(&faults)?.into())
        .col_expr(contact_import::Column::FinishedAt, is_end.then_some(at).into());
    for (column, by) in [
        (contact_import::Column::Created, counts.created),
        (contact_import::Column::Updated, counts.updated),
        (contact_import::Column::Skipped, counts.skipped),
        (contact_import::Column::Failed, counts.failed),
    ] {
        update = update.col_expr(column, Expr::col(column).add(by));
    }
    if state == ImportState::Finished {
        // Whoever is deleted afterwards does not stand here any more.
        update = update.col_expr(contact_import::Column::Sample, "[]".into());
    }
    update.filter(contact_import::Column::Id.eq(work.id)).exec(conn).await?;
    Ok(())
}
