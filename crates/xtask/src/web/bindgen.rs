//! From a compiled module to what a browser loads: wasm-bindgen as a library at the locked version, then wasm-opt, then esbuild.

use super::likeness;
use crate::{exec, node};
use anyhow::{Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
};
use wasm_bindgen_cli_support::Bindgen;

/// Only what every browser that we support has: with `--all-features` wasm-opt may use what they lack, and the result compresses worse.
const WASM_OPT_FEATURES: [&str; 6] = [
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

/// Makes the glue and optimises the module. Parts that come later find the functions of one that `has_parts` in its table.
pub(super) fn bind(module: &Path, name: &str, staging: &Path, has_parts: bool) -> Result<Bound> {
    let dir = glue_dir(staging);
    generate(module, name, &dir, has_parts)?;
    let wasm = optimise(&dir.join(format!("{name}_bg.wasm")), staging)?;
    Ok(Bound { wasm, glue: dir.join(format!("{name}.js")) })
}

/// Where wasm-bindgen writes.
pub(super) fn glue_dir(staging: &Path) -> PathBuf {
    staging.join("bindgen")
}

fn generate(module: &Path, name: &str, dir: &Path, has_parts: bool) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(module)
        .out_name(name)
        .typescript(false)
        .keep_lld_exports(has_parts)
        .remove_name_section(true)
        .remove_producers_section(true);
    // Both starters hand the module's address over, so the glue need not guess it.
    bindgen.omit_default_module_path(true).web(true)?;
    bindgen.generate(dir).with_context(|| format!("wasm-bindgen failed on {}", module.display()))
}

/// Makes a module as small as it gets.
pub(super) fn optimise(module: &Path, staging: &Path) -> Result<Vec<u8>> {
    let optimised = staging.join("optimised.wasm");
    let size = wasm_opt(module, &["-Oz"], &optimised)?;
    let named = staging.join("named.wasm");
    fs::write(&named, likeness::named(&size)?)?;
    // In two goes: without `--debuginfo` the names are gone before functions are sorted by them.
    wasm_opt(&named, &["--debuginfo", "--reorder-functions-by-name"], &optimised)?;
    wasm_opt(&optimised, &["--strip-debug"], &named)
}

/// What wasm-opt makes of a module.
fn wasm_opt(module: &Path, passes: &[&str], out: &Path) -> Result<Vec<u8>> {
    exec::quiet(node::tool("wasm-opt")?.args(WASM_OPT_FEATURES).args(passes).arg(module).arg("-o").arg(out))?;
    fs::read(out).context("wasm-opt wrote nothing")
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
