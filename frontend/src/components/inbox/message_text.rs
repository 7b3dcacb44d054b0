//! A message's text: plain text with its web addresses as links. Never markup.

use client::links::{Piece, pieces};
use leptos::prelude::*;

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
