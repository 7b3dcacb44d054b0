//! The application: what every page stands on, and which page an address shows.

use crate::{
    components::shell::SignedInFrame,
    i18n::t,
    pages::{
        auth::{LoginPage, RegisterPage},
        blacklist::BlacklistPage,
        channels::{ChannelPage, NewChannelPage},
        dev::DevelopmentCodesPage,
        inbox::InboxPage,
        legal::LegalPage,
        not_found::NotFoundPage,
        settings::AccountPage,
    },
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
                <Route path=path!("/login") view=LoginPage />
                <Route path=path!("/register") view=RegisterPage />
                <Route path=path!("/legal/:page") view=LegalPage />
                <Route path=path!("/dev/codes") view=DevelopmentCodesPage />
                <ParentRoute path=path!("") view=SignedInFrame>
                    <Route path=path!("/") view=|| view! { <Redirect path=routes::INBOX /> } />
                    <Route path=path!("/inbox/:conversation_id?") view=InboxPage />
                    <Route path=path!("/blacklist") view=BlacklistPage />
                    <Route path=path!("/channels/new") view=NewChannelPage />
                    <Route path=path!("/channels/:channel_id") view=ChannelPage />
                    <Route path=path!("/settings/account") view=AccountPage />
                </ParentRoute>
            </Routes>
        </Router>
    }
}
