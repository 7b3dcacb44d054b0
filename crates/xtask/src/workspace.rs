//! Where things are in the checkout.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// The checkout's folder.
pub(crate) fn root() -> Result<PathBuf> {
    // Cargo sets this for `cargo run` and for tests; reading it now rather than at compile time keeps a moved checkout working.
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").context("start this program as `cargo xtask`")?;
    let crate_dir = PathBuf::from(manifest);
    crate_dir.parent().and_then(Path::parent).map(Path::to_path_buf).context("xtask is not in crates/xtask")
}

/// Cargo's target folder, which also holds what these commands make.
pub(crate) fn target() -> Result<PathBuf> {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => Ok(root()?.join(dir)),
        None => Ok(root()?.join("target")),
    }
}

/// The target folder of browser builds: its own, so that the flags of one side never rebuild the other.
pub(crate) fn wasm_target_dir() -> Result<PathBuf> {
    Ok(target()?.join("wasm"))
}

/// The built browser assets.
pub(crate) fn web_dir() -> Result<PathBuf> {
    Ok(target()?.join("web"))
}

/// Stamps that say what has been done already.
pub(crate) fn stamps() -> Result<PathBuf> {
    let dir = target()?.join("stamps");
    std::fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
    Ok(dir)
}
