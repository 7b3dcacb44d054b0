//! Which objects of the store of files the rows name: the one place that knows. Backups copy them, the doctor looks for them.
//!
//! **Invariant**: a table whose rows have bytes in the store of files is in `NAMINGS`; a test knows such a table by its
//! column `bytes`.

use crate::Database;
use crate::error::StoreError;
use crate::portable::{Row, Table, tables};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
use serde_json::Value;
use std::collections::HashSet;
use types::id::OrgId;
use uuid::Uuid;

/// A table whose rows name objects. Each has the columns `id`, `org_id`, `bytes`, and `expires_at`: a row that never expires
/// needs its objects; those of others may be on their way in or out.
struct Naming {
    table: &'static str,
    /// The column that says whether there is a small picture as well.
    preview: Option<&'static str>,
}

/// Rows that are read at a time.
const ROWS: u64 = 2_000;

const NAMINGS: [Naming; 2] =
    [Naming { table: "avatar", preview: None }, Naming { table: "attachment", preview: Some("has_preview") }];

/// An object that a row names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Object {
    /// The organisation of the row.
    pub org_id: OrgId,
    /// The row.
    pub id: Uuid,
    /// Whether it is the small picture, and not the file itself.
    pub is_preview: bool,
    /// How many bytes it has, where the row says it.
    pub bytes: Option<u64>,
    /// Whether it has to be there. What is being uploaded, was never sent, or waits to be collected need not.
    pub is_needed: bool,
    naming: usize,
}

/// Whether rows of this table name objects.
#[must_use]
pub fn names_objects(table: &Table) -> bool {
    NAMINGS.iter().any(|naming| naming.table == table.name)
}

/// The objects that a row names: none, or the file, or the file and its small picture.
///
/// # Errors
/// [`StoreError::Corrupt`] when it is no row of this table.
pub fn named_by(table: &Table, row: &Row) -> Result<impl Iterator<Item = Object>, StoreError> {
    let found = NAMINGS.iter().enumerate().find(|(_, naming)| naming.table == table.name);
    let objects = match found {
        Some((index, naming)) => {
            let whole = whole(table, row, index).ok_or(StoreError::Corrupt { what: "row that names an object" })?;
            let has_preview = naming.preview.and_then(|column| value(table, row, column)) == Some(&Value::Bool(true));
            [Some(whole), has_preview.then_some(Object { is_preview: true, bytes: None, ..whole })]
        }
        None => [None, None],
    };
    Ok(objects.into_iter().flatten())
}

fn whole(table: &Table, row: &Row, naming: usize) -> Option<Object> {
    let uuid = |column| value(table, row, column)?.as_str()?.parse::<Uuid>().ok();
    Some(Object {
        org_id: OrgId(uuid("org_id")?),
        id: uuid("id")?,
        is_preview: false,
        bytes: Some(u64::try_from(value(table, row, "bytes")?.as_i64()?).ok()?),
        is_needed: value(table, row, "expires_at")?.is_null(),
        naming,
    })
}

fn value<'a>(table: &Table, row: &'a Row, column: &str) -> Option<&'a Value> {
    row.get(table.columns.iter().position(|one| one.name == column)?)
}

/// Rows that are asked for at a time.
const CHUNK: usize = 500;

/// The objects that rows name at one moment. They are all read before anybody asks a store that may be far away: a state of the
/// database that is held for long keeps it from tidying up.
///
/// # Errors
/// Those of the database.
pub async fn all(db: &Database) -> Result<Vec<Object>, StoreError> {
    let mut objects = Vec::new();
    let snapshot = db.snapshot().await?;
    for table in tables().into_iter().filter(names_objects) {
        let mut last = None;
        loop {
            let rows = snapshot.rows(&table, last.as_ref(), ROWS).await?;
            for row in &rows {
                objects.extend(named_by(&table, row)?);
            }
            if u64::try_from(rows.len()).unwrap_or(u64::MAX) < ROWS {
                break;
            }
            last = rows.into_iter().next_back();
        }
    }
    snapshot.end().await?;
    Ok(objects)
}

/// Those of these objects that rows still need now: what was cleared, deleted or recalled meanwhile is nobody's loss.
///
/// # Errors
/// Those of the database.
pub async fn still_needed<C: ConnectionTrait>(conn: &C, objects: &[Object]) -> Result<Vec<Object>, StoreError> {
    let mut needed = Vec::new();
    for (index, naming) in NAMINGS.iter().enumerate() {
        let asked: Vec<&Object> = objects.iter().filter(|object| object.naming == index && object.is_needed).collect();
        for chunk in asked.chunks(CHUNK) {
            let select = Query::select()
                .column(Alias::new("id"))
                .from(Alias::new(naming.table))
                .and_where(Expr::col(Alias::new("id")).is_in(chunk.iter().map(|object| object.id)))
                .and_where(Expr::col(Alias::new("expires_at")).is_null())
                .to_owned();
            let rows = conn.query_all(&select).await?;
            let ids: HashSet<Uuid> = rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?;
            needed.extend(chunk.iter().filter(|object| ids.contains(&object.id)).map(|object| **object));
        }
    }
    Ok(needed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_with_bytes_in_the_store_of_files_is_known() {
        let with_bytes: Vec<String> = tables()
            .into_iter()
            .filter(|table| table.columns.iter().any(|column| column.name == "bytes"))
            .map(|table| table.name)
            .collect();
        let known: Vec<&str> = NAMINGS.iter().map(|naming| naming.table).collect();
        assert_eq!(with_bytes, known, "in the order of the tables");
        for table in tables().iter().filter(|table| names_objects(table)) {
            let naming = NAMINGS.iter().find(|naming| naming.table == table.name).unwrap();
            for column in ["id", "org_id", "bytes", "expires_at"].into_iter().chain(naming.preview) {
                assert!(table.columns.iter().any(|one| one.name == column), "{}.{column}", table.name);
            }
        }
    }

    #[test]
    fn a_row_names_the_file_and_its_small_picture() {
        let table = tables().into_iter().find(|table| table.name == "attachment").unwrap();
        let row = |has_preview: bool, expires_at: Value| -> Row {
            let value = |name: &str| match name {
                "id" => "0190163d-8694-739b-aea5-966c26f8ad91".into(),
                "org_id" => "0190163d-8694-739b-aea5-966c26f8ad90".into(),
                "bytes" => 12.into(),
                "has_preview" => has_preview.into(),
                "expires_at" => expires_at.clone(),
                _ => Value::Null,
            };
            table.columns.iter().map(|column| value(&column.name)).collect()
        };
        let objects: Vec<_> = named_by(&table, &row(true, Value::Null)).unwrap().collect();
        assert_eq!(
            objects.iter().map(|one| (one.is_preview, one.bytes)).collect::<Vec<_>>(),
            [(false, Some(12)), (true, None)]
        );
        assert!(objects.iter().all(|one| one.is_needed));
        let unsent: Vec<_> = named_by(&table, &row(false, 5.into())).unwrap().collect();
        assert!(matches!(unsent.as_slice(), [Object { is_needed: false, .. }]), "{unsent:?}");
        assert!(named_by(&table, &Vec::new()).is_err());
        let other = tables().into_iter().find(|table| table.name == "agent").unwrap();
        assert_eq!(named_by(&other, &Vec::new()).unwrap().count(), 0);
    }
}
