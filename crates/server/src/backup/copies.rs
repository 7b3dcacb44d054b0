//! The uploaded files of a backup: copied beside it, compared, and put back.
//!
//! What is under a key never changes, so a copy that is there already, from an attempt that broke off or from an earlier
//! backup into the same folder, is compared and not written again.

use super::{BackupError, FileSum, Progress, Told};
use crate::files::Files;
use crate::files::objects::{Copied, ObjectKey};
use futures_util::stream::{BoxStream, TryStreamExt};
use futures_util::{StreamExt, stream};
use std::collections::HashMap;
use std::fmt;
use store::Database;
use store::objects::{Object, still_needed as needed};

/// Objects that are copied at a time: a store far away answers one after the other slowly.
const AT_A_TIME: usize = 4;

/// What is wrong with an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// Where it lies.
    pub key: ObjectKey,
    /// Whether it is not there at all, and not merely another one.
    pub is_missing: bool,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.key, if self.is_missing { "is missing" } else { "is not what it was" })
    }
}

/// An object, and what its copy amounts to, or why there is none.
type Outcome = (Object, Result<FileSum, Fault>);

/// Copies objects, in their order.
pub(super) fn copy<'a>(
    from: &'a Files,
    to: &'a Files,
    objects: &'a [Object],
) -> BoxStream<'a, Result<Outcome, BackupError>> {
    let one = async move |object: Object| {
        let key = ObjectKey::from(&object);
        Ok((object, copy_one(from, to, key, object.bytes).await?))
    };
    stream::iter(objects.iter().copied()).map(one).buffered(AT_A_TIME).boxed()
}

async fn copy_one(
    from: &Files,
    to: &Files,
    key: ObjectKey,
    bytes: Option<u64>,
) -> Result<Result<FileSum, Fault>, BackupError> {
    // The row says how long it was when it came.
    let has_length = |found: u64| bytes.is_none_or(|bytes| bytes == found);
    let fault = |is_missing| Ok(Err(Fault { key, is_missing }));
    let at_the_source = from.size(key).await?;
    if let Some(there) = to.sum(key).await?.filter(|there| has_length(there.bytes)) {
        return match at_the_source {
            // What is under a key never changes: one of the two has rotted, and nobody knows which. Earlier backups may live by the copy.
            Some(length) if has_length(length) && from.sum(key).await? != Some(there) => fault(false),
            // What the source has lost meanwhile is good to have.
            Some(_) | None => Ok(Ok(FileSum { key, sum: there })),
        };
    }
    match at_the_source {
        None => return fault(true),
        Some(length) if !has_length(length) => return fault(false),
        Some(_) => {}
    }
    match from.copy_to(key, to, None).await? {
        Copied::Done(sum) => Ok(Ok(FileSum { key, sum })),
        Copied::Different => fault(false),
        Copied::Missing => fault(true),
    }
}

/// Those of these faults that hurt somebody: the others concern what was never sent, or is gone since.
pub(super) async fn still_needed(db: &Database, faults: Vec<(Object, Fault)>) -> Result<Vec<Fault>, BackupError> {
    let objects: Vec<Object> = faults.iter().map(|(object, _)| *object).collect();
    let faults: HashMap<Object, Fault> = faults.into_iter().collect();
    let needed = needed(db.reader(), &objects).await?;
    Ok(needed.iter().filter_map(|object| faults.get(object).copied()).collect())
}

/// Reads every file of a backup and compares it; what does not fit.
///
/// # Errors
/// When the folder cannot be read.
pub async fn check_files(folder: &Files, files: &[FileSum], progress: Told<'_>) -> Result<Vec<Fault>, BackupError> {
    let one = async |file: FileSum| {
        let found = folder.sum(file.key).await?;
        let fault = (found != Some(file.sum)).then(|| Fault { key: file.key, is_missing: found.is_none() });
        Ok((file, fault))
    };
    each(files, one, progress).await
}

/// Puts the files of a backup where the server looks for them. Returns those that could not be, because they are not what
/// was backed up; they are not put.
///
/// # Errors
/// When the folder cannot be read, or the store not written.
pub async fn put_files(
    folder: &Files,
    into: &Files,
    files: &[FileSum],
    progress: Told<'_>,
) -> Result<Vec<Fault>, BackupError> {
    let one = async |file: FileSum| {
        let there = into.size(file.key).await? == Some(file.sum.bytes);
        if there && into.sum(file.key).await? == Some(file.sum) {
            return Ok((file, None));
        }
        let fault = |is_missing| Some(Fault { key: file.key, is_missing });
        Ok(match folder.copy_to(file.key, into, Some(&file.sum)).await? {
            Copied::Done(_) => (file, None),
            Copied::Missing => (file, fault(true)),
            Copied::Different => (file, fault(false)),
        })
    };
    each(files, one, progress).await
}

async fn each<F>(files: &[FileSum], one: impl Fn(FileSum) -> F, progress: Told<'_>) -> Result<Vec<Fault>, BackupError>
where
    F: Future<Output = Result<(FileSum, Option<Fault>), BackupError>>,
{
    let mut faults = Vec::new();
    let (mut done, mut bytes, of) = (0_u64, 0_u64, u64::try_from(files.len()).unwrap_or(u64::MAX));
    let mut under_way = stream::iter(files.iter().copied()).map(one).buffered(AT_A_TIME);
    while let Some((file, fault)) = under_way.try_next().await? {
        (done, bytes) = (done.saturating_add(1), bytes.saturating_add(file.sum.bytes));
        faults.extend(fault);
        progress(Progress::Files { done, of, bytes });
    }
    Ok(faults)
}
