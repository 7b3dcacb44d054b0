//! `parlor backup` and `parlor restore`.

use super::terminal::Terminal;
use super::{Outcome, open_database, runtime};
use clap::Args;
use secrecy::ExposeSecret;
use server::backup::{self, Manifest, Options, Progress};
use server::clock::{Clock, SystemClock};
use server::config::{Config, ConfigError, Loaded, SECRET_FILE, make_data_dir};
use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use store::maintenance::sqlite_file;
use store::portable::Exclusive;

#[derive(Debug, Args)]
pub(super) struct BackupOptions {
    /// The file to write, for example `parlor-2026-11-25.backup`.
    file: PathBuf,
    /// Put the secret key into the file as well, which then lets its holder sign in as anybody: keep it as safe as the key.
    #[arg(long)]
    include_secret_key: bool,
    /// Replace the file if it is there already.
    #[arg(long)]
    overwrite: bool,
}

#[derive(Debug, Args)]
pub(super) struct RestoreOptions {
    /// The file to read.
    file: PathBuf,
    /// Replace what the database holds, after a question.
    #[arg(long)]
    force: bool,
    /// With --force: do not ask.
    #[arg(long, requires = "force")]
    yes: bool,
    /// Only look whether the file is whole; touch no database.
    #[arg(long)]
    check: bool,
}

pub(super) fn back_up(loaded: Result<Loaded, ConfigError>, options: &BackupOptions, terminal: Terminal) -> Outcome {
    let config = loaded?.config;
    let secret_key = if options.include_secret_key { Some(secret_key(&config)?) } else { None };
    let has_key = secret_key.is_some();
    let manifest = runtime()?.block_on(async {
        let db = open_database(&config).await?;
        let what = Options { now: SystemClock.now(), secret_key, overwrite: options.overwrite };
        let written = backup::write(&db, &options.file, what, &mut |progress| show(terminal, progress)).await;
        db.close().await?;
        Ok::<_, Box<dyn Error>>(written?)
    })?;
    terminal.clear();
    summarise(terminal, &manifest)?;
    let size = fs::metadata(&options.file)?.len();
    terminal.say(&format!("{} ({} KiB)", options.file.display(), size.div_ceil(1024)))?;
    if !has_key {
        terminal.note(
            "The secret key is not in it (--include-secret-key puts it there). Without the same key a restored server works, but \
             everybody has to sign in again and visitors begin new conversations.",
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

fn secret_key(config: &Config) -> Result<String, Box<dyn Error>> {
    let configured = config.secret_key.expose_secret();
    if !configured.is_empty() {
        return Ok(configured.to_owned());
    }
    let file = config.data_dir.join(SECRET_FILE);
    fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()).into())
}

pub(super) fn restore(loaded: Result<Loaded, ConfigError>, options: &RestoreOptions, terminal: Terminal) -> Outcome {
    let config = loaded?.config;
    let (header, found) = backup::verify(&options.file, &mut |progress| show(terminal, progress))?;
    terminal.clear();
    terminal.note(&format!(
        "A backup of {} from {}, written by Parlor {}; it is whole.",
        header.database, header.created_at, header.parlor
    ))?;
    if options.check {
        summarise(terminal, &found)?;
        return Ok(ExitCode::SUCCESS);
    }
    let url = config.database_url();
    let url = url.expose_secret();
    if sqlite_file(url).is_some() {
        make_data_dir(&config.data_dir)?;
    }
    let manifest = runtime()?.block_on(async {
        let into = Exclusive::open(url).await?;
        let outcome = put(&into, options, terminal).await;
        into.close().await?;
        outcome
    })?;
    terminal.clear();
    summarise(terminal, &manifest)?;
    if let Some(key) = &manifest.secret_key {
        keep_secret_key(&config, key, terminal)?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn put(into: &Exclusive, options: &RestoreOptions, terminal: Terminal) -> Result<Manifest, Box<dyn Error>> {
    if let Some(table) = into.occupied().await? {
        if !options.force {
            return Err(format!("the database is not empty: {table} has rows; --force replaces them").into());
        }
        if !options.yes && !terminal.agrees("Everything in the database will be replaced by the backup.")? {
            return Err("nothing was changed".into());
        }
    }
    Ok(backup::restore(&options.file, into, &mut |progress| show(terminal, progress)).await?)
}

/// Puts the key of the backup where the server looks for it, unless there is one already.
fn keep_secret_key(config: &Config, key: &str, terminal: Terminal) -> Result<(), Box<dyn Error>> {
    let file = config.data_dir.join(SECRET_FILE);
    let configured = config.secret_key.expose_secret();
    let present = if configured.is_empty() { fs::read_to_string(&file).ok() } else { Some(configured.to_owned()) };
    match present {
        Some(present) if present == key => Ok(()),
        Some(_) => Ok(terminal.note(&format!(
            "The backup has a secret key, but there is another one already ({}), which stays. Remove that one and restore again to use \
             the backup's.",
            if configured.is_empty() { file.display().to_string() } else { "the setting secret_key".to_owned() }
        ))?),
        None => {
            make_data_dir(&config.data_dir)?;
            write_private(&file, key)?;
            Ok(terminal.note(&format!("The secret key is in {}.", file.display()))?)
        }
    }
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn show(terminal: Terminal, Progress { table, rows, .. }: Progress<'_>) {
    terminal.progress(&format!("{table}: {rows} rows"));
}

fn summarise(terminal: Terminal, manifest: &Manifest) -> std::io::Result<()> {
    for table in &manifest.tables {
        terminal.say(&format!("{:<18} {:>10} rows", table.name, table.rows))?;
    }
    Ok(())
}
