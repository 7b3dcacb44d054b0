//! The whole database row by row, in values that SQLite and PostgreSQL share: what backups are made of.
//!
//! **Invariants**: a [`Snapshot`] sees one moment, however long it is read and whatever is written meanwhile; rows come in
//! the order of their primary key, so that the same rows give the same bytes on both databases; an [`Import`] is one
//! transaction, so that a database has all of a backup or nothing of it.

use crate::connect::Database;
use crate::error::StoreError;
use crate::maintenance;
use crate::tables;
use sea_orm::sea_query::{Alias, ColumnType, Expr, ExprTrait, Order, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, IdenStatic, Iterable,
    PrimaryKeyToColumn, QueryResult, TransactionTrait,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::OwnedSemaphorePermit;
use uuid::Uuid;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A UUID; in JSON its text.
    Uuid,
    /// An integer of 32 bits.
    Integer,
    /// An integer of 64 bits.
    BigInteger,
    /// Text.
    Text,
    /// Yes or no.
    Boolean,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// The names of its primary key's columns.
    pub key: Vec<String>,
    /// Its columns.
    pub columns: Vec<Column>,
}

/// A row: a value for each column, `null` for none.
pub type Row = Vec<Value>;

/// Tables that keep no row of anybody's, or only what is worked out from others; those that refer to others first.
const WITHOUT_ROWS: [&str; 5] =
    ["search_document", "search_index", "search_progress", "write_trial", "seaql_migrations"];

/// Every table with rows, parents before those that refer to them.
#[must_use]
pub fn tables() -> Vec<Table> {
    vec![
        describe::<tables::organisation::Entity>(),
        describe::<tables::welcome::Entity>(),
        describe::<tables::agent::Entity>(),
        describe::<tables::agent_group::Entity>(),
        describe::<tables::agent_group_member::Entity>(),
        describe::<tables::avatar::Entity>(),
        describe::<tables::second_factor::Entity>(),
        describe::<tables::recovery_code::Entity>(),
        describe::<tables::session::Entity>(),
        describe::<tables::api_token::Entity>(),
        describe::<tables::idempotency_key::Entity>(),
        describe::<tables::push_subscription::Entity>(),
        describe::<tables::verification_code::Entity>(),
        describe::<tables::channel_group::Entity>(),
        describe::<tables::channel::Entity>(),
        describe::<tables::channel_agent_group::Entity>(),
        describe::<tables::channel_domains::Entity>(),
        describe::<tables::channel_identity::Entity>(),
        describe::<tables::custom_field_list::Entity>(),
        describe::<tables::deleted_custom_field::Entity>(),
        describe::<tables::style_version::Entity>(),
        describe::<tables::contact::Entity>(),
        describe::<tables::contact_merge::Entity>(),
        describe::<tables::tag_group::Entity>(),
        describe::<tables::tag::Entity>(),
        describe::<tables::contact_tag::Entity>(),
        describe::<tables::tagging::Entity>(),
        describe::<tables::contact_custom_field::Entity>(),
        describe::<tables::contact_import::Entity>(),
        describe::<tables::contact_import_part::Entity>(),
        describe::<tables::conversation::Entity>(),
        describe::<tables::conversation_member::Entity>(),
        describe::<tables::message::Entity>(),
        describe::<tables::note::Entity>(),
        describe::<tables::attachment::Entity>(),
        describe::<tables::read_mark::Entity>(),
        describe::<tables::event::Entity>(),
        describe::<tables::audit_entry::Entity>(),
        describe::<tables::webhook::Entity>(),
        describe::<tables::webhook_delivery::Entity>(),
    ]
}

fn describe<E: EntityTrait>() -> Table {
    let key = E::PrimaryKey::iter().map(|key| key.into_column().as_str().to_owned()).collect();
    let columns = E::Column::iter().map(|column| {
        let kind = match column.def().get_column_type() {
            ColumnType::Uuid => Kind::Uuid,
            ColumnType::Boolean => Kind::Boolean,
            ColumnType::Integer => Kind::Integer,
            ColumnType::BigInteger => Kind::BigInteger,
            _ => Kind::Text,
        };
        Column { name: column.as_str().to_owned(), kind }
    });
    Table { name: E::default().table_name().to_owned(), key, columns: columns.collect() }
}

/// The database as it was at one moment.
pub struct Snapshot {
    txn: DatabaseTransaction,
    /// For the connection that it holds.
    _permit: OwnedSemaphorePermit,
}

impl Database {
    /// The database as it is now. It holds one reading connection; writers are not held up.
    pub async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let (txn, permit) = self.reader().snapshot().await?;
        Ok(Snapshot { txn, _permit: permit })
    }
}

