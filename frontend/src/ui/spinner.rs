//! Something is going on.

use leptos::prelude::*;

/// A turning ring. The words for it stand in the control or status that it is part of.
#[component]
pub fn Spinner() -> impl IntoView {
    view! { <span class="spinner" aria-hidden="true"></span> }
}
