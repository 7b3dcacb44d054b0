//! The legal pages: texts of the operator, as the server renders them.

use crate::{
    api::public_api,
    components::shell::{logo::Logo, preference_menus::PreferenceMenus},
    i18n::{errors::error_text, lang, t},
    pages::not_found::NotFoundPage,
    routes,
    stores::title::set_page_title,
    ui::{ErrorState, Skeleton},
};
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_params_map};
use types::legal::{LegalPage as Page, LegalText};

/// User agreement, service agreement or privacy policy.
#[component]
pub fn LegalPage() -> impl IntoView {
    let params = use_params_map();
    let page = Memo::new(move |_| {
        let name = params.with(|params| params.get("page")).unwrap_or_default();
        Page::ALL.into_iter().find(|page| page.as_str() == name)
    });
    move || match page.get() {
        Some(page) => view! { <LegalDocument page /> }.into_any(),
        None => view! { <NotFoundPage /> }.into_any(),
    }
}

#[component]
fn LegalDocument(page: Page) -> impl IntoView {
    set_page_title(move || lang().legal_page(page));
    let text = LocalResource::new(move || {
        let lang = lang();
        async move { public_api().get_legal_page(page, lang.tag()).await }
    });
    view! {
        <div class="legal">
            <header class="legal__top">
                <A href=routes::LOGIN>
                    <Logo />
                </A>
                <PreferenceMenus />
            </header>
            <main class="legal__body" aria-busy=move || text.get().is_none().then_some("true")>
                {move || match text.get() {
                    None => {
                        view! {
                            <h1 class="legal__title">{lang().legal_page(page)}</h1>
                            <Skeleton lines=9 />
                        }
                            .into_any()
                    }
                    // The server renders Markdown without raw HTML, so what comes is safe to place.
                    Some(Ok(LegalText { title, html })) => {
                        view! {
                            <h1 class="legal__title">{title}</h1>
                            <article class="prose" inner_html=html></article>
                        }
                            .into_any()
                    }
                    Some(Err(error)) => {
                        view! {
                            <ErrorState
                                message=move || error_text(lang(), &error)
                                retry_label=t!(retry)
                                on_retry=Callback::new(move |()| text.refetch())
                            />
                        }
                            .into_any()
                    }
                }}
                <nav class="legal__others" aria-label=t!(legal_others)>
                    {Page::ALL
                        .map(|other| {
                            view! { <A href=routes::legal(other)>{move || lang().legal_page(other)}</A> }
                        })
                        .into_iter()
                        .collect_view()}
                </nav>
            </main>
        </div>
    }
}
