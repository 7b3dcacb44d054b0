//! Files for the browser: named by their content, so that they can be cached forever, and compressed once, so that no request waits for it.

use anyhow::{Context, Result};
use flate2::{Compression, write::GzEncoder};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

/// How many bytes a file is, and how many travel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Size {
    pub(crate) raw: usize,
    pub(crate) gzip: usize,
    pub(crate) brotli: usize,
}

impl Size {
    /// The sizes of a content when compressed as hard as possible.
    pub(super) fn of(content: &[u8]) -> Result<Self> {
        Ok(Self { raw: content.len(), gzip: gzip(content)?.len(), brotli: brotli(content)?.len() })
    }
}

impl std::ops::Add for Size {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { raw: self.raw + other.raw, gzip: self.gzip + other.gzip, brotli: self.brotli + other.brotli }
    }
}

/// A file that was written for the browser.
pub(super) struct Asset {
    /// Its address on the server.
    pub(super) url: String,
    pub(super) size: Size,
}

/// Writes files into the web folder and remembers which.
pub(super) struct Assets {
    web: PathBuf,
    files: Vec<String>,
}

impl Assets {
    pub(super) const fn new(web: PathBuf) -> Self {
        Self { web, files: Vec::new() }
    }

    /// Writes `assets/<stem>-<hash>.<extension>`, with its compressed forms beside it.
    pub(super) fn publish(&mut self, stem: &str, extension: &str, content: &[u8]) -> Result<Asset> {
        let hash = hex::encode(Sha256::digest(content));
        let short = hash.get(..16).unwrap_or(&hash);
        let name = format!("assets/{stem}-{short}.{extension}");
        let size = self.write_compressed(&name, content)?;
        Ok(Asset { url: format!("/{name}"), size })
    }

    /// Writes files as [`Self::publish`] does, under one name that changes with any of them; each with an end of its own.
    pub(super) fn publish_together<const N: usize>(
        &mut self,
        stem: &str,
        files: [(&str, &[u8]); N],
    ) -> Result<[Asset; N]> {
        let mut digest = Sha256::new();
        for (_, content) in files {
            digest.update(Sha256::digest(content));
        }
        let hash = hex::encode(digest.finalize());
        let short = hash.get(..16).unwrap_or(&hash);
        let mut written = Vec::with_capacity(N);
        for (end, content) in files {
            let name = format!("assets/{stem}-{short}{end}");
            let size = self.write_compressed(&name, content)?;
            written.push(Asset { url: format!("/{name}"), size });
        }
        written.try_into().ok().context("as many as were given")
    }

    /// Writes a file under a fixed name, with its compressed forms beside it.
    pub(super) fn write_compressed(&mut self, name: &str, content: &[u8]) -> Result<Size> {
        let (gzip, brotli) = (gzip(content)?, brotli(content)?);
        self.write(&format!("{name}.gz"), &gzip)?;
        self.write(&format!("{name}.br"), &brotli)?;
        self.write(name, content)?;
        Ok(Size { raw: content.len(), gzip: gzip.len(), brotli: brotli.len() })
    }

    /// Writes a file under a fixed name only.
    pub(super) fn write(&mut self, name: &str, content: &[u8]) -> Result<()> {
        write_if_changed(&self.web.join(name), content)?;
        self.files.push(name.to_owned());
        Ok(())
    }

    /// What was written, relative to the web folder.
    pub(super) fn into_files(self) -> Vec<String> {
        self.files
    }
}

/// Writes a file, whole or not at all, and leaves it alone when its content is right already: a release build that embeds it stays fresh.
pub(crate) fn write_if_changed(path: &Path, content: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|held| held == content) {
        return Ok(());
    }
    let write = || -> Result<()> {
        let dir = path.parent().context("no parent folder")?;
        fs::create_dir_all(dir)?;
        let mut file = tempfile::Builder::new().permissions(readable()).tempfile_in(dir)?;
        file.write_all(content)?;
        file.persist(path)?;
        Ok(())
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

/// Temporary files are private by default, which would keep a server of another user from reading the result.
fn readable() -> fs::Permissions {
    use std::os::unix::fs::PermissionsExt;
    fs::Permissions::from_mode(0o644)
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let params =
        brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, size_hint: content.len(), ..Default::default() };
    brotli::BrotliCompress(&mut &*content, &mut out, &params)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn a_published_file_is_named_by_its_content_and_its_compressed_forms_are_the_same_content() {
        let dir = tempfile::tempdir().unwrap();
        let mut assets = Assets::new(dir.path().to_path_buf());
        let text = "客厅 parlor ".repeat(100);
        let one = assets.publish("a", "txt", text.as_bytes()).unwrap();
        let two = assets.publish("a", "txt", b"other").unwrap();
        assert_ne!(one.url, two.url);
        assert!(one.size.brotli < one.size.raw && one.size.gzip < one.size.raw);

        let path = dir.path().join(one.url.trim_start_matches('/'));
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
        let mut plain = String::new();
        flate2::read::GzDecoder::new(fs::File::open(format!("{}.gz", path.display())).unwrap())
            .read_to_string(&mut plain)
            .unwrap();
        assert_eq!(plain, text);
        let mut plain = Vec::new();
        brotli::BrotliDecompress(&mut fs::File::open(format!("{}.br", path.display())).unwrap(), &mut plain).unwrap();
        assert_eq!(plain, text.as_bytes());
        assert_eq!(assets.into_files().len(), 6);
    }

    #[test]
    fn files_that_belong_together_have_one_name_which_changes_with_any_of_them() {
        let dir = tempfile::tempdir().unwrap();
        let mut assets = Assets::new(dir.path().to_path_buf());
        let mut together = |second: &[u8]| {
            let [one, two] = assets.publish_together("w", [(".js", b"one"), ("-api.js", second)]).unwrap();
            let stem = one.url.strip_suffix(".js").unwrap().to_owned();
            assert_eq!(two.url, format!("{stem}-api.js"));
            assert_eq!(fs::read(dir.path().join(two.url.trim_start_matches('/'))).unwrap(), second);
            stem
        };
        assert_ne!(together(b"two"), together(b"another"));
    }

    #[test]
    fn an_unchanged_file_keeps_its_time() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        write_if_changed(&path, b"same").unwrap();
        let old = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000);
        fs::File::options().write(true).open(&path).unwrap().set_modified(old).unwrap();
        write_if_changed(&path, b"same").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), old);
        write_if_changed(&path, b"different").unwrap();
        assert_ne!(fs::metadata(&path).unwrap().modified().unwrap(), old);
    }
}
