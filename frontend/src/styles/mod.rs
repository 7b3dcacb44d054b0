//! The stylesheet is plain CSS; `main.css` lists its files. What can go wrong without anybody noticing is tested here.

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    fn css_files(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                css_files(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "css") {
                found.push(path.to_str().unwrap().to_owned());
            }
        }
    }

    #[test]
    fn every_css_file_is_imported() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut files = Vec::new();
        css_files(&root, &mut files);
        let main = include_str!("main.css");
        for file in files {
            let inside = file.strip_prefix(root.to_str().unwrap()).unwrap();
            if inside == "/styles/main.css" {
                continue;
            }
            let import =
                inside.strip_prefix("/styles/").map_or_else(|| format!("..{inside}"), |own| format!("./{own}"));
            assert!(main.contains(&format!("@import \"{import}\";")), "main.css does not import {import}");
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
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut files = Vec::new();
        css_files(&root, &mut files);
        let every: String = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
        for used in every.split("var(").skip(1) {
            let name: String = used.chars().take_while(|c| !matches!(c, ')' | ',')).collect();
            assert!(every.contains(&format!("{name}:")), "{name} is defined nowhere");
        }
    }
}
