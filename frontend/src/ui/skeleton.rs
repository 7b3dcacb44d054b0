//! The shape of what is being loaded.

use leptos::prelude::*;

/// Grey lines where text will be. Hidden from screen readers: the region that loads says so with `aria-busy`.
#[component]
pub fn Skeleton(
    /// How many lines.
    #[prop(default = 1)]
    lines: u8,
    /// With a round picture before them.
    #[prop(optional)]
    avatar: bool,
) -> impl IntoView {
    view! {
        <div class="skeleton" aria-hidden="true">
            {avatar.then(|| view! { <span class="skeleton__avatar"></span> })}
            <div class="skeleton__lines">
                {(0..lines).map(|_| view! { <span class="skeleton__line"></span> }).collect_view()}
            </div>
        </div>
    }
}
