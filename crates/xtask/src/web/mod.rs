//! The browser builds: console and widget from Rust to hashed, minified, precompressed files in `target/web`.
//!
//! Each part is skipped while its inputs are what they were: first by a hash of the sources (no compiler runs), then by a
//! hash of what the compiler made (an edit that changes nothing in the module ends there).

mod assets;
mod bindgen;
mod console;
mod inputs;
mod likeness;
mod parts;
mod record;
mod sizes;
mod widget;

pub(crate) use assets::write_if_changed;
pub(crate) use sizes::{Sizes, check_budget};

use crate::{exec, node, report, wasm_target, workspace};
use anyhow::{Context, Result};
use assets::Assets;
use record::{Manifest, Record};
use std::{
    collections::BTreeSet,
    fs::{self, File},
    path::{Path, PathBuf},
};

/// One of the two browser programs.
struct Part {
    /// Its word in names of files and in messages.
    name: &'static str,
    /// The crate, whose folder has the same name.
    package: &'static str,
    /// What its compiler is told besides, for every crate.
    flags: &'static [&'static str],
    /// What the linker is told.
    link: &'static [&'static str],
    /// What the result depends on besides the compiled module.
    extras: fn(&Path) -> Result<String>,
    /// Makes the files from the compiled module.
    assemble: fn(&Path, &Path, &mut Assets) -> Result<record::Made>,
}

const CONSOLE: Part = Part {
    name: "console",
    package: "frontend",
    // Types of views are erased: docs/decisions/0060.
    flags: &["--cfg=erase_components"],
    // It is split afterwards.
    link: &["-Clink-arg=--emit-relocs"],
    extras: console::extras,
    assemble: console::assemble,
};
const WIDGET: Part = Part {
    name: "widget",
    package: "widget",
    flags: &[],
    link: &[],
    extras: widget::extras,
    assemble: widget::assemble,
};

/// The name of a part, as it is given on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum PartName {
    /// The console for agents and admins.
    Console,
    /// The visitor's widget with its loader.
    Widget,
}

/// Builds what changed and returns the sizes of everything.
pub(crate) fn build() -> Result<Sizes> {
    let _only_one = lock()?;
    // Both are tried, so that one run shows the errors of both.
    let (console, widget) = (build_part(&CONSOLE), build_part(&WIDGET));
    conclude(Some(&console?), Some(&widget?))
}

/// Builds one part, for those who work on it; the other stays as it was last built.
pub(crate) fn build_only(part: Option<PartName>) -> Result<()> {
    let Some(part) = part else { return build().map(drop) };
    let _only_one = lock()?;
    let sizes = match part {
        PartName::Console => conclude(Some(&build_part(&CONSOLE)?), Record::load(WIDGET.name)?.as_ref()),
        PartName::Widget => conclude(Record::load(CONSOLE.name)?.as_ref(), Some(&build_part(&WIDGET)?)),
    };
    sizes.map(drop)
}

/// Tells the server what there is, and removes what is no longer.
fn conclude(console: Option<&Record>, widget: Option<&Record>) -> Result<Sizes> {
    let web = workspace::web_dir()?;
    let manifest = Manifest::new(console, widget);
    let sizes = Sizes::new(console, widget);
    write_if_changed(&web.join("manifest.json"), &serde_json::to_vec_pretty(&manifest)?)?;
    write_if_changed(&web.join("sizes.json"), &serde_json::to_vec_pretty(&sizes)?)?;
    let records: Vec<&Record> = console.into_iter().chain(widget).collect();
    remove_stale(&web, &records)?;
    if records.iter().any(|record| record.is_new) {
        sizes.print();
    }
    Ok(sizes)
}

