//! The files that the fences look at: what git tracks or would track.

use crate::{exec, workspace};
use anyhow::Result;
use std::fs;

/// A text file of the checkout.
pub(super) struct Source {
    /// Relative to the checkout.
    pub(super) path: String,
    pub(super) text: String,
}

impl Source {
    pub(super) fn has_extension(&self, extensions: &[&str]) -> bool {
        self.path.rsplit_once('.').is_some_and(|(_, extension)| extensions.contains(&extension))
    }

    /// Lines of Rust with their numbers, without comments.
    pub(super) fn code_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate().map(|(index, line)| (index + 1, line));
        lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

/// Written by a program: nobody reads these line by line.
const GENERATED: [&str; 5] = [
    "Cargo.lock",
    "package-lock.json",
    "openapi/openapi.json",
    "openapi/asyncapi.yaml",
    "openapi/client/src/schema.d.ts",
];

impl Source {
    pub(super) fn is_generated(&self) -> bool {
        GENERATED.contains(&self.path.as_str())
    }
}

/// Every text file, tracked or new, that is not ignored.
pub(super) fn all() -> Result<Vec<Source>> {
    let root = workspace::root()?;
    let list =
        exec::quiet(exec::command("git")?.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]))?;
    let mut sources = Vec::new();
    for path in list.split('\0').filter(|path| !path.is_empty()) {
        // Deleted but not yet committed files are listed too; pictures and fonts are not text.
        let Ok(bytes) = fs::read(root.join(path)) else { continue };
        if let Ok(text) = String::from_utf8(bytes)
            && !text.contains('\0')
        {
            sources.push(Source { path: path.to_owned(), text });
        }
    }
    Ok(sources)
}
