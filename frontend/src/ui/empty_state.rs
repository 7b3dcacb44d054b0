//! Nothing here, and what to do about it.

use super::{Icon, IconView};
use leptos::{prelude::*, text_prop::TextProp};

/// Stands where a list or a page would be when there is nothing to show.
#[component]
pub fn EmptyState(
    /// A picture of what would be here.
    icon: Icon,
    /// What is not here.
    #[prop(into)]
    title: TextProp,
    /// What would bring it.
    #[prop(optional, into)]
    hint: Option<TextProp>,
    /// Buttons or links that bring it.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty-state">
            <span class="empty-state__icon">
                <IconView icon size=28 />
            </span>
            <p class="empty-state__title">{move || title.get()}</p>
            {hint.map(|hint| view! { <p class="empty-state__hint">{move || hint.get()}</p> })}
            {children.map(|children| view! { <div class="empty-state__actions">{children()}</div> })}
        </div>
    }
}
