//! The mark: an armchair that is also a speech bubble.

use leptos::prelude::*;

/// The mark and the name.
#[component]
pub fn Logo(
    /// Only the mark.
    #[prop(optional)]
    mark_only: bool,
) -> impl IntoView {
    view! {
        <span class="logo">
            <svg class="logo__mark" viewBox="0 0 32 32" aria-hidden="true">
                <rect class="logo__ground" width="32" height="32" rx="9"></rect>
                <path
                    class="logo__chair"
                    d="M10.2 7h11.6A3.2 3.2 0 0 1 25 10.2v2.3a3.4 3.4 0 0 0-3.1 3.4v1.6H10.1v-1.6A3.4 3.4 0 0 0 7 12.5v-2.3A3.2 3.2 0 0 1 10.2 7z"
                ></path>
                <path
                    class="logo__chair"
                    d="M6.7 14.2a1.9 1.9 0 0 1 1.9 1.9v3h14.8v-3a1.9 1.9 0 1 1 3.8 0v4.4a2.6 2.6 0 0 1-2.6 2.6h-9.9L10.6 27v-3.9H7.4a2.6 2.6 0 0 1-2.6-2.6v-4.4a1.9 1.9 0 0 1 1.9-1.9z"
                ></path>
            </svg>
            {if mark_only {
                view! { <span class="visually-hidden">"Parlor"</span> }.into_any()
            } else {
                view! {
                    <span class="logo__name">"Parlor"</span>
                    <span class="logo__name-zh" lang="zh-CN">"客厅"</span>
                }
                    .into_any()
            }}
        </span>
    }
}
