//! It could not be loaded, and another try.

use super::{Button, Icon, IconView};
use leptos::{prelude::*, text_prop::TextProp};

/// Stands where content would be when it could not be loaded.
#[component]
pub fn ErrorState(
    /// What happened.
    #[prop(into)]
    message: TextProp,
    /// The words on the button.
    #[prop(into)]
    retry_label: TextProp,
    /// Tries again.
    on_retry: Callback<()>,
) -> impl IntoView {
    view! {
        <div class="empty-state empty-state--error" role="alert">
            <span class="empty-state__icon">
                <IconView icon=Icon::Alert size=28 />
            </span>
            <p class="empty-state__title">{move || message.get()}</p>
            <div class="empty-state__actions">
                <Button icon=Icon::Refresh on:click=move |_| on_retry.run(())>{move || retry_label.get()}</Button>
            </div>
        </div>
    }
}
