//! One conversation in the list.

use super::names::{contact_name, preview_line};
use crate::i18n::{format, lang, t};
use crate::stores::inbox::{Unsent, use_inbox};
use crate::stores::live::use_channels;
use crate::ui::{Avatar, CountBadge, Icon, IconView};
use leptos::prelude::*;
use types::id::ConversationId;

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
) -> impl IntoView {
    let inbox = use_inbox();
    let channels = use_channels();
    let me = inbox.me();
    let conversation = Memo::new(move |_| inbox.conversation(id));
    let name = Signal::derive(move || {
        conversation.with(|one| one.as_ref().map(|one| contact_name(&one.contact)).unwrap_or_default())
    });
    let seed =
        conversation.with_untracked(|one| one.as_ref().map(|one| one.contact.id.to_string()).unwrap_or_default());
    let unread = Signal::derive(move || conversation.with(|one| one.as_ref().map_or(0, |one| one.unread)));
    let waiting = Memo::new(move |_| conversation.with(|one| one.as_ref().and_then(|one| one.waiting_since)));
    let draft = move || {
        // Drafts change where they are not shown: in the open conversation.
        (!current.get()).then(|| inbox.draft(id)).filter(|draft| !draft.trim().is_empty())
    };
    let unsent = Memo::new(move |_| inbox.unsent(id));
    let preview = move || {
        conversation.with(|one| {
            let last = one.as_ref()?.last_message.as_ref()?;
            Some(preview_line(&last.author, &last.content, me))
        })
    };
    let time =
        move || conversation.with(|one| one.as_ref().map(|one| format::list_time(one.last_activity_at, inbox.clock())));
    let channel =
        move || conversation.with(|one| one.as_ref().map(|one| one.channel_id)).and_then(|id| channels.get(id));
    view! {
        <a
            class="conversation-row"
            class:conversation-row--current=move || current.get()
            class:conversation-row--unread=move || unread.get().is_positive()
            href=move || href.get()
            data-conversation=id.to_string()
            aria-current=move || current.get().then_some("page")
        >
            <Avatar name seed />
            <span class="conversation-row__body">
                <span class="conversation-row__line">
                    <span class="conversation-row__name">{move || name.get()}</span>
                    <time class="conversation-row__time">{time}</time>
                </span>
                <span class="conversation-row__line">
                    <span class="conversation-row__preview">
                        {move || match draft() {
                            Some(draft) => view! {
                                <span class="conversation-row__draft">{format!("[{}] ", lang().draft_mark())}</span>
                                {draft}
                            }
                            .into_any(),
                            None => preview().into_any(),
                        }}
                    </span>
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
                            <span class=class role="img" aria-label=label title=label><IconView icon size=15 /></span>
                        }
                    })}
                    <CountBadge count=unread label=t!(unread_of(unread.get())) />
                </span>
                <span class="conversation-row__line conversation-row__line--facts">
                    <span class="conversation-row__channel">
                        <IconView icon=Icon::Globe size=12 />
                        <span class="conversation-row__channel-name">{move || channel().map(|channel| channel.name)}</span>
                    </span>
                    {move || waiting.get().map(|since| view! {
                        <span class="conversation-row__waiting">
                            {move || lang().waiting_for(format::relative(since, inbox.clock()))}
                        </span>
                    })}
                </span>
            </span>
        </a>
    }
}
