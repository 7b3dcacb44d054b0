//! Names of files: what people see, cleaned of what could lead them or their computer astray.

use types::limits::FILE_NAME_MAX;

/// What a file is called that has no name of its own.
const NAMELESS: &str = "file";

/// The longest ending that stays whole when a name is cut.
const ENDING_MAX: usize = 12;

/// The name without folders, control characters, signs that turn the direction of writing (`exe.jpg` for `gpj.exe`) or cannot be
/// seen, and without dots at its beginning, which hide files; cut to [`FILE_NAME_MAX`] characters in front of its ending.
#[must_use]
pub fn clean(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let seen: String = last.chars().filter(|c| !c.is_control() && !is_invisible(*c)).collect();
    let trimmed = seen.trim_matches(|c: char| c.is_whitespace() || c == '.');
    if trimmed.is_empty() {
        return NAMELESS.to_owned();
    }
    if trimmed.chars().count() <= FILE_NAME_MAX {
        return trimmed.to_owned();
    }
    let ending =
        trimmed.rsplit_once('.').map(|(_, ending)| ending).filter(|ending| ending.chars().count() <= ENDING_MAX);
    let ending = ending.map(|ending| format!(".{ending}")).unwrap_or_default();
    let room = FILE_NAME_MAX.saturating_sub(ending.chars().count());
    let stem: String = trimmed.chars().take(room).collect();
    format!("{}{ending}", stem.trim_end_matches(|c: char| c.is_whitespace() || c == '.'))
}

/// Characters of Unicode that are not drawn, or change how others are drawn.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// The header that names a file that is shown, or saved. The first form is for what knows no other; the second is RFC 8187.
#[must_use]
pub fn disposition(kind: &str, name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' { c } else { '_' })
        .collect();
    let mut encoded = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push_str(&hex::encode_upper([byte]));
        }
    }
    format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_lose_what_leads_astray_and_keep_their_ending() {
        for (name, cleaned) in [
            ("报价单 2026.pdf", "报价单 2026.pdf"),
            ("../../etc/passwd", "passwd"),
            (r"C:\Users\me\照片.jpg", "照片.jpg"),
            ("annex\u{202e}gpj.exe", "annexgpj.exe"),
            (".htaccess", "htaccess"),
            (" a.txt. ", "a.txt"),
            ("a\r\nSet-Cookie: b", "aSet-Cookie: b"),
            ("", "file"),
            ("..", "file"),
            ("/", "file"),
        ] {
            assert_eq!(clean(name), cleaned, "{name:?}");
        }
        let long = format!("{}.pdf", "长".repeat(300));
        assert_eq!(clean(&long), format!("{}.pdf", "长".repeat(FILE_NAME_MAX - 4)));
    }

    #[test]
    fn a_header_names_files_of_every_language() {
        assert_eq!(
            disposition("attachment", "客\"a.txt"),
            "attachment; filename=\"__a.txt\"; filename*=UTF-8''%E5%AE%A2%22a.txt"
        );
    }

    proptest! {
        #[test]
        fn a_clean_name_is_one_visible_word_and_stays_as_it_is(name in ".{0,400}") {
            let cleaned = clean(&name);
            prop_assert!(!cleaned.is_empty() && cleaned.chars().count() <= FILE_NAME_MAX);
            let astray = cleaned.contains(['/', '\\', '\0', '\n', '\r', '\u{202e}']) || cleaned.starts_with('.');
            prop_assert!(!astray);
            prop_assert_eq!(clean(&cleaned), cleaned);
        }

        #[test]
        fn a_header_is_one_line_of_ascii_with_its_quotes_in_order(name in "\\PC{0,80}") {
            let header = disposition("inline", &clean(&name));
            prop_assert!(header.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
            prop_assert_eq!(header.matches('"').count(), 2);
        }
    }
}
