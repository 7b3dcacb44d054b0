//! The machine: folder, disk, clock, key, limits.

use super::Finding;
use secrecy::ExposeSecret;
use server::clock::{Clock, SystemClock};
use server::config::{Config, SECRET_FILE};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant, UNIX_EPOCH};
use types::time::Timestamp;

/// What a probe writes: the size of a large batch of messages.
const PROBE_BYTES: usize = 64 * 1024;
/// Beyond this a commit is slow enough to be felt.
const SLOW_SYNC: Duration = Duration::from_millis(100);
const LITTLE_SPACE: u64 = 1024 * 1024 * 1024;
const NO_SPACE: u64 = 100 * 1024 * 1024;
/// Clocks of one machine that are further apart than this are wrong.
const CLOCKS_APART_MILLIS: i64 = 2_000;
/// 2026-01-01: no clock of a machine that runs this program is before it.
const EARLIEST: Timestamp = Timestamp(1_767_225_600_000);
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
    let mut findings = write_probe(folder);
    findings.extend(space(folder));
    findings.push(secret_key(config));
    findings.extend(open_files());
    findings
}

/// Writes, syncs and removes a file; its time of change is the file system's clock.
fn write_probe(folder: &Path) -> Vec<Finding> {
    let path = folder.join(".doctor-probe");
    let begun = Instant::now();
    let written = (|| -> io::Result<Timestamp> {
        let mut file = File::create(&path)?;
        file.write_all(&vec![b'x'; PROBE_BYTES])?;
        file.sync_all()?;
        let changed = file.metadata()?.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        fs::remove_file(&path)?;
        Ok(Timestamp(i64::try_from(changed.as_millis()).unwrap_or(i64::MAX)))
    })();
    let took = begun.elapsed();
    let changed = match written {
        Ok(changed) => changed,
        Err(error) => {
            let advice = "The server must be able to write there: check its owner, its rights and the disk.";
            return vec![Finding::failed("disk write", format!("{}: {error}", folder.display()), advice)];
        }
    };
    let detail = format!("64 KiB written and synced in {:.1} ms", took.as_secs_f64() * 1000.0);
    let disk = if took > SLOW_SYNC {
        Finding::warning("disk write", detail, "Every message waits for the disk once: a faster disk makes it quicker.")
    } else {
        Finding::ok("disk write", detail)
    };
    let now = SystemClock.now();
    let apart = now.millis_since(changed);
    let clock = if now < EARLIEST {
        Finding::failed(
            "clock",
            format!("it says {now}"),
            "Set the clock, best by NTP: sessions and codes expire by it.",
        )
    } else if apart.abs() > CLOCKS_APART_MILLIS {
        let detail = format!("the file system is {} ms behind", apart);
        Finding::warning("clock", detail, "The folder is on another machine whose clock differs: use NTP on both.")
    } else {
        Finding::ok("clock", format!("{now}, as the file system has it"))
    };
    vec![disk, clock]
}

#[cfg(unix)]
fn space(folder: &Path) -> Option<Finding> {
    let advice = "A full disk stops every write; make room or move data_dir.";
    Some(match rustix::fs::statvfs(folder) {
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let detail = format!("{} MiB free for {}", free.div_euclid(1024 * 1024), folder.display());
            if free < NO_SPACE {
                Finding::failed("disk space", detail, advice)
            } else if free < LITTLE_SPACE {
                Finding::warning("disk space", detail, advice)
            } else {
                Finding::ok("disk space", detail)
            }
        }
        Err(error) => Finding::warning("disk space", error.to_string(), advice),
    })
}

#[cfg(not(unix))]
fn space(_: &Path) -> Option<Finding> {
    None
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
