//! A message's text: plain text with its web addresses as links. Never markup.

use client::emoji::is_emoji_only;
use client::links::{Piece, pieces};
use leptos::prelude::*;

/// A text with its `http` and `https` addresses as links that give nothing away to the page they lead to.
#[component]
pub fn MessageText(
    /// The text.
    text: String,
) -> impl IntoView {
    let class = if is_emoji_only(&text) { "message__text message__text--emoji" } else { "message__text" };
    // Most texts have no address, and are one piece.
    let shown = match pieces(&text).as_slice() {
        [] | [Piece::Text(_)] => text.into_any(),
        pieces => pieces
            .iter()
            .map(|piece| match *piece {
                Piece::Text(text) => text.to_owned().into_any(),
                Piece::Link(address) => view! {
                    <a class="message__link" href=address.to_owned() target="_blank" rel="noopener noreferrer nofollow">
                        {address.to_owned()}
                    </a>
                }
                .into_any(),
            })
            .collect_view()
            .into_any(),
    };
    view! { <p class=class>{shown}</p> }
}
