//! A fence around what is left out: every requirement of OWASP ASVS 5.0.0, levels 1 and 2, is named in a document of ours, whatever
//! is said of it there.

use super::Complaint;

/// The documents whose tables begin with a column of requirements.
pub(super) const DOCUMENTS: [&str; 2] = ["docs/security.md", "docs/asvs.md"];

/// The numbers of all requirements of levels 1 and 2.
const ALL: &str = include_str!("asvs.txt");

/// Chapters about what is not in Parlor, which `docs/security.md` says at its end: OAuth and WebRTC.
const LEFT_OUT: [u32; 2] = [10, 17];

/// Chapter, section and requirement.
type Number = [u32; 3];

/// Requirements that no document names.
pub(super) fn every_requirement_is_named(documents: &[String]) -> Vec<Complaint> {
    let named: Vec<(Number, Number)> = documents
        .iter()
        .flat_map(|text| text.lines())
        .filter_map(|line| line.strip_prefix('|')?.split('|').next())
        .flat_map(ranges)
        .collect();
    let all = ALL.lines().filter_map(number).filter(|[chapter, ..]| !LEFT_OUT.contains(chapter));
    all.filter(|one| !named.iter().any(|(from, to)| from <= one && one <= to))
        .map(|[chapter, section, number]| {
            format!("{}: nothing is said of ASVS {chapter}.{section}.{number}", DOCUMENTS.join(", "))
        })
        .collect()
}

/// What a cell names: `1.2.3`, `1.2.3 to 1.2.5`.
fn ranges(cell: &str) -> Vec<(Number, Number)> {
    let mut found: Vec<(Number, Number)> = Vec::new();
    let mut to = false;
    for word in cell.split([' ', ',', ';']).filter(|word| !word.is_empty()) {
        match (number(word), found.last_mut()) {
            (Some(number), Some(last)) if to => last.1 = number,
            (Some(number), _) => found.push((number, number)),
            (None, _) => {}
        }
        to = word == "to";
    }
    found
}

fn number(text: &str) -> Option<Number> {
    let mut parts = text.split('.').map(str::parse);
    let number = [parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?];
    parts.next().is_none().then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requirement_that_nobody_names_is_found() {
        assert_eq!(ALL.lines().filter_map(number).count(), 253);
        let everything = "| 1.1.1 to 9.9.99, 11.1.1 to 16.9.99 everything | met |".to_owned();
        assert!(every_requirement_is_named(&[everything]).is_empty());
        let most = "| 1.1.1 to 6.3.2, 6.3.4 | met |\n| 6.4.1 to 16.9.99 | met |\nof 6.3.3 only a text tells | 6.3.3 |"
            .to_owned();
        let complaints = every_requirement_is_named(&[most]);
        assert_eq!(complaints, ["docs/security.md, docs/asvs.md: nothing is said of ASVS 6.3.3"]);
    }
}
