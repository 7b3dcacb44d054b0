//! Where uploaded files are kept, and how large they may be.

use super::Config;
use secrecy::SecretString;
use serde::Deserialize;
use std::path::PathBuf;

/// Uploaded files.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UploadsConfig {
    /// Where they are kept; empty: in the data folder.
    pub folder: PathBuf,
    /// The largest one, in megabytes of 1,048,576 bytes.
    pub max_megabytes: u32,
    /// So many megabytes of their disk stay free: a file that would take them is refused.
    pub keep_free_megabytes: u32,
    /// A bucket in which they are kept instead of the folder.
    pub s3: S3Config,
}

/// A bucket of an S3-compatible store.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct S3Config {
    /// Its name; empty: files are kept in the folder.
    pub bucket: String,
    /// The store's address; empty: Amazon's, of the region.
    pub endpoint: String,
    /// The region that requests are signed for.
    pub region: String,
    /// Who asks.
    pub access_key_id: String,
    /// The key that requests are signed with.
    pub secret_access_key: SecretString,
    /// Whether the bucket is a part of the host's name, and not of the path.
    pub virtual_hosted: bool,
}

impl UploadsConfig {
    /// The largest one, in bytes.
    #[must_use]
    pub fn max_bytes(&self) -> u64 {
        u64::from(self.max_megabytes) << 20
    }

    /// How much of the disk stays free, in bytes.
    #[must_use]
    pub fn keep_free_bytes(&self) -> u64 {
        u64::from(self.keep_free_megabytes) << 20
    }
}

impl Config {
    /// The folder of uploaded files, with the default filled in.
    #[must_use]
    pub fn uploads_folder(&self) -> PathBuf {
        let folder = &self.uploads.folder;
        if folder.as_os_str().is_empty() { self.data_dir.join("uploads") } else { folder.clone() }
    }

    /// Where files are received before they are put where they stay: on the disk that the folder is on, or that of the data.
    #[must_use]
    pub fn receiving_folder(&self) -> PathBuf {
        if self.uploads.s3.bucket.is_empty() { self.uploads_folder() } else { self.data_dir.clone() }
    }
}
