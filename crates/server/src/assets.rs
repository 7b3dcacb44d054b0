//! The built console and widget: embedded in the binary, precompressed, immutable by name.

mod encoding;
mod pages;

pub(crate) use encoding::{Encoding, compress};
pub(crate) use pages::{get_asset, get_console, get_service_worker};

use crate::auth::signing::sha256;
use actix_web::web::Bytes;
use rust_embed::RustEmbed;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::HashMap;

/// What `cargo xtask web` built. Debug builds read it from the disk at every request, so that a rebuilt console shows
/// without a rebuilt server; release builds carry it inside.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../target/web"]
struct Built;

/// Where the files come from.
#[derive(Debug, Clone, Default)]
pub enum Assets {
    /// From `cargo xtask web`.
    #[default]
    Built,
    /// From memory, by path.
    Memory(HashMap<String, Vec<u8>>),
}

/// What was built, by part. A part that was not built is absent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Manifest {
    /// The console.
    pub console: Option<ConsoleAssets>,
    /// The widget.
    pub widget: Option<WidgetAssets>,
    /// The file name of the loader.
    pub loader: Option<String>,
}

/// The console's files.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ConsoleAssets {
    /// The file name of its page.
    pub html: String,
}

/// The widget's addresses.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct WidgetAssets {
    /// Of its script. What is loaded later begins like it.
    pub js: String,
    /// Of the script that the page of its own has for apps.
    pub app: String,
}

impl Assets {
    /// A file by its path below the built folder.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<Cow<'_, [u8]>> {
        match self {
            Self::Built => Built::get(path).map(|file| file.data),
            Self::Memory(files) => files.get(path).map(|bytes| Cow::Borrowed(bytes.as_slice())),
        }
    }

    /// A file to be served: its bytes without copying what is embedded, and their SHA-256.
    pub(crate) fn served(&self, path: &str) -> Option<(Bytes, [u8; 32])> {
        match self {
            Self::Built => {
                let file = Built::get(path)?;
                let bytes = match file.data {
                    Cow::Borrowed(embedded) => Bytes::from_static(embedded),
                    Cow::Owned(read) => Bytes::from(read),
                };
                Some((bytes, file.metadata.sha256_hash()))
            }
            Self::Memory(files) => {
                let bytes = files.get(path)?;
                Some((Bytes::copy_from_slice(bytes), sha256(bytes)))
            }
        }
    }

    /// What was built; `None` when nothing was.
    #[must_use]
    pub fn manifest(&self) -> Option<Manifest> {
        serde_json::from_slice(&self.file("manifest.json")?).ok()
    }

    /// The loader's text, before a channel's configuration is filled in.
    #[must_use]
    pub fn loader(&self) -> Option<String> {
        let name = self.manifest()?.loader?;
        String::from_utf8(self.file(&name)?.into_owned()).ok()
    }
}
