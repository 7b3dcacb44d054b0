//! The standard library for `wasm32-unknown-unknown`: used when there, else from rustup, else built from Debian's source.
//!
//! `RUSTUP_AUTO_INSTALL=0` says that rustup must not download; rustup is then never asked.

mod debian;
mod std_build;
mod verify;

use crate::{
    exec,
    fingerprint::{Fingerprint, Stamp},
    report, workspace,
};
use anyhow::{Context, Result, bail};
use std::{path::PathBuf, process::Command};

/// The compilation target of everything that runs in a browser.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// A compiler that can build for the browser.
#[derive(Debug, Clone, Default)]
pub(crate) struct WasmCompiler {
    /// Another `rustc` than the active one, where only that has a matching standard library.
    rustc: Option<PathBuf>,
}

impl WasmCompiler {
    /// Makes a cargo command compile with this compiler.
    pub(crate) fn apply(&self, cargo: &mut Command) {
        if let Some(rustc) = &self.rustc {
            cargo.env("RUSTC", rustc);
        }
    }

    /// Whether it is the toolchain's own compiler, which clippy and rustdoc can work beside.
    pub(crate) const fn is_active(&self) -> bool {
        self.rustc.is_none()
    }

    /// The exact version, for fingerprints.
    pub(crate) fn version(&self) -> Result<String> {
        match &self.rustc {
            Some(rustc) => exec::quiet(Command::new(rustc).arg("-vV")),
            None => Ok(active()?.version),
        }
    }
}

/// What is known of the toolchain that runs `cargo xtask`.
struct Active {
    /// All of `rustc -vV`.
    version: String,
    /// Only the number, such as `1.95.0`.
    release: String,
    host: String,
    sysroot: PathBuf,
}

/// Returns a compiler for the browser target, and installs the standard library for it if that is missing.
pub(crate) fn ensure() -> Result<WasmCompiler> {
    let active = active()?;
    let stamp = Stamp::new("wasm-target")?;
    let second = debian::second_compiler_path()?;

    for (rustc, library) in [
        (None, active.sysroot.join("lib/rustlib").join(TARGET)),
        (Some(second), debian::second_sysroot()?.join("lib/rustlib").join(TARGET)),
    ] {
        let compiler = WasmCompiler { rustc };
        if !library.join("lib").is_dir() {
            continue;
        }
        let fingerprint = fingerprint(&compiler, &active, &library)?;
        if stamp.holds(&fingerprint) {
            return Ok(compiler);
        }
        match report::step("checking the WASM target", || verify::verify(&compiler)) {
            Ok(()) => {
                stamp.set(&fingerprint)?;
                return Ok(compiler);
            }
            Err(error) => report::note(format!("{} is there but does not work: {error:#}", library.display())),
        }
    }
    let compiler = report::step("installing the WASM target", || install(&active))?;
    let sysroot = if compiler.is_active() { active.sysroot.clone() } else { debian::second_sysroot()? };
    stamp.set(&fingerprint(&compiler, &active, &sysroot.join("lib/rustlib").join(TARGET))?)?;
    Ok(compiler)
}

/// Tries each way in turn; the error says what each one said and what to do by hand.
fn install(active: &Active) -> Result<WasmCompiler> {
    let mut refusals = Vec::new();
    let ways: [(&str, Way); 3] = [
        ("rustup", from_rustup),
        ("Debian source", debian::same_version),
        ("Debian compiler", debian::second_compiler),
    ];
    for (name, way) in ways {
        match way(active).and_then(|compiler| verify::verify(&compiler).map(|()| compiler)) {
            Ok(compiler) => return Ok(compiler),
            Err(error) => refusals.push(format!("{name}: {error:#}")),
        }
    }
    bail!(
        "no standard library for {TARGET} could be installed\n{}\nby hand: `rustup target add {TARGET}`, or install Debian's `rust-src` of version {} and run this again",
        refusals.join("\n"),
        active.release
    )
}

type Way = fn(&Active) -> Result<WasmCompiler>;

/// The ordinary way, wherever rustup may download.
fn from_rustup(_active: &Active) -> Result<WasmCompiler> {
    if std::env::var("RUSTUP_AUTO_INSTALL").is_ok_and(|value| value == "0") {
        bail!("not asked, because RUSTUP_AUTO_INSTALL=0");
    }
    exec::quiet(Command::new("rustup").args(["target", "add", TARGET]).env("RUSTUP_MAX_RETRIES", "1"))?;
    Ok(WasmCompiler::default())
}

fn active() -> Result<Active> {
    let rustc = || exec::command("rustc");
    let version = exec::quiet(rustc()?.arg("-vV"))?;
    let field = |name: &str| {
        let line = version.lines().find_map(|line| line.strip_prefix(name));
        line.map(|value| value.trim().to_owned()).with_context(|| format!("`rustc -vV` does not say `{name}`"))
    };
    Ok(Active {
        release: field("release:")?,
        host: field("host:")?,
        sysroot: PathBuf::from(exec::quiet(rustc()?.args(["--print", "sysroot"]))?.trim()),
        version: version.clone(),
    })
}

/// Changes when the compiler or the installed library does.
fn fingerprint(compiler: &WasmCompiler, active: &Active, library: &std::path::Path) -> Result<String> {
    let mut fingerprint = Fingerprint::default();
    let version = if compiler.is_active() { active.version.clone() } else { compiler.version()? };
    fingerprint.text("rustc", &version).text("library", &library.to_string_lossy());
    for file in crate::fingerprint::files_below(&library.join("lib"))? {
        let size = std::fs::metadata(&file)?.len();
        fingerprint.text(&file.to_string_lossy(), &size.to_string());
    }
    fingerprint.text("checkout", &workspace::root()?.to_string_lossy());
    Ok(fingerprint.finish())
}
