//! Which Parlor this is.

use crate::{api::public_api, i18n::t};
use leptos::prelude::*;

/// The version with the commit it was built from, and the way to the interface for integrators.
#[component]
pub fn About() -> impl IntoView {
    let info = LocalResource::new(|| async { public_api().get_server_info().await.ok() });
    let version = move || {
        let info = info.get().flatten()?;
        let commit = info.commit.map(|commit| format!(" ({})", commit.chars().take(10).collect::<String>()));
        Some(format!("{}{}", info.version, commit.unwrap_or_default()))
    };
    view! {
        <section class="card" aria-labelledby="about-title">
            <h2 class="card__title" id="about-title">{t!(about)}</h2>
            <dl class="facts">
                <div class="facts__row">
                    <dt>{t!(version)}</dt>
                    <dd>{move || version().unwrap_or_else(|| "—".to_owned())}</dd>
                </div>
                <div class="facts__row">
                    <dt>{t!(documentation)}</dt>
                    <dd>
                        <a class="link-button" href="/docs" rel="external noopener" target="_blank">{t!(api_documentation)}</a>
                    </dd>
                </div>
            </dl>
        </section>
    }
}