/// Builds one part unless it is there already.
fn build_part(part: &Part) -> Result<Record> {
    let what = format!("{} for the browser", part.name);
    let sources = inputs::fingerprint(part.package)?;
    let held = Record::load(part.name)?.filter(Record::files_exist);
    if let Some(record) = &held
        && record.sources == sources
    {
        report::fresh(&what);
        return Ok(record.clone());
    }
    node::ensure()?;
    let module = report::step(&format!("compiling the {what}"), || compile(part))?;
    let built = inputs::built(&module, &(part.extras)(&workspace::root()?)?)?;
    if let Some(mut record) = held
        && record.built == built
    {
        report::fresh(&format!("packing the {}", part.name));
        record.sources = sources;
        record.save(part.name)?;
        return Ok(record);
    }
    let record = report::step(&format!("packing the {}", part.name), || {
        let staging = tempfile::tempdir_in(workspace::target()?).context("cannot make a temporary folder")?;
        let mut assets = Assets::new(workspace::web_dir()?);
        let made = (part.assemble)(&module, staging.path(), &mut assets)?;
        Ok(Record { sources, built, files: assets.into_files(), made, is_new: true })
    })?;
    record.save(part.name)?;
    Ok(record)
}

/// Compiles a part's crate, alone: built together, the features that one asks for would grow the other. Each has a folder of its
/// own, because flags that differ would have every crate built again whenever the other was built last.
fn compile(part: &Part) -> Result<PathBuf> {
    let package = part.package;
    let compiler = wasm_target::ensure()?;
    let target_dir = workspace::wasm_target_dir()?.join(part.name);
    let mut cargo = exec::cargo()?;
    compiler.apply(&mut cargo);
    cargo.args(["rustc", "--package", package, "--bin", package, "--profile", "wasm-release"]);
    cargo.args(["--target", wasm_target::TARGET]).arg("--target-dir").arg(&target_dir);
    cargo.arg("--config").arg(flags(part)?).arg("--").args(part.link);
    exec::stream(&mut cargo)?;
    Ok(target_dir.join(wasm_target::TARGET).join("wasm-release").join(format!("{package}.wasm")))
}

/// The compiler's flags. Panic messages carry the paths of sources: what a visitor downloads says nothing of the machine that
/// built it, and has the same name wherever it is built.
fn flags(part: &Part) -> Result<String> {
    let home = std::env::home_dir().context("no home folder")?;
    let cargo_home = std::env::var_os("CARGO_HOME").map_or_else(|| home.join(".cargo"), PathBuf::from);
    // Each registry's crates lie in a folder of its own, whose name says where they were fetched.
    let registries = fs::read_dir(cargo_home.join("registry/src")).into_iter().flatten().flatten();
    let mut paths: Vec<(PathBuf, &str)> = registries.map(|registry| (registry.path(), "crates")).collect();
    paths.sort_unstable();
    paths.push((workspace::root()?, "parlor"));
    let paths: Vec<String> =
        paths.iter().map(|(path, name)| format!("--remap-path-prefix={}={name}", path.display())).collect();
    let flags: Vec<&str> = paths.iter().map(String::as_str).chain(part.flags.iter().copied()).collect();
    Ok(format!("target.{}.rustflags={}", wasm_target::TARGET, serde_json::to_string(&flags)?))
}

/// Two builds at once would overwrite each other's files; the second waits.
fn lock() -> Result<File> {
    let path = workspace::stamps()?.join("web.lock");
    let file = File::create(&path).with_context(|| format!("cannot create {}", path.display()))?;
    file.lock().with_context(|| format!("cannot lock {}", path.display()))?;
    Ok(file)
}

/// Removes assets of earlier builds.
fn remove_stale(web: &Path, records: &[&Record]) -> Result<()> {
    let wanted: BTreeSet<PathBuf> =
        records.iter().flat_map(|record| &record.files).map(|file| web.join(file)).collect();
    for file in crate::fingerprint::files_below(&web.join("assets"))? {
        if !wanted.contains(&file) {
            fs::remove_file(&file).with_context(|| format!("cannot remove {}", file.display()))?;
        }
    }
    Ok(())
}
