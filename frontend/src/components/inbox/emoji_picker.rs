//! The emoji that conversations with customers need: to look through, to search, and those picked last.

use crate::i18n::{Lang, lang, t};
use crate::stores::storage::{self, Key};
use crate::ui::row_menu::{closest, element_of};
use crate::ui::{Icon, IconButton, effect, has_fine_pointer, is_composing};
use client::emoji::{self, Section};
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};

/// A section of the grid: what it is called, when it is called anything, and its emoji.
type Shown = (Option<fn(Lang) -> &'static str>, Vec<&'static str>);

/// A button that opens the grid. One types to search; arrow keys move, Enter picks, Escape closes.
#[component]
pub fn EmojiPicker(
    /// Takes the emoji that was picked, and the focus.
    on_pick: Callback<&'static str>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let root = NodeRef::<html::Div>::new();
    let close = move || {
        open.set(false);
        let trigger = root.try_get_untracked().flatten().and_then(|root| root.query_selector("button").ok().flatten());
        if let Some(trigger) = trigger.and_then(|trigger| trigger.dyn_into::<HtmlElement>().ok()) {
            focus(&trigger);
        }
    };
    let pick = Callback::new(move |emoji: &'static str| {
        let before = emoji::recent(&storage::read(Key::Emoji).unwrap_or_default());
        storage::write(Key::Emoji, Some(&emoji::remember(&before, emoji)));
        open.set(false);
        on_pick.try_run(emoji);
    });
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
                <Panel pick on_close=Callback::new(move |()| close()) />
            </Show>
        </div>
    }
}

#[component]
fn Panel(pick: Callback<&'static str>, on_close: Callback<()>) -> impl IntoView {
    let panel = NodeRef::<html::Div>::new();
    let field = NodeRef::<html::Input>::new();
    let wanted = RwSignal::new(String::new());
    // As it was when the grid opened: nothing moves under the pointer.
    let recent = StoredValue::new(emoji::recent(&storage::read(Key::Emoji).unwrap_or_default()));
    let sections = Memo::new(move |_| wanted.with(|wanted| shown(wanted, &recent.get_value())));
    let lengths =
        move || sections.with_untracked(|sections| sections.iter().map(|(_, emoji)| emoji.len()).collect::<Vec<_>>());
    let to_field = move || {
        if let Some(field) = field.try_get_untracked().flatten() {
            focus(&field);
        }
    };
    effect(move || {
        // Where a soft keyboard would cover the grid, one looks first.
        match panel.get() {
            Some(panel) if !has_fine_pointer() => focus_at(&panel, 0),
            Some(_) => to_field(),
            None => {}
        }
    });
    let on_key = move |event: ev::KeyboardEvent| {
        if is_composing(&event) {
            return;
        }
        let Some(panel) = panel.try_get_untracked().flatten() else { return };
        let key = event.key();
        let standing = focused(&panel);
        let plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
        match (standing, key.as_str()) {
            (_, "Escape") => {
                event.stop_propagation();
                on_close.run(());
            }
            (None, "Enter") => {
                let first =
                    sections.with_untracked(|sections| sections.first().and_then(|(_, emoji)| emoji.first().copied()));
                if let Some(first) = first.filter(|_| wanted.with_untracked(|wanted| !wanted.trim().is_empty())) {
                    pick.run(first);
                }
            }
            (None, "ArrowDown") => focus_at(&panel, 0),
            (None, letter) => {
                if plain && letter != " " && letter.chars().count() == 1 {
                    to_field();
                }
                return;
            }
            (Some(at), _) => match emoji::walk(&lengths(), at, &key) {
                Some(to) => focus_at(&panel, to),
                None if key == "ArrowUp" => to_field(),
                // Whoever types searches, wherever they stand; the letter goes into the field.
                None if plain && key != " " && key.chars().count() == 1 => {
                    to_field();
                    return;
                }
                None => return,
            },
        }
        event.prevent_default();
    };
    // One listener for all: there are some five hundred buttons.
    let on_click = move |event: ev::MouseEvent| {
        let button = element_of(&event).and_then(|target| closest(&target, ".emoji-picker__emoji"));
        let text = button.and_then(|button| button.text_content());
        let picked = sections.with_untracked(|sections| {
            sections.iter().flat_map(|(_, emoji)| emoji).copied().find(|emoji| text.as_deref() == Some(*emoji))
        });
        if let Some(picked) = picked {
            pick.run(picked);
        }
    };
    // Where a browser does not focus what is pressed, the press would close the grid under the click.
    let on_press = move |event: ev::MouseEvent| {
        if !event.target().is_some_and(|target| target.has_type::<HtmlInputElement>()) {
            event.prevent_default();
        }
    };
    view! {
        <div
            node_ref=panel
            class="emoji-picker__panel"
            role="dialog"
            aria-label=t!(emoji)
            on:keydown=on_key
            on:mousedown=on_press
        >
            <input
                node_ref=field
                class="emoji-picker__search"
                type="text"
                // Of no form: Enter here never sends what is written around it.
                form=""
                autocomplete="off"
                enterkeyhint="done"
                aria-label=t!(emoji_search)
                placeholder=t!(emoji_search)
                prop:value=move || wanted.get()
                on:input=move |event| wanted.set(event_target_value(&event))
            />
            // It scrolls, and must do so by the keyboard as well.
            <div class="emoji-picker__sections" role="group" aria-label=t!(emoji) tabindex="0" on:click=on_click>
                {move || sections.get().into_iter().map(|shown| view! { <Grid shown /> }).collect_view()}
                <Show when=move || sections.with(Vec::is_empty)>
                    <p class="emoji-picker__nothing" role="status">{t!(emoji_nothing)}</p>
                </Show>
            </div>
        </div>
    }
}

