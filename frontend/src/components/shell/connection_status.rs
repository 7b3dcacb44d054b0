//! Whether what one sees is live.

use crate::{
    i18n::{lang, t},
    stores::live::use_connection,
};
use client::sync::Connection;
use leptos::prelude::*;

/// The state of the connection, always in sight.
#[component]
pub fn ConnectionStatus() -> impl IntoView {
    let connection = use_connection();
    let class = move || match connection.state() {
        Connection::Online => "connection connection--online",
        Connection::Connecting => "connection connection--connecting",
        Connection::Outdated | Connection::Offline => "connection connection--offline",
    };
    view! {
        <p class=class role="status">
            <span class="connection__dot" aria-hidden="true"></span>
            {move || in_words(connection.state())}
        </p>
        <Show when=move || connection.state() == Connection::Outdated>
            <button type="button" class="connection__reload" on:click=|_| drop(window().location().reload())>
                {t!(reload_page)}
            </button>
        </Show>
    }
}

/// The state of the connection as a dot, where there is no room for words: those are read aloud by [`ConnectionStatus`].
#[component]
pub fn ConnectionDot(
    /// Whether one receives nothing although connected.
    #[prop(optional, into)]
    suspended: Signal<bool>,
) -> impl IntoView {
    let connection = use_connection();
    view! {
        <span
            class="connection-dot"
            class:connection-dot--suspended=move || suspended.get()
            class:connection-dot--away=move || connection.state() != Connection::Online
            title=move || in_words(connection.state())
            aria-hidden="true"
        ></span>
    }
}

fn in_words(connection: Connection) -> &'static str {
    match connection {
        Connection::Online => lang().connected(),
        Connection::Connecting => lang().connecting(),
        Connection::Outdated => lang().outdated(),
        Connection::Offline => lang().reconnecting(),
    }
}
