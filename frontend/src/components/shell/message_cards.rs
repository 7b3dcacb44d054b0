//! Cards at the bottom right: somebody has written elsewhere than where the agent looks.

use crate::components::inbox::names::{contact_mark, contact_name, preview_line};
use crate::i18n::{lang_now, t};
use crate::stores::alerts::{Card, use_alerts};
use crate::stores::inbox::{Inbox, use_inbox};
use crate::ui::{Avatar, Icon, IconButton, focus_instead};
use leptos::{html, prelude::*};
use types::id::ConversationId;
use types::notes::Note;

/// The cards. Once per page; screen readers hear them as they come.
#[component]
pub fn MessageCards() -> impl IntoView {
    let alerts = use_alerts();
    let inbox = use_inbox();
    alerts.describe_by(Callback::new(move |(id, mention)| untrack(|| describe(inbox, id, mention))));
    view! {
        <section class="message-cards" aria-label=t!(new_messages) aria-live="polite">
            <For each=move || alerts.cards() key=Card::id let(card)>
                <MessageCard id=card.id() />
            </For>
        </section>
    }
}

fn describe(inbox: Inbox, id: ConversationId, mention: Option<Note>) -> Option<(String, String)> {
    let conversation = inbox.conversation(id)?;
    if let Some(note) = mention {
        let words = note.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (lang, by) = (lang_now(), &note.author_name);
        let words = match (note.change.is_some(), note.whisper) {
            (true, _) => lang.snooze_over().to_owned(),
            (false, true) => lang.whispered_by(by, &words),
            (false, false) => lang.mentioned_by(by, &words),
        };
        return Some((contact_name(&conversation.contact), words));
    }
    let said = conversation.last_message.as_ref();
    let said = said.map(|last| preview_line(&last.author, &last.content, inbox.me())).unwrap_or_default();
    Some((contact_name(&conversation.contact), said))
}

#[component]
fn MessageCard(id: ConversationId) -> impl IntoView {
    let alerts = use_alerts();
    let inbox = use_inbox();
    let card = NodeRef::<html::Div>::new();
    let conversation = Memo::new(move |_| inbox.conversation(id));
    let contact = conversation.with_untracked(|one| one.as_ref().map(|one| one.contact.clone()));
    let seed = contact.as_ref().map(|contact| contact.number.to_string()).unwrap_or_default();
    let mark = move || conversation.with(|one| one.as_ref().map(|one| contact_mark(&one.contact)).unwrap_or_default());
    let words = Memo::new(move |_| {
        conversation.track();
        describe(inbox, id, alerts.mention(id)).unwrap_or_default()
    });
    // The one that the card shows is not counted; a note is none of them.
    let more = move || {
        let unread = conversation.with(|one| one.as_ref().map_or(0, |one| one.unread));
        if alerts.mention(id).is_some() { 0 } else { unread.saturating_sub(1) }
    };
    view! {
        <div
            node_ref=card
            class="message-card"
            on:mouseenter=move |_| alerts.hold(id)
            on:mouseleave=move |_| {
                // One under the keyboard stays.
                let focused = document().active_element();
                if !card.get_untracked().is_some_and(|card| card.contains(focused.as_deref())) {
                    alerts.take_away_later(id);
                }
            }
            on:focusin=move |_| alerts.hold(id)
            on:focusout=move |_| alerts.take_away_later(id)
        >
            <button class="message-card__open" type="button" on:click=move |_| alerts.open(id)>
                <Avatar name=mark seed />
                <span class="message-card__body">
                    <span class="message-card__name">
                        {move || words.with(|(name, _)| name.clone())}
                        {move || (more() > 0).then(|| view! {
                            <span class="message-card__more">{t!(and_more(more()))}</span>
                        })}
                    </span>
                    <span class="message-card__text">{move || words.with(|(_, text)| text.clone())}</span>
                </span>
            </button>
            <IconButton
                small=true
                icon=Icon::Close
                label=move || words.with(|(name, _)| lang_now().dismiss_card(name))
                on:click=move |_| {
                    alerts.dismiss(id);
                    focus_instead(&[".message-card__open", "#content"]);
                }
            />
        </div>
    }
}
