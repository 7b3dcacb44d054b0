//! The machine's own limits, probed in the same run as what is compared with them.

pub(crate) mod bare;
pub(crate) mod disk;
pub(crate) mod floor;
pub(crate) mod rows;

use anyhow::{Context, Result};
use bench::process::{LISTENS, Plan};
use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;

/// A plan that starts this very program as a probe server: its costs are then another process's.
pub(crate) fn plan(kind: &str) -> Result<Plan> {
    let program = std::env::current_exe().context("where is this program?")?;
    Ok(Plan { program, arguments: vec!["serve".into(), kind.into()], database_url: None, settings: Vec::new() })
}

/// Where a probe server was told to listen.
fn listener() -> Result<TcpListener> {
    let address = std::env::var("PARLOR_LISTEN").context("PARLOR_LISTEN says where to listen")?;
    Ok(TcpListener::bind(address.parse::<SocketAddr>()?)?)
}

/// The folder that a probe server was given.
fn folder() -> Result<PathBuf> {
    Ok(std::env::var_os("PARLOR_DATA_DIR").context("PARLOR_DATA_DIR names the folder")?.into())
}

/// Says what whoever started us waits for.
fn listening(address: SocketAddr) -> Result<()> {
    let mut out = std::io::stdout();
    writeln!(out, "{LISTENS}{address}")?;
    Ok(out.flush()?)
}
