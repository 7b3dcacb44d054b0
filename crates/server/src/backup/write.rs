//! Writing a backup while the server runs.

use super::{BackupError, FORMAT, Header, Manifest, Mark, Progress, TableSum, VERSION};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use store::Database;
use store::portable::{Row, Snapshot, Table, tables};
use types::time::Timestamp;

/// Rows that are asked for at a time.
const CHUNK: u64 = 2_000;

/// What goes into the file besides the rows.
#[derive(Debug, Clone)]
pub struct Options {
    /// The time.
    pub now: Timestamp,
    /// The key that signs tokens, if it is to be in the file.
    pub secret_key: Option<String>,
    /// Whether a file that is there already is replaced.
    pub overwrite: bool,
}

/// Writes the database as it is now into a file, which has its name only when it is whole and on disk.
///
/// # Errors
/// When the database cannot be read, or the file not written.
pub async fn write(
    db: &Database,
    path: &Path,
    options: Options,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Manifest, BackupError> {
    if path.exists() && !options.overwrite {
        return Err(BackupError::Exists { path: path.to_owned() });
    }
    let partial = partial_of(path);
    let written = write_to(db, &partial, options, progress).await;
    let done = written.and_then(|manifest| {
        fs::rename(&partial, path).map_err(BackupError::file(path))?;
        // The name is part of the folder, which has to reach the disk as well.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(BackupError::file(folder))?;
        Ok(manifest)
    });
    if done.is_err() && partial.exists() {
        fs::remove_file(&partial).map_err(BackupError::file(&partial))?;
    }
    done
}

fn partial_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".partial");
    name.into()
}

async fn write_to(
    db: &Database,
    path: &Path,
    options: Options,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Manifest, BackupError> {
    let database = db.product().await?;
    let snapshot = db.snapshot().await?;
    let migrations = snapshot.migrations().await?;
    let mut out = Out::create(path)?;
    out.line(&Header {
        format: FORMAT.to_owned(),
        version: VERSION,
        parlor: env!("CARGO_PKG_VERSION").to_owned(),
        created_at: options.now,
        database,
        migrations,
    })?;
    let mut sums = Vec::new();
    for table in tables() {
        sums.push(write_table(&snapshot, &table, &mut out, progress).await?);
    }
    snapshot.end().await?;
    let manifest = Manifest { tables: sums, secret_key: options.secret_key };
    out.line(&Mark::End(manifest.clone()))?;
    out.finish()?;
    Ok(manifest)
}

async fn write_table(
    snapshot: &Snapshot,
    table: &Table,
    out: &mut Out,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<TableSum, BackupError> {
    out.line(&Mark::Table(table.clone()))?;
    let (mut sum, mut count) = (Sha256::new(), 0_u64);
    let mut last: Option<Row> = None;
    loop {
        let rows = snapshot.rows(table, last.as_ref(), CHUNK).await?;
        let found = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        for row in &rows {
            sum.update(out.line(row)?);
        }
        count = count.saturating_add(found);
        last = rows.into_iter().next_back();
        progress(Progress { table: &table.name, rows: count, done: found < CHUNK });
        if found < CHUNK {
            return Ok(TableSum { name: table.name.clone(), rows: count, sha256: hex::encode(sum.finalize()) });
        }
    }
}

/// The file: compressed, and for its owner's eyes only, since it holds everybody's conversations.
struct Out {
    path: PathBuf,
    gzip: GzEncoder<BufWriter<File>>,
    line: Vec<u8>,
}

impl Out {
    fn create(path: &Path) -> Result<Self, BackupError> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(BackupError::file(path))?;
        let gzip = GzEncoder::new(BufWriter::with_capacity(256 * 1024, file), Compression::fast());
        Ok(Self { path: path.to_owned(), gzip, line: Vec::new() })
    }

    /// Writes a value as a line; the line, for its sum.
    fn line(&mut self, value: &impl Serialize) -> Result<&[u8], BackupError> {
        self.line.clear();
        let text = serde_json::to_writer(&mut self.line, value).map_err(io::Error::from);
        self.line.push(b'\n');
        text.and_then(|()| self.gzip.write_all(&self.line)).map_err(BackupError::file(&self.path))?;
        Ok(&self.line)
    }

    fn finish(self) -> Result<(), BackupError> {
        let Self { path, gzip, .. } = self;
        let close = || gzip.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all();
        close().map_err(BackupError::file(&path))
    }
}
