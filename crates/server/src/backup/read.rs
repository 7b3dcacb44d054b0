//! Reading a backup: once to see that it is whole, once more to restore it.

use super::{BackupError, FORMAT, FileSum, FilesSum, Header, Line, Manifest, Mark, Progress, TableSum, Told, VERSION};
use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use store::portable::{Exclusive, Row, Table};

/// Rows that are inserted at a time.
const CHUNK: usize = 1_000;

/// A backup that is whole, as far as the file itself goes.
#[derive(Debug)]
pub struct Whole {
    /// What made it, when, of what.
    pub header: Header,
    /// What is in it.
    pub manifest: Manifest,
    /// The uploaded files that belong to it.
    pub files: Vec<FileSum>,
}

/// Reads the whole file and compares it with its manifest.
///
/// # Errors
/// When it is no backup, or not whole.
pub fn verify(path: &Path, progress: Told<'_>) -> Result<Whole, BackupError> {
    let mut reading = Reading::open(path)?;
    let mut files = Vec::new();
    loop {
        match reading.next()? {
            Part::Table(_) => {}
            Part::Row(_) => reading.tell(progress),
            Part::File(file) => files.push(file),
            Part::End(manifest) => return Ok(Whole { header: reading.header, manifest, files }),
        }
    }
}

/// Restores a backup in place of whatever the database holds. All of it or nothing.
///
/// # Errors
/// When the file is not whole, or the database refuses it; then the database is as it was.
pub async fn restore(path: &Path, into: &Exclusive, progress: Told<'_>) -> Result<Manifest, BackupError> {
    let mut reading = Reading::open(path)?;
    let import = into.begin(&reading.header.migrations).await?;
    let mut open: Option<(Table, Vec<Row>)> = None;
    let manifest = loop {
        match reading.next()? {
            Part::Row(row) => {
                let (table, rows) = open.as_mut().ok_or_else(|| damaged("a row before any table"))?;
                rows.push(row);
                if rows.len() >= CHUNK {
                    import.insert(table, rows).await?;
                    rows.clear();
                }
                reading.tell(progress);
            }
            Part::Table(table) => {
                if let Some((before, rows)) = open.replace((table, Vec::new())) {
                    import.insert(&before, &rows).await?;
                }
            }
            Part::File(_) => {}
            Part::End(manifest) => {
                if let Some((before, rows)) = open.take() {
                    import.insert(&before, &rows).await?;
                }
                break manifest;
            }
        }
    };
    import.finish().await?;
    for table in &manifest.tables {
        progress(Progress::Rows { table: &table.name, rows: table.rows });
    }
    Ok(manifest)
}

fn damaged(what: impl Into<String>) -> BackupError {
    BackupError::Damaged(what.into())
}

/// What comes next.
enum Part {
    Table(Table),
    Row(Row),
    File(FileSum),
    End(Manifest),
}

/// A backup being read, with the sums of what was read so far.
struct Reading {
    path: PathBuf,
    lines: BufReader<GzDecoder<BufReader<File>>>,
    text: Vec<u8>,
    header: Header,
    sums: Vec<TableSum>,
    current: Option<(String, u64, Sha256)>,
    files: (FilesSum, Sha256),
}

impl Reading {
    fn open(path: &Path) -> Result<Self, BackupError> {
        let file = File::open(path).map_err(BackupError::file(path))?;
        let mut lines = BufReader::with_capacity(256 * 1024, GzDecoder::new(BufReader::new(file)));
        let mut text = Vec::new();
        let foreign = |detail: String| BackupError::Foreign(detail);
        lines.read_until(b'\n', &mut text).map_err(|error| foreign(error.to_string()))?;
        let header: Header = serde_json::from_slice(&text).map_err(|error| foreign(error.to_string()))?;
        if header.format != FORMAT || header.version > VERSION {
            return Err(foreign(format!("its format is {} {}", header.format, header.version)));
        }
        Ok(Self {
            path: path.to_owned(),
            lines,
            text,
            header,
            sums: Vec::new(),
            current: None,
            files: Default::default(),
        })
    }

    fn next(&mut self) -> Result<Part, BackupError> {
        self.text.clear();
        let length = self.lines.read_until(b'\n', &mut self.text).map_err(|error| damaged(error.to_string()))?;
        if length == 0 {
            return Err(damaged(format!("{} ends before its manifest", self.path.display())));
        }
        let line = serde_json::from_slice(&self.text).map_err(|error| damaged(error.to_string()))?;
        match line {
            Line::Row(row) => {
                let (_, rows, sum) = self.current.as_mut().ok_or_else(|| damaged("a row before any table"))?;
                *rows = rows.saturating_add(1);
                sum.update(&self.text);
                Ok(Part::Row(row))
            }
            Line::Mark(Mark::Table(table)) => {
                self.close_table();
                self.current = Some((table.name.clone(), 0, Sha256::new()));
                Ok(Part::Table(table))
            }
            Line::Mark(Mark::File(file)) => {
                let (found, sum) = &mut self.files;
                found.count = found.count.saturating_add(1);
                found.bytes = found.bytes.saturating_add(file.sum.bytes);
                sum.update(&self.text);
                Ok(Part::File(file))
            }
            Line::Mark(Mark::End(manifest)) => {
                self.close_table();
                let (mut found, sum) = std::mem::take(&mut self.files);
                found.sha256 = hex::encode(sum.finalize());
                if manifest.files.as_ref().map_or(found.count > 0, |told| *told != found) {
                    return Err(damaged("the list of files is not the one that was written"));
                }
                match manifest.tables.iter().zip(&self.sums).find(|(told, found)| told != found) {
                    Some((told, _)) => {
                        Err(damaged(format!("the rows of {} are not those that were written", told.name)))
                    }
                    None if manifest.tables.len() != self.sums.len() => Err(damaged("a table is missing")),
                    None => Ok(Part::End(manifest)),
                }
            }
        }
    }

    fn close_table(&mut self) {
        if let Some((name, rows, sum)) = self.current.take() {
            self.sums.push(TableSum { name, rows, sha256: hex::encode(sum.finalize()) });
        }
    }

    fn tell(&self, progress: Told<'_>) {
        if let Some((table, rows, _)) = &self.current
            && rows % 10_000 == 0
        {
            progress(Progress::Rows { table, rows: *rows });
        }
    }
}
