//! An address that leads nowhere.

use crate::{
    components::shell::logo::Logo,
    i18n::t,
    routes,
    stores::title::set_page_title,
    ui::{EmptyState, Icon},
};
use leptos::prelude::*;
use leptos_router::components::A;

/// An address that leads nowhere, and the way back.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    set_page_title(t!(not_found_title));
    view! {
        <main class="plain-page">
            <span class="plain-page__logo">
                <Logo />
            </span>
            <h1 class="visually-hidden">{t!(not_found_title)}</h1>
            <EmptyState icon=Icon::MapPin title=t!(not_found_title) hint=t!(not_found_hint)>
                <A href=routes::INBOX attr:class="button button--secondary button--medium">
                    {t!(go_home)}
                </A>
            </EmptyState>
        </main>
    }
}
