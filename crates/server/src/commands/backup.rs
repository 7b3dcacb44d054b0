//! `parlor backup` and `parlor restore`.

use super::terminal::Terminal;
use super::{Outcome, open_database, runtime};
use clap::Args;
use secrecy::ExposeSecret;
use server::backup::{self, BackupError, Fault, FileSum, Manifest, Options, Progress, Whole};
use server::clock::{Clock, SystemClock};
use server::config::{Config, ConfigError, Loaded, SECRET_FILE, make_data_dir};
use server::files::Files;
use server::files::objects::ObjectKey;
use std::collections::HashSet;
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
    /// The folder that the uploaded files are copied to; several backups may share one. Without it, the file's name with `.files`.
    #[arg(long, value_name = "FOLDER", conflicts_with = "without_files")]
    files: Option<PathBuf>,
    /// Leave the uploaded files out: they are saved in another way.
    #[arg(long)]
    without_files: bool,
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
    /// Only look whether the backup is whole, its uploaded files included; touch nothing.
    #[arg(long)]
    check: bool,
    /// The folder that the uploaded files were copied to. Without it, the file's name with `.files`.
    #[arg(long, value_name = "FOLDER", conflicts_with = "without_files")]
    files: Option<PathBuf>,
    /// Restore the database only, and no uploaded file.
    #[arg(long)]
    without_files: bool,
    /// Put back uploaded files only, and leave the database as it is. The server may run meanwhile.
    #[arg(long, conflicts_with_all = ["without_files", "force"])]
    only_files: bool,
    /// Restore although uploaded files of the backup are missing or damaged; those are left out.
    #[arg(long)]
    allow_damaged_files: bool,
}

