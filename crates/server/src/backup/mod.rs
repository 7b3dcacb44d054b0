//! Backups: the whole database as one file that either database can be made from again, and beside it a folder with the
//! uploaded files that its rows name.
//!
//! The file is gzip over lines of JSON, so that it can be read without Parlor: a header, then for each table a line that names
//! its columns and a line per row, then a line per uploaded file with its size and SHA-256, and at the end a manifest with the
//! rows and the SHA-256 of every table, and of the files' lines. A file that broke off has no manifest, and is refused before
//! anything is touched. The folder is laid out as the folder of uploads is.

mod copies;
mod read;
mod write;

pub use copies::{Fault, check_files, put_files};
pub use read::{Whole, restore, verify};
pub use write::{Options, Written, write};

use crate::files::objects::{NoKey, ObjectKey, Sum};
use serde::{Deserialize, Serialize};
use std::io;
use std::path::{Path, PathBuf};
use store::StoreError;
use store::portable::{ImportError, Row, Table};
use types::time::Timestamp;

/// The word by which a backup is known.
const FORMAT: &str = "parlor-backup";

/// The version of the format that is written. Older ones are read: version 1 has no files.
const VERSION: u32 = 2;

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
    /// The uploaded files; none where they were left out, or in a backup of version 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<FilesSum>,
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

/// What the uploaded files amount to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilesSum {
    /// How many objects there are: files and small pictures.
    pub count: u64,
    /// Their bytes.
    pub bytes: u64,
    /// SHA-256 over their lines, each with its line break.
    pub sha256: String,
}

/// One object among the uploaded files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "FileLine", into = "FileLine")]
pub struct FileSum {
    /// Where it lies.
    pub key: ObjectKey,
    /// What it amounts to.
    pub sum: Sum,
}

/// The same as it is written: `jq -r '.file | "\(.sha256)  \(.key)"'` makes of it what `sha256sum --check` reads.
#[derive(Serialize, Deserialize)]
struct FileLine {
    key: String,
    bytes: u64,
    sha256: String,
}

impl From<FileSum> for FileLine {
    fn from(FileSum { key, sum }: FileSum) -> Self {
        Self { key: key.to_string(), bytes: sum.bytes, sha256: hex::encode(sum.sha256) }
    }
}

impl TryFrom<FileLine> for FileSum {
    type Error = NoKey;

    fn try_from(FileLine { key, bytes, sha256 }: FileLine) -> Result<Self, NoKey> {
        let mut sum = Sum { bytes, sha256: [0; 32] };
        hex::decode_to_slice(sha256, &mut sum.sha256).map_err(|_no_hex| NoKey)?;
        Ok(Self { key: key.parse()?, sum })
    }
}

/// Every line but the first.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mark {
    Table(Table),
    File(FileSum),
    End(Manifest),
}

/// A line as it is read back.
#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Row(Row),
    Mark(Mark),
}

/// Who is told how far it is.
pub type Told<'a> = &'a mut (dyn FnMut(Progress<'_>) + Send);

/// How far it is.
#[derive(Debug, Clone, Copy)]
pub enum Progress<'a> {
    /// Told every few thousand rows, and at the end of each table.
    Rows {
        /// The table that is being worked on.
        table: &'a str,
        /// Its rows so far.
        rows: u64,
    },
    /// Told after every object.
    Files {
        /// Objects so far.
        done: u64,
        /// How many there are.
        of: u64,
        /// Their bytes so far.
        bytes: u64,
    },
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
    /// Uploaded files could not be read or written.
    #[error("copying the uploaded files")]
    Files(#[from] object_store::Error),
    /// The database cannot be restored into.
    #[error("restoring")]
    Import(#[from] ImportError),
}

impl BackupError {
    fn file(path: &Path) -> impl Fn(io::Error) -> Self {
        move |source| Self::File { path: path.to_owned(), source }
    }
}
