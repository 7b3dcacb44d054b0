//! A button with words on it.

use super::{Icon, IconView, Spinner};
use leptos::prelude::*;

/// How much a button asks to be pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ButtonVariant {
    /// The one thing to do here.
    Primary,
    /// Anything else.
    #[default]
    Secondary,
    /// Not more than a word until it is pointed at.
    Ghost,
    /// Destroys something.
    Danger,
}

/// How large a button is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ButtonSize {
    /// In a line of text or a dense row.
    Small,
    /// Everywhere.
    #[default]
    Medium,
    /// At the end of a page of its own, such as the login form.
    Large,
}

/// A button with words on it; `on:click` where it is used.
// Transparent: an erased component keeps the first `on:` that it was given when its place is drawn anew (docs/decisions/0060).
#[component(transparent)]
pub fn Button(
    /// How much it asks to be pressed.
    #[prop(optional)]
    variant: ButtonVariant,
    /// How large it is.
    #[prop(optional)]
    size: ButtonSize,
    /// Submits its form.
    #[prop(optional)]
    submit: bool,
    /// Takes the whole width.
    #[prop(optional)]
    block: bool,
    /// Works at something: shows a spinner and cannot be pressed.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Cannot be pressed.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Stands before the words.
    #[prop(optional)]
    icon: Option<Icon>,
    /// The words.
    children: Children,
) -> impl IntoView {
    let variant = match variant {
        ButtonVariant::Primary => "primary",
        ButtonVariant::Secondary => "secondary",
        ButtonVariant::Ghost => "ghost",
        ButtonVariant::Danger => "danger",
    };
    let size = match size {
        ButtonSize::Small => "small",
        ButtonSize::Medium => "medium",
        ButtonSize::Large => "large",
    };
    view! {
        <button
            class=format!("button button--{variant} button--{size}")
            class:button--block=block
            type=if submit { "submit" } else { "button" }
            disabled=move || busy.get() || disabled.get()
            aria-busy=move || busy.get().then_some("true")
        >
            {move || {
                if busy.get() {
                    Some(view! { <Spinner /> }.into_any())
                } else {
                    icon.map(|icon| view! { <IconView icon size=18 /> }.into_any())
                }
            }}
            <span class="button__label">{children()}</span>
        </button>
    }
}