pub(super) fn back_up(loaded: Result<Loaded, ConfigError>, options: &BackupOptions, terminal: Terminal) -> Outcome {
    let config = loaded?.config;
    let secret_key = if options.include_secret_key { Some(secret_key(&config)?) } else { None };
    let has_key = secret_key.is_some();
    if options.file.exists() && !options.overwrite {
        return Err(BackupError::Exists { path: options.file.clone() }.into());
    }
    let folder = files_of(&options.file, options.files.as_deref());
    let written = runtime()?.block_on(async {
        let db = open_database(&config).await?;
        let files = if options.without_files { None } else { Some((uploads(&config)?, Files::in_folder(&folder)?)) };
        let what = Options {
            now: SystemClock.now(),
            secret_key,
            overwrite: options.overwrite,
            files: files.as_ref().map(|(from, to)| (from, to)),
        };
        let written = backup::write(&db, &options.file, what, &mut |progress| show(terminal, progress)).await;
        db.close().await?;
        Ok::<_, Box<dyn Error>>(written?)
    })?;
    terminal.clear();
    summarise(terminal, &written.manifest)?;
    let size = fs::metadata(&options.file)?.len();
    terminal.say(&format!("{} ({} KiB)", options.file.display(), size.div_ceil(1024)))?;
    if written.manifest.files.is_some() {
        terminal.say(&format!("{} belongs to it", folder.display()))?;
    } else {
        terminal.note("The uploaded files are not in it (--without-files): pictures and files are lost unless they are saved in another way.")?;
    }
    if written.gone > 0 {
        terminal.note(&format!(
            "{} files were gone before they were copied: never sent, or cleared meanwhile.",
            written.gone
        ))?;
    }
    if !written.lost.is_empty() {
        terminal.note(&format!(
            "{} files that messages carry are not where they should be, so they are in no backup from now on: {}",
            written.lost.len(),
            some_of(&written.lost)
        ))?;
    }
    if !has_key {
        terminal.note(
            "The secret key is not in it (--include-secret-key puts it there). Without the same key a restored server works, but \
             everybody has to sign in again and visitors begin new conversations.",
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The folder of a backup's files.
fn files_of(file: &Path, named: Option<&Path>) -> PathBuf {
    named.map_or_else(
        || {
            let mut name = file.as_os_str().to_owned();
            name.push(".files");
            name.into()
        },
        Path::to_owned,
    )
}

/// Where the server keeps uploaded files.
fn uploads(config: &Config) -> Result<Files, object_store::Error> {
    server::app::install_tls();
    Files::open(config)
}

/// The first of them.
fn some_of(faults: &[Fault]) -> String {
    let named: Vec<String> = faults.iter().take(5).map(Fault::to_string).collect();
    format!("{}{}", named.join(", "), if faults.len() > named.len() { ", …" } else { "" })
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
    let whole = backup::verify(&options.file, &mut |progress| show(terminal, progress))?;
    terminal.clear();
    terminal.note(&format!(
        "A backup of {} from {}, written by Parlor {}; it is whole.",
        whole.header.database, whole.header.created_at, whole.header.parlor
    ))?;
    let folder = match whole.manifest.files {
        Some(_) if !options.without_files => folder_of(options, &whole)?,
        _ => None,
    };
    if whole.manifest.files.is_none() && !options.without_files {
        terminal.note("It has no uploaded files: put their folder back in the way that it was saved.")?;
    }
    runtime()?.block_on(async {
        if options.check {
            if let Some(folder) = folder {
                let faults =
                    backup::check_files(&folder, &whole.files, &mut |progress| show(terminal, progress)).await?;
                refuse_damaged(&faults, options, terminal)?;
            }
            terminal.clear();
            return Ok(summarise(terminal, &whole.manifest)?);
        }
        if options.only_files {
            let folder = folder.ok_or("the backup has no uploaded files")?;
            // What was cleared, recalled or deleted since stays away: no row would ever lead to it again.
            let db = open_database(&config).await?;
            let named: HashSet<ObjectKey> = store::objects::all(&db).await?.iter().map(ObjectKey::from).collect();
            let files: Vec<FileSum> = whole.files.iter().copied().filter(|file| named.contains(&file.key)).collect();
            put_files(&config, &folder, &files, options, terminal).await?;
            terminal.clear();
            return Ok(terminal.say(&format!("{} files are where they belong", files.len()))?);
        }
        let url = config.database_url();
        let url = url.expose_secret();
        if sqlite_file(url).is_some() {
            make_data_dir(&config.data_dir)?;
        }
        let into = Exclusive::open(url).await?;
        let outcome = async {
            agree_to_replace(&into, options, terminal).await?;
            // The files first: rows without them would be messages that show nothing, and files without rows are nothing.
            if let Some(folder) = folder {
                put_files(&config, &folder, &whole.files, options, terminal).await?;
            }
            Ok(backup::restore(&options.file, &into, &mut |progress| show(terminal, progress)).await?)
        };
        let outcome: Result<Manifest, Box<dyn Error>> = outcome.await;
        into.close().await?;
        let manifest = outcome?;
        terminal.clear();
        summarise(terminal, &manifest)?;
        if let Some(key) = &manifest.secret_key {
            keep_secret_key(&config, key, terminal)?;
        }
        Ok::<_, Box<dyn Error>>(())
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The folder with the files of a backup that has some.
fn folder_of(options: &RestoreOptions, whole: &Whole) -> Result<Option<Files>, Box<dyn Error>> {
    let folder = files_of(&options.file, options.files.as_deref());
    if !folder.is_dir() && !whole.files.is_empty() {
        let count = whole.files.len();
        return Err(format!(
            "the backup has {count} uploaded files, and their folder {} is not there: --files names another, --without-files \
             restores the database alone",
            folder.display()
        )
        .into());
    }
    Ok(if whole.files.is_empty() { None } else { Some(Files::in_folder(&folder)?) })
}

async fn put_files(
    config: &Config,
    folder: &Files,
    files: &[FileSum],
    options: &RestoreOptions,
    terminal: Terminal,
) -> Result<(), Box<dyn Error>> {
    make_data_dir(&config.data_dir)?;
    let into = uploads(config)?;
    let faults = backup::put_files(folder, &into, files, &mut |progress| show(terminal, progress)).await?;
    refuse_damaged(&faults, options, terminal)
}

fn refuse_damaged(faults: &[Fault], options: &RestoreOptions, terminal: Terminal) -> Result<(), Box<dyn Error>> {
    if faults.is_empty() {
        return Ok(());
    }
    let found = format!("{} files of the backup are not as they were written: {}", faults.len(), some_of(faults));
    if !options.allow_damaged_files {
        return Err(format!("{found}; --allow-damaged-files leaves them out").into());
    }
    terminal.clear();
    Ok(terminal.note(&format!("{found}; they are left out"))?)
}

async fn agree_to_replace(
    into: &Exclusive,
    options: &RestoreOptions,
    terminal: Terminal,
) -> Result<(), Box<dyn Error>> {
    if let Some(table) = into.occupied().await? {
        if !options.force {
            return Err(format!("the database is not empty: {table} has rows; --force replaces them").into());
        }
        if !options.yes && !terminal.agrees("Everything in the database will be replaced by the backup.")? {
            return Err("nothing was changed".into());
        }
    }
    Ok(())
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

fn show(terminal: Terminal, progress: Progress<'_>) {
    terminal.progress(&match progress {
        Progress::Rows { table, rows } => format!("{table}: {rows} rows"),
        Progress::Files { done, of, bytes } => format!("files: {done} of {of}, {} MiB", bytes.div_euclid(1 << 20)),
    });
}

fn summarise(terminal: Terminal, manifest: &Manifest) -> std::io::Result<()> {
    for table in &manifest.tables {
        terminal.say(&format!("{:<18} {:>10} rows", table.name, table.rows))?;
    }
    if let Some(files) = &manifest.files {
        terminal.say(&format!("{:<18} {:>10} objects, {} KiB", "files", files.count, files.bytes.div_ceil(1024)))?;
    }
    Ok(())
}
