//! Which Parlor this is.

use crate::{api::public_api, i18n::t};
use leptos::prelude::*;
use types::server_info::ServerInfo;

/// The version with the commit it was built from, and the ways to the product's site and to the interface for integrators.
#[component]
pub fn AboutFacts() -> impl IntoView {
    let info = LocalResource::new(|| async { public_api().get_server_info().await.ok() });
    let version = move || match info.get() {
        None => "…".into_any(),
        Some(Some(info)) => version_of(&info).into_any(),
        Some(None) => view! {
            <span role="alert">{t!(version_failed)}</span>
            " "
            <button type="button" class="link-button" on:click=move |_| info.refetch()>{t!(retry)}</button>
        }
        .into_any(),
    };
    let site = move || info.get().flatten().map(|info| outside(info.site_url.clone(), info.site_url));
    view! {
        <dl class="facts">
            <div class="facts__row">
                <dt>{t!(version)}</dt>
                <dd>{version}</dd>
            </div>
            {move || site().map(|link| view! {
                <div class="facts__row">
                    <dt>{t!(site)}</dt>
                    <dd>{link}</dd>
                </div>
            })}
            <div class="facts__row">
                <dt>{t!(documentation)}</dt>
                <dd>{outside("/docs".to_owned(), t!(api_documentation))}</dd>
            </div>
        </dl>
    }
}

fn version_of(info: &ServerInfo) -> String {
    let commit = info.commit.as_ref().map(|commit| format!(" ({})", commit.chars().take(10).collect::<String>()));
    format!("{}{}", info.version, commit.unwrap_or_default())
}

/// A link to a page that is not the console's.
fn outside(to: String, words: impl IntoView + 'static) -> AnyView {
    view! { <a class="link-button" href=to rel="external noopener" target="_blank">{words}</a> }.into_any()
}
