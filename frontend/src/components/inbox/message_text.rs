//! A message's text: plain text with its web addresses as links. Never markup.

use leptos::prelude::*;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece<'a> {
    Text(&'a str),
    Link(&'a str),
}

/// A text with its `http` and `https` addresses as links that give nothing away to the page they lead to.
#[component]
pub fn MessageText(
    /// The text.
    text: String,
) -> impl IntoView {
    let class = if is_emoji_only(&text) { "message__text message__text--emoji" } else { "message__text" };
    let pieces = pieces(&text).into_iter().map(|piece| match piece {
        Piece::Text(text) => text.to_owned().into_any(),
        Piece::Link(address) => view! {
            <a class="message__link" href=address.to_owned() target="_blank" rel="noopener noreferrer nofollow">
                {address.to_owned()}
            </a>
        }
        .into_any(),
    });
    view! { <p class=class>{pieces.collect_view()}</p> }
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, address, after)) = next_address(rest) {
        if !before.is_empty() {
            pieces.push(Piece::Text(before));
        }
        pieces.push(Piece::Link(address));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// The text before the first web address, the address, and the text after it.
fn next_address(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let found = text.get(from..)?.find("http")?;
        let start = from.saturating_add(found);
        let (before, candidate) = text.split_at_checked(start)?;
        let scheme = ["https://", "http://"].into_iter().find(|scheme| candidate.starts_with(scheme));
        let follows_word = before.chars().next_back().is_some_and(|c| c.is_ascii_alphanumeric());
        let length = scheme.map_or(0, |_| address_length(candidate));
        if let Some(scheme) = scheme
            && length > scheme.len()
            && !follows_word
        {
            let (address, after) = candidate.split_at_checked(length)?;
            return Some((before, address, after));
        }
        from = start.saturating_add("http".len());
    }
}

/// How far an address goes: to white space, a Chinese character or sign, or a sign that cannot be part of one; without the
/// punctuation that ends the sentence around it.
fn address_length(text: &str) -> usize {
    let end = text
        .char_indices()
        .find(|(_, c)| !c.is_ascii_graphic() || matches!(c, '<' | '>' | '"' | '\\' | '^' | '`' | '{' | '}' | '|'))
        .map_or(text.len(), |(at, _)| at);
    let mut address = text.get(..end).unwrap_or_default();
    loop {
        let unbalanced = |open: char, close: char| {
            address.ends_with(close) && address.matches(close).count() > address.matches(open).count()
        };
        if address.ends_with(['.', ',', ';', ':', '!', '?', '\'']) || unbalanced('(', ')') || unbalanced('[', ']') {
            address = address.get(..address.len().saturating_sub(1)).unwrap_or_default();
        } else {
            return address.len();
        }
    }
}

/// One to three emoji and nothing else are shown large.
fn is_emoji_only(text: &str) -> bool {
    let text = text.trim();
    let is_joint = |c: char| matches!(c, '\u{200d}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}');
    let is_picture = |c: char| matches!(c, '\u{2600}'..='\u{27bf}' | '\u{2b50}' | '\u{1f300}'..='\u{1faff}');
    let pictures = text.chars().filter(|c| is_picture(*c) && !is_joint(*c)).count();
    (1..=3).contains(&pictures) && text.chars().all(|c| is_picture(c) || is_joint(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_become_links_without_the_sentence_around_them() {
        for (text, expected) in [
            ("看 https://a.cn/x?y=1，谢谢", "https://a.cn/x?y=1"),
            ("(see http://a.cn/(b).)", "http://a.cn/(b)"),
            ("https://a.cn/b.", "https://a.cn/b"),
            ("打开https://例子.cn", ""),
            ("https://a.cn\nnext", "https://a.cn"),
        ] {
            let links: Vec<&str> = pieces(text)
                .into_iter()
                .filter_map(|piece| match piece {
                    Piece::Link(address) => Some(address),
                    Piece::Text(_) => None,
                })
                .collect();
            assert_eq!(links.join(" "), expected, "{text}");
        }
    }

    #[test]
    fn other_schemes_stay_text() {
        for text in ["javascript:alert(1)", "data:text/html,x", "xhttp://a.cn", "http://", "https", "ftp://a.cn", ""] {
            assert!(pieces(text).iter().all(|piece| matches!(piece, Piece::Text(_))), "{text}");
        }
    }

    #[test]
    fn nothing_is_lost() {
        for text in ["a https://b.cn c http://d.cn", "https://a.cn", "http http://a.cn http", "好https://a.cn好"] {
            let whole: String = pieces(text)
                .into_iter()
                .map(|piece| match piece {
                    Piece::Link(text) | Piece::Text(text) => text,
                })
                .collect();
            assert_eq!(whole, text);
        }
    }

    #[test]
    fn a_few_emoji_alone_are_large() {
        for (text, expected) in [
            ("👍", true),
            ("👩‍💻👋🏽", true),
            ("❤️", true),
            ("😀😀😀😀", false),
            ("ok 👍", false),
            ("", false),
            ("1", false),
        ] {
            assert_eq!(is_emoji_only(text), expected, "{text}");
        }
    }
}
