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
    let words = move || match connection.state() {
        Connection::Online => (lang().connected(), "connection--online"),
        Connection::Connecting => (lang().connecting(), "connection--connecting"),
        Connection::Outdated => (lang().outdated(), "connection--offline"),
        Connection::Offline => (lang().reconnecting(), "connection--offline"),
    };
    view! {
        <p class=move || format!("connection {}", words().1) role="status">
            <span class="connection__dot" aria-hidden="true"></span>
            {move || words().0}
        </p>
        <Show when=move || connection.state() == Connection::Outdated>
            <button type="button" class="connection__reload" on:click=|_| drop(window().location().reload())>
                {t!(reload_page)}
            </button>
        </Show>
    }
}
