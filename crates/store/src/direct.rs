//! The shortest way from a question to its rows, for the few questions that consoles ask all day long.
//!
//! sqlx gives every SQLite connection a thread of its own and sends each row over a channel, every cell a copy; this asks
//! SQLite itself, on a borrowed thread: one trip there and back. The ORM looks every cell of every row up by its name; this
//! looks the places up once. The statement is the same, made by the same code, and whatever goes wrong here is asked again
//! by way of the ORM, so that errors have one shape.

use crate::kept::Kept;
use rusqlite::config::DbConfig;
use rusqlite::types::{Value as Cell, ValueRef};
use rusqlite::{Connection, OpenFlags, Statement as Prepared};
use sea_orm::sea_query::{Value, Values};
use sea_orm::sqlx::postgres::PgRow;
use sea_orm::sqlx::{self, Column as _, Row as _, ValueRef as _};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult, Statement};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use types::id::{AgentId, ChannelId, ContactId, ConversationId, MessageId, Nonce, OrgId};
use types::time::Timestamp;
use uuid::Uuid;

/// Statement texts that a connection keeps prepared.
const PREPARED: usize = 64;

/// Why there are no rows: the database refuses, or a cell is not what the row says. Whoever asked asks once more over the ORM,
/// whose errors have one shape.
#[derive(Debug)]
pub(crate) struct Unreadable(pub(crate) String);

impl Unreadable {
    fn cell() -> Self {
        Self("a cell is of another kind than its column".to_owned())
    }
}

impl From<rusqlite::Error> for Unreadable {
    fn from(error: rusqlite::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<sqlx::Error> for Unreadable {
    fn from(error: sqlx::Error) -> Self {
        Self(error.to_string())
    }
}

/// A row that is read cell by cell from either database, by place instead of by name.
pub(crate) trait Row: FromQueryResult + Send + 'static {
    /// The columns that it needs, by name.
    const COLUMNS: &'static [&'static str];

    /// Reads it; `cells` gives the columns in their order.
    fn read(cells: &mut Cells<'_, '_>) -> Result<Self, Unreadable>;
}

/// Declares a struct as a [`Row`] whose columns have its fields' names.
macro_rules! row {
    ($(#[$meta:meta])* $visibility:vis struct $name:ident { $($field:ident: $type:ty,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, sea_orm::FromQueryResult)]
        $visibility struct $name {
            $(pub(crate) $field: $type,)+
        }

        impl $crate::direct::Row for $name {
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),+];

            fn read(cells: &mut $crate::direct::Cells<'_, '_>) -> Result<Self, $crate::direct::Unreadable> {
                Ok(Self { $($field: cells.next()?,)+ })
            }
        }
    };
}
pub(crate) use row;

/// The cells of one row, in the order of [`Row::COLUMNS`].
pub(crate) struct Cells<'a, 's> {
    row: Source<'a, 's>,
    places: std::slice::Iter<'a, usize>,
}

#[derive(Clone, Copy)]
enum Source<'a, 's> {
    Sqlite(&'a rusqlite::Row<'s>),
    Postgres(&'a PgRow),
}

impl Cells<'_, '_> {
    /// The next cell.
    pub(crate) fn next<T: Read>(&mut self) -> Result<T, Unreadable> {
        let place = *self.places.next().ok_or_else(Unreadable::cell)?;
        match self.row {
            Source::Sqlite(row) => T::sqlite(row.get_ref(place)?),
            Source::Postgres(row) => T::postgres(row, place),
        }
    }
}

/// Reads PostgreSQL's rows.
pub(crate) fn postgres_rows<R: Row>(rows: &[PgRow]) -> Result<Vec<R>, Unreadable> {
    let Some(first) = rows.first() else { return Ok(Vec::new()) };
    let place =
        |name: &&str| first.columns().iter().position(|column| column.name() == *name).ok_or_else(Unreadable::cell);
    let places: Vec<usize> = R::COLUMNS.iter().map(place).collect::<Result<_, _>>()?;
    let read = |row| R::read(&mut Cells { row: Source::Postgres(row), places: places.iter() });
    rows.iter().map(read).collect()
}

/// What a cell can be read as.
pub(crate) trait Read: Sized {
    /// From SQLite.
    fn sqlite(cell: ValueRef<'_>) -> Result<Self, Unreadable>;
    /// From PostgreSQL.
    fn postgres(row: &PgRow, place: usize) -> Result<Self, Unreadable>;
}

impl Read for i64 {
    fn sqlite(cell: ValueRef<'_>) -> Result<Self, Unreadable> {
        cell.as_i64().map_err(|_other_kind| Unreadable::cell())
    }

