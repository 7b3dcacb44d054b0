//! The command line: what there is to be done, and what becomes of a failure.

mod admin;
mod backup;
mod doctor;
mod health;
mod serve;
mod terminal;

use clap::{Args, Parser, Subcommand};
use secrecy::ExposeSecret;
use server::config::{self, Config};
use server::{asyncapi, openapi};
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use store::{Database, DatabaseOptions};
use terminal::Terminal;

/// What a command comes to.
type Outcome = Result<ExitCode, Box<dyn Error>>;

/// Parlor, an online customer-service system.
#[derive(Debug, Parser)]
#[command(name = "parlor", version)]
pub(crate) struct Arguments {
    /// The configuration file. Every setting can also come from the environment: `PARLOR_LISTEN` …
    #[arg(long, env = "PARLOR_CONFIG", global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: ServeOptions,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve (what happens without a command, too).
    Serve(ServeOptions),
    /// Look whether everything that the server needs is as it should be.
    Doctor(doctor::DoctorOptions),
    /// Write everything in the database into one file, and the uploaded files into a folder beside it. The server may run meanwhile.
    Backup(backup::BackupOptions),
    /// Put a backup into the database. The server must not run meanwhile.
    Restore(backup::RestoreOptions),
    /// Look after organisations and their agents.
    #[command(subcommand)]
    Admin(admin::AdminCommand),
    /// Ask the running server whether it is ready; for container health checks.
    Health,
    /// Print the OpenAPI document of the REST interface.
    Openapi,
    /// Print the AsyncAPI document of the sockets.
    Asyncapi,
    /// Print every setting with its default, as a configuration file.
    Config,
}

#[derive(Debug, Args)]
struct ServeOptions {
    /// Development mode: shows verification codes on a page of their own.
    #[arg(long)]
    development: bool,
}

/// Does what the arguments say.
pub(crate) fn run(arguments: Arguments) -> ExitCode {
    let terminal = Terminal;
    let config = || config::load(arguments.config.as_deref());
    let done = ExitCode::SUCCESS;
    let outcome: Outcome = match arguments.command {
        None => serve::run(config(), &arguments.serve, terminal),
        Some(Command::Serve(options)) => serve::run(config(), &options, terminal),
        Some(Command::Doctor(options)) => doctor::run(config(), &options, terminal),
        Some(Command::Backup(options)) => backup::back_up(config(), &options, terminal),
        Some(Command::Restore(options)) => backup::restore(config(), &options, terminal),
        Some(Command::Admin(command)) => admin::run(config(), &command, terminal),
        Some(Command::Health) => health::run(config(), terminal),
        Some(Command::Openapi) => openapi::json()
            .map_err(Into::into)
            .and_then(|text| terminal.print(&text).map_err(Into::into))
            .map(|()| done),
        Some(Command::Asyncapi) => terminal.print(&asyncapi::yaml()).map(|()| done).map_err(Into::into),
        Some(Command::Config) => terminal.print(config::DEFAULTS).map(|()| done).map_err(Into::into),
    };
    outcome.unwrap_or_else(|error| {
        // The exit status says it as well, should nobody read the terminal.
        let _told = terminal.note(&format!("parlor: {}", with_causes(&*error)));
        ExitCode::FAILURE
    })
}

/// An error with everything that led to it.
fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}

/// A runtime for a command that is over soon.
fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

/// The database of the settings, which must be there and of this version: a command must neither make one nor change its schema
/// under a server that runs.
async fn open_database(config: &Config) -> Result<Database, Box<dyn Error>> {
    let url = config.database_url();
    let url = url.expose_secret();
    if let Some(file) = store::maintenance::sqlite_file(url).filter(|file| !file.is_file()) {
        return Err(format!("there is no database at {}", file.display()).into());
    }
    let db = Database::connect(url, &DatabaseOptions { readers: 2, ..DatabaseOptions::default() }).await?;
    let schema = db.schema().await?;
    if let Some(name) = schema.unknown.first() {
        return Err(format!("a newer version of Parlor has been here: it knows {name}").into());
    }
    if !schema.pending.is_empty() {
        return Err(
            "the database is of an older version: start this version's server once, which brings it up to date".into(),
        );
    }
    Ok(db)
}
