//! Fences around what comes from others: licences, sources and versions, by the rules of `deny.toml`.
//!
//! The same file is cargo-deny's, which `cargo xtask audit` runs; that takes minutes to install, so what matters at every
//! test run is read here from `cargo metadata`.

use super::Complaint;
use anyhow::{Context, Result};
use serde::Deserialize;
use spdx::{Expression, Licensee, ParseMode};
use std::collections::{BTreeMap, BTreeSet};

/// What `deny.toml` asks, as far as it is kept here.
#[derive(Debug, Deserialize)]
pub(super) struct Rules {
    licenses: Licences,
    bans: Bans,
}

#[derive(Debug, Deserialize)]
struct Licences {
    allow: Vec<String>,
    #[serde(default)]
    exceptions: Vec<Exception>,
}

/// More licences for one package.
#[derive(Debug, Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Bans {
    deny: Vec<Banned>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Banned {
    #[serde(rename = "crate")]
    name: String,
    /// Only a second version is refused.
    #[serde(default)]
    deny_multiple_versions: bool,
}

/// What cargo says of every package in the tree.
#[derive(Debug, Deserialize)]
pub(super) struct Metadata {
    packages: Vec<Package>,
}

#[derive(Debug, Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    /// Absent for what lies in the checkout.
    source: Option<String>,
}

/// Reads `deny.toml`.
pub(super) fn rules(text: &str) -> Result<Rules> {
    toml::from_str(text).context("cannot read deny.toml")
}

/// Reads the output of `cargo metadata`.
pub(super) fn metadata(json: &str) -> Result<Metadata> {
    serde_json::from_str(json).context("cannot read what cargo metadata says")
}

/// Packages under a licence that is not allowed, or under none that anybody can read.
pub(super) fn licences(rules: &Rules, metadata: &Metadata) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let mut read = |texts: &[String]| -> Vec<Licensee> {
        let found: Vec<Licensee> = texts.iter().filter_map(|text| Licensee::parse(text).ok()).collect();
        if found.len() != texts.len() {
            complaints.push(format!("deny.toml: not all of {texts:?} are SPDX identifiers"));
        }
        found
    };
    let allowed = read(&rules.licenses.allow);
    let exceptions: Vec<(&str, Vec<Licensee>)> =
        rules.licenses.exceptions.iter().map(|exception| (exception.name.as_str(), read(&exception.allow))).collect();
    for Package { name, version, license, .. } in &metadata.packages {
        let text = license.as_deref().unwrap_or("no licence");
        let more = exceptions.iter().filter(|(of, _)| of == name).flat_map(|(_, licences)| licences);
        let takes: Vec<&Licensee> = allowed.iter().chain(more).collect();
        let fits = Expression::parse_mode(text, ParseMode::LAX)
            .is_ok_and(|expression| expression.evaluate(|wanted| takes.iter().any(|one| one.satisfies(wanted))));
        if !fits {
            complaints.push(format!("{name} {version} is under `{text}`, which deny.toml does not allow"));
        }
    }
    complaints
}

/// Packages that come neither from the checkout nor from the registry.
pub(super) fn sources(metadata: &Metadata) -> Vec<Complaint> {
    let foreign = metadata.packages.iter().filter_map(|package| Some((package, package.source.as_deref()?)));
    foreign
        .filter(|(_, source)| !source.starts_with("registry+"))
        .map(|(package, source)| format!("{} {} comes from {source}", package.name, package.version))
        .collect()
}

/// Packages that must not be in the tree, or not twice.
pub(super) fn bans(rules: &Rules, metadata: &Metadata) -> Vec<Complaint> {
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in &metadata.packages {
        versions.entry(&package.name).or_default().insert(&package.version);
    }
    let mut complaints = Vec::new();
    for Banned { name, deny_multiple_versions } in &rules.bans.deny {
        let found: Vec<&str> = versions.get(name.as_str()).into_iter().flatten().copied().collect();
        match found.as_slice() {
            [_, _, ..] if *deny_multiple_versions => {
                complaints.push(format!("{name} is there in several versions: {}", found.join(", ")));
            }
            [_, ..] if !deny_multiple_versions => complaints.push(format!("{name} is banned by deny.toml")),
            _ => {}
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = r#"
        [licenses]
        allow = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "Unicode-3.0"]
        exceptions = [{ crate = "macro", allow = ["MPL-2.0"] }]
        [bans]
        deny = [{ crate = "native-tls", reason = "x" }, { crate = "ring", deny-multiple-versions = true }]
    "#;

    fn tree(packages: &[(&str, &str, &str, &str)]) -> Metadata {
        let package = |(name, version, license, source): &(&str, &str, &str, &str)| Package {
            name: (*name).to_owned(),
            version: (*version).to_owned(),
            license: (!license.is_empty()).then(|| (*license).to_owned()),
            source: (!source.is_empty()).then(|| (*source).to_owned()),
        };
        Metadata { packages: packages.iter().map(package).collect() }
    }

    #[test]
    fn a_licence_must_be_allowed_in_one_of_its_alternatives() {
        let rules = rules(RULES).unwrap();
        for fine in [
            "MIT",
            "GPL-3.0 OR MIT",
            "MIT/Apache-2.0",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception OR GPL-2.0",
        ] {
            assert!(licences(&rules, &tree(&[("a", "1", fine, "")])).is_empty(), "{fine}");
        }
        assert!(licences(&rules, &tree(&[("macro", "1", "MPL-2.0", "")])).is_empty());
        for wrong in ["GPL-3.0-only", "MIT AND GPL-3.0-only", "AGPL-3.0", "", "see the file", "MPL-2.0"] {
            let complaints = licences(&rules, &tree(&[("a", "1", wrong, "")]));
            assert_eq!(complaints.len(), 1, "{wrong}");
            assert!(complaints[0].starts_with("a 1 is under"), "{complaints:?}");
        }
    }

    #[test]
    fn git_is_no_source() {
        let found = sources(&tree(&[
            ("ours", "1", "MIT", ""),
            ("theirs", "1", "MIT", "registry+https://example.com/index"),
            ("branch", "1", "MIT", "git+https://example.com/branch#1234"),
        ]));
        assert_eq!(found, ["branch 1 comes from git+https://example.com/branch#1234"]);
    }

    #[test]
    fn a_banned_package_and_a_second_version_are_found() {
        let rules = rules(RULES).unwrap();
        assert!(
            bans(&rules, &tree(&[("ring", "1", "MIT", ""), ("other", "1", "", ""), ("other", "2", "", "")])).is_empty()
        );
        let found = bans(&rules, &tree(&[("ring", "1", "", ""), ("ring", "2", "", ""), ("native-tls", "1", "", "")]));
        assert_eq!(found, ["native-tls is banned by deny.toml", "ring is there in several versions: 1, 2"]);
    }
}
