//! Uploaded files: can they be kept, and are those there that messages carry.

use super::Finding;
use super::machine::space;
use futures_util::{StreamExt, TryStreamExt, stream};
use server::config::Config;
use server::disk::are_apart;
use server::files::Files;
use server::files::objects::ObjectKey;
use store::objects::{Object, all, still_needed};
use store::{Database, StoreError};

/// Objects that are looked for at a time.
const AT_A_TIME: usize = 16;
/// Files that are named in the report.
const NAMED: usize = 3;

/// Whether files can be kept where the settings say.
pub(super) async fn look(config: &Config, offline: bool) -> Vec<Finding> {
    let bucket = &config.uploads.s3.bucket;
    if !bucket.is_empty() {
        if offline {
            return Vec::new();
        }
        server::app::install_tls();
        let probed = probe(Files::in_bucket(&config.uploads.s3)).await;
        let advice = "Check uploads.s3: files can neither be sent nor shown.";
        return vec![match probed {
            Ok(()) => Finding::ok("bucket", format!("an object was written to {bucket}, read and removed")),
            Err(error) => Finding::failed("bucket", format!("{bucket}: {}", store::chain(&error)), advice),
        }];
    }
    let folder = config.uploads_folder();
    if !folder.exists() {
        let detail = format!("{} is not there", folder.display());
        return vec![Finding::warning("uploads", detail, "The first start makes it; later it must not be missing.")];
    }
    let mut findings = vec![match probe(Files::in_folder(&folder)).await {
        Ok(()) => Finding::ok("uploads", format!("a file was written to {}, read and removed", folder.display())),
        Err(error) => Finding::failed(
            "uploads",
            format!("{}: {}", folder.display(), store::chain(&error)),
            "Files can neither be sent nor shown: check the folder's owner, its rights and the disk.",
        ),
    }];
    if are_apart(&folder, &config.data_dir) {
        let advice = "A full disk stops every upload, messages go on; make room or move uploads.folder.";
        findings.extend(space("uploads space", &folder, advice));
    }
    findings
}

async fn probe(files: Result<Files, object_store::Error>) -> Result<(), object_store::Error> {
    files?.probe().await
}

/// Looks for every file that a message carries. Nobody is asked over the network when that is not wanted.
pub(super) async fn missing(config: &Config, db: &Database, offline: bool) -> Result<Option<Finding>, StoreError> {
    if offline && !config.uploads.s3.bucket.is_empty() {
        return Ok(None);
    }
    let advice = "`parlor restore --only-files` puts the files of a backup back, also while the server runs.";
    let opened = Files::open(config);
    let found = match &opened {
        Ok(files) => look_for_each(files, db).await?,
        Err(error) => Err(store::chain(error)),
    };
    Ok(Some(match found {
        Err(error) => Finding::failed("files", error, "Nobody knows whether files are missing."),
        Ok((looked, missing)) if missing.is_empty() => {
            Finding::ok("files", format!("{looked} objects are where messages look for them"))
        }
        Ok((looked, missing)) => {
            let named: Vec<String> = missing.iter().take(NAMED).map(|one| ObjectKey::from(one).to_string()).collect();
            let more = if missing.len() > NAMED { ", …" } else { "" };
            let detail = format!(
                "{} of {looked} objects that messages carry are missing, or not as long as they were: {}{more}",
                missing.len(),
                named.join(", ")
            );
            Finding::failed("files", detail, advice)
        }
    }))
}

/// How many objects there should be, and those that are not there or of another length; or why the store could not be asked.
async fn look_for_each(files: &Files, db: &Database) -> Result<Result<(u64, Vec<Object>), String>, StoreError> {
    let objects: Vec<Object> = all(db).await?.into_iter().filter(|object| object.is_needed).collect();
    let looked = u64::try_from(objects.len()).unwrap_or(u64::MAX);
    let one = async |object: Object| {
        let size = files.size(ObjectKey::from(&object)).await?;
        let is_there = size.is_some_and(|size| object.bytes.is_none_or(|bytes| bytes == size));
        Ok::<_, object_store::Error>((!is_there).then_some(object))
    };
    let looks = stream::iter(objects).map(one).buffered(AT_A_TIME).try_collect::<Vec<_>>();
    let missing: Vec<Object> = match looks.await {
        Ok(found) => found.into_iter().flatten().collect(),
        Err(error) => return Ok(Err(store::chain(&error))),
    };
    // What was cleared while we looked is missing as it should be.
    Ok(Ok((looked, still_needed(db.reader(), &missing).await?)))
}
