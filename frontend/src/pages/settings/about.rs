//! Which Parlor this is, and the way back to its setup, on the page of one's own account: on a phone there is no help menu.

use crate::{
    components::about::AboutFacts,
    i18n::t,
    stores::{session::use_session, setup::use_setup},
    ui::{Button, Icon},
};
use leptos::prelude::*;
use types::agents::Role;

/// The version, and where to read on.
#[component]
pub fn About() -> impl IntoView {
    let (session, setup) = (use_session(), use_setup());
    let is_admin = move || session.me().is_some_and(|me| me.role == Role::Admin);
    view! {
        <section class="card" aria-labelledby="about-title">
            <h2 class="card__title" id="about-title">{t!(about)}</h2>
            <AboutFacts />
            {move || is_admin().then(|| view! {
                <div>
                    <Button icon=Icon::CheckCircle on:click=move |_| setup.open.set(true)>{t!(setup_wizard)}</Button>
                </div>
            })}
        </section>
    }
}
