//! The navigation rail: where one can go, the channels, the connection and oneself.

use super::{
    account_menu::AccountMenu,
    channel_tree::{ChannelTree, use_channel_in_address},
    connection_status::ConnectionStatus,
    help_menu::HelpMenu,
    logo::Logo,
};
use crate::{
    i18n::t,
    routes,
    stores::{inbox::use_inbox, session::use_session},
    ui::{CountBadge, Icon, IconButton, IconView, is_in_dialog},
};
use leptos::{ev, html, prelude::*};
use leptos_router::hooks::use_location;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The navigation rail. On a phone it is a drawer.
#[component]
pub fn Rail(
    /// Whether the drawer is open.
    drawer: RwSignal<bool>,
    /// Asks whether to sign out everywhere.
    leaving_everywhere: RwSignal<bool>,
    /// Shows the shortcut sheet.
    shortcuts: RwSignal<bool>,
    /// Shows which Parlor this is.
    about: RwSignal<bool>,
) -> impl IntoView {
    let session = use_session();
    let inbox = use_inbox();
    let location = use_location();
    let channel = use_channel_in_address();
    let in_inbox = move || location.pathname.with(|path| path.starts_with(routes::INBOX));
    let in_contacts = move || location.pathname.with(|path| path == routes::CONTACTS);
    let unread = Signal::derive(move || inbox.total_unread());
    let rail = NodeRef::<html::Nav>::new();
    // The focus goes into the drawer; on closing, `BottomBar` takes it back.
    Effect::new(move |was_open: Option<bool>| {
        let open = drawer.get();
        if open && was_open == Some(false) {
            // A frame later it is no longer hidden, and can take the focus.
            request_animation_frame(move || {
                let rail = rail.try_get_untracked().flatten();
                let close = rail.and_then(|rail| rail.query_selector(".rail__close button").ok().flatten());
                if let Some(close) = close.and_then(|close| close.dyn_into::<HtmlElement>().ok()) {
                    drop(close.focus());
                }
            });
        }
        open
    });
    // Also for the link to where one is already.
    let follow = move |event: ev::MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if target.is_some_and(|element| element.closest("a[href]").ok().flatten().is_some()) {
            drawer.set(false);
        }
    };
    view! {
        <div class="rail__scrim" class:rail__scrim--open=move || drawer.get() on:click=move |_| drawer.set(false)></div>
        <nav
            node_ref=rail
            class="rail"
            class:rail--open=move || drawer.get()
            aria-label=t!(main_navigation)
            on:click=follow
            on:keydown=move |event| {
                if event.key() == "Escape" && !event.default_prevented() && !is_in_dialog(&event) {
                    drawer.set(false);
                }
            }
        >
            <header class="rail__head logo--on-brand">
                <Logo mark_only=true />
                <span class="rail__org">{move || session.me().map(|me| me.org_name)}</span>
                <span class="rail__close">
                    <IconButton icon=Icon::Close label=t!(close) on:click=move |_| drawer.set(false) />
                </span>
            </header>
            <ul class="rail__places">
                <li>
                    <a
                        class="rail__link"
                        href=routes::INBOX
                        aria-current=move || (in_inbox() && channel.get().is_none()).then_some("page")
                    >
                        <IconView icon=Icon::Chat />
                        <span class="rail__link-text">{t!(conversations)}</span>
                        <CountBadge count=unread label=t!(unread_in_words(unread.get())) />
                    </a>
                </li>
                <li>
                    <a
                        class="rail__link"
                        href=routes::CONTACTS
                        aria-current=move || in_contacts().then_some("page")
                    >
                        <IconView icon=Icon::User />
                        <span class="rail__link-text">{t!(contacts)}</span>
                    </a>
                </li>
            </ul>
            <ChannelTree />
            <footer class="rail__foot">
                <div class="rail__state">
                    <ConnectionStatus />
                    <HelpMenu shortcuts about />
                </div>
                <AccountMenu leaving_everywhere shortcuts />
            </footer>
        </nav>
    }
}
