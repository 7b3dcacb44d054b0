//! A box to tick.

use super::unique_id;
use leptos::prelude::*;

/// A box to tick, with what it means beside it.
#[component]
pub fn Checkbox(
    /// Whether it is ticked.
    checked: RwSignal<bool>,
    /// The wire name.
    name: &'static str,
    /// What is wrong.
    #[prop(into)]
    error: Signal<Option<String>>,
    /// What ticking means; may hold links.
    children: Children,
) -> impl IntoView {
    let note_id = unique_id("checkbox-note");
    let described_by = {
        let note_id = note_id.clone();
        move || error.with(Option::is_some).then(|| note_id.clone())
    };
    view! {
        <div class="checkbox" class:field--error=move || error.with(Option::is_some)>
            <label class="checkbox__row">
                <input
                    class="checkbox__input"
                    type="checkbox"
                    name=name
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    aria-describedby=described_by
                    bind:checked=checked
                />
                <span class="checkbox__label">{children()}</span>
            </label>
            <p class="field__note" id=note_id aria-live="polite">{move || error.get()}</p>
        </div>
    }
}
