//! On or off.

use super::unique_id;
use leptos::{prelude::*, text_prop::TextProp};

/// On or off, in a row with its label and a note.
#[component]
pub fn Switch(
    /// What is switched.
    #[prop(into)]
    label: TextProp,
    /// What that does.
    #[prop(into)]
    note: TextProp,
    /// Whether it is on.
    checked: RwSignal<bool>,
    /// Cannot be switched.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let id = unique_id("switch");
    view! {
        <div class="switch">
            <div class="switch__text">
                <label class="switch__label" for=id.clone()>{move || label.get()}</label>
                <p class="field__note" id=format!("{id}-note")>{move || note.get()}</p>
            </div>
            <input
                class="switch__input"
                type="checkbox"
                role="switch"
                id=id.clone()
                aria-describedby=format!("{id}-note")
                disabled=move || disabled.get()
                bind:checked=checked
            />
        </div>
    }
}
