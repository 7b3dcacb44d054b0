//! How much room the disk of a folder has.

use std::io;
use std::path::Path;

/// Bytes that are free for us on the disk of this folder.
///
/// # Errors
/// Those of the system, and where it does not say.
#[cfg(unix)]
pub fn free_bytes(folder: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(folder)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Bytes that are free for us on the disk of this folder.
///
/// # Errors
/// The system does not say.
#[cfg(not(unix))]
pub fn free_bytes(_: &Path) -> io::Result<u64> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Whether two folders are on different disks. Where the system does not say, they are not.
#[cfg(unix)]
#[must_use]
pub fn are_apart(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let device = |path: &Path| path.metadata().map(|found| found.dev());
    matches!((device(one), device(other)), (Ok(one), Ok(other)) if one != other)
}

/// Whether two folders are on different disks. Where the system does not say, they are not.
#[cfg(not(unix))]
#[must_use]
pub fn are_apart(_: &Path, _: &Path) -> bool {
    false
}