    fn postgres(row: &PgRow, place: usize) -> Result<Self, Unreadable> {
        Ok(row.try_get(place)?)
    }
}

impl Read for bool {
    fn sqlite(cell: ValueRef<'_>) -> Result<Self, Unreadable> {
        i64::sqlite(cell).map(|number| number != 0)
    }

    fn postgres(row: &PgRow, place: usize) -> Result<Self, Unreadable> {
        Ok(row.try_get(place)?)
    }
}

impl Read for String {
    fn sqlite(cell: ValueRef<'_>) -> Result<Self, Unreadable> {
        cell.as_str().map(str::to_owned).map_err(|_other_kind| Unreadable::cell())
    }

    fn postgres(row: &PgRow, place: usize) -> Result<Self, Unreadable> {
        Ok(row.try_get(place)?)
    }
}

impl<T: Read> Read for Option<T> {
    fn sqlite(cell: ValueRef<'_>) -> Result<Self, Unreadable> {
        if cell == ValueRef::Null { Ok(None) } else { T::sqlite(cell).map(Some) }
    }

    fn postgres(row: &PgRow, place: usize) -> Result<Self, Unreadable> {
        if row.try_get_raw(place)?.is_null() { Ok(None) } else { T::postgres(row, place).map(Some) }
    }
}

impl Read for Timestamp {
    fn sqlite(cell: ValueRef<'_>) -> Result<Self, Unreadable> {
        i64::sqlite(cell).map(Self)
    }

    fn postgres(row: &PgRow, place: usize) -> Result<Self, Unreadable> {
        i64::postgres(row, place).map(Self)
    }
}

macro_rules! read_ids {
    ($($id:ident),+) => {
        $(impl Read for $id {
            fn sqlite(cell: ValueRef<'_>) -> Result<Self, Unreadable> {
                let bytes = cell.as_blob().map_err(|_other_kind| Unreadable::cell())?;
                Uuid::from_slice(bytes).map(Self).map_err(|_other_length| Unreadable::cell())
            }

            fn postgres(row: &PgRow, place: usize) -> Result<Self, Unreadable> {
                Ok(Self(row.try_get(place)?))
            }
        })+
    };
}
read_ids!(AgentId, ChannelId, ContactId, ConversationId, MessageId, Nonce, OrgId);

/// A connection on which a batch is written. Rows are read by place where the driver allows it.
pub(crate) trait BatchConnection: ConnectionTrait {
    /// Asks for rows.
    fn rows<R: Row>(&self, statement: Statement) -> impl Future<Output = Result<Vec<R>, DbErr>> + Send;
}

/// By way of the ORM: in transactions of closures, and wherever a batch is done job by job.
impl BatchConnection for DatabaseTransaction {
    async fn rows<R: Row>(&self, statement: Statement) -> Result<Vec<R>, DbErr> {
        self.query_all_raw(statement).await?.iter().map(|row| R::from_query_result(row, "")).collect()
    }
}

/// Connections to one file that are kept between questions.
#[derive(Debug)]
pub(crate) struct Direct {
    file: PathBuf,
    lock_timeout: Duration,
    kept: Kept<Connection>,
}

impl Direct {
    /// Waits so long when the file is locked, which a reader meets only while its log is made anew.
    pub(crate) fn to(file: &Path, lock_timeout: Duration) -> Arc<Self> {
        Arc::new(Self { file: file.to_owned(), lock_timeout, kept: Kept::forever() })
    }

