//! Builds the standard library once, so that afterwards a plain `cargo build --target` works with a stable compiler.

use super::{TARGET, verify::clean_cargo};
use crate::exec;
use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
};

const MANIFEST: &str = r#"[package]
name = "mkstd"
version = "0.0.0"
edition = "2024"
[workspace]
[profile.release]
opt-level = 3
debug = false
codegen-units = 1
"#;

/// Compiles the source in `library` with `rustc` and puts its `.rlib` files into the folder `destination`.
pub(super) fn build(rustc: &Path, library: &Path, destination: &Path) -> Result<()> {
    let work = tempfile::tempdir().context("cannot make a temporary folder")?;
    fs::create_dir(work.path().join("src"))?;
    fs::write(work.path().join("Cargo.toml"), MANIFEST)?;
    fs::write(work.path().join("src/lib.rs"), "#![no_std]\n")?;

    let mut cargo = clean_cargo()?;
    cargo.current_dir(work.path());
    cargo.args(["build", "--offline", "--release", "--target", TARGET, "--message-format=json"]);
    cargo.arg("-Zbuild-std=std,panic_abort,proc_macro,test");
    // Debian ships the library's own dependencies beside it: no registry is asked.
    cargo.args(["--config", "source.crates-io.replace-with=\"vendored\""]);
    cargo.arg("--config").arg(format!("source.vendored.directory=\"{}/vendor\"", library.display()));
    cargo.env("RUSTC", rustc).env("RUSTC_BOOTSTRAP", "1");
    cargo.env("CARGO_HOME", work.path().join("home")).env("CARGO_TARGET_DIR", work.path().join("target"));
    // The bitcode is what fat LTO works on. The paths are those of rustup's builds, and not of a temporary folder.
    let remap = format!("--remap-path-prefix={}=/rustc/library", library.display());
    cargo.env("CARGO_ENCODED_RUSTFLAGS", ["-Cembed-bitcode=yes", &remap].join("\u{1f}"));
    // Where cargo looks for the source; an internal variable of cargo's own tests, there since -Zbuild-std is.
    cargo.env("__CARGO_TESTS_ONLY_SRC_ROOT", library);
    let messages = exec::quiet(&mut cargo).context("the standard library does not build")?;

    let rlibs = rlibs_in(&messages)?;
    for part in ["libcore-", "liballoc-", "libstd-", "libpanic_abort-"] {
        if !rlibs.iter().any(|path| file_name(path).starts_with(part)) {
            bail!("the standard library was built, but {part}*.rlib is not among its files");
        }
    }
    install(&rlibs, destination)
}

/// Puts the files in place at once: an interrupted copy never looks like an installed target.
fn install(rlibs: &[PathBuf], destination: &Path) -> Result<()> {
    let parent = destination.parent().context("no parent folder")?;
    fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
    let staged = tempfile::tempdir_in(parent).with_context(|| format!("cannot write to {}", parent.display()))?;
    let lib = staged.path().join("lib");
    fs::create_dir(&lib)?;
    for rlib in rlibs {
        fs::copy(rlib, lib.join(file_name(rlib)))?;
    }
    if destination.exists() {
        fs::remove_dir_all(destination)?;
    }
    fs::rename(&lib, destination).with_context(|| format!("cannot install {}", destination.display()))
}

/// The target's libraries named in cargo's messages, without our own empty crate.
fn rlibs_in(messages: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for line in messages.lines() {
        let message: serde_json::Value =
            serde_json::from_str(line).context("cargo printed something else than JSON")?;
        let files = message.get("filenames").and_then(|files| files.as_array());
        for file in files.into_iter().flatten().filter_map(|file| file.as_str()) {
            if file.ends_with(".rlib")
                && file.contains(TARGET)
                && !file.contains("/libmkstd-")
                && !file.ends_with("/libmkstd.rlib")
            {
                found.push(PathBuf::from(file));
            }
        }
    }
    Ok(found)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::rlibs_in;

    #[test]
    fn host_libraries_and_our_own_crate_are_left_out() {
        let messages = [
            r#"{"reason":"compiler-artifact","filenames":["/t/wasm32-unknown-unknown/release/deps/libcore-1.rlib","/t/wasm32-unknown-unknown/release/deps/libcore-1.rmeta"]}"#,
            r#"{"reason":"compiler-artifact","filenames":["/t/release/deps/libhost-1.rlib"]}"#,
            r#"{"reason":"compiler-artifact","filenames":["/t/wasm32-unknown-unknown/release/libmkstd.rlib"]}"#,
            r#"{"reason":"build-finished","success":true}"#,
        ];
        let found = rlibs_in(&messages.join("\n")).unwrap();
        assert_eq!(found.len(), 1);
        assert!(found[0].ends_with("libcore-1.rlib"));
    }
}
