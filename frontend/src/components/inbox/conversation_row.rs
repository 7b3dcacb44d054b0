//! One conversation in the list.

use super::names::{contact_mark, contact_name, preview_line, text_of_content};
use super::typing::typing_words;
use crate::components::shell::channel_tree::channel_picture;
use crate::components::tag_chip::few_tags;
use crate::i18n::{format, lang, t};
use crate::stores::inbox::{Unsent, use_inbox};
use crate::stores::live::use_channels;
use crate::stores::notes::use_notes;
use crate::stores::tags::use_tags;
use crate::stores::uploads::use_uploads;
use crate::ui::row_menu::closest;
use crate::ui::{Avatar, CountBadge, Icon, IconView};
use leptos::{html, prelude::*};
use types::conversations::Conversation;
use types::id::ConversationId;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// The rows of the list.
pub const ROW: &str = "[data-conversation]";
/// From this long on a wait is a long one.
const LONG_WAIT_MINUTES: i64 = 15;

fn is_long(wait_minutes: i64) -> bool {
    wait_minutes >= LONG_WAIT_MINUTES
}

/// One conversation: with whom, what was said last and when, what is unread, whether somebody waits for an answer.
#[component]
pub fn ConversationRow(
    /// The conversation.
    id: ConversationId,
    /// Where it leads.
    #[prop(into)]
    href: Signal<String>,
    /// Whether it is the open one.
    #[prop(into)]
    current: Signal<bool>,
    /// Whether its channel is worth showing: there are others.
    #[prop(into)]
    with_channel: Signal<bool>,
) -> impl IntoView {
    let inbox = use_inbox();
    let channels = use_channels();
    let (uploads, notes, tags) = (use_uploads(), use_notes(), use_tags());
    let me = inbox.me();
    let conversation = Memo::new(move |_| inbox.conversation(id));
    let name = Signal::derive(move || {
        conversation.with(|one| one.as_ref().map(|one| contact_name(&one.contact)).unwrap_or_default())
    });
    let mark = Signal::derive(move || {
        conversation.with(|one| one.as_ref().map(|one| contact_mark(&one.contact)).unwrap_or_default())
    });
    let seed =
        conversation.with_untracked(|one| one.as_ref().map(|one| one.contact.number.to_string()).unwrap_or_default());
    let unread = Signal::derive(move || conversation.with(|one| one.as_ref().map_or(0, |one| one.unread)));
    let is = move |read: fn(&Conversation) -> bool| {
        Memo::new(move |_| conversation.with(|one| one.as_ref().is_some_and(read)))
    };
    let (pinned, muted, marked) =
        (is(|one| one.pinned), is(|one| one.muted), is(|one| one.marked_unread || one.mentioned));
    let mentioned = is(|one| one.mentioned);
    let snoozed = Memo::new(move |_| conversation.with(|one| one.as_ref().and_then(|one| one.snoozed_until)));
    let closed = is(|one| one.closed_at.is_some());
    // Muted, it says that there is something, and not how much.
    let count = Signal::derive(move || if muted.get() { 0 } else { unread.get() });
    let dot = Memo::new(move |_| (muted.get() && unread.get() > 0) || (marked.get() && unread.get() == 0));
    let waiting = Memo::new(move |_| conversation.with(|one| one.as_ref().and_then(|one| one.waiting_since)));
    let held = Memo::new(move |_| uploads.held(id));
    let draft = move || {
        // Drafts change where they are not shown: in the open conversation.
        if current.get() {
            return None;
        }
        let answer = inbox.draft_shown(id);
        if !answer.trim().is_empty() {
            return Some((lang().draft_mark(), answer));
        }
        if notes.is_begun(id) {
            return Some((lang().note_draft_mark(), notes.draft(id)));
        }
        Some((lang().draft_mark(), held.get()?))
    };
    // A file that did not get there is no better than a message that did not.
    let unsent = Memo::new(move |_| inbox.unsent(id).max(uploads.unsent(id)));
    let typing = typing_words(Signal::stored(id));
    let outgoing = Memo::new(move |_| inbox.newest_unsent(id));
    let preview = move || {
        if let Some(content) = outgoing.get() {
            let words = text_of_content(&content).split_whitespace().collect::<Vec<_>>().join(" ");
            return Some(lang().preview_by_me(&words));
        }
        conversation.with(|one| {
            let last = one.as_ref()?.last_message.as_ref()?;
            Some(preview_line(&last.author, &last.content, me))
        })
    };
    let time =
        move || conversation.with(|one| one.as_ref().map(|one| format::list_time(one.last_activity_at, inbox.clock())));
    let channel = Memo::new(move |_| {
        let id = conversation.with(|one| one.as_ref().map(|one| one.channel_id)).filter(|_| with_channel.get())?;
        channels.face(id)
    });
    // Whose answer is on its way waits no longer.
    let waiting_minutes = Memo::new(move |_| {
        let since = waiting.get().filter(|_| unsent.get() != Some(Unsent::Waiting))?;
        Some(inbox.clock().millis_since(since) / 60_000)
    });
    let shown_tags = Memo::new(move |_| {
        let contact = conversation.with(|one| one.as_ref().map(|one| (one.contact.id, one.contact.tag_ids.clone())));
        contact.map(|(id, tag_ids)| tags.of(id, &tag_ids)).unwrap_or_default()
    });
    let is_unanswered = move || unread.get() == 0 && !dot.get() && waiting_minutes.with(Option::is_some);
    view! {
        <a
            class="conversation-row"
            class:conversation-row--current=move || current.get()
            class:conversation-row--unread=move || unread.get().is_positive() || marked.get()
            class:conversation-row--pinned=move || pinned.get()
            href=move || href.get()
            data-conversation=id.to_string()
            aria-current=move || current.get().then_some("page")
        >
            <span class="conversation-row__picture">
                <Avatar name=mark seed />
                {move || channel.get().map(|(name, picture)| view! {
                    <span class="conversation-row__channel" title=name>
                        {channel_picture(picture, if picture.is_some() { 16 } else { 12 })}
                    </span>
                })}
            </span>
            <span class="conversation-row__body">
                <span class="conversation-row__line">
                    <span class="conversation-row__name">{move || name.get()}</span>
                    {move || few_tags(shown_tags.get(), 2)}
                    {move || match waiting_minutes.get() {
                        Some(minutes) if minutes > 0 => view! {
                            <span
                                class="conversation-row__time conversation-row__waiting"
                                class:conversation-row__waiting--long=is_long(minutes)
                                title=t!(needs_reply)
                            >
                                <span class="visually-hidden">{t!(needs_reply)}" "</span>
                                {move || lang().waited(&format::span(minutes))}
                            </span>
                        }
                        .into_any(),
                        waiting => view! {
                            {waiting.map(|_| view! { <span class="visually-hidden">{t!(needs_reply)}</span> })}
                            <time class="conversation-row__time">{time}</time>
                        }
                        .into_any(),
                    }}
                </span>
                <span class="conversation-row__line">
                    <span class="conversation-row__preview">
                        {move || unsent.get().map(|unsent| {
                            let (icon, class) = match unsent {
                                Unsent::Waiting => (Icon::Clock, "conversation-row__unsent"),
                                Unsent::Failed => (Icon::Alert, "conversation-row__unsent conversation-row__unsent--failed"),
                            };
                            let label = move || match unsent {
                                Unsent::Waiting => lang().unsent_waiting(),
                                Unsent::Failed => lang().unsent_failed(),
                            };
                            view! {
                                <span class=class role="img" aria-label=label title=label><IconView icon size=13 /></span>
                            }
                        })}
                        {move || snoozed.get().map(|until| view! {
                            <span class="conversation-row__muted">{move || format!("[{}] ", lang().snoozed_until(&format::date_time(until)))}</span>
                        })}
                        {move || closed.get().then(|| view! {
                            <span class="conversation-row__muted">{move || format!("[{}] ", lang().closed_mark())}</span>
                        })}
                        {move || mentioned.get().then(|| view! {
                            <span class="conversation-row__draft">{move || format!("[{}] ", lang().mentioned_mark())}</span>
                        })}
                        {move || match typing.get().map_or_else(|| Err(draft()), Ok) {
                            Ok(words) => view! { <span class="conversation-row__typing">{words}</span> }.into_any(),
                            Err(Some((mark, draft))) => view! {
                                <span class="conversation-row__draft">{format!("[{mark}] ")}</span>
                                {draft}
                            }
                            .into_any(),
                            Err(None) => preview().into_any(),
                        }}
                    </span>
                    {move || muted.get().then(|| view! {
                        <span class="conversation-row__muted" role="img" aria-label=t!(muted_mark) title=t!(muted_mark)>
                            <IconView icon=Icon::Mute size=14 />
                        </span>
                    })}
                    <CountBadge count label=t!(unread_of(unread.get())) />
                    {move || dot.get().then(|| view! {
                        <span class="conversation-row__dot" role="img" aria-label=t!(unread_mark) title=t!(unread_mark)></span>
                    })}
                    // Drawn only: the words stand in the line above.
                    {move || is_unanswered().then(|| view! { <span class="conversation-row__waiting-dot"></span> })}
                </span>
                {move || pinned.get().then(|| view! { <span class="visually-hidden">{t!(pinned_mark)}</span> })}
                {move || channel.get().map(|(name, _)| view! { <span class="visually-hidden">{name}</span> })}
            </span>
        </a>
    }
}

/// The conversation of the row that an element is, or stands in.
pub fn row_of(element: &Element) -> Option<ConversationId> {
    closest(element, ROW)?.get_attribute("data-conversation")?.parse().ok()
}

/// A conversation's row in the list, while there is one.
pub fn row_with(list: NodeRef<html::Div>, id: ConversationId) -> Option<HtmlElement> {
    let list = list.try_get_untracked().flatten()?;
    list.query_selector(&format!("[data-conversation=\"{id}\"]")).ok().flatten()?.dyn_into().ok()
}
