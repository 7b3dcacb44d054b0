//! A small grid of emoji that conversations with customers need.

use crate::i18n::{Lang, lang, t};
use crate::ui::{Icon, IconButton};
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Emoji in a row; `emoji_picker.css` has the same. Every section fills whole rows, so that up and down are one row away.
const COLUMNS: usize = 8;

type Section = (fn(Lang) -> &'static str, [&'static str; 24]);

#[rustfmt::skip]
const SECTIONS: [Section; 4] = [
    (Lang::emoji_smileys, [
        "😀", "😄", "😁", "😅", "😂", "🤣", "🙂", "😉",
        "😊", "😇", "🥰", "😍", "😘", "😋", "😎", "🤔",
        "😐", "😴", "😢", "😭", "😤", "😱", "🥺", "😷",
    ]),
    (Lang::emoji_gestures, [
        "👍", "👎", "👌", "✌️", "🤞", "🤝", "👏", "🙌",
        "🙏", "💪", "👋", "✋", "👆", "👇", "👈", "👉",
        "🫡", "🤗", "🙋", "🙇", "🤷", "🤦", "💁", "🏃",
    ]),
    (Lang::emoji_hearts, [
        "❤️", "🧡", "💛", "💚", "💙", "💜", "🖤", "🤍",
        "💔", "💕", "💯", "✨", "🔥", "⭐", "🌟", "🎉",
        "🎊", "🎁", "🎈", "🌹", "🌸", "🌻", "🍀", "☀️",
    ]),
    (Lang::emoji_things, [
        "✅", "❌", "⚠️", "❓", "❗", "💡", "📌", "📎",
        "📞", "📱", "💻", "📧", "📦", "🚚", "🛒", "💰",
        "💳", "🧾", "📅", "⏰", "📷", "🔧", "☕", "🏠",
    ]),
];

/// A button that opens the grid. Arrow keys move, Enter picks, Escape closes.
#[component]
pub fn EmojiPicker(
    /// Takes the emoji that was picked.
    on_pick: Callback<&'static str>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let root = NodeRef::<html::Div>::new();
    let grid = NodeRef::<html::Div>::new();
    let close = move || {
        open.set(false);
        let trigger = root.try_get_untracked().flatten().and_then(|root| root.query_selector("button").ok().flatten());
        if let Some(trigger) = trigger.and_then(|trigger| trigger.dyn_into::<HtmlElement>().ok()) {
            // It fails only for what cannot take the focus.
            drop(trigger.focus());
        }
    };
    Effect::new(move || {
        if let Some(grid) = grid.get() {
            focus_at(&grid, 0);
        }
    });
    let on_key = move |event: ev::KeyboardEvent| {
        let Some(grid) = grid.try_get_untracked().flatten() else { return };
        let place = focused(&grid).unwrap_or(0);
        let target = match event.key().as_str() {
            "Escape" => {
                event.stop_propagation();
                event.prevent_default();
                close();
                return;
            }
            "ArrowRight" => place.saturating_add(1),
            "ArrowLeft" => place.saturating_sub(1),
            "ArrowDown" => place.saturating_add(COLUMNS),
            "ArrowUp" => place.checked_sub(COLUMNS).unwrap_or(place),
            "Home" => 0,
            "End" => usize::MAX,
            _ => return,
        };
        event.prevent_default();
        focus_at(&grid, target);
    };
    let left = move |event: ev::FocusEvent| {
        let to = event.related_target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        let inside = root.try_get_untracked().flatten().is_some_and(|root| root.contains(to.as_ref()));
        if !inside {
            open.try_set(false);
        }
    };
    view! {
        <div node_ref=root class="emoji-picker" on:focusout=left>
            <IconButton icon=Icon::Smile label=t!(emoji) on:click=move |_| open.update(|open| *open = !*open) />
            <Show when=move || open.get()>
                <div
                    node_ref=grid
                    class="emoji-picker__panel"
                    role="dialog"
                    aria-label=t!(emoji)
                    on:keydown=on_key
                >
                    {SECTIONS
                        .into_iter()
                        .map(|(name, emoji)| view! {
                            <h3 class="emoji-picker__title">{move || name(lang())}</h3>
                            <div class="emoji-picker__grid">
                                {emoji
                                    .into_iter()
                                    .map(|emoji| view! {
                                        <button
                                            type="button"
                                            class="emoji-picker__emoji"
                                            tabindex="-1"
                                            on:click=move |_| {
                                                on_pick.try_run(emoji);
                                                close();
                                            }
                                        >
                                            {emoji}
                                        </button>
                                    })
                                    .collect_view()}
                            </div>
                        })
                        .collect_view()}
                </div>
            </Show>
        </div>
    }
}

fn buttons(grid: &HtmlElement) -> Vec<HtmlElement> {
    let Ok(found) = grid.query_selector_all(".emoji-picker__emoji") else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.item(at)?.dyn_into::<HtmlElement>().ok()).collect()
}

fn focused(grid: &HtmlElement) -> Option<usize> {
    let active = document().active_element()?;
    buttons(grid).iter().position(|button| button.is_same_node(Some(&active)))
}

/// Moves the focus; beyond the end is the end.
fn focus_at(grid: &HtmlElement, place: usize) {
    let buttons = buttons(grid);
    if let Some(button) = buttons.get(place).or(buttons.last()) {
        // It fails only for what cannot take the focus.
        drop(button.focus());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn sections_fill_whole_rows_and_nothing_is_there_twice() {
        let all: Vec<&str> = SECTIONS.iter().flat_map(|(_, emoji)| emoji.iter().copied()).collect();
        assert!(SECTIONS.iter().all(|(_, emoji)| emoji.len() % COLUMNS == 0));
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len());
        assert!(include_str!("emoji_picker.css").contains(&format!("repeat({COLUMNS}, ")));
    }
}
