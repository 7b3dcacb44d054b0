//! A button that shows only an icon.

use super::{Icon, IconView};
use leptos::{prelude::*, text_prop::TextProp};

/// A square button with an icon; its label is read aloud and shown as a tooltip. `on:click` where it is used.
// Transparent: an erased component keeps the first `on:` that it was given when its place is drawn anew (docs/decisions/0060).
#[component(transparent)]
pub fn IconButton(
    /// What it shows.
    icon: Icon,
    /// What it does, in words.
    #[prop(into)]
    label: TextProp,
    /// Smaller, for use inside a field or a row.
    #[prop(optional)]
    small: bool,
    /// Cannot be pressed.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let tip = label.clone();
    view! {
        <button
            class="icon-button"
            class:icon-button--small=small
            type="button"
            aria-label=move || label.get()
            data-tip=move || tip.get()
            disabled=move || disabled.get()
        >
            <IconView icon size=if small { 16 } else { 20 } />
        </button>
    }
}
