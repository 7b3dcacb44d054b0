//! What both databases' raw statements share: a batch travels as one JSON parameter, so that a batch of any size is one
//! statement text, prepared once.

use crate::error::StoreError;
use sea_orm::{ConnectionTrait, DbBackend, QueryTrait, Statement};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// An id as both databases read it from JSON: `unhex` in SQLite, a cast in PostgreSQL.
pub(crate) fn hex(id: Uuid) -> String {
    id.simple().to_string()
}

/// Whether PostgreSQL can store this text, or compare a stored one with it: it has no NUL. Callers check what people
/// type; this is for what else may come in by the wire, such as a path or a page's title.
pub(crate) fn is_storable(text: &str) -> bool {
    !text.contains('\0')
}

/// The text without what cannot be stored.
pub(crate) fn storable(text: &str) -> String {
    text.replace('\0', "")
}

/// A statement whose `$1` is this value as JSON.
pub(crate) fn with_json<C: ConnectionTrait, T: Serialize>(
    conn: &C,
    statement: &str,
    value: &T,
) -> Result<Statement, StoreError> {
    Ok(Statement::from_sql_and_values(conn.get_database_backend(), statement, [to_json(value)?.into()]))
}

/// PostgreSQL's statement for a batch of this many rows: each `{rows}` in it becomes a limit. PostgreSQL reckons with a hundred rows
/// of JSON whatever there are, and would walk a table of a thousand conversations from end to end for one message; a limit tells it.
/// Three texts, each prepared once; large batches are better off with what it does by itself (decision 0015).
pub(crate) fn sized(statement: &str, rows: usize) -> String {
    let limit = match rows {
        0..=1 => "LIMIT 1",
        2..=10 => "LIMIT 10",
        _ => "",
    };
    statement.replace("{rows}", limit)
}

/// A select with its length. In the text and not as a parameter: a plan that PostgreSQL makes once for all values would have to
/// fit a tenth of the table, and it would rather plan anew for every question.
pub(crate) fn limited<Q: QueryTrait>(query: &Q, limit: u64, backend: DbBackend) -> Statement {
    let statement = query.build(backend);
    Statement { sql: format!("{} LIMIT {limit}", statement.sql), ..statement }
}

/// The JSON of a value of ours.
pub(crate) fn to_json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| {
        tracing::error!(error = %error, "a value has no JSON");
        StoreError::Corrupt { what: "value" }
    })
}

/// A document of ours, read back.
pub(crate) fn from_json<T: DeserializeOwned>(text: &str, what: &'static str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| {
        // The position and the expectation only: the text may be what somebody wrote.
        tracing::error!(column = what, line = error.line(), offset = error.column(), "a document cannot be read");
        StoreError::Corrupt { what }
    })
}

/// Rows in chunks of powers of two: few statement texts for the statement caches, and always below the databases' limits on
/// parameters (SQLite 32,766; the widest table has a dozen columns).
pub(crate) fn chunks<T>(rows: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    const LARGEST: usize = 1024;
    let mut rows = rows.into_iter();
    std::iter::from_fn(move || {
        let left = rows.len();
        if left == 0 {
            return None;
        }
        let power = if left.is_power_of_two() { left } else { left.next_power_of_two() / 2 };
        Some(rows.by_ref().take(power.min(LARGEST)).collect())
    })
}