impl Snapshot {
    /// The migrations that had been applied. Also what fixes the moment: it is that of the first look.
    pub async fn migrations(&self) -> Result<Vec<String>, StoreError> {
        maintenance::applied(&self.txn).await
    }

    /// At most so many rows of a table behind this one, or the first.
    pub async fn rows(&self, table: &Table, after: Option<&Row>, limit: u64) -> Result<Vec<Row>, StoreError> {
        let key = || table.key.iter().map(|name| Expr::col(Alias::new(name)));
        let mut select = Query::select();
        select.columns(table.columns.iter().map(|column| Alias::new(&column.name))).from(Alias::new(&table.name));
        if let Some(row) = after {
            let mut last = Vec::with_capacity(table.key.len());
            for name in &table.key {
                let at = table.columns.iter().position(|column| column.name == *name);
                let (column, value) = at
                    .and_then(|at| Some((table.columns.get(at)?, row.get(at)?)))
                    .ok_or(StoreError::Corrupt { what: "key" })?;
                last.push(Expr::val(bound(column.kind, value)?));
            }
            select.and_where(Expr::tuple(key()).gt(Expr::tuple(last)));
        }
        for name in &table.key {
            select.order_by(Alias::new(name), Order::Asc);
        }
        let rows = self.txn.query_all(select.limit(limit)).await?;
        rows.iter().map(|row| read(table, row)).collect()
    }

    /// Lets go of the moment.
    pub async fn end(self) -> Result<(), StoreError> {
        Ok(self.txn.rollback().await?)
    }
}

/// A row as JSON.
fn read(table: &Table, row: &QueryResult) -> Result<Row, StoreError> {
    let value = |(index, column): (usize, &Column)| -> Result<Value, StoreError> {
        Ok(match column.kind {
            Kind::Uuid => row.try_get_by_index::<Option<Uuid>>(index)?.map(|id| id.to_string()).into(),
            Kind::Integer => row.try_get_by_index::<Option<i32>>(index)?.into(),
            Kind::BigInteger => row.try_get_by_index::<Option<i64>>(index)?.into(),
            Kind::Text => row.try_get_by_index::<Option<String>>(index)?.into(),
            Kind::Boolean => row.try_get_by_index::<Option<bool>>(index)?.into(),
        })
    };
    table.columns.iter().enumerate().map(value).collect()
}

/// A value of a row for a statement.
fn bound(kind: Kind, value: &Value) -> Result<sea_orm::Value, StoreError> {
    let fits = match (kind, value) {
        (Kind::Uuid, Value::Null) => Some(None::<Uuid>.into()),
        (Kind::Uuid, Value::String(text)) => text.parse::<Uuid>().ok().map(Into::into),
        (Kind::Integer, Value::Null) => Some(None::<i32>.into()),
        (Kind::Integer, Value::Number(number)) => {
            number.as_i64().and_then(|number| i32::try_from(number).ok()).map(Into::into)
        }
        (Kind::BigInteger, Value::Null) => Some(None::<i64>.into()),
        (Kind::BigInteger, Value::Number(number)) => number.as_i64().map(Into::into),
        (Kind::Text, Value::Null) => Some(None::<String>.into()),
        (Kind::Text, Value::String(text)) => Some(text.clone().into()),
        (Kind::Boolean, Value::Null) => Some(None::<bool>.into()),
        (Kind::Boolean, Value::Bool(yes)) => Some((*yes).into()),
        _ => None,
    };
    fits.ok_or(StoreError::Corrupt { what: "value of a backup" })
}

/// Why nothing can be restored here.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A server, or another program, has the database open.
    #[error("the database is in use: stop every server that uses it first")]
    InUse,
    /// There are rows that would be lost.
    #[error("the database is not empty: {table} has rows")]
    NotEmpty {
        /// The first table that has.
        table: String,
    },
    /// The rows are of a schema that this version does not know.
    #[error("it was made by a newer version of Parlor, which knows {migration}")]
    Newer {
        /// The first migration that is not ours.
        migration: String,
    },
    /// The database failed.
    #[error("database")]
    Store(#[from] StoreError),
}

impl From<DbErr> for ImportError {
    fn from(error: DbErr) -> Self {
        Self::Store(error.into())
    }
}

/// A database that nobody else uses meanwhile.
pub struct Exclusive(sea_orm::DatabaseConnection);

impl Exclusive {
    /// Opens a database for restoring into it. A SQLite file is made if absent.
    ///
    /// # Errors
    /// [`ImportError::InUse`] when anybody else has it open.
    pub async fn open(url: &str) -> Result<Self, ImportError> {
        let conn = match crate::connect::exclusive(url).await {
            Ok(conn) => conn,
            Err(error) if url.starts_with("sqlite:") && error.is_away() => return Err(ImportError::InUse),
            Err(error) => return Err(error.into()),
        };
        let opened = Self(conn);
        opened.claim().await?;
        Ok(opened)
    }

