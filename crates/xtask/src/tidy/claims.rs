//! A fence around promises: a document that names a test as its proof must name one that exists.

use super::{Complaint, sources::Source};
use std::collections::BTreeSet;

/// The document whose tables end with a column of proofs.
pub(super) const DOCUMENT: &str = "docs/security.md";

/// Proofs that no test is called by: functions in backticks, browser tests in quotes.
pub(super) fn every_proof_exists(document: &str, sources: &[Source]) -> Vec<Complaint> {
    let functions = names_of_functions(sources);
    let mut complaints = Vec::new();
    let (mut in_table, mut proven) = (false, false);
    for line in document.lines() {
        let last = line.trim_end_matches('|').rsplit('|').next().unwrap_or_default();
        if !line.starts_with('|') {
            in_table = false;
            continue;
        }
        if !in_table {
            // The first line of a table names its columns.
            (in_table, proven) = (true, last.trim() == "proof");
        }
        let proofs = if proven { last } else { "" };
        for name in between(proofs, '`').filter(|name| is_function(name)) {
            if !functions.contains(name) {
                complaints.push(format!("{DOCUMENT}: no test is called `{name}`"));
            }
        }
        for title in between(proofs, '"') {
            let quoted = format!("test(\"{title}\"");
            if !sources.iter().any(|source| source.path.ends_with(".spec.ts") && source.text.contains(&quoted)) {
                complaints.push(format!("{DOCUMENT}: no browser test is called \"{title}\""));
            }
        }
    }
    complaints
}

fn names_of_functions(sources: &[Source]) -> BTreeSet<&str> {
    let rust = sources.iter().filter(|source| source.path.ends_with(".rs"));
    let after_fn = rust.flat_map(|source| source.text.split("fn ").skip(1));
    after_fn.filter_map(|rest| rest.split(|c: char| !is_part_of_a_name(c)).next()).collect()
}

fn is_part_of_a_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Whether the text in backticks is a test's name and not a path or a setting.
fn is_function(text: &str) -> bool {
    text.contains('_') && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// What stands between pairs of a mark.
fn between(text: &str, mark: char) -> impl Iterator<Item = &str> {
    text.split(mark).skip(1).step_by(2)
}

#[cfg(test)]
mod tests {
    use super::super::source;
    use super::*;

    #[test]
    fn a_proof_that_does_not_exist_is_found() {
        let sources = [
            source(
                "crates/server/tests/it/a.rs",
                "async fn it_holds(server: TestServer) {}\n#[test]\nfn it_stays() {}",
            ),
            source("e2e/specs/a.spec.ts", "test(\"what is said is text\", async () => {});"),
        ];
        let document = "# x\n| a | b | proof |\n| 1 | `not_a_proof` | `it_holds`, `it_stays`, \"what is said is text\", `src/x.rs` |\n";
        assert!(every_proof_exists(document, &sources).is_empty());
        assert!(every_proof_exists("| a | b |\n| 1 | `some_setting` |\n", &sources).is_empty());
        let document = "| a | b | proof |\n| 1 | how | `it_held`, \"what is said\" |\n";
        let complaints = every_proof_exists(document, &sources);
        assert_eq!(
            complaints,
            [
                "docs/security.md: no test is called `it_held`",
                "docs/security.md: no browser test is called \"what is said\"",
            ]
        );
    }
}
