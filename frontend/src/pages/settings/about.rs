//! Which Parlor this is, on the page of one's own account.

use crate::{components::about::AboutFacts, i18n::t};
use leptos::prelude::*;

/// The version, and where to read on.
#[component]
pub fn About() -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="about-title">
            <h2 class="card__title" id="about-title">{t!(about)}</h2>
            <AboutFacts />
        </section>
    }
}
