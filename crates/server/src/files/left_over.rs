//! What a server that died has left of files on their way into the folder.
//!
//! `object_store` writes a file beside its place, as the key with `#` and a number, and renames it when it is whole. What is
//! half written when the machine stops stands there for good: no row knows its name.

use crate::clock::Clock;
use crate::files::receive::WHOLE_SECONDS;
use std::fs;
use std::io;
use std::path::Path;
use std::time::UNIX_EPOCH;
use types::time::Timestamp;

/// Removes it, where nothing that is still under way can be so old. Returns how many there were.
///
/// # Errors
/// Those of the disk.
pub(crate) async fn remove(folder: &Path, clock: &dyn Clock) -> io::Result<usize> {
    // A file that has come is written once more, which takes no longer.
    let (folder, until) = (folder.to_owned(), clock.now().plus_seconds(-2 * WHOLE_SECONDS));
    actix_web::web::block(move || remove_older(&folder, until)).await.map_err(io::Error::other)?
}

fn remove_older(folder: &Path, until: Timestamp) -> io::Result<usize> {
    let mut removed = 0_usize;
    for organisation in fs::read_dir(folder)? {
        let organisation = organisation?;
        if !organisation.file_type()?.is_dir() {
            continue;
        }
        for entry in fs::read_dir(organisation.path())? {
            let entry = entry?;
            // Keys are ids, in which there is none.
            if !entry.file_name().to_string_lossy().contains('#') {
                continue;
            }
            let changed = entry.metadata()?.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
            if Timestamp(i64::try_from(changed.as_millis()).unwrap_or(i64::MAX)) < until {
                fs::remove_file(entry.path())?;
                removed = removed.saturating_add(1);
            }
        }
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn only_what_is_old_and_half_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let organisation = folder.path().join("0190163d-8694-739b-aea5-966c26f8ad91");
        fs::create_dir(&organisation).unwrap();
        for (name, seconds) in [("a#1", 100), ("a", 100), ("a.preview", 100), ("b#2", 300)] {
            let file = fs::File::create(organisation.join(name)).unwrap();
            file.set_modified(UNIX_EPOCH + Duration::from_secs(seconds)).unwrap();
        }
        fs::write(folder.path().join("c#1"), "not a file of ours").unwrap();
        assert_eq!(remove_older(folder.path(), Timestamp(200_000)).unwrap(), 1);
        assert!(!organisation.join("a#1").exists());
        for name in ["a", "a.preview", "b#2"] {
            assert!(organisation.join(name).exists(), "{name}");
        }
        assert!(remove_older(&folder.path().join("gone"), Timestamp(0)).is_err());
    }
}
