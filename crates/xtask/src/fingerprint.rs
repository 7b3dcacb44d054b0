//! Knowing that something is already done: a stamp file holds the hash of everything the result depends on.

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A hash under construction. Every part is length-prefixed, so that moving a byte from one part to the next changes the result.
#[derive(Default)]
pub(crate) struct Fingerprint(Sha256);

impl Fingerprint {
    /// Adds a named value, such as a tool's version.
    pub(crate) fn text(&mut self, name: &str, value: &str) -> &mut Self {
        self.part(name.as_bytes());
        self.part(value.as_bytes());
        self
    }

    /// Adds a file's path and content; an absent file counts as such.
    pub(crate) fn file(&mut self, root: &Path, path: &Path) -> Result<&mut Self> {
        let name = path.strip_prefix(root).unwrap_or(path);
        self.part(name.to_string_lossy().as_bytes());
        match fs::read(path) {
            Ok(content) => self.part(&content),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => self.part(b"\0absent"),
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
        Ok(self)
    }

    /// Adds every file below a folder.
    pub(crate) fn tree(&mut self, root: &Path, dir: &Path) -> Result<&mut Self> {
        for path in files_below(dir)? {
            self.file(root, &path)?;
        }
        Ok(self)
    }

    /// The hash as text.
    pub(crate) fn finish(self) -> String {
        hex::encode(self.0.finalize())
    }

    fn part(&mut self, bytes: &[u8]) {
        self.0.update(bytes.len().to_string().as_bytes());
        self.0.update(b":");
        self.0.update(bytes);
    }
}

/// Every file below a folder in a stable order, without what tools put there.
pub(crate) fn files_below(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![dir.to_path_buf()];
    while let Some(dir) = open.pop() {
        if !dir.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&dir).with_context(|| format!("cannot list {}", dir.display()))? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                if !matches!(entry.file_name().to_str(), Some("target" | "node_modules" | ".git" | "dist")) {
                    open.push(entry.path());
                }
            } else if kind.is_file() {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// A file that remembers the fingerprint of the last success.
pub(crate) struct Stamp(PathBuf);

impl Stamp {
    /// The stamp of the given name.
    pub(crate) fn new(name: &str) -> Result<Self> {
        Ok(Self(crate::workspace::stamps()?.join(name)))
    }

    /// Whether the last success was with exactly this fingerprint.
    pub(crate) fn holds(&self, fingerprint: &str) -> bool {
        fs::read_to_string(&self.0).is_ok_and(|held| held == fingerprint)
    }

    /// Records a success.
    pub(crate) fn set(&self, fingerprint: &str) -> Result<()> {
        fs::write(&self.0, fingerprint).with_context(|| format!("cannot write {}", self.0.display()))
    }

    /// Forgets the last success: called before work starts, so that an interrupted run is never taken for a finished one.
    pub(crate) fn clear(&self) -> Result<()> {
        match fs::remove_file(&self.0) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("cannot remove {}", self.0.display()))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash_of(dir: &Path) -> String {
        let mut fingerprint = Fingerprint::default();
        fingerprint.tree(dir, dir).unwrap();
        fingerprint.finish()
    }

    #[test]
    fn content_names_and_new_files_change_the_hash_but_built_files_do_not() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a"), "one").unwrap();
        let first = hash_of(dir.path());

        fs::create_dir(dir.path().join("target")).unwrap();
        fs::write(dir.path().join("target/x"), "built").unwrap();
        assert_eq!(hash_of(dir.path()), first);

        fs::write(dir.path().join("a"), "two").unwrap();
        let edited = hash_of(dir.path());
        assert_ne!(edited, first);

        fs::rename(dir.path().join("a"), dir.path().join("b")).unwrap();
        assert_ne!(hash_of(dir.path()), edited);
    }

    #[test]
    fn parts_cannot_run_into_each_other() {
        let mut one = Fingerprint::default();
        one.text("ab", "c");
        let mut two = Fingerprint::default();
        two.text("a", "bc");
        assert_ne!(one.finish(), two.finish());
    }
}
