//! What can be said about a text without showing it: links, initials, length.

/// A piece of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Plain text.
    Plain(String),
    /// An address that may be opened: `http` or `https`, nothing else.
    Link(String),
}

/// Splits a text into plain pieces and links. Joined again, the pieces are the text.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = link_length(rest);
        let (taken, after) = rest.split_at(length.max(first.len_utf8()));
        if length > 0 {
            flush(&mut plain, &mut found);
            found.push(Piece::Link(taken.to_owned()));
        } else {
            plain.push_str(taken);
        }
        rest = after;
    }
    flush(&mut plain, &mut found);
    found
}

fn flush(plain: &mut String, found: &mut Vec<Piece>) {
    if !plain.is_empty() {
        found.push(Piece::Plain(std::mem::take(plain)));
    }
}

/// Characters that end an address wherever they stand. Chinese punctuation is the sentence's.
const ENDS: &str = "<>\"`，。；：！？、（）「」《》“”【】";

/// How many bytes at the start of the text are an address; 0 when it does not start with one. Punctuation at its end belongs
/// to the sentence, and so does a bracket that was not opened inside.
fn link_length(text: &str) -> usize {
    let Some(host) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else { return 0 };
    if !host.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '[' || !first.is_ascii()) {
        return 0;
    }
    let mut round = 0_i32;
    let mut square = 0_i32;
    let mut length = 0;
    for (at, character) in text.char_indices() {
        if character <= ' ' || character.is_whitespace() || ENDS.chars().any(|end| end == character) {
            break;
        }
        let closes = match character {
            '(' => {
                round += 1;
                true
            }
            '[' => {
                square += 1;
                true
            }
            ')' => {
                round -= 1;
                round >= 0
            }
            ']' => {
                square -= 1;
                square >= 0
            }
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' => false,
            _ => true,
        };
        if closes {
            length = at.saturating_add(character.len_utf8());
        }
    }
    length
}

/// One or two characters that stand for a name: the first of a Chinese name, the initials of others. The style sheet makes
/// them capitals.
#[must_use]
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().next());
    let first = words.next();
    let last = words.next_back().filter(|last| last.is_ascii() && first.is_some_and(|first| first.is_ascii()));
    first.into_iter().chain(last).collect()
}

/// Cuts a text to at most `max` characters.
#[must_use]
pub fn cut(text: &str, max: usize) -> String {
    text.chars().take(max).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(text: &str) -> Vec<String> {
        let found = pieces(text);
        let joined: String = found
            .iter()
            .map(|piece| match piece {
                Piece::Plain(text) | Piece::Link(text) => text.as_str(),
            })
            .collect();
        assert_eq!(joined, text);
        found
            .into_iter()
            .filter_map(|piece| match piece {
                Piece::Link(link) => Some(link),
                Piece::Plain(_) => None,
            })
            .collect()
    }

    #[test]
    fn addresses_are_found_and_the_sentence_keeps_its_punctuation() {
        for (text, expected) in [
            ("看 https://a.cn/x，谢谢", vec!["https://a.cn/x"]),
            ("(see http://a.org/b_(c)).", vec!["http://a.org/b_(c)"]),
            ("https://a.cn?q=1&b=2#x! and http://b.cn", vec!["https://a.cn?q=1&b=2#x", "http://b.cn"]),
            ("https://例子.中国/路径。", vec!["https://例子.中国/路径"]),
            ("http://[::1]:8080/", vec!["http://[::1]:8080/"]),
            ("http://", vec![]),
            ("http://. xhttp://a.cn", vec!["http://a.cn"]),
            ("javascript:alert(1) ftp://x data:text/html,x", vec![]),
            ("no link", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(links(text), expected, "{text}");
        }
    }

    #[test]
    fn initials_fit_the_script() {
        for (name, expected) in
            [("王小明", "王"), ("ada lovelace", "al"), ("Ada King Noel", "AN"), ("", ""), ("  ", ""), ("李 Ming", "李")]
        {
            assert_eq!(initials(name), expected);
        }
    }

    #[test]
    fn a_cut_counts_characters() {
        assert_eq!(cut("客厅😀abc", 3), "客厅😀");
    }
}
