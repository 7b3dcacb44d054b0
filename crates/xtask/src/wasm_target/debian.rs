//! The standard library's source from Debian: the one way that needs nothing but the machine's package mirror.

use super::{Active, TARGET, WasmCompiler, std_build};
use crate::{exec, packages, report, workspace};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::Command,
};

/// Suites that carry newer compilers than a stable release does, nearest first.
const SUITES: [&str; 3] = ["trixie-backports", "forky", "sid"];

/// Source of exactly the active compiler's version, built with the active compiler and put where `rustup target add` would have put it.
pub(super) fn same_version(active: &Active) -> Result<WasmCompiler> {
    let rustlib = active.sysroot.join("lib/rustlib");
    if active.release.contains('-') {
        bail!("{} is not a stable release, which Debian would have the source of", active.release);
    }
    tempfile::tempdir_in(&rustlib).with_context(|| format!("{} is not writable", rustlib.display()))?;
    let work = tempfile::tempdir()?;
    let (apt, package) = find_source(&active.release, work.path())?;
    report::note(format!("downloading Debian's {package}"));
    let download = work.path().join("download");
    let library = unpack_source(&apt, &package, &download)?;
    report::note(format!("building the standard library with rustc {} (about half a minute)", active.release));
    std_build::build(&active.sysroot.join("bin/rustc"), &library, &rustlib.join(TARGET).join("lib"))?;
    Ok(WasmCompiler::default())
}

/// Debian's own compiler with its matching source: a second compiler, for the browser crates only.
pub(super) fn second_compiler(active: &Active) -> Result<WasmCompiler> {
    let names = ["rustc-web", "rust-web-src"];
    if packages::candidate(names[0], &Apt::default().options).is_none() {
        packages::update_index()?;
    }
    packages::install(&names.map(str::to_owned))?;
    let rustc = Path::new("/usr/bin/rustc");
    let debian =
        PathBuf::from(exec::quiet(Command::new(rustc).args(["--print", "sysroot"]))?.trim()).join("lib/rustlib");
    let library = debian.join("src/rust/library");
    if !library.join("std/Cargo.toml").is_file() {
        bail!("{} has no source of the standard library", library.display());
    }
    let linker = active.sysroot.join("lib/rustlib").join(&active.host).join("bin/rust-lld");
    let sysroot = second_sysroot()?;
    if sysroot.exists() {
        fs::remove_dir_all(&sysroot)?;
    }
    let host = sysroot.join("lib/rustlib").join(&active.host);
    fs::create_dir_all(host.join("bin"))?;
    symlink(debian.join(&active.host).join("lib"), host.join("lib"))?;
    symlink(linker, host.join("bin/rust-lld"))?;
    let wrapper = second_compiler_path()?;
    fs::write(&wrapper, format!("#!/bin/sh\nexec {} --sysroot '{}' \"$@\"\n", rustc.display(), sysroot.display()))?;
    fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755))?;
    std_build::build(&wrapper, &library, &sysroot.join("lib/rustlib").join(TARGET).join("lib"))?;
    Ok(WasmCompiler { rustc: Some(wrapper) })
}

/// Where the second compiler's libraries are gathered.
pub(super) fn second_sysroot() -> Result<PathBuf> {
    Ok(workspace::target()?.join("wasm-toolchain"))
}

/// The script that starts the second compiler.
pub(super) fn second_compiler_path() -> Result<PathBuf> {
    Ok(second_sysroot()?.join("rustc"))
}

/// Which package sources apt looks at.
#[derive(Default)]
struct Apt {
    options: Vec<String>,
}

/// Finds the package, in the machine's own sources first and then, by a private configuration, in newer suites of the same mirror.
fn find_source(release: &str, work: &Path) -> Result<(Apt, String)> {
    let wanted = |version: &String| version.starts_with(&format!("{release}+"));
    let own = Apt::default();
    for name in ["rust-src", "rust-web-src"] {
        if let Some(version) = packages::versions(name, &own.options).into_iter().find(wanted) {
            return Ok((own, format!("{name}={version}")));
        }
    }
    let mirror = match mirror() {
        Some(mirror) => mirror,
        None => {
            packages::update_index()?;
            mirror().context("apt knows no Debian mirror")?
        }
    };
    for suite in SUITES {
        let apt = private_apt(&mirror, suite, &work.join(suite))?;
        let mut update = Command::new("apt-get");
        update.arg("-qq").args(&apt.options).arg("update");
        if !exec::succeeds(&mut update) {
            continue;
        }
        if let Some(version) = packages::versions("rust-src", &apt.options).into_iter().find(wanted) {
            return Ok((apt, format!("rust-src={version}")));
        }
    }
    bail!("no Debian suite has rust-src {release} (looked at the machine's own sources and {})", SUITES.join(", "))
}

/// The mirror that this machine is already set up for.
fn mirror() -> Option<String> {
    let mut list = Command::new("apt-get");
    list.args(["indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Component: main", "Label: Debian"]);
    let uris = exec::quiet(&mut list).ok()?;
    uris.lines().next().map(str::to_owned).filter(|uri| !uri.is_empty())
}

/// An apt that sees one suite only and keeps its index to itself: the machine's own configuration stays as it is.
fn private_apt(mirror: &str, suite: &str, dir: &Path) -> Result<Apt> {
    for sub in ["lists/partial", "cache/archives/partial", "sources"] {
        fs::create_dir_all(dir.join(sub))?;
    }
    let source = format!(
        "Types: deb\nURIs: {mirror}\nSuites: {suite}\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n"
    );
    fs::write(dir.join("sources/suite.sources"), source)?;
    let dir = dir.display();
    let settings = [
        "Dir::Etc::SourceList=/dev/null".to_owned(),
        format!("Dir::Etc::SourceParts={dir}/sources"),
        format!("Dir::State::Lists={dir}/lists"),
        format!("Dir::Cache={dir}/cache"),
        "Dir::Etc::Preferences=/dev/null".to_owned(),
        "Dir::Etc::PreferencesParts=/dev/null".to_owned(),
    ];
    Ok(Apt { options: settings.into_iter().flat_map(|setting| ["-o".to_owned(), setting]).collect() })
}

/// Downloads and unpacks a package without installing it; returns the folder `library` in it.
fn unpack_source(apt: &Apt, package: &str, dir: &Path) -> Result<PathBuf> {
    let unpacked = dir.join("unpacked");
    fs::create_dir_all(&unpacked)?;
    exec::quiet(Command::new("apt-get").arg("-qq").args(&apt.options).args(["download", package]).current_dir(dir))?;
    let archive = fs::read_dir(dir)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .find(|path| path.extension().is_some_and(|ext| ext == "deb"))
        .context("apt-get downloaded no package")?;
    exec::quiet(Command::new("dpkg-deb").arg("-x").arg(&archive).arg(&unpacked))?;
    let sources = unpacked.join("usr/src");
    fs::read_dir(&sources)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path().join("library")))
        .find(|library| library.join("std/Cargo.toml").is_file())
        .context("the package has no standard library in it")
}
