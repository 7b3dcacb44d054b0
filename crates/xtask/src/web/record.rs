//! What was built: remembered between runs, and told to the server as `manifest.json`.

use super::assets::Size;
use crate::workspace;
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fs};

/// The last successful build of a part.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Record {
    /// Hash of everything that the build depends on.
    pub(super) sources: String,
    /// Hash of what the packing worked on.
    pub(super) built: String,
    /// Files that belong to the part, relative to the web folder.
    pub(super) files: Vec<String>,
    pub(super) made: Made,
    /// Built by this very run.
    #[serde(skip)]
    pub(super) is_new: bool,
}

/// Addresses and sizes of a part's files.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Made {
    pub(super) console: Option<ConsoleFiles>,
    pub(super) widget: Option<WidgetFiles>,
    /// What is loaded at once.
    pub(super) sizes: BTreeMap<String, Size>,
    /// What is loaded when it is first needed.
    #[serde(default)]
    pub(super) later: BTreeMap<String, Size>,
}

/// The console's files.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ConsoleFiles {
    pub(super) html: String,
    pub(super) js: String,
    pub(super) wasm: String,
    pub(super) css: String,
}

/// The widget's files, except for the loader.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct WidgetFiles {
    pub(super) js: String,
    pub(super) wasm: String,
    pub(super) api: String,
    pub(super) app: String,
    pub(super) form: String,
}

impl Record {
    pub(super) fn load(part: &str) -> Result<Option<Self>> {
        let path = workspace::stamps()?.join(format!("web-{part}.json"));
        // A record of an older shape is as good as none.
        Ok(fs::read(path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    pub(super) fn save(&self, part: &str) -> Result<()> {
        let path = workspace::stamps()?.join(format!("web-{part}.json"));
        fs::write(&path, serde_json::to_vec_pretty(self)?).with_context(|| format!("cannot write {}", path.display()))
    }

    /// Whether everything that was written is still there.
    pub(super) fn files_exist(&self) -> bool {
        workspace::web_dir().is_ok_and(|web| self.files.iter().all(|file| web.join(file).is_file()))
    }
}

/// What the server reads to know its assets.
#[derive(Serialize)]
pub(super) struct Manifest<'a> {
    console: Option<&'a ConsoleFiles>,
    widget: Option<&'a WidgetFiles>,
    loader: &'static str,
}

impl<'a> Manifest<'a> {
    pub(super) fn new(console: Option<&'a Record>, widget: Option<&'a Record>) -> Self {
        Self {
            console: console.and_then(|record| record.made.console.as_ref()),
            widget: widget.and_then(|record| record.made.widget.as_ref()),
            loader: "loader.js",
        }
    }
}
