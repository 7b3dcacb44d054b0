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

/// The built browser assets. Where `CARGO_TARGET_DIR` points does not matter: the server embeds this folder, whose place its
/// source names.
pub(crate) fn web_dir() -> Result<PathBuf> {
    Ok(root()?.join("target/web"))
}

/// Stamps that say what has been done already.
pub(crate) fn stamps() -> Result<PathBuf> {
    let dir = target()?.join("stamps");
    std::fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
    Ok(dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_assets_are_built_where_the_server_looks_for_them() {
        let root = root().unwrap();
        let server = std::fs::read_to_string(root.join("crates/server/src/assets.rs")).unwrap();
        let named = server.lines().find_map(|line| line.strip_prefix("#[folder = \"$CARGO_MANIFEST_DIR/../../"));
        let named = named.and_then(|rest| rest.strip_suffix("\"]")).expect("the server names the folder");
        assert_eq!(web_dir().unwrap(), root.join(named));
    }
}
