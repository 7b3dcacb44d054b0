//! Who writes at this moment, and what a visitor has not sent yet.

use crate::i18n::{lang, t};
use crate::stores::inbox::use_inbox;
use crate::ui::{Icon, IconView};
use leptos::prelude::*;
use types::id::ConversationId;
use types::messages::Author;

/// That somebody else writes in a conversation, in words: the visitor, or else a colleague.
pub fn typing_words(id: ConversationId) -> Memo<Option<String>> {
    let inbox = use_inbox();
    Memo::new(move |_| {
        let typist = inbox.typists(id).into_iter().find(|typist| typist.active)?;
        Some(match &typist.author {
            Author::Visitor => lang().visitor_typing().to_owned(),
            Author::Agent { name, .. } => lang().agent_typing(name),
        })
    })
}

/// What stands in the visitor's field, where the channel shows it: it may never be sent, so it looks like no message.
#[component]
pub fn UnsentText(
    /// The conversation.
    id: ConversationId,
) -> impl IntoView {
    let inbox = use_inbox();
    let text = Memo::new(move |_| inbox.typists(id).into_iter().find_map(|typist| typist.text));
    let shown = Memo::new(move |_| text.with(|text| text.as_ref().is_some_and(|text| !text.trim().is_empty())));
    view! {
        <Show when=move || shown.get()>
            <div class="unsent-text" role="note" aria-label=t!(unsent_text)>
                <span class="unsent-text__label">
                    <IconView icon=Icon::Eye size=14 />
                    {t!(unsent_text)}
                </span>
                <p class="unsent-text__words">{move || text.get()}</p>
            </div>
        </Show>
    }
}
