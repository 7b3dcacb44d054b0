//! The secret key in its file, for installations that do not set one.

use crate::ids::Ids;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// The name of the file in the data folder.
pub const SECRET_FILE: &str = "secret.key";

/// Makes the data folder, for the server's own eyes: it holds other people's conversations. A folder that is there
/// already keeps the rights that its owner gave it.
///
/// # Errors
/// When it cannot be made.
pub fn make_data_dir(data_dir: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(data_dir)
}

/// The secret in `<data_dir>/secret.key`, made when it is not there yet.
///
/// # Errors
/// When the folder cannot be made, or the file neither read nor written.
pub fn load_or_create_secret(data_dir: &Path, ids: &Ids) -> io::Result<Vec<u8>> {
    make_data_dir(data_dir)?;
    let path = data_dir.join(SECRET_FILE);
    match read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => create(&path, ids),
        outcome => outcome,
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let secret = fs::read(path)?;
    if secret.len() >= 32 {
        return Ok(secret);
    }
    // Signing with half a key would be worse than not starting.
    Err(io::Error::new(io::ErrorKind::InvalidData, format!("{} is damaged", path.display())))
}

/// Writes a secret beside its place and then links it there, whole or not at all: a second server that starts at the same
/// moment, or the next start after a power cut, never reads half of one.
fn create(path: &Path, ids: &Ids) -> io::Result<Vec<u8>> {
    let secret = hex::encode(ids.bytes::<32>()).into_bytes();
    let draft = path.with_extension(hex::encode(ids.bytes::<8>()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    let linked = file.write_all(&secret).and_then(|()| file.sync_all()).and_then(|()| fs::hard_link(&draft, path));
    fs::remove_file(&draft)?;
    match linked {
        Ok(()) => Ok(secret),
        // Another server of the same folder was faster: its secret is the one.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => read(path),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use std::sync::Arc;

    #[test]
    fn the_secret_is_made_once_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let data_dir = folder.path().join("data");
        let ids = Ids::from_os(Arc::new(SystemClock));
        let first = load_or_create_secret(&data_dir, &ids).unwrap();
        assert_eq!(load_or_create_secret(&data_dir, &ids).unwrap(), first);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&data_dir), mode(&data_dir.join(SECRET_FILE))), (0o700, 0o600));
        }
    }

    #[test]
    fn servers_that_start_at_the_same_moment_share_one_whole_secret() {
        for _ in 0..50 {
            let folder = tempfile::tempdir().unwrap();
            let start = std::sync::Barrier::new(4);
            let secrets: Vec<Vec<u8>> = std::thread::scope(|scope| {
                let server = || {
                    let ids = Ids::from_os(Arc::new(SystemClock));
                    start.wait();
                    load_or_create_secret(folder.path(), &ids).unwrap()
                };
                let servers: Vec<_> = (0..4).map(|_| scope.spawn(server)).collect();
                servers.into_iter().map(|server| server.join().unwrap()).collect()
            });
            assert_eq!(secrets.first().map(Vec::len), Some(64));
            assert!(secrets.iter().all(|secret| Some(secret) == secrets.first()));
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left behind");
        }
    }

    #[test]
    fn a_damaged_secret_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(SECRET_FILE), b"short").unwrap();
        assert!(load_or_create_secret(folder.path(), &Ids::from_os(Arc::new(SystemClock))).is_err());
    }
}