    /// Asks, on a thread that may wait. `while_asking` is dropped when the answer is there.
    pub(crate) async fn rows<R: Row>(
        self: &Arc<Self>,
        statement: &Statement,
        while_asking: impl Send + 'static,
    ) -> Result<Vec<R>, Unreadable> {
        let (direct, sql) = (Arc::clone(self), statement.sql.clone());
        let values =
            bound(statement.values.as_ref()).ok_or_else(|| Unreadable("a parameter of another kind".to_owned()))?;
        let asked = tokio::task::spawn_blocking(move || {
            let connection = direct.take()?;
            let rows = ask(&connection, &sql, &values);
            if rows.is_ok() {
                direct.kept.keep(connection);
            }
            drop(while_asking);
            rows
        });
        asked.await.unwrap_or_else(|error| Err(Unreadable(error.to_string())))
    }

    /// Closes what is kept, and keeps no more.
    pub(crate) fn close(&self) {
        self.kept.close();
    }

    pub(crate) fn take(&self) -> rusqlite::Result<Connection> {
        if let Some(connection) = self.kept.take() {
            return Ok(connection);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.file, flags)?;
        connection.busy_timeout(self.lock_timeout)?;
        plan_once(&connection)?;
        connection.execute_batch("PRAGMA cache_size = -8192")?;
        connection.set_prepared_statement_cache_capacity(PREPARED);
        Ok(connection)
    }
}

/// Asks SQLite for rows.
pub(crate) fn ask<R: Row>(connection: &Connection, sql: &str, values: &[Cell]) -> Result<Vec<R>, Unreadable> {
    let mut prepared = connection.prepare_cached(sql)?;
    let places = places::<R>(&prepared)?;
    let mut found = prepared.query(rusqlite::params_from_iter(values))?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        rows.push(R::read(&mut Cells { row: Source::Sqlite(row), places: places.iter() })?);
    }
    Ok(rows)
}

fn places<R: Row>(prepared: &Prepared<'_>) -> rusqlite::Result<Vec<usize>> {
    R::COLUMNS.iter().map(|name| prepared.column_index(name)).collect()
}

/// Plans a statement when it is prepared and not again for every other value: SQLite looks at bound values to plan better, and
/// plans anew whenever they change. Our plans are watched by tests and do not depend on values.
fn plan_once(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
}

/// The writer's connection to a file that exists: as durable as every other.
pub(crate) fn open_to_write(file: &Path, lock_timeout: Duration) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(lock_timeout)?;
    plan_once(&connection)?;
    connection.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000",
    )?;
    connection.set_prepared_statement_cache_capacity(PREPARED);
    Ok(connection)
}

/// A statement's parameters as SQLite stores them; `None` when one is of a kind that no hot statement has.
pub(crate) fn bound(values: Option<&Values>) -> Option<Vec<Cell>> {
    values.into_iter().flat_map(|values| &values.0).map(cell).collect()
}

fn cell(value: &Value) -> Option<Cell> {
    Some(match value {
        Value::Bool(Some(value)) => Cell::Integer(i64::from(*value)),
        Value::Int(Some(value)) => Cell::Integer(i64::from(*value)),
        Value::BigInt(Some(value)) => Cell::Integer(*value),
        Value::BigUnsigned(Some(value)) => Cell::Integer(i64::try_from(*value).ok()?),
        Value::String(Some(value)) => Cell::Text(value.clone()),
        Value::Bytes(Some(value)) => Cell::Blob(value.clone()),
        Value::Uuid(Some(value)) => Cell::Blob(value.as_bytes().to_vec()),
        Value::Bool(None)
        | Value::Int(None)
        | Value::BigInt(None)
        | Value::BigUnsigned(None)
        | Value::String(None)
        | Value::Bytes(None)
        | Value::Uuid(None) => Cell::Null,
        _ => return None,
    })
}
