//! Writing a backup while the server runs.

use super::copies::{self, Fault};
use super::{BackupError, FORMAT, FilesSum, Header, Manifest, Mark, Progress, TableSum, Told, VERSION};
use crate::files::Files;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::TryStreamExt;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use store::Database;
use store::objects::{Object, named_by};
use store::portable::{Row, Snapshot, Table, tables};
use types::time::Timestamp;

/// Rows that are asked for at a time.
const CHUNK: u64 = 2_000;

/// What goes into the file besides the rows.
#[derive(Debug)]
pub struct Options<'a> {
    /// The time.
    pub now: Timestamp,
    /// The key that signs tokens, if it is to be in the file.
    pub secret_key: Option<String>,
    /// Whether a file that is there already is replaced.
    pub overwrite: bool,
    /// Where uploaded files lie, and where they are copied to; none to leave them out.
    pub files: Option<(&'a Files, &'a Files)>,
}

/// What has been written.
#[derive(Debug)]
pub struct Written {
    /// What is in it.
    pub manifest: Manifest,
    /// Files that messages carry, and that were not where they should be. Nothing can bring them back, so nothing stops for them.
    pub lost: Vec<Fault>,
    /// Files that were gone before they were copied, as they should be: never sent, or their messages cleared meanwhile.
    pub gone: u64,
}

/// Writes the database as it is now into a file, which has its name only when it is whole and on disk, and after the
/// files that its rows name are.
///
/// # Errors
/// When the database cannot be read, or the file not written. Files that were copied stay, and are not copied again.
pub async fn write(
    db: &Database,
    path: &Path,
    options: Options<'_>,
    progress: Told<'_>,
) -> Result<Written, BackupError> {
    if path.exists() && !options.overwrite {
        return Err(BackupError::Exists { path: path.to_owned() });
    }
    let partial = partial_of(path);
    let written = write_to(db, &partial, options, progress).await;
    let done = written.and_then(|written| {
        fs::rename(&partial, path).map_err(BackupError::file(path))?;
        // The name is part of the folder, which has to reach the disk as well.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(BackupError::file(folder))?;
        Ok(written)
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
    options: Options<'_>,
    progress: Told<'_>,
) -> Result<Written, BackupError> {
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
    let (mut sums, mut objects) = (Vec::new(), Vec::new());
    for table in tables() {
        sums.push(write_table(&snapshot, &table, &mut out, &mut objects, progress).await?);
    }
    // The moment is let go of before the files are copied, which may take hours.
    snapshot.end().await?;
    let mut manifest = Manifest { tables: sums, files: None, secret_key: options.secret_key };
    let (mut lost, mut gone) = (Vec::new(), 0);
    if let Some((from, to)) = options.files {
        let (files, faults) = write_files(from, to, &objects, &mut out, progress).await?;
        manifest.files = Some(files);
        let missed = u64::try_from(faults.len()).unwrap_or(u64::MAX);
        lost = copies::still_needed(db, faults).await?;
        gone = missed.saturating_sub(u64::try_from(lost.len()).unwrap_or(u64::MAX));
    }
    out.line(&Mark::End(manifest.clone()))?;
    out.finish()?;
    Ok(Written { manifest, lost, gone })
}

/// Copies the files and writes a line for each, in the order of the rows. Also returns what could not be copied.
async fn write_files(
    from: &Files,
    to: &Files,
    objects: &[Object],
    out: &mut Out,
    progress: Told<'_>,
) -> Result<(FilesSum, Vec<(Object, Fault)>), BackupError> {
    let (mut files, mut sum, mut faults) = (FilesSum::default(), Sha256::new(), Vec::new());
    let (mut done, of) = (0_u64, u64::try_from(objects.len()).unwrap_or(u64::MAX));
    let mut copying = copies::copy(from, to, objects);
    while let Some((object, copied)) = copying.try_next().await? {
        match copied {
            Ok(file) => {
                sum.update(out.line(&Mark::File(file))?);
                files.count = files.count.saturating_add(1);
                files.bytes = files.bytes.saturating_add(file.sum.bytes);
            }
            Err(fault) => faults.push((object, fault)),
        }
        done = done.saturating_add(1);
        progress(Progress::Files { done, of, bytes: files.bytes });
    }
    files.sha256 = hex::encode(sum.finalize());
    Ok((files, faults))
}

async fn write_table(
    snapshot: &Snapshot,
    table: &Table,
    out: &mut Out,
    objects: &mut Vec<Object>,
    progress: Told<'_>,
) -> Result<TableSum, BackupError> {
    out.line(&Mark::Table(table.clone()))?;
    let (mut sum, mut count) = (Sha256::new(), 0_u64);
    let mut last: Option<Row> = None;
    loop {
        let rows = snapshot.rows(table, last.as_ref(), CHUNK).await?;
        let found = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        for row in &rows {
            sum.update(out.line(row)?);
            objects.extend(named_by(table, row)?);
        }
        count = count.saturating_add(found);
        last = rows.into_iter().next_back();
        progress(Progress::Rows { table: &table.name, rows: count });
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
