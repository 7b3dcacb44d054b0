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
    match fs::read(&path) {
        Ok(secret) if secret.len() >= 32 => Ok(secret),
        // Signing with half a key would be worse than not starting.
        Ok(_) => Err(io::Error::new(io::ErrorKind::InvalidData, format!("{} is damaged", path.display()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            create(&path, hex::encode(ids.bytes::<32>()).into_bytes())
        }
        Err(error) => Err(error),
    }
}

fn create(path: &Path, secret: Vec<u8>) -> io::Result<Vec<u8>> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(mut file) => {
            file.write_all(&secret)?;
            file.sync_all()?;
            Ok(secret)
        }
        // Another server of the same folder was faster: its secret is the one.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => fs::read(path),
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
    fn a_damaged_secret_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(SECRET_FILE), b"short").unwrap();
        assert!(load_or_create_secret(folder.path(), &Ids::from_os(Arc::new(SystemClock))).is_err());
    }
}
