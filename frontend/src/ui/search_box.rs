//! A line in which one types what to look for.

use super::{Icon, IconButton, IconView, is_composing};
use leptos::{ev, html, prelude::*, text_prop::TextProp};
use types::limits::SEARCH_TEXT_MAX;

/// What is typed is told as one types, but not while an input method composes; Enter asks at once, and Escape empties it.
#[component]
pub fn SearchBox(
    /// What is looked for.
    #[prop(into)]
    label: TextProp,
    /// By what it is found.
    #[prop(into)]
    hint: TextProp,
    /// The words of the button that empties it.
    #[prop(into)]
    clear_label: TextProp,
    /// The text.
    #[prop(into)]
    text: Signal<String>,
    /// Something was typed, or taken away.
    write: Callback<String>,
    /// The person wants to know now.
    ask: Callback<()>,
    /// It is emptied.
    clear: Callback<()>,
    /// The arrow down, while something is looked for.
    #[prop(optional)]
    down: Option<Callback<()>>,
    /// A class beside its own.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let composing = StoredValue::new(false);
    let is_on = Memo::new(move |_| text.with(|text| !text.is_empty()));
    let empty = move || {
        clear.run(());
        if let Some(field) = field.get_untracked() {
            // It fails only for what cannot take the focus.
            drop(field.focus());
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if is_composing(&event) {
            return;
        }
        match (event.key().as_str(), down) {
            ("Escape", _) if is_on.get_untracked() => {
                event.prevent_default();
                empty();
            }
            ("ArrowDown", Some(down)) if is_on.get_untracked() => {
                event.prevent_default();
                down.run(());
            }
            ("Enter", _) => {
                event.prevent_default();
                ask.run(());
            }
            _ => {}
        }
    };
    view! {
        <div class=format!("search-field {class}") role="search">
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
                aria-label=move || label.get()
                placeholder=move || hint.get()
                prop:value=move || text.get()
                on:compositionstart=move |_| composing.set_value(true)
                on:compositionend=move |event| {
                    composing.set_value(false);
                    write.run(event_target_value(&event));
                }
                on:input=move |event| {
                    if !composing.get_value() {
                        write.run(event_target_value(&event));
                    }
                }
                on:keydown=on_key
            />
            <Show when=move || is_on.get()>
                <IconButton small=true icon=Icon::Close label=clear_label.clone() on:click=move |_| empty() />
            </Show>
        </div>
    }
}
