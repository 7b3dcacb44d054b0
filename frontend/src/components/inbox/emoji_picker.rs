//! A small grid of emoji that conversations with customers need.

use crate::i18n::{lang, t};
use crate::ui::{Icon, IconButton};
use client::emoji::{self, Section};
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// A button that opens the grid. Arrow keys move, Enter picks, Escape closes.
#[component]
pub fn EmojiPicker(
    /// Takes the emoji that was picked, and the focus.
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
        let key = event.key();
        if key == "Escape" {
            event.stop_propagation();
            event.prevent_default();
            close();
        } else if let Some(target) = emoji::step(focused(&grid).unwrap_or(0), &key, emoji::all().count()) {
            event.prevent_default();
            focus_at(&grid, target);
        }
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
            <IconButton
                icon=Icon::Smile
                label=t!(emoji)
                attr:aria-expanded=move || if open.get() { "true" } else { "false" }
                // As at a menu's trigger: the press would take the focus out of the grid, which closes it, and the click would
                // open it anew.
                on:mousedown=move |event| {
                    if open.get_untracked() {
                        event.prevent_default();
                    }
                }
                on:click=move |_| open.update(|open| *open = !*open)
            />
            <Show when=move || open.get()>
                <div
                    node_ref=grid
                    class="emoji-picker__panel"
                    role="dialog"
                    aria-label=t!(emoji)
                    on:keydown=on_key
                    // Where a browser does not focus what is pressed, the press would close the grid under the click.
                    on:mousedown=|event| event.prevent_default()
                >
                    {emoji::sections()
                        .map(|(section, emoji)| view! {
                            <h3 class="emoji-picker__title">{move || title(section)}</h3>
                            <div class="emoji-picker__grid">
                                {emoji
                                    .map(|emoji| view! {
                                        <button
                                            type="button"
                                            class="emoji-picker__emoji"
                                            tabindex="-1"
                                            on:click=move |_| {
                                                open.set(false);
                                                on_pick.try_run(emoji);
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

fn focus_at(grid: &HtmlElement, place: usize) {
    if let Some(button) = buttons(grid).get(place) {
        // It fails only for what cannot take the focus.
        drop(button.focus());
    }
}

fn title(section: Section) -> &'static str {
    let lang = lang();
    match section {
        Section::Smileys => lang.emoji_smileys(),
        Section::Gestures => lang.emoji_gestures(),
        Section::Hearts => lang.emoji_hearts(),
        Section::Things => lang.emoji_things(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_are_those_of_the_style_sheet() {
        assert!(include_str!("emoji_picker.css").contains(&format!("repeat({}, ", emoji::COLUMNS)));
    }
}
