//! What programs need to work with the organisation. Each of its pages stands in the same frame, with the way to the others.

pub mod tokens;
pub mod webhooks;

use crate::{
    components::page_head::PageHead,
    i18n::{Lang, lang, t},
    routes,
    stores::session::use_session,
    ui::{EmptyState, Icon},
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use rules::permissions::Permission;

/// A page's name in a language.
type Name = fn(Lang) -> &'static str;

/// The pages: address and name, in their order.
const PAGES: [(&str, Name); 2] = [(routes::API_TOKENS, Lang::api_tokens), (routes::WEBHOOKS, Lang::webhooks)];

/// The frame of one of the pages, for whoever may manage what is there; `page` draws it.
#[component]
pub fn DevelopersFrame(
    /// Draws what is inside.
    page: fn() -> AnyView,
) -> impl IntoView {
    let (session, here) = (use_session(), use_location().pathname);
    view! {
        <div class="page">
            <PageHead title=t!(developers) hint=t!(developers_hint) back=true />
            {move || if session.may(Permission::ManageIntegrations) {
                let links = PAGES.map(|(address, name)| view! {
                    <a
                        class="developers__tab"
                        href=address
                        aria-current=move || (here.get() == address).then_some("page")
                    >
                        {move || name(lang())}
                    </a>
                });
                view! {
                    <nav class="developers__tabs" aria-label=t!(developers)>{links.into_iter().collect_view()}</nav>
                    {page()}
                }
                .into_any()
            } else {
                view! {
                    <EmptyState icon=Icon::Lock title=t!(developers_admins_only) hint=t!(developers_admins_only_hint) />
                }
                .into_any()
            }}
        </div>
    }
}
