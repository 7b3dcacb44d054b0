//! A fence around promises: a document that names a test as its proof must name one that exists.

use super::{Complaint, sources::Source};
use std::collections::BTreeSet;

/// What stands above a test.
const ATTRIBUTES: [&str; 3] = ["#[test]", "#[tokio::test", "#[actix_web::test]"];

/// What is given names of functions and makes tests of them.
const MACROS: [&str; 3] = ["db_tests!(", "on_both!(", "scenarios!("];

/// Proofs that no test is called by: functions in backticks, browser tests in quotes.
pub(super) fn every_proof_exists(name_of: &str, document: &str, sources: &[Source]) -> Vec<Complaint> {
    let tests = names_of_tests(sources);
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
            if !tests.contains(name) {
                complaints.push(format!("{name_of}: no test is called `{name}`"));
            }
        }
        for title in between(proofs, '"') {
            let quoted = format!("test(\"{title}\"");
            if !sources.iter().any(|source| source.path.ends_with(".spec.ts") && source.text.contains(&quoted)) {
                complaints.push(format!("{name_of}: no browser test is called \"{title}\""));
            }
        }
    }
    complaints
}

/// Functions under an attribute that makes them a test, and those that a macro is given a list of to make tests of.
fn names_of_tests(sources: &[Source]) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for source in sources.iter().filter(|source| source.path.ends_with(".rs")) {
        let mut is_test = false;
        for (_, line) in source.code_lines() {
            let line = line.trim_start();
            if let Some((_, name)) = line.split_once("fn ").filter(|_| is_test) {
                names.extend(name.split(|c: char| !is_part_of_a_name(c)).next());
                is_test = false;
            } else if ATTRIBUTES.iter().any(|attribute| line.starts_with(attribute)) {
                is_test = true;
            } else if !line.starts_with('#') && !line.is_empty() {
                is_test = false;
            }
        }
        for makes_tests in MACROS {
            let lists = source.text.split(makes_tests).skip(1).filter_map(|rest| rest.split_once(')'));
            names.extend(lists.flat_map(|(list, _)| list.split(',')).map(str::trim).filter(|name| is_function(name)));
        }
    }
    names
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
                "async fn it_holds(server: TestServer) {}\ndb_tests!(\n    it_holds,\n);\n\
                 #[test]\n#[should_panic]\nfn it_stays() {\n    fn it_helps() {}\n}\nasync fn it_left_the_list() {}",
            ),
            source("e2e/specs/a.spec.ts", "test(\"what is said is text\", async () => {});"),
        ];
        let document = "# x\n| a | b | proof |\n| 1 | `not_a_proof` | `it_holds`, `it_stays`, \"what is said is text\", `src/x.rs` |\n";
        assert!(every_proof_exists("docs/security.md", document, &sources).is_empty());
        assert!(every_proof_exists("docs/security.md", "| a | b |\n| 1 | `some_setting` |\n", &sources).is_empty());
        let document = "| a | b | proof |\n| 1 | how | `it_held`, `it_helps`, `it_left_the_list`, \"what is said\" |\n";
        let complaints = every_proof_exists("docs/security.md", document, &sources);
        assert_eq!(
            complaints,
            [
                "docs/security.md: no test is called `it_held`",
                "docs/security.md: no test is called `it_helps`",
                "docs/security.md: no test is called `it_left_the_list`",
                "docs/security.md: no browser test is called \"what is said\"",
            ]
        );
    }
}
