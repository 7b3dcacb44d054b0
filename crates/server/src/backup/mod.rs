//! Backups: the whole database as one file that either database can be made from again.
//!
//! The file is gzip over lines of JSON, so that it can be read without Parlor: a header, then for each table a line that names
//! its columns and a line per row, and at the end a manifest with the rows and the SHA-256 of every table. A file that broke
//! off has no manifest, and is refused before anything is touched.

mod read;
mod write;

pub use read::{restore, verify};
pub use write::{Options, write};

use serde::{Deserialize, Serialize};
use std::io;
use std::path::{Path, PathBuf};
use store::StoreError;
use store::portable::{ImportError, Row, Table};
use types::time::Timestamp;

/// The word by which a backup is known.
const FORMAT: &str = "parlor-backup";

/// The version of the format that is written. Older ones are read.
const VERSION: u32 = 1;

/// The first line: what made it, when, of what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// `parlor-backup`.
    pub format: String,
    /// The version of the format.
    pub version: u32,
    /// The version of Parlor that wrote it.
    pub parlor: String,
    /// The moment that it shows.
    pub created_at: Timestamp,
    /// The database that it was made of.
    pub database: String,
    /// The migrations that the database had.
    pub migrations: Vec<String>,
}

/// The last line: what must have come before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The tables in their order.
    pub tables: Vec<TableSum>,
    /// The key that signs tokens, where it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_key: Option<String>,
}

/// What a table amounts to. The same rows have the same sum, whichever database they come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableSum {
    /// Its name.
    pub name: String,
    /// How many rows it has.
    pub rows: u64,
    /// SHA-256 over the lines of its rows, each with its line break.
    pub sha256: String,
}

/// Every line but the first.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mark {
    Table(Table),
    End(Manifest),
}

/// A line as it is read back.
#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Row(Row),
    Mark(Mark),
}

/// How far it is: told every few thousand rows, and at the end of each table.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'a> {
    /// What is being worked on.
    pub table: &'a str,
    /// Its rows so far.
    pub rows: u64,
    /// Whether the table is finished.
    pub done: bool,
}

/// Why there is no backup, or nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file could not be read or written.
    #[error("{}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is there already.
    #[error("{} is there already; --overwrite replaces it", path.display())]
    Exists {
        /// Which.
        path: PathBuf,
    },
    /// The file is none of ours, or of a format that this version cannot read.
    #[error("this is no backup that this version can read: {0}")]
    Foreign(String),
    /// The file is not what was written.
    #[error("the backup is damaged: {0}")]
    Damaged(String),
    /// The database failed while it was read.
    #[error("reading the database")]
    Store(#[from] StoreError),
    /// The database cannot be restored into.
    #[error("restoring")]
    Import(#[from] ImportError),
}

impl BackupError {
    fn file(path: &Path) -> impl Fn(io::Error) -> Self {
        move |source| Self::File { path: path.to_owned(), source }
    }
}
