//! The kinds of columns that every table is made of.

use sea_orm_migration::prelude::*;

/// An id of one of our own rows.
pub(crate) fn id(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).uuid().not_null().to_owned()
}

/// An id that may be absent.
pub(crate) fn optional_id(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).uuid().to_owned()
}

/// Text. The length is checked where the text comes in, so that raising a limit needs no migration.
pub(crate) fn text(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().not_null().to_owned()
}

/// Text that may be absent.
pub(crate) fn optional_text(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().to_owned()
}

/// Unix milliseconds.
pub(crate) fn time(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().to_owned()
}

/// Unix milliseconds, or never.
pub(crate) fn optional_time(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().to_owned()
}

/// A count or a place in an order; starts at 0.
pub(crate) fn count(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().default(0).to_owned()
}

/// Yes or no.
pub(crate) fn flag(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).boolean().not_null().to_owned()
}

/// The primary key of these columns.
pub(crate) fn primary_key(name: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut key = Index::create();
    key.name(name).primary();
    for column in columns {
        key.col(*column);
    }
    key
}

/// A foreign key to the `id` of another table.
pub(crate) fn references(
    name: &'static str,
    table: &'static str,
    column: &'static str,
    to: &'static str,
) -> ForeignKeyCreateStatement {
    ForeignKey::create().name(name).from(table, column).to(to, "id").to_owned()
}

/// A unique index. An index and not a constraint, so that it can be built apart from the table later on.
pub(crate) fn unique(name: &'static str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(name).table(table).unique();
    for column in columns {
        index.col(*column);
    }
    index
}

/// An index that finds rows by `columns` and yields them newest first by `(newest, id)`.
pub(crate) fn newest_first(
    name: &'static str,
    table: &'static str,
    columns: &[&'static str],
    newest: &'static str,
) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(name).table(table);
    for column in columns {
        index.col(*column);
    }
    index.col((newest, IndexOrder::Desc)).col(("id", IndexOrder::Desc));
    index
}

/// A plain index.
pub(crate) fn index(name: &'static str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(name).table(table);
    for column in columns {
        index.col(*column);
    }
    index
}
