//! The codes that a development server sent: what a phone would show.

use crate::{
    api::public_api,
    components::shell::{logo::Logo, preference_menus::PreferenceMenus},
    i18n::{errors::error_text, format, lang, t},
    routes,
    stores::title::set_page_title,
    ui::{EmptyState, ErrorState, Icon, Skeleton},
};
use client::rest::ApiError;
use leptos::{leptos_dom::helpers::set_interval_with_handle, prelude::*, task::spawn_local};
use leptos_router::components::A;
use std::time::Duration;
use types::{auth::DevelopmentCode, error::ErrorCode};

/// How often the page asks for more.
const EVERY: Duration = Duration::from_secs(2);

/// The codes sent last, kept fresh.
#[component]
pub fn DevelopmentCodesPage() -> impl IntoView {
    set_page_title(t!(development_codes));
    let codes = RwSignal::new(None::<Result<Vec<DevelopmentCode>, ApiError>>);
    let refresh = move || {
        spawn_local(async move {
            let answer = public_api().list_development_codes().await.map(|codes| codes.items);
            if !codes.is_disposed() && codes.with_untracked(|known| known.as_ref() != Some(&answer)) {
                codes.set(Some(answer));
            }
        });
    };
    refresh();
    if let Ok(asking) = set_interval_with_handle(refresh, EVERY) {
        on_cleanup(move || asking.clear());
    }
    view! {
        <div class="legal">
            <header class="legal__top">
                <A href=routes::REGISTER>
                    <Logo />
                </A>
                <PreferenceMenus />
            </header>
            <main class="legal__body" aria-busy=move || codes.with(Option::is_none).then_some("true")>
                <h1 class="legal__title">{t!(development_codes)}</h1>
                <p class="dev-codes__intro">{t!(development_codes_intro)}</p>
                {move || match codes.get() {
                    None => view! { <Skeleton lines=4 /> }.into_any(),
                    Some(Ok(items)) if items.is_empty() => {
                        view! {
                            <EmptyState
                                icon=Icon::Shield
                                title=t!(development_codes_empty)
                                hint=t!(development_codes_empty_hint)
                            />
                        }
                            .into_any()
                    }
                    Some(Ok(items)) => view! { <CodeTable items /> }.into_any(),
                    Some(Err(error)) if error.code() == Some(ErrorCode::NotFound) => {
                        view! { <EmptyState icon=Icon::EyeOff title=t!(development_codes_absent) /> }.into_any()
                    }
                    Some(Err(error)) => {
                        view! {
                            <ErrorState
                                message=move || error_text(lang(), &error)
                                retry_label=t!(retry)
                                on_retry=Callback::new(move |()| refresh())
                            />
                        }
                            .into_any()
                    }
                }}
            </main>
        </div>
    }
}

#[component]
fn CodeTable(items: Vec<DevelopmentCode>) -> impl IntoView {
    view! {
        <table class="dev-codes">
            <thead>
                <tr>
                    <th scope="col">{t!(mobile)}</th>
                    <th scope="col">{t!(code)}</th>
                    <th scope="col">{t!(sent_at)}</th>
                </tr>
            </thead>
            <tbody>
                {items
                    .into_iter()
                    .map(|item| {
                        view! {
                            <tr>
                                <td>{item.mobile}</td>
                                <td class="dev-codes__code">{item.code}</td>
                                <td>{move || format::date_time(item.sent_at)}</td>
                            </tr>
                        }
                    })
                    .collect_view()}
            </tbody>
        </table>
    }
}
