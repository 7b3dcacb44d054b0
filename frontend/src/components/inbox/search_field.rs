//! Where the agent types what to look for.

use crate::i18n::t;
use crate::stores::search::use_search;
use crate::ui::SearchBox;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The field of the search; the arrow down goes to what was found.
#[component]
pub fn SearchField() -> impl IntoView {
    let search = use_search();
    view! {
        <SearchBox
            label=t!(conversation_search)
            hint=t!(conversation_search_hint)
            clear_label=t!(clear_search)
            text=Signal::derive(move || search.text())
            write=Callback::new(move |typed| search.write(typed))
            ask=Callback::new(move |()| search.ask())
            clear=Callback::new(move |()| search.clear())
            down=Callback::new(|()| focus_hit(0))
        />
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
