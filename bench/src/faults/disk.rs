//! The disk is full, a file may not grow, or the database's file is locked or gone for a while.

use super::probe::Heard;
use super::stage::Stage;
use super::{Played, Programs, Scale};
use crate::lock::Lock;
use crate::process::{Plan, Server};
use anyhow::{Context, Result, ensure};
use futures_util::future::join_all;
use rustix::process::{Pid, Resource, Rlimit, prlimit};
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::sleep;

/// How long the database's files are away.
const AWAY: Duration = Duration::from_secs(2);

/// A file that fits into no limit of this scenario: larger than what the database's files may be.
const LARGE: usize = 24 << 20;

/// A file system of a few megabytes, with the database and the uploads on it, is filled to the last byte and emptied again.
pub(super) async fn disk_full(programs: Programs, scale: Scale) -> Result<Played> {
    let disk = match SmallDisk::mount(scale) {
        Ok(disk) => disk,
        Err(reason) => return Ok(Played::Impossible(format!("{reason:#}"))),
    };
    let url = format!("sqlite://{}", disk.path().join("parlor.db").display());
    let mut plan = Plan { database_url: Some(url), ..Plan::new(programs.parlor) };
    // Room that is kept for messages would be more than there is.
    plan.settings.push(("PARLOR_UPLOADS__KEEP_FREE_MEGABYTES".into(), "0".into()));
    plan.settings.push(("PARLOR_UPLOADS__FOLDER".into(), disk.path().join("uploads").into()));
    let mut stage = Stage::open(plan, scale).await?;
    let findings = stage
        .under_load(scale, async |_, probe| {
            disk.fill()?;
            probe.press_until_unhealthy().await?;
            probe.upload_hears(LARGE, Heard::Unavailable).await?;
            probe.can_read().await?;
            disk.empty()?;
            probe.until_healthy().await
        })
        .await?;
    stage.close().await?;
    Ok(Played::Held(findings))
}

/// The database's files may not grow: what a quota or `ulimit -f` does. Needs no administrator.
pub(super) async fn file_size_limited(programs: Programs, scale: Scale) -> Result<Played> {
    let folder = tempfile::tempdir()?;
    let plan = Plan::new(with_signal_ignored(folder.path(), &programs.parlor)?);
    let mut stage = Stage::open(plan, scale).await?;
    let findings = stage
        .under_load(scale, async |server, probe| {
            // Half of what they are: the log is written from its beginning again once it has been taken over into the file.
            let size = |name| fs::metadata(server.data_dir().join(name)).map(|file| file.len());
            let limit = size("parlor.db")?.min(size("parlor.db-wal")?) / 2;
            limit_files(server, Some(limit))?;
            probe.press_until_unhealthy().await?;
            probe.upload_hears(usize::try_from(limit)? * 2, Heard::Unavailable).await?;
            probe.can_read().await?;
            limit_files(server, None)?;
            probe.until_healthy().await?;
            probe.upload_hears(usize::try_from(limit)? * 2, Heard::Stored).await
        })
        .await?;
    stage.close().await?;
    Ok(Played::Held(findings))
}

/// Another process writes into the database for as long as it takes until callers are told to come back.
pub(super) async fn database_locked(programs: Programs, scale: Scale) -> Result<Played> {
    let mut stage = Stage::open(Plan::new(programs.parlor), scale).await?;
    let findings = stage
        .under_load(scale, async |server, probe| {
            let lock = Lock::take(&format!("sqlite://{}", server.data_dir().join("parlor.db").display())).await?;
            probe.ask_until(Heard::Unavailable).await?;
            probe.can_read().await?;
            lock.release().await?;
            probe.ask_until(Heard::Stored).await
        })
        .await?;
    stage.close().await?;
    Ok(Played::Held(findings))
}

/// Somebody moves the database's files and moves them back.
pub(super) async fn database_moved_away_and_back(programs: Programs, scale: Scale) -> Result<Played> {
    let mut stage = Stage::open(Plan::new(programs.parlor), scale).await?;
    let findings = stage
        .under_load(scale, async |server, probe| {
            let (home, away) = (server.data_dir().to_owned(), server.data_dir().join("away"));
            fs::create_dir(&away)?;
            move_database(&home, &away)?;
            // More readers at once than there are connections: new ones are opened, where there is nothing now.
            let reads = join_all((0..32).map(|_| probe.can_read()));
            let (_some_fail, ()) = tokio::join!(reads, sleep(AWAY));
            let stray = home.join("parlor.db");
            ensure!(!stray.exists(), "the server has made an empty database in place of the one that is away");
            probe.ask().await?;
            move_database(&away, &home)?;
            probe.until_healthy().await?;
            probe.can_read().await
        })
        .await?;
    stage.close().await?;
    Ok(Played::Held(findings))
}

fn move_database(from: &Path, to: &Path) -> Result<()> {
    for name in ["parlor.db", "parlor.db-wal", "parlor.db-shm"] {
        fs::rename(from.join(name), to.join(name)).with_context(|| format!("moving {name}"))?;
    }
    Ok(())
}

/// A file system in memory of a few megabytes.
struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    /// Large enough for what the load leaves there.
    fn mount(scale: Scale) -> Result<Self> {
        let messages = scale.rate * scale.load.as_secs_f64();
        let size = format!("size={:.0}k,mode=0700", 48.0 * 1024.0 + messages * 8.0);
        let folder = tempfile::Builder::new().prefix("parlor-disk-").tempdir()?;
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "parlor-fault"])
            .arg(folder.path())
            .output()
            .context("there is no `mount`")?;
        let why = String::from_utf8_lossy(&mounted.stderr).trim().to_owned();
        ensure!(mounted.status.success(), "mounting a small disk needs an administrator ({why})");
        Ok(Self { folder })
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn ballast(&self) -> PathBuf {
        self.path().join("ballast")
    }

    /// Writes until there is no room left.
    fn fill(&self) -> Result<()> {
        let mut file = File::create(self.ballast())?;
        // Large pieces first, then the rest.
        for piece in [1 << 20, 4096, 1] {
            let piece = vec![0_u8; piece];
            while file.write_all(&piece).is_ok() {}
        }
        Ok(())
    }

    fn empty(&self) -> Result<()> {
        fs::remove_file(self.ballast()).context("the ballast stays")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // What still uses it keeps it until it ends.
        let _unmounted = Command::new("umount").arg("-l").arg(self.path()).output();
    }
}

/// A program that starts this one with SIGXFSZ ignored, so that a write beyond the limit fails instead of killing it.
fn with_signal_ignored(folder: &Path, program: &Path) -> Result<PathBuf> {
    let path = folder.join("parlor-with-limits");
    let script = format!("#!/bin/sh\ntrap '' XFSZ\nexec '{}' \"$@\"\n", program.display());
    OpenOptions::new().write(true).create_new(true).open(&path)?.write_all(script.as_bytes())?;
    fs::set_permissions(&path, Permissions::from_mode(0o755))?;
    Ok(path)
}

/// Limits how large any file of the server may become.
fn limit_files(server: &Server, bytes: Option<u64>) -> Result<()> {
    let pid = i32::try_from(server.pid()?).ok().and_then(Pid::from_raw).context("a process has an id")?;
    let limit = Rlimit { current: bytes, maximum: None };
    prlimit(Some(pid), Resource::Fsize, limit).context("the limit cannot be set").map(drop)
}
