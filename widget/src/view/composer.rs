//! The text field, its emoji and its button.

use super::{composing, flag, icon, keys, on, text};
use crate::session::Session;
use client::emoji;
use leptos::prelude::*;
use leptos::web_sys::HtmlTextAreaElement;
use types::limits::MESSAGE_TEXT_MAX;
use wasm_bindgen::JsCast;

/// From here on the visitor is told how much room is left.
const COUNT_FROM: usize = MESSAGE_TEXT_MAX - 500;

/// The lower part of the panel.
pub(super) fn composer(session: Session) -> impl IntoView {
    let texts = session.texts;
    let key = keys(move |event| {
        let name = event.key();
        let in_field = event.target().is_some_and(|target| target.has_type::<HtmlTextAreaElement>());
        if composing(&event) {
            return;
        }
        match session.picking() {
            _ if in_field && name == "Enter" && !event.shift_key() => session.send(),
            Some(_) if name == "Escape" => session.pick_from(None),
            Some(at) if !in_field => match emoji::step(at, &name, emoji::all().count()) {
                Some(to) => session.pick_from(Some(to)),
                None => return,
            },
            _ => return,
        }
        event.prevent_default();
    });
    let room = text(move || {
        let length = session.typed();
        match MESSAGE_TEXT_MAX.checked_sub(length) {
            Some(left) => left.to_string(),
            None => ["-", &length.saturating_sub(MESSAGE_TEXT_MAX).to_string()].concat(),
        }
    });
    let class = text(move || {
        let length = session.typed();
        let picking = if session.picking().is_some() { " picking" } else { "" };
        let full = if length > MESSAGE_TEXT_MAX { " over" } else { "" };
        // A closed channel takes nothing; what was being written is there again when it opens.
        let closed = if session.is_closed() { " gone" } else { "" };
        ["composer", picking, if length < COUNT_FROM { "" } else { " long" }, full, closed].concat()
    });
    // Before a session is open nobody knows how large a file may be.
    let clip = text(move || if session.most().is_empty() { "tool clip gone" } else { "tool clip" }.to_owned());
    let limit = text(move || ["≤ ", &session.most()].concat());
    let expanded = text(move || if session.picking().is_some() { "true" } else { "false" }.to_owned());
    let turn = on(move || session.pick_from(if session.picking().is_some() { None } else { Some(0) }));
    view! {
        <div class=class on:keydown=key>
            {emoji_grid(session)}
            <button type="button" class="tool" aria-label=texts.emoji aria-expanded=expanded on:click=turn>
                {icon("M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM8.5 14a4 4 0 0 0 7 0M9 9.5v.5M15 9.5v.5")}
            </button>
            <button type="button" class=clip aria-label=texts.attach title=limit>
                {icon("m20 11-8.4 8.4a5 5 0 0 1-7-7l8.8-8.8a3.3 3.3 0 0 1 4.7 4.7l-8.6 8.6a1.7 1.7 0 0 1-2.4-2.4l7.9-7.9")}
            </button>
            // The label is not seen; without an attribute that has to be set Leptos would make it by `innerHTML`, which pages with
            // trusted types forbid.
            <input type="file" multiple hidden aria-label=texts.attach />
            <textarea
                rows="1"
                enterkeyhint="send"
                aria-label=texts.write
                placeholder=texts.write
                disabled=flag(move || session.is_closed())
            ></textarea>
            <span class="room">{room}</span>
            <button
                type="button"
                class="send"
                aria-label=texts.send
                disabled=flag(move || !session.is_sendable())
                on:click=on(move || session.send())
            >
                {icon("M5 12 4 4.5 20.5 12 4 19.5 5 12Zm0 0h7")}
            </button>
        </div>
    }
}

/// The grid of emoji. It stays open for several; `js/platform.js` takes the clicks.
fn emoji_grid(session: Session) -> impl IntoView {
    let buttons: Vec<_> = emoji::all()
        .enumerate()
        .map(|(index, emoji)| {
            // The arrow keys walk the grid, so it is one stop for Tab.
            let tab = if index == 0 { "0" } else { "-1" };
            view! { <button type="button" tabindex=tab>{emoji}</button> }
        })
        .collect();
    view! { <div class="picker" role="group" aria-label=session.texts.emoji>{buttons}</div> }
}
