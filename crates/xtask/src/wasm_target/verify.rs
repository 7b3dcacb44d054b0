//! Proof that a compiler builds for the browser: a small crate is built as the real ones are, and run where Node.js is there.

use super::{TARGET, WasmCompiler};
use crate::exec;
use anyhow::{Context, Result};
use std::{fs, process::Command};

const MANIFEST: &str = r#"[package]
name = "wasm_check"
version = "0.0.0"
edition = "2024"
[lib]
crate-type = ["cdylib"]
[workspace]
[profile.release]
opt-level = "z"
lto = "fat"
codegen-units = 1
panic = "abort"
"#;

/// Needs allocation, hashing and formatting, so a library with a missing part does not pass.
const SOURCE: &str = r#"//! Checks the standard library.
use std::collections::HashMap;
#[unsafe(no_mangle)]
pub extern "C" fn digits(n: u32) -> u32 {
    let texts: HashMap<u32, String> = (0..n).map(|i| (i, format!("{i}"))).collect();
    texts.values().map(|text| text.len() as u32).sum()
}
"#;

const RUN: &str = "WebAssembly.instantiate(require('fs').readFileSync(process.argv[1]), {}).then(\
    made => process.exit(made.instance.exports.digits(1000) === 2890 ? 0 : 1), () => process.exit(1))";

/// Builds, and runs if possible.
pub(super) fn verify(compiler: &WasmCompiler) -> Result<()> {
    let dir = tempfile::tempdir().context("cannot make a temporary folder")?;
    fs::create_dir(dir.path().join("src"))?;
    fs::write(dir.path().join("Cargo.toml"), MANIFEST)?;
    fs::write(dir.path().join("src/lib.rs"), SOURCE)?;

    let mut cargo = clean_cargo()?;
    compiler.apply(&mut cargo);
    cargo.args(["build", "--quiet", "--offline", "--release", "--target", TARGET]);
    cargo.arg("--manifest-path").arg(dir.path().join("Cargo.toml")).arg("--target-dir").arg(dir.path().join("target"));
    exec::quiet(&mut cargo)?;

    if exec::find("node").is_some() {
        let module = dir.path().join("target").join(TARGET).join("release/wasm_check.wasm");
        exec::quiet(Command::new("node").args(["-e", RUN]).arg(module)).context("the built module does not run")?;
    }
    Ok(())
}

/// A cargo that nothing the caller exported for his own builds leaks into.
pub(super) fn clean_cargo() -> Result<Command> {
    let mut cargo = exec::cargo()?;
    for name in [
        "RUSTFLAGS",
        "CARGO_ENCODED_RUSTFLAGS",
        "CARGO_BUILD_RUSTFLAGS",
        "CARGO_BUILD_TARGET",
        "CARGO_TARGET_DIR",
        "RUSTC",
        "RUSTC_WRAPPER",
        "RUSTC_WORKSPACE_WRAPPER",
    ] {
        cargo.env_remove(name);
    }
    Ok(cargo)
}
