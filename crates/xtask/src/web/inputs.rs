//! What a browser build depends on.

use crate::{exec, fingerprint::Fingerprint, workspace};
use anyhow::{Context, Result};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// Hash of all that can change the result: sources of the crate and of every crate of ours below it, locked versions, tools, recipe.
pub(super) fn fingerprint(package: &str) -> Result<String> {
    let root = workspace::root()?;
    let mut fingerprint = Fingerprint::default();
    fingerprint.text("rustc", &exec::quiet(exec::command("rustc")?.arg("-vV"))?);
    for file in ["Cargo.toml", "Cargo.lock", "package-lock.json"] {
        fingerprint.file(&root, &root.join(file))?;
    }
    for dir in local_crates(package)? {
        fingerprint.tree(&root, &dir)?;
    }
    for dir in ["patches", "crates/xtask/src/web"] {
        fingerprint.tree(&root, &root.join(dir))?;
    }
    Ok(fingerprint.finish())
}

/// Hash of what the packing works on.
pub(super) fn built(module: &Path, extras: &str) -> Result<String> {
    let root = workspace::root()?;
    let mut fingerprint = Fingerprint::default();
    fingerprint.file(&root, module)?.file(&root, &root.join("package-lock.json"))?;
    fingerprint.tree(&root, &root.join("crates/xtask/src/web"))?.text("extras", extras);
    Ok(fingerprint.finish())
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: PathBuf,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    path: Option<PathBuf>,
    kind: Option<String>,
}

/// The folders of a crate and of all its dependencies that lie in this checkout.
fn local_crates(package: &str) -> Result<BTreeSet<PathBuf>> {
    let text = exec::quiet(exec::cargo()?.args(["metadata", "--no-deps", "--format-version=1"]))?;
    let metadata: Metadata = serde_json::from_str(&text).context("cargo metadata printed something unexpected")?;
    reachable(metadata, package)
}

fn reachable(metadata: Metadata, package: &str) -> Result<BTreeSet<PathBuf>> {
    let mut dependencies = BTreeMap::new();
    let mut start = None;
    for found in metadata.packages {
        let dir = found.manifest_path.parent().context("a manifest without a folder")?.to_path_buf();
        if found.name == package {
            start = Some(dir.clone());
        }
        let paths = found.dependencies.into_iter().filter(|dependency| dependency.kind.as_deref() != Some("dev"));
        dependencies.insert(dir, paths.filter_map(|dependency| dependency.path).collect::<Vec<_>>());
    }
    let mut open = vec![start.with_context(|| format!("the workspace has no crate {package}"))?];
    let mut reached = BTreeSet::new();
    while let Some(dir) = open.pop() {
        if reached.insert(dir.clone()) {
            open.extend(dependencies.get(&dir).into_iter().flatten().cloned());
        }
    }
    Ok(reached)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_of_dependencies_count_and_test_only_ones_do_not() {
        let metadata: Metadata = serde_json::from_value(serde_json::json!({ "packages": [
            { "name": "widget", "manifest_path": "/p/widget/Cargo.toml", "dependencies": [
                { "path": "/p/client", "kind": null }, { "path": "/p/testkit", "kind": "dev" }, { "path": null, "kind": null } ] },
            { "name": "client", "manifest_path": "/p/client/Cargo.toml", "dependencies": [{ "path": "/p/types", "kind": null }] },
            { "name": "types", "manifest_path": "/p/types/Cargo.toml", "dependencies": [] },
            { "name": "testkit", "manifest_path": "/p/testkit/Cargo.toml", "dependencies": [] },
        ] }))
        .unwrap();
        let reached: Vec<_> = reachable(metadata, "widget").unwrap().into_iter().collect();
        assert_eq!(reached, ["/p/client", "/p/types", "/p/widget"].map(PathBuf::from));
    }
}