    /// SQLite's file is locked already.
    async fn claim(&self) -> Result<(), ImportError> {
        let is_ours = match self.0.get_database_backend() {
            DbBackend::Postgres => crate::connect::claim(&self.0).await?,
            _ => true,
        };
        if is_ours { Ok(()) } else { Err(ImportError::InUse) }
    }

    /// The first table that has a row.
    pub async fn occupied(&self) -> Result<Option<String>, StoreError> {
        for table in tables() {
            let exists = match self.0.get_database_backend() {
                DbBackend::Postgres => "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1",
                _ => "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1",
            };
            let backend = self.0.get_database_backend();
            let statement = sea_orm::Statement::from_sql_and_values(backend, exists, [table.name.clone().into()]);
            if self.0.query_one_raw(statement).await?.is_none() {
                continue;
            }
            let one = Query::select().expr(Expr::val(1)).from(Alias::new(&table.name)).limit(1).to_owned();
            if self.0.query_one(&one).await?.is_some() {
                return Ok(Some(table.name));
            }
        }
        Ok(None)
    }

    /// Begins to restore rows of a schema with these migrations, in place of whatever there is of ours.
    ///
    /// # Errors
    /// [`ImportError::Newer`] when the schema is not one of this version's past, [`ImportError::InUse`] when the connection, and with
    /// it the claim, was lost meanwhile and somebody has come.
    pub async fn begin(&self, migrations: &[String]) -> Result<Import, ImportError> {
        let ours = maintenance::migration_names();
        // They are as many steps of our past, in whatever order a backup names them.
        let past = ours.get(..migrations.len()).unwrap_or(&ours);
        if let Some(name) = migrations.iter().find(|name| !past.contains(name)) {
            return Err(ImportError::Newer { migration: name.clone() });
        }
        self.claim().await?;
        let txn = self.0.begin().await?;
        let tables = tables();
        let names = WITHOUT_ROWS.into_iter().chain(tables.iter().rev().map(|table| table.name.as_str()));
        for name in names {
            txn.execute_unprepared(&format!("DROP TABLE IF EXISTS \"{name}\"")).await?;
        }
        let steps = u32::try_from(migrations.len()).unwrap_or(u32::MAX);
        crate::connect::migrate_in(&txn, Some(steps)).await?;
        // Rows come in the order of their ids, also those that refer to a later one of their own table.
        txn.execute_unprepared(match txn.get_database_backend() {
            DbBackend::Postgres => "SET CONSTRAINTS ALL DEFERRED",
            _ => "PRAGMA defer_foreign_keys = ON",
        })
        .await?;
        Ok(Import { txn })
    }

    /// Closes the database.
    pub async fn close(self) -> Result<(), StoreError> {
        Ok(self.0.close().await?)
    }
}

/// Rows on their way into a database; without [`Import::finish`] it stays as it was.
pub struct Import {
    txn: DatabaseTransaction,
}

/// Values of one statement: SQLite takes 32,766.
const VALUES_MAX: usize = 16_000;

impl Import {
    /// Adds rows to a table.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when a value is not of its column's kind.
    pub async fn insert(&self, table: &Table, rows: &[Row]) -> Result<(), StoreError> {
        for chunk in rows.chunks(VALUES_MAX.div_euclid(table.columns.len().max(1)).max(1)) {
            let mut insert = Query::insert();
            insert
                .into_table(Alias::new(&table.name))
                .columns(table.columns.iter().map(|column| Alias::new(&column.name)));
            for row in chunk {
                if row.len() != table.columns.len() {
                    return Err(StoreError::Corrupt { what: "row of a backup" });
                }
                let mut values = Vec::with_capacity(row.len());
                for (column, value) in table.columns.iter().zip(row) {
                    values.push(Expr::val(bound(column.kind, value)?));
                }
                // As many as there are columns, as was just checked.
                insert.values(values).map_err(|error| StoreError::Db(DbErr::Custom(error.to_string())))?;
            }
            self.txn.execute(&insert).await?;
        }
        Ok(())
    }

    /// Applies the migrations that are younger than the rows, and keeps everything.
    pub async fn finish(self) -> Result<(), StoreError> {
        if self.txn.get_database_backend() == DbBackend::Postgres {
            // Checked before tables are altered, which rows that are still to be checked forbid.
            self.txn.execute_unprepared("SET CONSTRAINTS ALL IMMEDIATE").await?;
        }
        crate::connect::migrate_in(&self.txn, None).await?;
        Ok(self.txn.commit().await?)
    }
}
