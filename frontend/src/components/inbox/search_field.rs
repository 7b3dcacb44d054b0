//! Where the agent types what to look for.

use crate::i18n::t;
use crate::stores::search::use_search;
use crate::ui::{Icon, IconButton, IconView, is_composing};
use leptos::{ev, html, prelude::*};
use types::limits::SEARCH_TEXT_MAX;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The field of the search: it asks as one types, but not while an input method composes. Esc empties it, the arrow down goes to
/// what was found.
#[component]
pub fn SearchField() -> impl IntoView {
    let search = use_search();
    let field = NodeRef::<html::Input>::new();
    let composing = StoredValue::new(false);
    let clear = move || {
        search.clear();
        if let Some(field) = field.get_untracked() {
            // It fails only for what cannot take the focus.
            drop(field.focus());
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if is_composing(&event) {
            return;
        }
        match event.key().as_str() {
            "Escape" if search.is_on() => {
                event.prevent_default();
                clear();
            }
            "ArrowDown" if search.is_on() => {
                event.prevent_default();
                focus_hit(0);
            }
            "Enter" => {
                event.prevent_default();
                search.ask();
            }
            _ => {}
        }
    };
    view! {
        <div class="search-field" role="search">
            <span class="search-field__icon"><IconView icon=Icon::Search size=16 /></span>
            <input
                node_ref=field
                class="search-field__input"
                type="text"
                inputmode="search"
                enterkeyhint="search"
                autocomplete="off"
                spellcheck="false"
                maxlength=SEARCH_TEXT_MAX.to_string()
                aria-label=t!(conversation_search)
                placeholder=t!(conversation_search_hint)
                prop:value=move || search.text()
                on:compositionstart=move |_| composing.set_value(true)
                on:compositionend=move |event| {
                    composing.set_value(false);
                    search.write(event_target_value(&event));
                }
                on:input=move |event| {
                    if !composing.get_value() {
                        search.write(event_target_value(&event));
                    }
                }
                on:keydown=on_key
            />
            <Show when=move || search.is_on()>
                <IconButton small=true icon=Icon::Close label=t!(clear_search) on:click=move |_| clear() />
            </Show>
        </div>
    }
}

/// Gives the focus to a hit, by its place.
pub fn focus_hit(place: u32) {
    let hit = document().query_selector_all("[data-hit]").ok().and_then(|hits| hits.item(place));
    if let Some(hit) = hit.and_then(|hit| hit.dyn_into::<HtmlElement>().ok()) {
        // It fails only for what cannot take the focus.
        drop(hit.focus());
    }
}

/// Gives the focus to the field. No when it is not there.
pub fn focus_search() -> bool {
    let field = document().query_selector(".search-field__input").ok().flatten();
    let field = field.and_then(|field| field.dyn_into::<HtmlElement>().ok());
    field.is_some_and(|field| field.focus().is_ok())
}
