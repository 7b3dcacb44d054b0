//! Uploaded files: received, looked into, kept in the object store, and served again.
//!
//! - [`receive`]: a request's body on its way to the disk, counted as it comes.
//! - [`sniff`], [`names`], [`picture`], `gif`, [`video`]: what a file is, by its bytes.
//! - [`pass`]: the signed beginning of a file's address.
//! - [`serve`]: `GET /files/…`.
//! - [`objects`]: objects by their keys, for backups.
//! - `left_over`: what a server that died has left half written.
//! - [`avatars`]: `GET /avatars/…`, and what visitors see of agents.
//!
//! **Invariants**: nothing that the sender says of a file is believed but its name, and that is cleaned; a file is read by a
//! browser as what we have found it to be, or only saved; pictures keep nothing of where and by whom they were taken.

pub mod avatars;
pub mod contact_data;
mod gif;
pub(crate) mod left_over;
pub mod names;
pub mod objects;
pub mod pass;
pub mod picture;
pub mod receive;
pub mod serve;
pub mod sniff;
pub mod tables;
pub mod video;
pub mod webm;

use crate::config::{Config, S3Config};
use crate::error::{ApiError, ApiResult};
use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use object_store::aws::AmazonS3Builder;
use object_store::buffered::BufWriter;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ClientOptions, GetOptions, GetRange, ObjectStore, ObjectStoreExt, PutMode, RetryConfig};
use secrecy::ExposeSecret;
use std::error::Error;
use std::fs::File;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncSeekExt, AsyncWriteExt};
use tokio::sync::{Semaphore, SemaphorePermit};
use types::error::{ErrorCode, Problem};
use types::id::{AttachmentId, OrgId};

/// Pictures that are taken apart at a time: each takes as much memory as its pixels.
const PICTURES_AT_A_TIME: usize = 2;
/// Pictures that may wait to be: their bytes are in memory already.
const PICTURES_WAITING: usize = 16;

/// Bytes that go to the store at once, the fewest that a bucket takes of a file in parts. One such part is filled while the one
/// before it is on its way.
const PART: usize = 5 << 20;
/// Files that go to the store at a time: a bucket that falls silent holds on to their parts.
const WRITTEN_AT_A_TIME: usize = 8;
/// Files that may wait to go: they are on the disk, or, pictures, in memory.
const WRITES_WAITING: usize = 64;

/// How long a store may say nothing, and how long it may take to be reached.
const SILENCE: Duration = Duration::from_secs(30);
const CONNECT: Duration = Duration::from_secs(5);
/// When it is worth trying again, once the store has failed.
const RETRY_SECONDS: u32 = 10;
/// The object that says whether files can be kept.
const PROBE: &str = "parlor-doctor-probe";

/// Which of a file's two objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Variant {
    /// The file itself.
    Whole,
    /// Its small picture.
    Preview,
}

/// Where files are kept.
#[derive(Debug, Clone)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
    pictures: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    writes: Arc<Semaphore>,
    writes_waiting: Arc<Semaphore>,
}

