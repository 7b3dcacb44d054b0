//! The inbox: conversations on the left, the open one beside it, what is known of the visitor on the right.

pub mod getting_started;

use crate::components::inbox::chat_window::ChatWindow;
use crate::components::inbox::contact_panel::ContactPanel;
use crate::components::inbox::conversation_list::ConversationList;
use crate::i18n::{format, t};
use crate::routes;
use crate::stores::inbox::{Loading, use_inbox};
use crate::stores::live::use_channels;
use crate::stores::title::set_page_title;
use crate::ui::{effect, focus_in_place, is_composing, is_in_dialog};
use client::state::{Filter, View};
use getting_started::GettingStarted;
use leptos::{ev, html, prelude::*};
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map, use_query_map};
use types::id::ConversationId;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// From this width on there is room for the contact panel beside the conversation; `inbox.css` has the same.
const WIDE: f64 = 1180.0;
/// Up to this width the screen shows one thing at a time; `inbox.css` has the same.
const NARROW: f64 = 720.0;

/// The inbox. What is open is in the address: `/inbox/{conversation}?channel={channel}`.
#[component]
pub fn InboxPage() -> impl IntoView {
    set_page_title(t!(conversations));
    let inbox = use_inbox();
    let params = use_params_map();
    let query = use_query_map();
    let open = Memo::new(move |_| {
        params.with(|params| params.get("conversation_id")).and_then(|id| id.parse::<ConversationId>().ok())
    });
    // Today is another day after midnight.
    let chosen = Memo::new(move |_| {
        let dates = |period| format::dates(period, inbox.clock());
        query.with(|query| routes::view_in(|name| query.get(name), dates))
    });
    let channel = Memo::new(move |_| chosen.get().channel);
    let message = Memo::new(move |_| query.with(|query| query.get("message")).and_then(|seq| seq.parse::<i64>().ok()));
    effect(move || inbox.open(open.get()));
    effect(move || inbox.choose(chosen.get()));
    // An address may name a message: somebody has followed a link to it, or has reloaded.
    effect(move || {
        if let (Some(id), Some(seq)) = (open.get(), message.get()) {
            untrack(|| inbox.jump(id, seq));
        }
    });
    on_cleanup(move || {
        inbox.open(None);
        inbox.choose(View::default());
    });

    let panel = RwSignal::new(width() >= WIDE);
    // Where the panel covers the conversation, it was opened for the one that it covers.
    effect(move || {
        open.track();
        if width() < WIDE {
            panel.set(false);
        }
    });
    // A panel that stood beside the conversation is not for covering it, and what sends, on a screen that has become narrow.
    let was_wide = StoredValue::new(width() >= WIDE);
    let shown =
        Memo::new(move |_| open.get().filter(|id| panel.get() && inbox.thread_loading(*id) != Loading::Missing));
    let navigate = use_navigate();
    let back = Callback::new({
        let navigate = navigate.clone();
        move |()| navigate(&routes::inbox(None, chosen.get_untracked()), NavigateOptions::default())
    });
    // A channel that is gone has no conversations to show: those of the others are.
    let channels = use_channels();
    effect(move || {
        if channel.get().is_some_and(|id| channels.are_loaded() && channels.get(id).is_none()) {
            let here = routes::inbox(open.get_untracked(), View { channel: None, ..chosen.get_untracked() });
            navigate(&here, NavigateOptions { replace: true, ..NavigateOptions::default() });
        }
    });

    let nothing_yet = Memo::new(move |_| {
        let view = chosen.get();
        open.get().is_none()
            && view.filter == Filter::All
            && view.dates.is_none()
            && inbox.list_loading(view) == Loading::Ready
            && inbox.more_loading(view) == Loading::Missing
            && inbox.list(view).is_empty()
    });

    let root = NodeRef::<html::Div>::new();
    let focus_on = move |selector: String| {
        request_animation_frame(move || {
            let root = root.try_get_untracked().flatten();
            let found = root.and_then(|root| root.query_selector(&selector).ok().flatten());
            if let Some(element) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
                focus_in_place(&element);
            }
        });
    };
    // Where a conversation takes the list's place, the focus goes along: in, and back to the row that it came from.
    Effect::new(move |before: Option<Option<ConversationId>>| {
        let now = open.get();
        if width() <= NARROW {
            match (before, now) {
                (Some(before), Some(_)) if before != now => focus_on(".chat-window__name".to_owned()),
                (Some(Some(left)), None) => focus_on(format!("[data-conversation=\"{left}\"]")),
                _ => {}
            }
        }
        now
    });
    // Where the panel covers the conversation, the focus goes along: in, and back to what opened it.
    let show_panel = Callback::new(move |shown: bool| {
        panel.set(shown);
        if shown && width() < WIDE {
            focus_on(".contact-panel button".to_owned());
        } else if !shown {
            focus_on(".chat-window__panel-toggle button".to_owned());
        }
    });
    let resized = window_event_listener(ev::resize, move |_| {
        let wide = width() >= WIDE;
        if was_wide.get_value() && !wide && panel.get_untracked() {
            let focused = document().active_element();
            if focused.is_some_and(|focused| focused.closest(".contact-panel").ok().flatten().is_some()) {
                show_panel.run(false);
            } else {
                panel.set(false);
            }
        }
        was_wide.set_value(wide);
    });
    on_cleanup(move || resized.remove());
    let on_key = move |event: ev::KeyboardEvent| {
        if event.key() != "Escape" || is_composing(&event) || event.default_prevented() || is_in_dialog(&event) {
            return;
        }
        if shown.get_untracked().is_some() && width() < WIDE {
            show_panel.run(false);
        } else if open.get_untracked().is_some() && width() <= NARROW {
            back.run(());
        }
    };
    view! {
        <div
            node_ref=root
            class="inbox"
            class:inbox--open=move || open.get().is_some()
            class:inbox--panel=move || shown.get().is_some()
            class:inbox--new=move || nothing_yet.get()
            on:keydown=on_key
        >
            <ConversationList open chosen />
            {move || if nothing_yet.get() {
                view! { <GettingStarted channel /> }.into_any()
            } else {
                view! { <ChatWindow open panel on_panel=show_panel on_back=back /> }.into_any()
            }}
            <Show when=move || shown.with(Option::is_some)>
                <ContactPanel id=shown.into() on_close=Callback::new(move |()| show_panel.run(false)) />
            </Show>
        </div>
    }
}

fn width() -> f64 {
    window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or_default()
}
