//! The offline table of regions by IP address, from an npm package: no download service, no account.

use crate::{node, web::write_if_changed, workspace};
use anyhow::{Context, Result};
use std::{fs, path::PathBuf};

const PACKAGED: &str = "node_modules/ip2region/data/ip2region.db";

/// Puts the table where the server is told to look for it, so that the server needs no npm folder.
pub(crate) fn ensure() -> Result<PathBuf> {
    node::ensure()?;
    let packaged = workspace::root()?.join(PACKAGED);
    let table = workspace::target()?.join("geo/ip2region.db");
    let content = fs::read(&packaged).with_context(|| format!("cannot read {}", packaged.display()))?;
    write_if_changed(&table, &content)?;
    Ok(table)
}
