//! Where a setting stands, and which one a misspelt name may have meant.

use std::collections::BTreeMap;
use std::path::Path;
use toml_edit::{ImDocument, TableLike};

/// How alike two names have to be, from 0 to 1, for one to be taken for a misspelling of the other.
const ALIKE: f64 = 0.7;

/// The place of every setting of a file, as `parlor.toml:7`. Empty when the file cannot be read as TOML, which is told elsewhere.
pub(super) fn places(path: &Path, text: &str) -> BTreeMap<String, String> {
    let mut lines = BTreeMap::new();
    if let Ok(document) = ImDocument::parse(text) {
        walk("", document.as_table(), text, &mut lines);
    }
    lines.into_iter().map(|(key, line)| (key, format!("{}:{line}", path.display()))).collect()
}

fn walk(prefix: &str, table: &dyn TableLike, text: &str, lines: &mut BTreeMap<String, usize>) {
    for (name, item) in table.iter() {
        let key = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") };
        match item.as_table_like() {
            Some(inner) => walk(&key, inner, text, lines),
            None => {
                let span = table.get_key_value(name).and_then(|(key, _)| key.span());
                let before = span.and_then(|span| text.get(..span.start));
                if let Some(before) = before {
                    lines.insert(key, before.matches('\n').count().saturating_add(1));
                }
            }
        }
    }
}

/// The setting that an unknown name most likely meant.
pub(super) fn meant<'a>(unknown: &str, known: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    let likeness = |name: &'a str| (strsim::normalized_damerau_levenshtein(unknown, name), name);
    let best = known.clone().map(likeness).max_by(|(one, _), (other, _)| one.total_cmp(other));
    let alike = best.filter(|(likeness, _)| *likeness >= ALIKE).map(|(_, name)| name);
    // Or it is the right name in the wrong section.
    let last = |name: &str| name.rsplit('.').next().map(str::to_owned);
    alike.or_else(|| known.into_iter().find(|name| last(name) == last(unknown)))
}

/// The variable of a setting.
pub(super) fn variable(key: &str) -> String {
    format!("PARLOR_{}", key.to_ascii_uppercase().replace('.', "__"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_found_in_its_file() {
        let text = "# comment\nlisten = \"x\"\n\n[codes]\nsender = \"email\"\n[codes.smtp]\nport = 1\nfrom = \"\"\n[log]\nformat = \"text\"\n";
        let places = places(Path::new("p.toml"), text);
        let place = |key: &str| places.get(key).map(String::as_str);
        assert_eq!(place("listen"), Some("p.toml:2"));
        assert_eq!(place("codes.sender"), Some("p.toml:5"));
        assert_eq!(place("codes.smtp.from"), Some("p.toml:8"));
        assert_eq!(place("log.format"), Some("p.toml:10"));
    }

    #[test]
    fn a_misspelt_name_finds_the_right_one() {
        let known = ["listen", "public_url", "trusted_proxies", "codes.smtp.host", "database.write_queue"];
        let meant = |unknown| meant(unknown, known.iter().copied());
        assert_eq!(meant("public_uri"), Some("public_url"));
        assert_eq!(meant("trusted_proxy"), Some("trusted_proxies"));
        assert_eq!(meant("codes.host"), Some("codes.smtp.host"));
        assert_eq!(meant("database.writequeue"), Some("database.write_queue"));
        assert_eq!(meant("service_host"), None);
        assert_eq!(meant("colour"), None);
        assert_eq!(variable("codes.smtp.host"), "PARLOR_CODES__SMTP__HOST");
    }
}
