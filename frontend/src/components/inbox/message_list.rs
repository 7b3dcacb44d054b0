//! The log of a conversation.

use super::drawn_rows::DrawnRows;
use super::lightbox::{Lightbox, Shown};
use super::message_menu::{MessageMenu, OpenMessageMenu};
use super::message_row::{LogRow, MORE_LABEL};
use super::names::{contact_mark, contact_name};
use super::rows::{Rows, lay_out};
use super::scroll::Scroll;
use super::translation::draw_translations;
use crate::i18n::{format, lang_now, t};
use crate::stores::inbox::{Loading, use_inbox};
use crate::stores::reply_guard::use_reply_guard;
use crate::stores::translations::Translations;
use crate::ui::{Icon, IconView, Spinner, effect, keyed_children, use_toasts};
use leptos::leptos_dom::helpers::set_timeout;
use leptos::prelude::*;
use std::time::Duration;
use types::id::{ConversationId, Nonce};

/// How long after earlier messages have come the log stays quiet: by then a screen reader has taken note of the rows.
const QUIET_AFTER: Duration = Duration::from_millis(600);

/// The messages of a conversation, with earlier ones loading as the person scrolls up.
#[component]
pub fn MessageList(
    /// The conversation.
    id: ConversationId,
    /// The read mark with which it was opened, when something was unread.
    new_after: Option<i64>,
) -> impl IntoView {
    let inbox = use_inbox();
    let toasts = use_toasts();
    let me = inbox.me();
    let mark = Memo::new(move |_| inbox.thread_mark(id));
    let rows = Memo::new(move |_| {
        // Read, not only followed: a memo that nobody reads never looks whether it has changed.
        mark.with(|_| ());
        inbox.read_thread(id, |thread| lay_out(thread, me, new_after, format::calendar_day))
    });
    let visitor = Signal::derive(move || {
        inbox.conversation(id).map(|conversation| contact_name(&conversation.contact)).unwrap_or_default()
    });
    let visitor_mark = Signal::derive(move || {
        inbox.conversation(id).map(|conversation| contact_mark(&conversation.contact)).unwrap_or_default()
    });
    let seed = inbox.conversation(id).map(|conversation| conversation.contact.number.to_string()).unwrap_or_default();
    let is_whole = Memo::new(move |_| inbox.earlier_loading(id) == Loading::Missing);
    let drawn = DrawnRows::of(rows, log_height());

    let view = NodeRef::new();
    let content = NodeRef::new();
    let scroll = Scroll::watch(view, content);
    // Not only scrolling asks for more: the connection may have been away when the beginning came into sight. How far it has
    // come is read anew after every change, so the beginning never stays in sight unasked.
    effect(move || {
        if scroll.is_near_top() && drawn.is_whole() && inbox.earlier_loading(id) == Loading::Ready {
            // Two frames later rows that have just come have their place, and the beginning may be far away again.
            request_animation_frame(move || {
                request_animation_frame(move || {
                    if scroll.is_near_top_now() {
                        inbox.load_earlier(id);
                    }
                });
            });
        }
    });
    // Rows that take less room than expected leave some.
    effect(move || {
        if scroll.has_room() {
            drawn.go_on();
        }
    });
    let detached = Memo::new(move |_| inbox.is_detached(id));
    // Around a message of long ago the bottom is not the end: nothing is followed there, and more comes as one scrolls down.
    effect(move || scroll.follow(!detached.get()));
    effect(move || {
        if scroll.is_near_bottom() && inbox.later_loading(id) == Loading::Ready {
            request_animation_frame(move || {
                request_animation_frame(move || {
                    if scroll.is_near_bottom_now() {
                        inbox.load_later(id);
                    }
                });
            });
        }
    });
    // The message that was jumped to comes before the person's eyes once it is there.
    effect(move || {
        let Some(seq) = inbox.target(id) else { return };
        // It may be drawn only later.
        drawn.track();
        if inbox.target_is_gone(id, seq) {
            // Whoever has followed a link is on the way still: two frames later the jump has begun, or is over.
            request_animation_frame(move || {
                request_animation_frame(move || {
                    if inbox.give_up_target(id, seq) {
                        toasts.error(lang_now().message_gone());
                    }
                });
            });
        } else if rows.with(|rows| rows.holds(seq)) {
            drawn.draw_all();
            request_animation_frame(move || {
                request_animation_frame(move || {
                    if scroll.reveal(seq) {
                        inbox.target_is_reached();
                    }
                });
            });
        }
    });
    let quiet = quiet_while_loading(Signal::derive(move || {
        let comes = inbox.earlier_loading(id) == Loading::Pending || inbox.later_loading(id) == Loading::Pending;
        comes || !drawn.is_whole()
    }));
    // What one sends oneself is what one wants to see.
    Effect::new(move |before: Option<Option<Nonce>>| {
        let echo = rows.with(Rows::newest_echo);
        let is_news = before.is_some_and(|before| before != echo);
        if is_news && echo.is_some_and(|nonce| inbox.was_just_said(nonce)) {
            scroll.to_bottom();
        }
        echo
    });
    // What was new on opening counts as new until it has been before the person's eyes.
    let read = inbox.conversation_now(id).map_or(0, |conversation| conversation.read_seq);
    let seen = RwSignal::new(new_after.unwrap_or(read));
    effect(move || {
        if scroll.shows_the_end() && !detached.get() {
            seen.set(rows.with(Rows::last_seq));
        }
    });
    let guard = use_reply_guard();
    effect(move || guard.set_at_end(id, scroll.shows_the_end() && !detached.get()));
    // A log that is left is not in sight any more.
    on_cleanup(move || guard.set_at_end(id, false));
    // Read is what somebody had before their eyes.
    effect(move || {
        let unread = inbox.conversation(id).is_some_and(|one| one.last_seq > one.read_seq);
        if unread && scroll.shows_the_end() && !detached.get() && inbox.is_attended() {
            untrack(|| inbox.mark_read(id));
        }
    });
    // The buttons at a failed message go with its failure; the focus that they had stays in the log.
    let on_settled = Callback::new(move |()| scroll.focus());
    let shown = Shown::provide();
    let looked = Memo::new(move |before| before == Some(&true) || shown.is_open());
    let translations = Translations::new(id);
    draw_translations(id, content, translations, move || {
        rows.track();
        drawn.track();
    });
    let menu = MessageMenu::new(id, translations);
    effect(move || {
        drawn.track();
        // Also for a row that is drawn anew, because what it quotes was recalled.
        rows.track();
        // Once its button is there.
        request_animation_frame(move || menu.stop_at_newest(content));
    });
    let unread = Memo::new(move |_| inbox.conversation(id).map_or(0, |conversation| conversation.unread));
    // Around a message of long ago what follows is not new, and what is new is not there.
    let below = Memo::new(move |_| match detached.get() {
        true => usize::try_from(unread.get()).unwrap_or_default(),
        false => rows.with(|rows| rows.inbound_after(seen.get())),
    });
    keyed_children(
        content,
        move || drawn.order(),
        move |key| {
            let row = drawn.row(key).map(RwSignal::from);
            row.map(|row| {
                let begins =
                    Signal::derive(move || is_whole.get() && rows.with(|rows| rows.order.first() == Some(&key)));
                view! {
                    <LogRow on_settled conversation=id row visitor visitor_mark visitor_seed=seed.clone() begins />
                }
            })
            .into_any()
        },
        move || scroll.rows_changed(),
    );

    view! {
        <div class="message-list">
            <div
                node_ref=view
                class="message-list__view"
                role="log"
                tabindex="0"
                aria-label=t!(message_log)
                aria-live=move || if quiet.get() { "off" } else { "polite" }
                on:scroll=move |_| {
                    scroll.scrolled();
                    menu.rows.close(false);
                }
                on:click=move |event| menu.clicked(&event)
                on:mousedown=move |event| menu.held(&event)
                on:contextmenu=move |event| menu.asked(&event)
                on:pointerdown=move |event| {
                    drawn.go_on();
                    menu.pressed(&event);
                }
                on:pointermove=move |event| menu.rows.moved(&event)
                on:touchend=move |event| menu.rows.lifted(&event)
                on:pointercancel=move |_| menu.rows.released()
                on:keydown=move |event| {
                    // What it goes to is not there yet, and the browser would go on to where the beginning was.
                    if event.key() == "Home" && untrack(|| !drawn.is_whole()) {
                        event.prevent_default();
                        drawn.draw_all();
                        request_animation_frame(move || scroll.to_top());
                    }
                    drawn.go_on();
                    menu.key(&event);
                }
                on:wheel=move |_| drawn.go_on()
            >
                <Beginning id />
                <div node_ref=content class="message-list__rows"></div>
                <Ending id />
            </div>
            <span id=MORE_LABEL hidden>{t!(message_actions)}</span>
            <OpenMessageMenu menu />
            <Show when=move || looked.get()>
                <Lightbox conversation=id shown />
            </Show>
            <Show when=move || !scroll.is_at_bottom() || detached.get()>
                <button
                    type="button"
                    class="message-list__jump"
                    class:message-list__jump--new=move || below.get() != 0
                    on:click=move |_| {
                        if detached.get_untracked() {
                            inbox.to_newest(id);
                            scroll.follow(true);
                        }
                        scroll.to_bottom();
                        scroll.focus();
                    }
                >
                    {move || {
                        let count = below.get();
                        (count > 0).then(|| view! { <span>{t!(new_messages_jump(count))}</span> })
                    }}
                    <span class="visually-hidden">{t!(to_newest)}</span>
                    <IconView icon=Icon::ArrowDown size=18 />
                </button>
            </Show>
        </div>
    }
}

