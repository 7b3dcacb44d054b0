//! The head of a page inside the shell.

use leptos::{prelude::*, text_prop::TextProp};

/// The page's title and one line more.
#[component]
pub fn PageHead(
    /// The title.
    #[prop(into)]
    title: TextProp,
    /// One line more.
    #[prop(into)]
    hint: TextProp,
) -> impl IntoView {
    view! {
        <header class="page__head">
            <h1 class="page__title">{move || title.get()}</h1>
            <p class="page__hint">{move || hint.get()}</p>
        </header>
    }
}
