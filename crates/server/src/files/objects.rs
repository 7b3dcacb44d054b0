//! Objects as backups see them: by their keys, read through, and copied from one store to another.
//!
//! **Invariant**: under its key an object is whole or not there; a copy that is not what was expected is taken back.

use super::{Files, Variant, key};
use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use object_store::buffered::BufWriter;
use object_store::{Error, ObjectStoreExt};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;
use store::objects::Object;
use tokio::io::AsyncWriteExt;
use types::id::{AttachmentId, OrgId};

/// What stands behind the key of a small picture.
const PREVIEW: &str = ".preview";

/// Where an object lies, in a folder or a bucket: `<organisation>/<id>`, or `<organisation>/<id>.preview`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ObjectKey {
    org_id: OrgId,
    id: AttachmentId,
    variant: Variant,
}

impl From<&Object> for ObjectKey {
    fn from(object: &Object) -> Self {
        let variant = if object.is_preview { Variant::Preview } else { Variant::Whole };
        Self { org_id: object.org_id, id: AttachmentId(object.id), variant }
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = if self.variant == Variant::Preview { PREVIEW } else { "" };
        write!(f, "{}/{}{end}", self.org_id, self.id)
    }
}

/// What is no key of ours.
#[derive(Debug, thiserror::Error)]
#[error("this is no key of a file")]
pub struct NoKey;

impl FromStr for ObjectKey {
    type Err = NoKey;

    /// Nothing but what [`Display`](fmt::Display) writes, so that no text leads out of the folder.
    fn from_str(text: &str) -> Result<Self, NoKey> {
        let (org_id, id) = text.split_once('/').ok_or(NoKey)?;
        let (id, variant) = match id.strip_suffix(PREVIEW) {
            Some(id) => (id, Variant::Preview),
            None => (id, Variant::Whole),
        };
        let no_id = |_no_uuid| NoKey;
        let found = Self { org_id: org_id.parse().map_err(no_id)?, id: id.parse().map_err(no_id)?, variant };
        if found.to_string() == text { Ok(found) } else { Err(NoKey) }
    }
}

/// What an object amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sum {
    /// Its bytes.
    pub bytes: u64,
    /// SHA-256 over them.
    pub sha256: [u8; 32],
}

/// How copying an object ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copied {
    /// It is there.
    Done(Sum),
    /// The source has none.
    Missing,
    /// The source has another one than was expected; it was not copied.
    Different,
}

impl Files {
    /// How many bytes an object has; nothing when it is not there.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn size(&self, at: ObjectKey) -> Result<Option<u64>, Error> {
        match self.store.head(&at.path()).await {
            Ok(found) => Ok(Some(found.size)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What an object amounts to, read through; nothing when it is not there.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn sum(&self, at: ObjectKey) -> Result<Option<Sum>, Error> {
        let Some(mut source) = self.read(at).await? else { return Ok(None) };
        let mut summing = Summing::default();
        while let Some(bytes) = source.try_next().await? {
            summing.add(&bytes);
        }
        Ok(Some(summing.end()))
    }

    /// Copies an object to another store, in pieces; with `expected` only if it is this very one.
    ///
    /// # Errors
    /// Those of both stores.
    pub async fn copy_to(&self, at: ObjectKey, to: &Self, expected: Option<&Sum>) -> Result<Copied, Error> {
        let Some(source) = self.read(at).await? else { return Ok(Copied::Missing) };
        let mut target = to.writer(at.path());
        let sum = match pour(source, &mut target).await {
            Ok(sum) if expected.is_none_or(|expected| *expected == sum) => sum,
            other => {
                target.abort().await?;
                return other.map(|_| Copied::Different);
            }
        };
        target.shutdown().await.map_err(|error| Error::Generic { store: "files", source: Box::new(error) })?;
        Ok(Copied::Done(sum))
    }

    async fn read(&self, at: ObjectKey) -> Result<Option<BoxStream<'static, Result<Bytes, Error>>>, Error> {
        match self.store.get(&at.path()).await {
            Ok(found) => Ok(Some(found.into_stream().boxed())),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl ObjectKey {
    fn path(self) -> object_store::path::Path {
        key(self.org_id, self.id, self.variant)
    }
}

async fn pour(mut source: BoxStream<'static, Result<Bytes, Error>>, target: &mut BufWriter) -> Result<Sum, Error> {
    let mut summing = Summing::default();
    while let Some(bytes) = source.try_next().await? {
        summing.add(&bytes);
        target.put(bytes).await?;
    }
    Ok(summing.end())
}

#[derive(Default)]
struct Summing {
    bytes: u64,
    sha256: Sha256,
}

impl Summing {
    fn add(&mut self, bytes: &[u8]) {
        self.bytes = self.bytes.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        self.sha256.update(bytes);
    }

    fn end(self) -> Sum {
        Sum { bytes: self.bytes, sha256: self.sha256.finalize().into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "0190163d-8694-739b-aea5-966c26f8ad90/0190163d-8694-739b-aea5-966c26f8ad91";

    #[test]
    fn only_keys_of_ours_are_keys() {
        for good in [KEY.to_owned(), format!("{KEY}.preview")] {
            assert_eq!(good.parse::<ObjectKey>().unwrap().to_string(), good);
        }
        let strange = [
            String::new(),
            "../secret.key".to_owned(),
            format!("../{KEY}"),
            format!("{KEY}/../../x"),
            format!("{KEY}.preview.preview"),
            KEY.to_uppercase(),
            KEY.replace('-', ""),
            format!("{KEY}#1"),
        ];
        for text in strange {
            assert!(text.parse::<ObjectKey>().is_err(), "{text}");
        }
    }

    #[tokio::test]
    async fn a_copy_is_the_very_object_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (Files::in_memory(), Files::in_folder(folder.path()).unwrap());
        let at: ObjectKey = KEY.parse().unwrap();
        assert_eq!(from.copy_to(at, &to, None).await.unwrap(), Copied::Missing);
        assert_eq!((from.size(at).await.unwrap(), from.sum(at).await.unwrap()), (None, None));
        // More than one piece.
        let bytes: Vec<u8> = (0..12_000_000_u32).map(|n| n.to_le_bytes()[usize::from(n % 3 == 0)]).collect();
        from.put(at.org_id, at.id, Variant::Whole, bytes.clone()).await.unwrap();
        let sum = from.sum(at).await.unwrap().unwrap();
        assert_eq!((sum.bytes, sum.sha256), (12_000_000, <[u8; 32]>::from(Sha256::digest(&bytes))));
        for other in [Sum { bytes: 1, ..sum }, Sum { sha256: [0; 32], ..sum }] {
            assert_eq!(from.copy_to(at, &to, Some(&other)).await.unwrap(), Copied::Different);
            assert_eq!(to.size(at).await.unwrap(), None);
        }
        assert_eq!(from.copy_to(at, &to, Some(&sum)).await.unwrap(), Copied::Done(sum));
        assert_eq!(to.sum(at).await.unwrap(), Some(sum));
        assert!(std::fs::read(folder.path().join(KEY)).unwrap() == bytes);
    }
}
