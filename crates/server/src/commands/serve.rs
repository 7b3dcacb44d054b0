//! `parlor serve`: starts the server and stops it when told to.

use super::terminal::Terminal;
use super::{Outcome, ServeOptions};
use secrecy::ExposeSecret;
use server::app::{self, Surroundings};
use server::assets::Assets;
use server::clock::SystemClock;
use server::config::{Config, ConfigError, Loaded, make_data_dir};
use server::ids::Ids;
use server::telemetry;
use std::error::Error;
use std::fs::{File, TryLockError};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// How often it is told that lines of the log were dropped.
const TELL_DROPPED: Duration = Duration::from_secs(10);

/// What a shell says of a program that an interrupt has ended.
const INTERRUPTED: u8 = 130;

pub(super) fn run(loaded: Result<Loaded, ConfigError>, options: &ServeOptions, terminal: Terminal) -> Outcome {
    let loaded = loaded?;
    let mut config = loaded.config;
    config.development |= options.development;
    let logging = telemetry::start(&config.log);
    for name in loaded.ignored {
        tracing::warn!(name, "this variable looks like a setting but is none");
    }
    if config.development {
        tracing::warn!("development mode: verification codes are shown to everybody");
    }
    actix_web::rt::System::new().block_on(async move {
        let mut signals = Signals::listen()?;
        let clock = Arc::new(SystemClock);
        let _only_server = only_server(&config)?;
        let surroundings = Surroundings { ids: Ids::from_os(clock.clone()), clock, assets: Assets::Built };
        let running = app::start(app::build(config, surroundings).await?)?;
        // At once: whoever waits for the first line may close the pipe behind it.
        let metrics = running.metrics_address().map(|address| format!("Metrics are at http://{address}/metrics\n"));
        terminal.print(&format!("Parlor listens on http://{}\n{}", running.address, metrics.unwrap_or_default()))?;
        let (told, is_told) = tokio::sync::oneshot::channel();
        let serving = running.until(async {
            // The other end is dropped only when the process ends.
            let _told = is_told.await;
        });
        let watching_the_log = async {
            loop {
                tokio::time::sleep(TELL_DROPPED).await;
                logging.tell_dropped();
            }
        };
        let impatience = async {
            signals.next().await;
            let _stopped_by_itself = told.send(());
            signals.next().await;
        };
        let outcome = tokio::select! {
            served = serving => {
                served?;
                Ok(ExitCode::SUCCESS)
            }
            never = watching_the_log => never,
            () = impatience => {
                // What was acknowledged is on disk; what was not, its sender sends again.
                tracing::warn!("told to stop a second time: ending at once");
                Ok(ExitCode::from(INTERRUPTED))
            }
        };
        logging.tell_dropped();
        outcome
    })
}

/// Keeps every other server out of a SQLite file for as long as the answer is held, which ends with the process at the latest. Two
/// would not hear of each other: what one is told, consoles at the other would not see.
fn only_server(config: &Config) -> Result<Option<File>, Box<dyn Error>> {
    let url = config.database_url();
    let Some(database) = store::maintenance::sqlite_file(url.expose_secret()) else { return Ok(None) };
    make_data_dir(&config.data_dir)?;
    let path = database.with_added_extension("server");
    let lock = match File::options().create(true).truncate(false).write(true).open(&path) {
        Ok(lock) => lock,
        // The database says better what is wrong with its folder.
        Err(_) => return Ok(None),
    };
    match lock.try_lock() {
        Ok(()) => Ok(Some(lock)),
        Err(TryLockError::WouldBlock) => {
            Err(format!("another server runs on {}: several servers need PostgreSQL", database.display()).into())
        }
        Err(TryLockError::Error(error)) => {
            tracing::warn!(error = %error, "nothing keeps a second server out of this database");
            Ok(None)
        }
    }
}

/// The signals that ask a process to stop.
struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            terminate: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?,
        })
    }

    /// The next one.
    async fn next(&mut self) {
        let interrupt = async {
            if tokio::signal::ctrl_c().await.is_err() {
                // Without signals the only way left is to be killed, which the write path survives.
                std::future::pending::<()>().await;
            }
        };
        #[cfg(unix)]
        tokio::select! {
            () = interrupt => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(not(unix))]
        interrupt.await;
    }
}