/// What stands above and below the log at the least, in pixels: the header and the composer.
const AROUND: usize = 150;

/// The height of the log in pixels, or a little more.
fn log_height() -> usize {
    let height = window().inner_height().ok().and_then(|height| height.as_f64());
    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    let height = height.map_or(1_000, |height| height as usize);
    height.saturating_sub(AROUND)
}

/// Whether the log keeps quiet: what was said long ago is not read out as if it were news.
fn quiet_while_loading(loading: Signal<bool>) -> RwSignal<bool> {
    let quiet = RwSignal::new(false);
    // Only the newest end counts: a page that has come is drawn in steps, and each of the two ends here.
    let ends = StoredValue::new(0_u32);
    effect(move || {
        if loading.get() {
            quiet.set(true);
        } else if quiet.get_untracked() {
            let end = ends.get_value().wrapping_add(1);
            ends.set_value(end);
            set_timeout(
                move || {
                    let again = loading.try_get_untracked();
                    if ends.try_get_value() == Some(end) {
                        quiet.try_set(again == Some(true));
                    }
                },
                QUIET_AFTER,
            );
        }
    });
    quiet
}

/// What stands below the last message around one that was jumped to: more to come, or that it failed.
#[component]
fn Ending(id: ConversationId) -> impl IntoView {
    let inbox = use_inbox();
    let loading = Memo::new(move |_| inbox.later_loading(id));
    view! {
        {move || match loading.get() {
            Loading::Pending => Some(view! {
                <div class="message-list__ending">
                    <Spinner />
                    <span class="visually-hidden">{t!(loading_later)}</span>
                </div>
            }
            .into_any()),
            Loading::Failed => Some(view! {
                <div class="message-list__ending">
                    <span>{t!(later_failed)}</span>
                    <button type="button" class="link-button" on:click=move |_| inbox.load_later(id)>{t!(retry)}</button>
                </div>
            }
            .into_any()),
            Loading::Ready | Loading::Missing => None,
        }}
    }
}

/// What stands above the first message: more to come, or that it failed.
#[component]
fn Beginning(id: ConversationId) -> impl IntoView {
    let inbox = use_inbox();
    let loading = Memo::new(move |_| inbox.earlier_loading(id));
    view! {
        <div class="message-list__beginning">
            {move || match loading.get() {
                Loading::Pending => view! {
                    <Spinner />
                    <span class="visually-hidden">{t!(loading_earlier)}</span>
                }
                .into_any(),
                // Asked for once the beginning is near and the connection stands.
                Loading::Ready => ().into_any(),
                Loading::Failed => view! {
                    <span>{t!(earlier_failed)}</span>
                    <button type="button" class="link-button" on:click=move |_| inbox.load_earlier(id)>{t!(retry)}</button>
                }
                .into_any(),
                // The first day's heading says so.
                Loading::Missing => ().into_any(),
            }}
        </div>
    }
}
