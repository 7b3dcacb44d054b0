//! What surrounds the signed-in pages, once it is known who is signed in.

use super::{
    ask_permission::{AskPermission, SoundBlocked},
    bottom_bar::BottomBar,
    connection_status::ConnectionStatus,
    help_menu::AboutDialog,
    message_cards::MessageCards,
    rail::Rail,
    shortcuts::ShortcutSheet,
    sign_out::{SignOutDialog, SignOutEverywhereDialog, provide_sign_out},
    suspended::SuspendedBanner,
    unsaved::UnsavedDialog,
    view_banner::ViewBanner,
};
use crate::ui::effect;
use crate::{
    components::{agent_card::AgentCard, inbox::attach::guard_drops, setup::SetupWizard},
    i18n::{lang_now, t},
    routes, splash,
    stores::{
        live::{provide_live, use_connection},
        session::{SignedOut, Standing, use_session},
    },
    ui::{ErrorState, Spinner, use_toasts},
};
use leptos::{ev, html, prelude::*};
use leptos_router::{
    components::{Outlet, Redirect},
    hooks::use_location,
};
use rules::permissions::Permission;
use std::rc::Rc;
use types::events::Event;

/// The pages for whoever is signed in; everybody else is led to the login and back.
#[component]
pub fn SignedInFrame() -> impl IntoView {
    let session = use_session();
    let standing = Memo::new(move |_| session.standing());
    move || match standing.get() {
        Standing::Unknown => view! { <Splash /> }.into_any(),
        Standing::Unreachable => view! {
            <main class="plain-page">
                <ErrorState
                    message=t!(error_network)
                    retry_label=t!(retry)
                    on_retry=Callback::new(move |()| session.restore())
                />
            </main>
        }
        .into_any(),
        Standing::SignedOut(why) => view! { <ToLogin why /> }.into_any(),
        Standing::SignedIn => view! { <Shell /> }.into_any(),
    }
}

/// Quiet for a moment; most often the answer is there before anybody has seen it. At the start the page's own splash goes on.
#[component]
fn Splash() -> impl IntoView {
    (!splash::keep()).then(|| {
        view! {
            <main class="splash" aria-busy="true">
                <Spinner />
                <span class="visually-hidden" role="status">{t!(loading)}</span>
            </main>
        }
    })
}

#[component]
fn ToLogin(why: SignedOut) -> impl IntoView {
    let location = use_location();
    let here = untrack(|| {
        let query = location.search.get();
        let separator = if query.is_empty() { "" } else { "?" };
        format!("{}{separator}{query}", location.pathname.get())
    });
    let path = match why {
        SignedOut::Never => routes::login_for(&here),
        SignedOut::Ended => routes::login_again(&here),
    };
    view! { <Redirect path /> }
}

#[component]
fn Shell() -> impl IntoView {
    provide_live();
    provide_sign_out();
    guard_drops();
    tell_of_paused_webhooks();
    let drawer = RwSignal::new(false);
    let leaving_everywhere = RwSignal::new(false);
    let (shortcuts, about) = (RwSignal::new(false), RwSignal::new(false));
    let location = use_location();
    effect(move || {
        location.pathname.track();
        location.search.track();
        drawer.set(false);
    });
    // A drawer is a phone's; what it covers must not stay out of reach on a screen that has become wide.
    let resized = window_event_listener(ev::resize, move |_| {
        if drawer.get_untracked() && !is_phone() {
            drawer.set(false);
        }
    });
    on_cleanup(move || resized.remove());
    // On a phone a conversation takes the whole screen.
    let immersed = move || location.pathname.with(|path| routes::is_conversation(path));
    let content = NodeRef::<html::Main>::new();
    let skip = move |event: ev::MouseEvent| {
        // The address is the router's: it would not move the focus.
        event.prevent_default();
        if let Some(content) = content.get_untracked() {
            // It fails only for what cannot take the focus.
            drop(content.focus());
        }
    };
    view! {
        <div class="shell" class:shell--immersed=immersed>
            <a class="skip-link" href="#content" on:click=skip>
                {t!(skip_to_content)}
            </a>
            <Rail drawer leaving_everywhere shortcuts about />
            <div class="shell__page" inert=move || drawer.get()>
                // On a phone the rail is out of sight, the connection must not be.
                <div class="shell__status">
                    <ConnectionStatus />
                </div>
                <ViewBanner />
                <SuspendedBanner />
                <AskPermission />
                <SoundBlocked />
                <main node_ref=content class="shell__content" id="content" tabindex="-1">
                    <Outlet />
                </main>
            </div>
            <BottomBar drawer />
            <MessageCards />
            <ShortcutSheet open=shortcuts />
            <AboutDialog open=about />
            <SignOutDialog />
            <SignOutEverywhereDialog open=leaving_everywhere />
            <UnsavedDialog />
            <AgentCard />
            <SetupWizard />
        </div>
    }
}

/// Whether the screen shows one thing at a time; the style sheets have the same width.
fn is_phone() -> bool {
    window().match_media("(max-width: 720px)").ok().flatten().is_some_and(|query| query.matches())
}

/// Whoever manages integrations hears, wherever they are, that a webhook was paused because it fails.
fn tell_of_paused_webhooks() {
    let (session, toasts) = (use_session(), use_toasts());
    use_connection().follow(Rc::new(move |event| {
        let is_paused = matches!(event, Some(Event::WebhooksChanged { paused_id: Some(_) }));
        if is_paused && untrack(|| session.may(Permission::ManageIntegrations)) {
            toasts.error(lang_now().webhook_paused_alert());
        }
    }));
}
