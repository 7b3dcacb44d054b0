//! The phone's navigation, within the thumb's reach.

use super::connection_status::ConnectionDot;
use crate::{
    i18n::t,
    routes,
    stores::{inbox::use_inbox, session::use_session},
    ui::{CountBadge, Icon, IconView},
};
use leptos::{html, prelude::*};
use leptos_router::{components::A, hooks::use_location};
use types::agents::LoginState;

/// Conversations, channels (in the drawer), one's own account.
#[component]
pub fn BottomBar(
    /// Opens the drawer.
    drawer: RwSignal<bool>,
) -> impl IntoView {
    let inbox = use_inbox();
    let unread = Signal::derive(move || inbox.total_unread());
    let session = use_session();
    let suspended = Signal::derive(move || session.me().is_some_and(|me| me.login_state == LoginState::Suspended));
    let location = use_location();
    let in_channels = move || location.pathname.with(|path| routes::is_channel(path));
    let toggle = NodeRef::<html::Button>::new();
    // Whoever closes the drawer is back where they opened it.
    Effect::new(move |was_open: Option<bool>| {
        let open = drawer.get();
        if !open
            && was_open == Some(true)
            && let Some(toggle) = toggle.get_untracked()
        {
            // It fails only for what cannot take the focus, such as a bar that a wide screen does not show.
            request_animation_frame(move || drop(toggle.focus()));
        }
        open
    });
    view! {
        <nav class="bottom-bar" aria-label=t!(page_navigation) inert=move || drawer.get()>
            <A href=routes::INBOX attr:class="bottom-bar__item">
                <IconView icon=Icon::Chat size=22 />
                <span>{t!(conversations)}</span>
                <CountBadge count=unread label=t!(unread_in_words(unread.get())) />
            </A>
            <button
                node_ref=toggle
                type="button"
                class="bottom-bar__item"
                aria-label=t!(open_channels)
                aria-current=move || in_channels().then_some("page")
                aria-expanded=move || if drawer.get() { "true" } else { "false" }
                on:click=move |_| drawer.set(true)
            >
                <IconView icon=Icon::Globe size=22 />
                <span>{t!(channels)}</span>
            </button>
            <A href=routes::ACCOUNT attr:class="bottom-bar__item">
                <IconView icon=Icon::User size=22 />
                <span class="bottom-bar__presence">
                    <ConnectionDot suspended />
                </span>
                <span>{t!(own_account)}</span>
            </A>
        </nav>
    }
}
