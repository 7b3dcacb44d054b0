//! The machine: folder, disk, key, limits.

use super::Finding;
use secrecy::ExposeSecret;
use server::config::{Config, SECRET_FILE};
use server::disk;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

/// What a probe writes: the size of a large batch of messages.
const PROBE_BYTES: usize = 64 * 1024;
/// Beyond this a commit is slow enough to be felt.
const SLOW_SYNC: Duration = Duration::from_millis(100);
const LITTLE_SPACE: u64 = 1024 * 1024 * 1024;
const NO_SPACE: u64 = 100 * 1024 * 1024;
/// Connections that a server should be able to hold.
const FILES_WANTED: u64 = 4_096;

pub(super) fn look(config: &Config) -> Vec<Finding> {
    let folder = &config.data_dir;
    if !folder.is_dir() {
        return vec![Finding::warning(
            "data folder",
            format!("{} is not there", folder.display()),
            "The first start makes it; later it must not be missing.",
        )];
    }
    let mut findings = vec![write_probe(folder)];
    findings.extend(space("disk space", folder, "A full disk stops every write; make room or move data_dir."));
    findings.push(secret_key(config));
    findings.extend(open_files());
    findings
}

/// Writes, syncs and removes a file.
fn write_probe(folder: &Path) -> Finding {
    let path = folder.join(".doctor-probe");
    let begun = Instant::now();
    let written = (|| -> io::Result<()> {
        let mut file = File::create(&path)?;
        file.write_all(&vec![b'x'; PROBE_BYTES])?;
        file.sync_all()?;
        fs::remove_file(&path)
    })();
    let took = begun.elapsed();
    if let Err(error) = written {
        let advice = "The server must be able to write there: check its owner, its rights and the disk.";
        return Finding::failed("disk write", format!("{}: {error}", folder.display()), advice);
    }
    let detail = format!("64 KiB written and synced in {:.1} ms", took.as_secs_f64() * 1000.0);
    if took > SLOW_SYNC {
        Finding::warning("disk write", detail, "Every message waits for the disk once: a faster disk makes it quicker.")
    } else {
        Finding::ok("disk write", detail)
    }
}

pub(super) fn space(check: &'static str, folder: &Path, advice: &str) -> Option<Finding> {
    Some(match disk::free_bytes(folder) {
        Ok(free) => {
            let detail = format!("{} MiB free for {}", free.div_euclid(1024 * 1024), folder.display());
            if free < NO_SPACE {
                Finding::failed(check, detail, advice)
            } else if free < LITTLE_SPACE {
                Finding::warning(check, detail, advice)
            } else {
                Finding::ok(check, detail)
            }
        }
        Err(error) if error.kind() == io::ErrorKind::Unsupported => return None,
        Err(error) => Finding::warning(check, error.to_string(), advice),
    })
}

fn secret_key(config: &Config) -> Finding {
    if !config.secret_key.expose_secret().is_empty() {
        return Finding::ok("secret key", "from the setting secret_key");
    }
    let file = config.data_dir.join(SECRET_FILE);
    let metadata = match fs::metadata(&file) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Finding::warning(
                "secret key",
                format!("{} is not there", file.display()),
                "The first start makes it. If there was one, put it back: without it everybody has to sign in again.",
            );
        }
        Err(error) => {
            return Finding::failed("secret key", format!("{}: {error}", file.display()), "The server must read it.");
        }
    };
    if others_may_read(&metadata) {
        return Finding::failed(
            "secret key",
            format!("{} can be read by others", file.display()),
            format!("Whoever reads it can sign in as anybody: chmod 600 {}", file.display()),
        );
    }
    if metadata.len() < 32 {
        return Finding::failed("secret key", format!("{} is damaged", file.display()), "Restore it from a backup.");
    }
    Finding::ok("secret key", format!("{}, for its owner's eyes only", file.display()))
}

#[cfg(unix)]
fn others_may_read(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn others_may_read(_: &fs::Metadata) -> bool {
    false
}

#[cfg(unix)]
fn open_files() -> Option<Finding> {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    Some(match limit {
        Some(limit) if limit < FILES_WANTED => Finding::warning(
            "open files",
            format!("at most {limit}"),
            "Every socket is one, and a full table refuses visitors: raise it (LimitNOFILE in systemd, ulimit -n in a shell).",
        ),
        Some(limit) => Finding::ok("open files", format!("at most {limit}")),
        None => Finding::ok("open files", "without a limit"),
    })
}

#[cfg(not(unix))]
fn open_files() -> Option<Finding> {
    None
}
