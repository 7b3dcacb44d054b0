//! The stylesheets are plain CSS: `main.css` lists the files of what everybody sees first, `pages.css` those of the pages
//! outside of the inbox. What can go wrong without anybody noticing is tested here.

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    /// The sheets that list the others.
    const SHEETS: [(&str, &str); 2] =
        [("/styles/main.css", include_str!("main.css")), ("/styles/pages.css", include_str!("pages.css"))];

    fn files_of(folder: &Path, kind: &str, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files_of(&path, kind, found);
            } else if path.extension().is_some_and(|extension| extension == kind) {
                found.push(path.to_str().unwrap().to_owned());
            }
        }
    }

    /// The files of a kind below `src`, by their whole paths.
    fn files(kind: &str) -> Vec<String> {
        let mut found = Vec::new();
        files_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), kind, &mut found);
        found
    }

    fn text_of(kind: &str) -> String {
        files(kind).iter().map(|file| fs::read_to_string(file).unwrap()).collect()
    }

    #[test]
    fn every_css_file_is_imported_once() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        for file in files("css") {
            let inside = file.strip_prefix(root.to_str().unwrap()).unwrap();
            if SHEETS.iter().any(|(sheet, _)| *sheet == inside) {
                continue;
            }
            let import =
                inside.strip_prefix("/styles/").map_or_else(|| format!("..{inside}"), |own| format!("./{own}"));
            let line = format!("@import \"{import}\";");
            let times: usize = SHEETS.iter().map(|(_, sheet)| sheet.matches(&line).count()).sum();
            assert_eq!(times, 1, "{import} is imported by main.css and pages.css {times} times");
        }
    }

    #[test]
    fn dark_is_the_same_whether_chosen_or_the_systems() {
        let tokens = include_str!("tokens.css");
        let block = |start: &str| -> Vec<String> {
            let (_, rest) = tokens.split_once(start).unwrap();
            let (inside, _) = rest.split_once('}').unwrap();
            inside.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
        };
        assert_eq!(block(":root:not([data-theme=\"light\"]) {"), block("\n:root[data-theme=\"dark\"] {"));
    }

    #[test]
    fn components_use_tokens_that_exist() {
        let (sheets, code) = (text_of("css"), text_of("rs"));
        for used in sheets.split("var(").skip(1) {
            let name: String = used.chars().take_while(|c| !matches!(c, ')' | ',')).collect();
            let is_set = sheets.contains(&format!("{name}:")) || code.contains(&format!("style=(\"{name}\", "));
            assert!(is_set, "{name} is defined nowhere");
        }
    }
}
