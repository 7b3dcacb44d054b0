//! Fences around dependencies: which crate may reach which, and that each one was a decision.

use super::Complaint;
use std::collections::BTreeSet;

/// What a crate must not depend on, however indirectly.
pub(super) struct Ban {
    /// Named in complaints.
    pub(super) of: &'static str,
    /// Arguments of `cargo tree` that choose the crate and its target.
    pub(super) selection: &'static [&'static str],
    pub(super) edges: &'static str,
    /// Package names; a `*` at the end stands for any ending.
    pub(super) packages: &'static [&'static str],
}

/// Proc macros run in the compiler, so what they use does not reach the product.
const NORMAL: &str = "normal,no-proc-macro";
const DATABASE: &str = "sea-orm*";

pub(super) const BANS: [Ban; 7] = [
    Ban {
        of: "types",
        selection: &["-p", "types"],
        edges: NORMAL,
        packages: &[DATABASE, "sqlx*", "actix*", "leptos*", "tokio", "reqwest", "utoipa"],
    },
    Ban {
        of: "rules",
        selection: &["-p", "rules"],
        edges: NORMAL,
        packages: &[DATABASE, "sqlx*", "actix*", "leptos*", "tokio", "reqwest"],
    },
    Ban {
        of: "client",
        selection: &["-p", "client"],
        edges: NORMAL,
        packages: &[DATABASE, "sqlx*", "actix*", "leptos*"],
    },
    Ban {
        of: "frontend",
        selection: &["-p", "frontend", "--target", crate::wasm_target::TARGET],
        edges: NORMAL,
        packages: &[DATABASE, "sqlx*", "actix*", "tokio", "reqwest"],
    },
    Ban {
        of: "widget",
        selection: &["-p", "widget", "--target", crate::wasm_target::TARGET],
        edges: NORMAL,
        packages: &[DATABASE, "sqlx*", "actix*", "tokio", "reqwest", "leptos_router", "leptos_i18n*"],
    },
    // Leptos names some of these for its server side, and the linker drops them; what we ask for ourselves it would keep.
    Ban {
        of: "widget, leaving leptos aside,",
        selection: &["-p", "widget", "--target", crate::wasm_target::TARGET, "--prune", "leptos"],
        edges: NORMAL,
        packages: &["serde_json", "regex*", "icu*", "gloo-net", "url"],
    },
    // One TLS provider in the process, and not the one that takes a minute of C to build.
    Ban {
        of: "the workspace",
        selection: &["--workspace", "--target", "all"],
        edges: "normal,build",
        packages: &["aws-lc-sys", "openssl-sys", "native-tls"],
    },
];

/// Finds banned packages in the output of `cargo tree`.
pub(super) fn banned(trees: &[(&Ban, String)]) -> Vec<Complaint> {
    let mut complaints = BTreeSet::new();
    for (ban, tree) in trees {
        for package in tree.lines().filter_map(|line| line.split_whitespace().next()) {
            if ban.packages.iter().any(|pattern| matches(pattern, package)) {
                complaints.insert(format!(
                    "{} must not depend on {package} (`cargo tree -i {package}` shows how it does)",
                    ban.of
                ));
            }
        }
    }
    complaints.into_iter().collect()
}

fn matches(pattern: &str, package: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => package.starts_with(prefix),
        None => pattern == package,
    }
}

/// Every shared dependency is named in the comment above its group, which says why we have it.
pub(super) fn every_dependency_says_why(manifest: &str) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let mut comment: Vec<&str> = Vec::new();
    let mut in_comment = false;
    for line in table(manifest) {
        if let Some(text) = line.strip_prefix("# ") {
            if !in_comment {
                comment.clear();
            }
            in_comment = true;
            comment.push(text);
            continue;
        }
        in_comment = false;
        if let Some(name) = external(line)
            && !explains(&comment, name)
        {
            complaints.push(format!("Cargo.toml: `{name}` has no comment `# {name}: why` above it"));
        }
    }
    complaints
}

/// Every shared dependency has a row in the table for people who weigh it.
pub(super) fn every_dependency_has_a_row(manifest: &str, document: &str) -> Vec<Complaint> {
    let rows = rows(document);
    let names: BTreeSet<&str> = table(manifest).filter_map(external).collect();
    let missing = names
        .iter()
        .filter(|name| !rows.contains(**name))
        .map(|name| format!("`{name}` has no row in docs/dependencies.md"));
    missing.collect()
}

