//! From a compiled module to what a browser loads: wasm-bindgen as a library at the locked version, then wasm-opt, then esbuild.

use crate::{exec, node};
use anyhow::{Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
};
use wasm_bindgen_cli_support::Bindgen;

/// Only what every browser that we support has: with `--all-features` wasm-opt may use what they lack, and the result compresses worse.
const WASM_OPT_FLAGS: [&str; 7] = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// The module and the JavaScript that connects it to the page.
pub(super) struct Bound {
    /// The optimised module.
    pub(super) wasm: Vec<u8>,
    /// The glue as wasm-bindgen wrote it, an ES module with perhaps further files beside it.
    pub(super) glue: PathBuf,
}

/// Makes the glue and optimises the module.
pub(super) fn bind(module: &Path, name: &str, staging: &Path) -> Result<Bound> {
    let dir = staging.join("bindgen");
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(module)
        .out_name(name)
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true);
    // Both starters hand the module's address over, so the glue need not guess it.
    bindgen.omit_default_module_path(true).web(true)?;
    bindgen.generate(&dir).with_context(|| format!("wasm-bindgen failed on {}", module.display()))?;

    let optimised = staging.join("optimised.wasm");
    let mut wasm_opt = node::tool("wasm-opt")?;
    wasm_opt.args(WASM_OPT_FLAGS).arg(dir.join(format!("{name}_bg.wasm"))).arg("-o").arg(&optimised);
    exec::quiet(&mut wasm_opt)?;
    Ok(Bound { wasm: fs::read(&optimised).context("wasm-opt wrote nothing")?, glue: dir.join(format!("{name}.js")) })
}

/// Bundles and minifies a script with everything that it imports.
pub(super) fn bundle(entry: &Path, format: &str, language: &str, staging: &Path) -> Result<Vec<u8>> {
    let out = staging.join("bundle.js");
    let mut esbuild = node::esbuild()?;
    // Only errors: wasm-bindgen's glue repeats keys, which esbuild would warn of a dozen times.
    esbuild.arg(entry).args(["--bundle", "--minify", "--charset=utf8", "--legal-comments=none", "--log-level=error"]);
    esbuild
        .arg(format!("--format={format}"))
        .arg(format!("--target={language}"))
        .arg(format!("--outfile={}", out.display()));
    exec::quiet(&mut esbuild)?;
    fs::read(&out).context("esbuild wrote nothing")
}
