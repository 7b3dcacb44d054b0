//! The head of a page inside the shell.

use crate::{
    i18n::t,
    routes,
    ui::{Icon, IconView},
};
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
    /// On a phone, where the rail is out of sight: the way back to the conversations.
    #[prop(optional)]
    back: bool,
) -> impl IntoView {
    view! {
        <header class="page__head">
            {back.then(|| view! {
                <a class="page__back" href=routes::INBOX aria-label=t!(back)>
                    <IconView icon=Icon::ArrowLeft />
                </a>
            })}
            <div class="page__titles">
                <h1 class="page__title">{move || title.get()}</h1>
                <p class="page__hint">{move || hint.get()}</p>
            </div>
        </header>
    }
}
