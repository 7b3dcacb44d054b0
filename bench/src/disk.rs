//! Where what is called durable is written: below `target`, and never into memory.

use anyhow::{Context, Result, ensure};
use rustix::fs::statfs;
use std::path::Path;
use tempfile::TempDir;

/// Below the checkout's own `target`; the system's folder for temporary files is memory on many systems.
const BELOW: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/scratch");

/// What `statfs` calls file systems in memory: tmpfs and ramfs (`linux/magic.h`).
const IN_MEMORY: [i128; 2] = [0x0102_1994, 0x8584_58f6];

/// A folder of one's own on a disk, removed when it is dropped.
///
/// # Errors
/// When it cannot be made, or lies in memory.
pub fn folder() -> Result<TempDir> {
    std::fs::create_dir_all(BELOW).with_context(|| format!("cannot create {BELOW}"))?;
    let folder = tempfile::Builder::new().prefix("parlor-").tempdir_in(BELOW).context("no folder below `target`")?;
    is_on_a_disk(folder.path())?;
    Ok(folder)
}

/// Whether what is forced to the disk there reaches one, as far as the file system tells.
///
/// # Errors
/// When it is memory, or cannot be asked.
fn is_on_a_disk(path: &Path) -> Result<()> {
    let kind = i128::from(statfs(path).with_context(|| format!("no file system at {}", path.display()))?.f_type);
    ensure!(
        !IN_MEMORY.contains(&kind),
        "{} lies in memory, where nothing is durable: put the checkout's `target` on a disk",
        path.display()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_refused_and_a_disk_is_not() {
        is_on_a_disk(folder().unwrap().path()).unwrap();
        // Linux has it everywhere but in the barest containers; there is then nothing to refuse.
        let memory = Path::new("/dev/shm");
        if memory.is_dir() {
            let error = is_on_a_disk(memory).unwrap_err().to_string();
            assert!(error.contains("lies in memory"), "{error}");
        }
    }
}
