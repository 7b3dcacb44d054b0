//! Node.js and the npm packages of the browser builds and tests.

use crate::{exec, report, workspace};
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::{collections::BTreeMap, fs, process::Command};

/// Installs the packages that `package-lock.json` names, if they are not there already.
pub(crate) fn ensure() -> Result<()> {
    if exec::find("node").is_none() || exec::find("npm").is_none() {
        bail!("Node.js 20 or newer with npm is needed\nby hand: apt-get install nodejs npm");
    }
    let root = workspace::root()?;
    let wanted = fs::read_to_string(root.join("package-lock.json")).context("cannot read package-lock.json")?;
    // npm's own record of what it put there.
    let installed = || fs::read_to_string(root.join("node_modules/.package-lock.json")).unwrap_or_default();
    if is_installed(&wanted, &installed()) {
        return Ok(());
    }
    report::step("installing npm packages", || {
        // No package here needs its install script: less code that runs unseen.
        exec::quiet(exec::command("npm")?.args(["ci", "--ignore-scripts", "--loglevel=error"]))
            .context("the npm packages could not be installed\nby hand: npm ci")
    })?;
    if !is_installed(&wanted, &installed()) {
        bail!("npm did not install what package-lock.json names");
    }
    Ok(())
}

/// Whether a lock file's packages are all among the installed ones, in the same versions. Optional ones belong to other platforms.
fn is_installed(wanted: &str, installed: &str) -> bool {
    let (Ok(wanted), Ok(installed)) = (serde_json::from_str::<Lock>(wanted), serde_json::from_str::<Lock>(installed))
    else {
        return false;
    };
    let needed = wanted
        .packages
        .iter()
        .filter(|(path, package)| path.contains("node_modules/") && !package.optional && !package.link);
    needed
        .into_iter()
        .all(|(path, package)| installed.packages.get(path).is_some_and(|found| found.version == package.version))
}

#[derive(Deserialize)]
struct Lock {
    packages: BTreeMap<String, Locked>,
}

#[derive(Deserialize)]
struct Locked {
    version: Option<String>,
    #[serde(default)]
    optional: bool,
    #[serde(default)]
    link: bool,
}

/// A program of an installed package.
pub(crate) fn tool(name: &str) -> Result<Command> {
    let path = workspace::root()?.join("node_modules/.bin").join(name);
    if !path.exists() {
        bail!("{} is missing: run `npm ci`", path.display());
    }
    exec::command(path)
}

/// esbuild itself. Its npm program is a script that starts this one and, when it fails, buries the reason under a stack trace.
pub(crate) fn esbuild() -> Result<Command> {
    let platforms = workspace::root()?.join("node_modules/@esbuild");
    let folders =
        fs::read_dir(&platforms).with_context(|| format!("cannot list {}: run `npm ci`", platforms.display()))?;
    let programs = folders.filter_map(|entry| entry.ok().map(|entry| entry.path().join("bin/esbuild")));
    let program = programs.into_iter().find(|program| program.is_file());
    exec::command(program.context("esbuild has no program for this platform")?)
}

/// Runs a script of `package.json`, in the root or in a workspace.
pub(crate) fn script(name: &str, workspace: Option<&str>) -> Result<Command> {
    let mut npm = exec::command("npm")?;
    npm.args(["run", "--silent", name]);
    if let Some(workspace) = workspace {
        npm.args(["--workspace", workspace]);
    }
    Ok(npm)
}

/// Whether a workspace has a script of this name.
pub(crate) fn has_script(name: &str, workspace: &str) -> Result<bool> {
    let path = workspace::root()?.join(workspace).join("package.json");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let package: serde_json::Value =
        serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))?;
    Ok(package.pointer(&format!("/scripts/{name}")).is_some())
}

#[cfg(test)]
mod tests {
    use super::is_installed;

    const WANTED: &str = r#"{"packages": {
        "": {}, "e2e": {"name": "parlor-e2e"}, "node_modules/parlor-e2e": {"resolved": "e2e", "link": true},
        "node_modules/esbuild": {"version": "0.28.2"}, "node_modules/@esbuild/win32-x64": {"version": "0.28.2", "optional": true}}}"#;

    #[test]
    fn the_same_versions_are_enough() {
        assert!(is_installed(
            WANTED,
            r#"{"packages": {"node_modules/esbuild": {"version": "0.28.2"}, "node_modules/more": {"version": "1.0.0"}}}"#
        ));
    }

    #[test]
    fn a_missing_or_another_version_and_a_fresh_checkout_are_not() {
        assert!(!is_installed(WANTED, r#"{"packages": {}}"#));
        assert!(!is_installed(WANTED, r#"{"packages": {"node_modules/esbuild": {"version": "0.28.1"}}}"#));
        assert!(!is_installed(WANTED, ""));
    }
}
