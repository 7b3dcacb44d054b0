//! Splits a module into what is needed at once and parts that are loaded when they are first needed.
//!
//! The program says where by `#[wasm_split(part)]` (`wasm_split_helpers`); the linker leaves in the module what must change when code
//! moves (`--emit-relocs`). What only one part needs goes with it, what several parts need into a module of theirs, all else stays.

use super::bindgen;
use anyhow::{Context, Result, anyhow};
use std::{
    fs,
    path::{Path, PathBuf},
};
use wasm_split_cli_support::{Options, transform};

/// The script that loads the parts, beside wasm-bindgen's.
const LINK: &str = "parts.js";

/// A module that was split.
pub(super) struct Split {
    /// What is needed at once, for wasm-bindgen.
    pub(super) main: PathBuf,
    /// What is loaded later.
    pub(super) later: Vec<Part>,
    link: PathBuf,
}

/// What is loaded later.
pub(super) struct Part {
    /// Its name, as in names of files.
    pub(super) name: String,
    /// The module.
    pub(super) wasm: Vec<u8>,
    file: String,
}

/// Splits a module whose glue will be called `name`, and optimises the parts.
pub(super) fn split(module: &Path, name: &str, staging: &Path) -> Result<Split> {
    let (input, dir, main) = (fs::read(module)?, bindgen::glue_dir(staging), staging.join("main.wasm"));
    let glue = format!("./{name}.js");
    let mut options = Options::new(&input);
    options.output_dir = &dir;
    options.main_out_path = &main;
    let link = format!("./{LINK}");
    options.link_name = &link;
    options.main_module = &glue;
    let made = transform(options).map_err(|error| anyhow!("{error:?}")).context("the module cannot be split")?;
    let mut later = Vec::new();
    for path in made.split_modules {
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().replace("split_", "").replace('_', "-");
        later.push(Part { name, wasm: bindgen::optimise(&path, staging)?, file });
    }
    Ok(Split { main, later, link: dir.join(LINK) })
}

impl Split {
    /// Tells the script where the parts are; `addresses` are as many as there are parts, in their order.
    pub(super) fn publish(&self, addresses: &[String]) -> Result<()> {
        let mut script = fs::read_to_string(&self.link).context("the module was split without a script")?;
        for (part, address) in self.later.iter().zip(addresses) {
            let (before, after) = (format!("\"./{}\"", part.file), serde_json::to_string(address)?);
            anyhow::ensure!(script.contains(&before), "the script does not load {}", part.file);
            script = script.replace(&before, &after);
        }
        fs::write(&self.link, script).context("cannot write the script that loads the parts")
    }
}
