//! The application: what every page stands on, and which page an address shows.

use crate::{
    components::{part::part, shell::SignedInFrame},
    i18n::t,
    pages::{inbox::InboxPage, not_found::NotFoundPage, parts},
    routes,
    stores::{leave_guard::LeaveGuard, preferences::Preferences, session::Session, title::Title},
    ui::{ToastRegion, Toasts, watch_pointer},
};
use leptos::prelude::*;
use leptos_router::{
    components::{ParentRoute, Redirect, Route, Router, Routes},
    path,
};

/// The console.
#[component]
pub fn App() -> impl IntoView {
    Preferences::provide();
    Title::provide();
    Toasts::provide();
    watch_pointer();
    Session::provide();
    LeaveGuard::provide();
    view! {
        <ToastRegion label=t!(notifications) close_label=t!(dismiss) />
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/login") view=|| part(parts::login) />
                <Route path=path!("/forgot-password") view=|| part(parts::forgotten) />
                <Route path=path!("/register") view=|| part(parts::register) />
                <Route path=path!("/legal/:page") view=|| part(parts::legal) />
                <Route path=path!("/dev/codes") view=|| part(parts::development_codes) />
                <ParentRoute path=path!("") view=SignedInFrame>
                    <Route path=path!("/") view=|| view! { <Redirect path=routes::INBOX /> } />
                    <Route path=path!("/inbox/:conversation_id?") view=InboxPage />
                    <Route path=path!("/blacklist") view=|| part(parts::blacklist) />
                    <Route path=path!("/channels/new") view=|| part(parts::new_channel) />
                    <Route path=path!("/channels/:channel_id") view=|| part(parts::channel) />
                    <Route path=path!("/channels/:channel_id/sites") view=|| part(parts::channel_sites) />
                    <Route path=path!("/channels/:channel_id/style") view=|| part(parts::channel_style) />
                    <Route path=path!("/contacts") view=|| part(parts::contacts) />
                    <Route path=path!("/developers") view=|| view! { <Redirect path=routes::API_TOKENS /> } />
                    <Route path=path!("/developers/tokens") view=|| part(parts::api_tokens) />
                    <Route path=path!("/developers/webhooks") view=|| part(parts::webhooks) />
                    <Route path=path!("/settings/tags") view=|| part(parts::tags) />
                    <Route path=path!("/people") view=|| part(parts::people) />
                    <Route path=path!("/audit") view=|| part(parts::audit) />
                    <Route path=path!("/settings/account") view=|| part(parts::account) />
                </ParentRoute>
            </Routes>
        </Router>
    }
}
