//! The command line.

use clap::{Args, Parser, Subcommand};
use server::app::{self, Surroundings};
use server::assets::Assets;
use server::clock::SystemClock;
use server::ids::Ids;
use server::{asyncapi, config, openapi, telemetry};
use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// Parlor, an online customer-service system.
#[derive(Debug, Parser)]
#[command(name = "parlor", version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Serve,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve (what happens without a command, too).
    Serve(Serve),
    /// Print the OpenAPI document of the REST interface.
    Openapi,
    /// Print the AsyncAPI document of the sockets.
    Asyncapi,
    /// Print every setting with its default, as a configuration file.
    Config,
}

#[derive(Debug, Args)]
struct Serve {
    /// The configuration file. Every setting can also come from the environment: `PARLOR_LISTEN` …
    #[arg(long, env = "PARLOR_CONFIG")]
    config: Option<PathBuf>,
    /// Development mode: shows verification codes on a page of their own.
    #[arg(long)]
    development: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match arguments.command {
        None => serve(&arguments.serve),
        Some(Command::Serve(options)) => serve(&options),
        Some(Command::Openapi) => openapi::json().map_err(Into::into).and_then(|text| print(&text)),
        Some(Command::Asyncapi) => print(&asyncapi::yaml()),
        Some(Command::Config) => print(config::DEFAULTS),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut text = format!("parlor: {error}");
            let mut cause = error.source();
            while let Some(error) = cause {
                text.push_str(&format!(": {error}"));
                cause = error.source();
            }
            // The exit code says it as well, should nobody read the terminal.
            let _written = writeln!(std::io::stderr(), "{text}");
            ExitCode::FAILURE
        }
    }
}

fn print(text: &str) -> Result<(), Box<dyn Error>> {
    Ok(std::io::stdout().write_all(text.as_bytes())?)
}

fn serve(options: &Serve) -> Result<(), Box<dyn Error>> {
    let loaded = config::load(options.config.as_deref())?;
    let mut config = loaded.config;
    config.development |= options.development;
    telemetry::start(&config.log);
    for name in loaded.ignored {
        tracing::warn!(name, "this variable looks like a setting but is none");
    }
    if config.development {
        tracing::warn!("development mode: verification codes are shown to everybody");
    }
    actix_web::rt::System::new().block_on(async move {
        let clock = Arc::new(SystemClock);
        let surroundings = Surroundings { ids: Ids::from_os(clock.clone()), clock, assets: Assets::Built };
        let running = app::start(app::build(config, surroundings).await?)?;
        print(&format!("Parlor listens on http://{}\n", running.address))?;
        running.until(stop_signal()).await?;
        Ok(())
    })
}

/// Completes when the process is asked to stop.
async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! {
                    _ = interrupt => {}
                    _ = terminate.recv() => {}
                }
                return;
            }
            Err(error) => tracing::warn!(error.cause = %error, "cannot listen for SIGTERM"),
        }
    }
    if interrupt.await.is_err() {
        // Without signals the only way left is to be killed, which the write path survives.
        std::future::pending::<()>().await;
    }
}
