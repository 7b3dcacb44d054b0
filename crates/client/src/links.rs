//! Where the web addresses of a message's text begin and end. One rule for the console and the widget.
//!
//! An address goes on over visible ASCII only: people write Chinese right up to it (`请看https://a.cn谢谢`), and browsers copy
//! addresses with everything else escaped. This module is compiled into the widget: it walks bytes and searches nothing.

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Plain text.
    Text(&'a str),
    /// An address that may be opened: `http` or `https`, nothing else.
    Link(&'a str),
}

/// Splits a text into plain pieces and links. Joined again, the pieces are the text; none of them is empty.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut at = 0;
    while let Some((plain, tail)) = rest.split_at_checked(at) {
        let Some(first) = tail.chars().next() else { break };
        let follows_word = plain.bytes().next_back().is_some_and(|before| before.is_ascii_alphanumeric());
        let length = if follows_word { 0 } else { link_length(tail) };
        match tail.split_at_checked(length) {
            Some((link, after)) if length > 0 => {
                if !plain.is_empty() {
                    found.push(Piece::Text(plain));
                }
                found.push(Piece::Link(link));
                rest = after;
                at = 0;
            }
            _ => at = at.saturating_add(first.len_utf8()),
        }
    }
    if !rest.is_empty() {
        found.push(Piece::Text(rest));
    }
    found
}

/// How many bytes at the start of the text are an address; 0 when it does not start with one. Punctuation at its end belongs
/// to the sentence, and so does a bracket that was not opened inside.
fn link_length(text: &str) -> usize {
    let Some(host) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else { return 0 };
    if !host.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '[') {
        return 0;
    }
    let mut round = 0_i32;
    let mut square = 0_i32;
    let mut length = 0;
    for (at, byte) in text.bytes().enumerate() {
        if !byte.is_ascii_graphic() || matches!(byte, b'<' | b'>' | b'"' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}') {
            break;
        }
        match byte {
            b'(' => round = round.saturating_add(1),
            b'[' => square = square.saturating_add(1),
            b')' => round = round.saturating_sub(1),
            b']' => square = square.saturating_sub(1),
            _ => {}
        }
        let ends = match byte {
            b')' => round >= 0,
            b']' => square >= 0,
            b'.' | b',' | b';' | b':' | b'!' | b'?' | b'\'' | b'*' | b'(' | b'[' => false,
            _ => true,
        };
        if ends {
            length = at.saturating_add(1);
        }
    }
    // A scheme alone leads nowhere.
    if length > text.len().saturating_sub(host.len()) { length } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn links(text: &str) -> Vec<&str> {
        let link = |piece| match piece {
            Piece::Link(link) => Some(link),
            Piece::Text(_) => None,
        };
        pieces(text).into_iter().filter_map(link).collect()
    }

    #[test]
    fn addresses_are_found_and_the_sentence_keeps_its_own() {
        for (text, expected) in [
            ("看 https://a.cn/x?y=1，谢谢", &["https://a.cn/x?y=1"][..]),
            ("请看https://a.cn谢谢", &["https://a.cn"]),
            ("(see http://a.org/b_(c)).", &["http://a.org/b_(c)"]),
            ("[http://a.cn]", &["http://a.cn"]),
            ("https://a.cn?q=1&b=2#x! and http://b.cn", &["https://a.cn?q=1&b=2#x", "http://b.cn"]),
            ("https://a.cn\nnext", &["https://a.cn"]),
            ("http://[::1]:8080/", &["http://[::1]:8080/"]),
            ("**https://a.cn**", &["https://a.cn"]),
            ("打开https://例子.cn", &[]),
            ("http://", &[]),
            ("http://. http", &[]),
            ("http://[", &[]),
            ("xhttp://a.cn", &[]),
            ("javascript:alert(1) ftp://x data:text/html,x", &[]),
            ("", &[]),
        ] {
            assert_eq!(links(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_every_link_is_a_whole_address(
            parts in proptest::collection::vec(
                prop_oneof![
                    Just("http://".to_owned()), Just("https://".to_owned()), Just("a.cn".to_owned()),
                    "[a-z()\\[\\].,!?*'<>\"客厅，。😀 /:#&=-]{0,6}",
                ],
                0..12,
            ),
        ) {
            let text = parts.concat();
            let mut joined = String::new();
            for piece in pieces(&text) {
                let (Piece::Text(words) | Piece::Link(words)) = piece;
                prop_assert!(!words.is_empty());
                joined.push_str(words);
                if let Piece::Link(link) = piece {
                    prop_assert!(link.starts_with("http://") || link.starts_with("https://"));
                    prop_assert!(link.bytes().all(|byte| byte.is_ascii_graphic()));
                    prop_assert!(!link.ends_with(['.', ',', ';', ':', '!', '?', '\'', '*', '<', '>', '"']));
                    prop_assert_eq!(pieces(link), [Piece::Link(link)], "alone it is the same address");
                } else {
                    prop_assert_eq!(pieces(words), [piece], "no address was missed");
                }
            }
            prop_assert_eq!(joined, text);
        }
    }
}