impl Files {
    /// Files in a folder, which is made if it is not there.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn in_folder(folder: &Path) -> Result<Self, object_store::Error> {
        make_private(folder)
            .map_err(|error| object_store::Error::Generic { store: "folder", source: Box::new(error) })?;
        // What a message carries is as durable as the message: both are on the disk before anybody is told.
        Ok(Self::over(Arc::new(LocalFileSystem::new_with_prefix(folder)?.with_fsync(true))))
    }

    /// Files in memory, for simulations.
    #[cfg(test)]
    pub(crate) fn in_memory() -> Self {
        Self::over(Arc::new(object_store::memory::InMemory::new()))
    }

    /// Files in a bucket. Nobody is asked yet: that it can be reached is for whoever uses it to see.
    ///
    /// # Errors
    /// When the settings make no client.
    pub fn in_bucket(config: &S3Config) -> Result<Self, object_store::Error> {
        let mut store = AmazonS3Builder::new()
            .with_bucket_name(&config.bucket)
            .with_region(&config.region)
            .with_access_key_id(&config.access_key_id)
            .with_secret_access_key(config.secret_access_key.expose_secret())
            .with_virtual_hosted_style_request(config.virtual_hosted)
            .with_client_options(
                ClientOptions::new()
                    // Whoever names such an address means it: a store in the same network.
                    .with_allow_http(config.endpoint.starts_with("http://"))
                    // A large file to somebody with a slow line takes as long as it takes; silence does not.
                    .with_timeout_disabled()
                    .with_read_timeout(SILENCE)
                    .with_connect_timeout(CONNECT),
            )
            .with_retry(RetryConfig { max_retries: 3, retry_timeout: SILENCE, ..RetryConfig::default() });
        if !config.endpoint.is_empty() {
            store = store.with_endpoint(config.endpoint.trim_end_matches('/'));
        }
        Ok(Self::over(Arc::new(store.build()?)))
    }

    /// Where the settings say.
    ///
    /// # Errors
    /// Those of the disk, or of the settings.
    pub fn open(config: &Config) -> Result<Self, object_store::Error> {
        if config.uploads.s3.bucket.is_empty() {
            Self::in_folder(&config.uploads_folder())
        } else {
            Self::in_bucket(&config.uploads.s3)
        }
    }

    /// Writes an object, reads it and removes it again: whether files can be kept at all.
    ///
    /// # Errors
    /// What hinders it.
    pub async fn probe(&self) -> Result<(), object_store::Error> {
        let key = Key::from(PROBE);
        self.store.put(&key, Bytes::from_static(PROBE.as_bytes()).into()).await?;
        self.store.get(&key).await?.bytes().await?;
        self.store.delete(&key).await
    }

    fn over(store: Arc<dyn ObjectStore>) -> Self {
        Self {
            store,
            pictures: Arc::new(Semaphore::new(PICTURES_AT_A_TIME)),
            waiting: Arc::new(Semaphore::new(PICTURES_AT_A_TIME.saturating_add(PICTURES_WAITING))),
            writes: Arc::new(Semaphore::new(WRITTEN_AT_A_TIME)),
            writes_waiting: Arc::new(Semaphore::new(WRITTEN_AT_A_TIME.saturating_add(WRITES_WAITING))),
        }
    }

    /// A turn at writing to the store. So many have one at a time, and so many wait; whoever comes then is told that the server is busy.
    async fn turn(&self) -> ApiResult<[SemaphorePermit<'_>; 2]> {
        let Ok(place) = self.writes_waiting.try_acquire() else { return Err(ApiError::busy()) };
        Ok([self.writes.acquire().await.map_err(ApiError::internal)?, place])
    }

    /// Keeps bytes.
    pub async fn put(&self, org_id: OrgId, id: AttachmentId, variant: Variant, bytes: Vec<u8>) -> ApiResult<()> {
        let _turn = self.turn().await?;
        self.store.put(&key(org_id, id, variant), bytes.into()).await.map_err(failed)?;
        Ok(())
    }

    /// Keeps a preview, unless there is one: what has been shown once is not replaced.
    pub async fn put_preview(&self, org_id: OrgId, id: AttachmentId, bytes: Vec<u8>) -> ApiResult<()> {
        let _turn = self.turn().await?;
        let key = key(org_id, id, Variant::Preview);
        match self.store.put_opts(&key, bytes.into(), PutMode::Create.into()).await {
            Ok(_) | Err(object_store::Error::AlreadyExists { .. }) => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }

    /// Keeps what is in a file, from its beginning.
    pub async fn put_file(&self, org_id: OrgId, id: AttachmentId, file: File) -> ApiResult<()> {
        let _turn = self.turn().await?;
        let mut source = tokio::fs::File::from_std(file);
        source.rewind().await.map_err(failed)?;
        let mut target = self.writer(key(org_id, id, Variant::Whole));
        if let Err(error) = tokio::io::copy(&mut source, &mut target).await {
            // Nothing half is ever found under the key.
            if let Err(error) = target.abort().await {
                tracing::warn!(error.cause = store::chain(&error), "an upload that failed could not be taken back");
            }
            return Err(failed(error));
        }
        // It takes back by itself what it cannot finish.
        target.shutdown().await.map_err(failed)
    }

    /// Writes an object part by part.
    fn writer(&self, key: Key) -> BufWriter {
        BufWriter::with_capacity(Arc::clone(&self.store), key, PART).with_max_concurrency(1)
    }

    /// Bytes of an object; nothing when it is not there. The range must lie within it.
    pub async fn get(
        &self,
        org_id: OrgId,
        id: AttachmentId,
        variant: Variant,
        range: Option<Range<u64>>,
    ) -> ApiResult<Option<Found>> {
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        match self.store.get_opts(&key(org_id, id, variant), options).await {
            Ok(found) => {
                let length = found.range.end.saturating_sub(found.range.start);
                Ok(Some(Found { length, bytes: found.into_stream().map_err(std::io::Error::other).boxed() }))
            }
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// Removes both objects of a file. What is not there is as good as removed.
    pub async fn remove(&self, org_id: OrgId, id: AttachmentId) -> ApiResult<()> {
        for variant in [Variant::Whole, Variant::Preview] {
            match self.store.delete(&key(org_id, id, variant)).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(failed(error)),
            }
        }
        Ok(())
    }

    /// Does work that takes much memory and time, off the async threads and only so much of it at a time.
    ///
    /// # Errors
    /// Busy when too much waits already.
    pub async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> ApiResult<T> {
        let Ok(place) = Arc::clone(&self.waiting).try_acquire_owned() else { return Err(ApiError::busy()) };
        let permit = Arc::clone(&self.pictures).acquire_owned().await.map_err(ApiError::internal)?;
        let work = move || {
            // Held by the work and not by the request: whoever hangs up does not free what is still in use.
            let _held = (permit, place);
            work()
        };
        Ok(actix_web::web::block(work).await?)
    }
}

/// An object, or the part of it that was asked for.
pub struct Found {
    /// How many bytes come.
    pub length: u64,
    /// The bytes.
    pub bytes: BoxStream<'static, std::io::Result<Bytes>>,
}

fn key(org_id: OrgId, id: AttachmentId, variant: Variant) -> Key {
    match variant {
        Variant::Whole => Key::from(format!("{org_id}/{id}")),
        Variant::Preview => Key::from(format!("{org_id}/{id}.preview")),
    }
}

/// The store, or the disk on the way to it, is full, away, or refuses us: the operator's log says which, and whoever asked may ask again.
pub(crate) fn failed(error: impl Error + Send + Sync + 'static) -> ApiError {
    tracing::error!(error.cause = store::chain(&error), "the store of files does not do what it is asked");
    unavailable("Files can neither be kept nor read at the moment").because(error)
}

fn unavailable(detail: &str) -> ApiError {
    let mut problem = Problem::new(ErrorCode::Unavailable, detail);
    problem.retry_after = Some(RETRY_SECONDS);
    problem.into()
}

/// Makes a folder that only the server's user can look into.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::{join_all, poll_immediate};
    use std::io::Write;
    use uuid::Uuid;

    #[tokio::test]
    async fn whoever_comes_when_too_many_files_wait_for_the_store_is_told_that_it_is_busy() {
        let files = Files::in_memory();
        let (org_id, id) = (OrgId(Uuid::from_u128(1)), AttachmentId(Uuid::from_u128(2)));
        let put = || async {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(b"words").unwrap();
            files.put_file(org_id, id, file).await
        };
        let silent = files.writes.acquire_many(WRITTEN_AT_A_TIME.try_into().unwrap()).await.unwrap();
        let mut waiting: Vec<_> = (0..WRITTEN_AT_A_TIME + WRITES_WAITING).map(|_| Box::pin(put())).collect();
        for one in &mut waiting {
            assert!(poll_immediate(one.as_mut()).await.is_none());
        }
        assert_eq!(put().await.unwrap_err().problem().code, ErrorCode::Busy);
        drop(silent);
        assert!(join_all(waiting).await.iter().all(Result::is_ok));
        put().await.unwrap();
    }
}
