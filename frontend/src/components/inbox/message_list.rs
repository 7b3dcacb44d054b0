//! The log of a conversation.

use super::message_row::LogRow;
use super::names::contact_name;
use super::rows::{Key, Rows, lay_out};
use super::scroll::Scroll;
use crate::i18n::{format, t};
use crate::stores::inbox::{Loading, use_inbox};
use crate::ui::{Icon, IconView, Spinner};
use leptos::prelude::*;
use types::id::ConversationId;

/// The messages of a conversation, with earlier ones loading as the person scrolls up.
#[component]
pub fn MessageList(
    /// The conversation.
    id: ConversationId,
    /// The read mark with which it was opened, when something was unread.
    new_after: Option<i64>,
) -> impl IntoView {
    let inbox = use_inbox();
    let me = inbox.me();
    let rows = Memo::new(move |_| lay_out(&inbox.thread(id), me, new_after, format::calendar_day));
    let visitor = Signal::derive(move || {
        inbox.conversation(id).map(|conversation| contact_name(&conversation.contact)).unwrap_or_default()
    });
    let seed = inbox.conversation(id).map(|conversation| conversation.contact.id.to_string()).unwrap_or_default();

    let view = NodeRef::new();
    let content = NodeRef::new();
    let fill = move || {
        if inbox.earlier_loading(id) == Loading::Ready {
            inbox.load_earlier(id);
        }
    };
    let scroll = Scroll::watch(view, content, Callback::new(move |()| untrack(fill)));
    let seen = RwSignal::new(0_i64);
    // What one sends oneself is what one wants to see.
    Effect::new(move |before: Option<Option<Key>>| {
        let last = rows.with(|rows| rows.order.last().copied());
        if before.is_some_and(|before| before != last) && matches!(last, Some(Key::Outbound(_))) {
            scroll.to_bottom();
        }
        last
    });
    Effect::new(move || {
        if scroll.is_at_bottom() {
            seen.set(rows.with(Rows::last_seq));
        }
    });
    // Read is what somebody had before their eyes.
    Effect::new(move || {
        let unread = inbox.conversation(id).is_some_and(|one| one.last_seq > one.read_seq);
        if unread && scroll.shows_the_end() && inbox.is_attended() {
            untrack(|| inbox.mark_read(id));
        }
    });
    let below = Memo::new(move |_| rows.with(|rows| rows.inbound_after(seen.get())));

    view! {
        <div class="message-list">
            <div
                node_ref=view
                class="message-list__view"
                role="log"
                tabindex="0"
                aria-label=t!(message_log)
                on:scroll=move |_| scroll.scrolled()
            >
                <Beginning id />
                <div node_ref=content class="message-list__rows">
                    <For each=move || rows.with(|rows| rows.order.clone()) key=|key| *key let(key)>
                        <LogRow
                            row=Memo::new(move |_| rows.with(|rows| rows.by_key.get(&key).cloned()))
                            visitor
                            visitor_seed=seed.clone()
                        />
                    </For>
                </div>
            </div>
            <Show when=move || !scroll.is_at_bottom()>
                <button
                    type="button"
                    class="message-list__jump"
                    class:message-list__jump--new=move || below.get() != 0
                    aria-label=t!(to_newest)
                    on:click=move |_| scroll.to_bottom()
                >
                    {move || {
                        let count = below.get();
                        (count > 0).then(|| view! { <span>{t!(new_messages_jump(count))}</span> })
                    }}
                    <IconView icon=Icon::ArrowDown size=18 />
                </button>
            </Show>
        </div>
    }
}

/// What stands above the first message: more to come, that it failed, or that this is where it began.
#[component]
fn Beginning(id: ConversationId) -> impl IntoView {
    let inbox = use_inbox();
    let loading = Memo::new(move |_| inbox.earlier_loading(id));
    view! {
        <div class="message-list__beginning">
            {move || match loading.get() {
                Loading::Pending | Loading::Ready => view! {
                    <Spinner />
                    <span class="visually-hidden">{t!(loading_earlier)}</span>
                }
                .into_any(),
                Loading::Failed => view! {
                    <span>{t!(earlier_failed)}</span>
                    <button type="button" class="link-button" on:click=move |_| inbox.load_earlier(id)>{t!(retry)}</button>
                }
                .into_any(),
                Loading::Missing => view! { <span>{t!(beginning_of_conversation)}</span> }.into_any(),
            }}
        </div>
    }
}