#[component]
fn Grid(shown: Shown) -> impl IntoView {
    let (title, emoji) = shown;
    let rows = emoji.len().div_ceil(emoji::COLUMNS);
    view! {
        {title.map(|title| view! { <h3 class="emoji-picker__title">{move || title(lang())}</h3> })}
        <div class="emoji-picker__grid" style=("--emoji-rows", rows.to_string())>
            {emoji
                .into_iter()
                .map(|emoji| view! {
                    <button type="button" class="emoji-picker__emoji" tabindex="-1">
                        {emoji}
                    </button>
                })
                .collect_view()}
        </div>
    }
}

/// What is shown for what is searched for: everything, with what was picked last at the top, or what is found.
fn shown(wanted: &str, recent: &[&'static str]) -> Vec<Shown> {
    if !wanted.trim().is_empty() {
        let found = emoji::search(wanted);
        return if found.is_empty() { Vec::new() } else { vec![(None, found)] };
    }
    let title_of_recent: fn(Lang) -> &'static str = Lang::emoji_recent;
    let last = (!recent.is_empty()).then(|| (Some(title_of_recent), recent.to_vec()));
    last.into_iter().chain(emoji::console_sections().map(|(section, emoji)| (Some(title(section)), emoji))).collect()
}

fn buttons(panel: &HtmlElement) -> Vec<HtmlElement> {
    let Ok(found) = panel.query_selector_all(".emoji-picker__emoji") else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.item(at)?.dyn_into::<HtmlElement>().ok()).collect()
}

fn focused(panel: &HtmlElement) -> Option<usize> {
    let active = document().active_element()?;
    buttons(panel).iter().position(|button| button.is_same_node(Some(&active)))
}

fn focus_at(panel: &HtmlElement, place: usize) {
    if let Some(button) = buttons(panel).get(place) {
        focus(button);
    }
}

fn focus(element: &HtmlElement) {
    // It fails only for what cannot take the focus.
    drop(element.focus());
}

fn title(section: Section) -> fn(Lang) -> &'static str {
    match section {
        Section::Smileys => Lang::emoji_smileys,
        Section::Gestures => Lang::emoji_gestures,
        Section::Hearts => Lang::emoji_hearts,
        Section::Things => Lang::emoji_things,
        Section::Nature => Lang::emoji_nature,
        Section::Food => Lang::emoji_food,
        Section::Travel => Lang::emoji_travel,
        Section::Symbols => Lang::emoji_symbols,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_are_those_of_the_style_sheet() {
        assert!(include_str!("emoji_picker.css").contains(&format!("repeat({}, ", emoji::COLUMNS)));
    }

    #[test]
    fn what_is_found_takes_the_place_of_everything() {
        assert_eq!(shown("", &[]).len(), 8);
        assert_eq!(shown(" ", &["👍"]).first().map(|(_, emoji)| emoji.clone()), Some(vec!["👍"]));
        assert_eq!(shown("发票", &["👍"]).len(), 1);
        assert!(shown("没有这个", &["👍"]).is_empty());
    }
}