/// The same for the packages that a `package.json` asks for. Bare type declarations come with what they declare, and our own
/// packages are not dependencies.
pub(super) fn every_npm_package_has_a_row(package_json: &str, document: &str) -> Vec<Complaint> {
    let rows = rows(document);
    let Ok(package) = serde_json::from_str::<serde_json::Value>(package_json) else {
        return vec!["a package.json is not JSON".to_owned()];
    };
    let groups = ["dependencies", "devDependencies"].into_iter().filter_map(|group| package.get(group)?.as_object());
    let names = groups
        .flatten()
        .filter(|(name, version)| !name.starts_with("@types/") && *version != "*")
        .map(|(name, _)| name.as_str());
    names
        .filter(|name| !rows.contains(name))
        .map(|name| format!("`{name}` has no row in docs/dependencies.md"))
        .collect()
}

/// The names in the first column of a document's tables.
fn rows(document: &str) -> BTreeSet<&str> {
    let cells = document.lines().filter_map(|line| line.strip_prefix('|')?.split('|').next());
    cells.flat_map(|cell| cell.split(',').map(|name| name.trim().trim_matches('`'))).collect()
}

/// The lines of `[workspace.dependencies]`.
fn table(manifest: &str) -> impl Iterator<Item = &str> {
    let lines = manifest.lines().skip_while(|line| *line != "[workspace.dependencies]").skip(1);
    lines.take_while(|line| !line.starts_with('['))
}

/// The name of a dependency that is not our own crate.
fn external(line: &str) -> Option<&str> {
    let (name, value) = line.split_once('=')?;
    let name = name.trim();
    (!line.starts_with('#') && !value.contains("path =")).then_some(name)
}

/// Whether a line of the comment has the form `a, b: why` and names the dependency.
fn explains(comment: &[&str], name: &str) -> bool {
    let reasons = comment.iter().filter_map(|line| line.split_once(':')).filter(|(_, why)| !why.trim().is_empty());
    reasons.into_iter().any(|(names, _)| names.split(',').any(|listed| listed.trim() == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "[workspace]\n\n[workspace.dependencies]\n# The house.\ntypes = { path = \"crates/types\" }\n\n\
        # Wire side.\n# serde, serde_json: the wire\n# format.\nserde = \"1\"\nserde_json = \"1\"\nrand = \"0.9\"\n\n[profile.dev]\ndebug = 1\n";

    #[test]
    fn a_banned_package_is_found_by_name_and_by_prefix() {
        let ban = Ban { of: "types", selection: &[], edges: NORMAL, packages: &["tokio", "sea-orm*"] };
        let tree = "types v0.1.0 (/p/types)\nserde v1.0.0\nsea-orm-macros v2.0.0\ntokio-util v0.7.0\n".to_owned();
        let complaints = banned(&[(&ban, tree)]);
        assert_eq!(complaints.len(), 1, "{complaints:?}");
        assert!(complaints[0].contains("types must not depend on sea-orm-macros"));
    }

    #[test]
    fn a_dependency_without_reason_is_found() {
        let complaints = every_dependency_says_why(MANIFEST);
        assert_eq!(complaints.len(), 1, "{complaints:?}");
        assert!(complaints[0].contains("`rand`"));
    }

    #[test]
    fn a_dependency_without_row_is_found() {
        let document = "| crate | why |\n|---|---|\n| `serde`, `serde_json` | the wire format |\n";
        assert_eq!(every_dependency_has_a_row(MANIFEST, document), ["`rand` has no row in docs/dependencies.md"]);
    }
    #[test]
    fn an_npm_package_without_row_is_found() {
        let package = r#"{"dependencies": {"ws": "^8", "@parlor/client": "*"}, "devDependencies": {"@types/ws": "^8", "ajv": "^8"}}"#;
        let document = "| package | why |\n|---|---|\n| `ws` | sockets |\n";
        assert_eq!(every_npm_package_has_a_row(package, document), ["`ajv` has no row in docs/dependencies.md"]);
    }
}
