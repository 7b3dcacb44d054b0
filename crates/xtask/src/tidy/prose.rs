//! Fences about how files are written.

use super::{Complaint, sources::Source};

/// A longer file tells more than one story.
const MOST_LINES: usize = 450;

/// What is one thing that no language lets stand in two files.
const WHOLE: [&str; 1] = [
    // An enum with a documented kind for every deed.
    "crates/types/src/audit.rs",
];

const CODE: [&str; 9] = ["rs", "ts", "tsx", "js", "mjs", "css", "html", "sh", "py"];

/// Every Rust file says in its first line what it is for.
pub(super) fn rust_files_open_with_their_purpose(sources: &[Source]) -> Vec<Complaint> {
    let silent = |source: &&Source| !source.text.starts_with("//! ");
    let rust = sources.iter().filter(|source| source.has_extension(&["rs"]));
    rust.filter(silent).map(|source| format!("{} does not open with `//! ` and its purpose", source.path)).collect()
}

/// No file is longer than one can hold in mind.
pub(super) fn files_are_short(sources: &[Source]) -> Vec<Complaint> {
    let code = sources.iter().filter(|source| source.has_extension(&CODE) && !source.is_generated());
    let code = code.filter(|source| !WHOLE.contains(&source.path.as_str()));
    let lengths = code.map(|source| (source, source.text.lines().count()));
    lengths
        .filter(|(_, lines)| *lines > MOST_LINES)
        .map(|(source, lines)| format!("{} has {lines} lines; at most {MOST_LINES}", source.path))
        .collect()
}

/// No invisible characters at the ends of lines.
pub(super) fn no_trailing_whitespace(sources: &[Source]) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for source in sources.iter().filter(|source| !source.is_generated()) {
        let first = source.text.split('\n').position(|line| line.ends_with([' ', '\t', '\r']));
        if let Some(index) = first {
            complaints.push(format!("{}:{} ends with white space", source.path, index + 1));
        }
        if !source.text.is_empty() && !source.text.ends_with('\n') {
            complaints.push(format!("{} does not end with a line break", source.path));
        }
    }
    complaints
}

/// Nothing in the repository works only on the machine where it was written.
pub(super) fn no_machine_paths_or_registry_hosts(sources: &[Source]) -> Vec<Complaint> {
    // Put together here, or this file would be its own first finding.
    let paths = ["work", "root", "home"].map(|dir| format!("/{dir}/"));
    let hosts =
        [["registry", ".npmjs.org"], ["registry", ".yarnpkg.com"], ["index.", "crates.io"], ["static.", "crates.io"]]
            .into_iter()
            .chain([
                ["pypi", ".org/simple"],
                ["files.", "pythonhosted.org"],
                ["deb", ".debian.org"],
                ["security", ".debian.org"],
            ])
            .map(|parts| parts.concat());
    let banned: Vec<String> = paths.into_iter().chain(hosts).collect();
    let mut complaints = Vec::new();
    for source in sources {
        for (index, line) in source.text.lines().enumerate() {
            let found = banned.iter().find(|text| mentions(line, text));
            if let Some(text) = found {
                complaints.push(format!("{}:{} names `{text}`", source.path, index + 1));
            }
        }
        if source.path == "package-lock.json" && source.text.contains("\"resolved\": \"http") {
            complaints.push(
                "package-lock.json names the registry that it was made with; .npmrc should prevent that".to_owned(),
            );
        }
    }
    complaints
}

/// Whether a line has the text as a path or host of its own, and not as the middle of a path inside the checkout.
fn mentions(line: &str, text: &str) -> bool {
    let starts_word = |before: &str| {
        !before
            .ends_with(|last: char| last.is_alphanumeric() || matches!(last, '.' | '_' | '-' | '}' | '$' | ')' | '*'))
    };
    line.match_indices(text).any(|(at, _)| line.get(..at).is_some_and(starts_word))
}

#[cfg(test)]
mod tests {
    use super::{super::source, *};

    #[test]
    fn a_rust_file_without_purpose_is_found() {
        let sources = [source("a.rs", "//! Says why.\n"), source("b.rs", "fn main() {}\n"), source("c.md", "text\n")];
        assert_eq!(rust_files_open_with_their_purpose(&sources), ["b.rs does not open with `//! ` and its purpose"]);
    }

    #[test]
    fn a_long_file_is_found_unless_a_program_wrote_it() {
        let long = "x\n".repeat(451);
        let sources = [
            source("a.ts", &long),
            source("openapi/client/src/schema.d.ts", &long),
            source("b.rs", &"x\n".repeat(450)),
        ];
        assert_eq!(files_are_short(&sources), ["a.ts has 451 lines; at most 450"]);
    }

    #[test]
    fn trailing_space_and_a_missing_line_break_are_found() {
        let sources =
            [source("a.md", "fine\n"), source("b.md", "one\ntwo \n"), source("c.md", "open"), source("d.md", "")];
        assert_eq!(
            no_trailing_whitespace(&sources),
            ["b.md:2 ends with white space", "c.md does not end with a line break"]
        );
    }

    #[test]
    fn paths_of_a_machine_and_registry_hosts_are_found() {
        let sources = [
            source("a.toml", &["path = \"/", "work/x\""].concat()),
            source("b.json", &["https://registry", ".npmjs.org/x"].concat()),
            source("c.rs", "mod pages; // frontend/src/pages/home/mod.rs, $HOME/.config\n"),
            source("package-lock.json", "\"resolved\": \"https://mirror.example/x.tgz\"\n"),
        ];
        let complaints = no_machine_paths_or_registry_hosts(&sources);
        assert_eq!(complaints.len(), 3, "{complaints:?}");
        assert!(
            complaints[0].starts_with("a.toml:1")
                && complaints[1].starts_with("b.json:1")
                && complaints[2].starts_with("package-lock")
        );
    }
}
