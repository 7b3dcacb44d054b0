//! Who writes at this moment, and what a visitor has not sent yet.

use crate::i18n::{lang, t};
use crate::stores::inbox::use_inbox;
use crate::ui::{Icon, IconView};
use leptos::prelude::*;
use types::id::ConversationId;
use types::messages::Author;

/// Agents who are named; more are counted.
const NAMED: usize = 3;

/// Who else writes in a conversation, in words: the visitor, and each colleague by name.
pub fn typing_words(id: Signal<ConversationId>) -> Memo<Option<String>> {
    let inbox = use_inbox();
    Memo::new(move |_| {
        let (mut visitor, mut names) = (None, Vec::new());
        for typist in inbox.typists(id.get()).into_iter().filter(|typist| typist.active) {
            match typist.author {
                Author::Visitor | Author::Automatic => visitor = Some(lang().visitor_typing().to_owned()),
                Author::Agent { name, .. } => names.push(name),
            }
        }
        let others = names.len().saturating_sub(NAMED);
        names.truncate(NAMED);
        let named = lang().listed(&names);
        let agents = match (names.len(), others) {
            (0, _) => None,
            (1, _) => Some(lang().agent_typing(&named)),
            (_, 0) => Some(lang().agents_typing(&named)),
            _ => Some(lang().many_typing(&named, others)),
        };
        match (visitor, agents) {
            (Some(visitor), Some(agents)) => Some(format!("{visitor} {agents}")),
            (visitor, agents) => visitor.or(agents),
        }
    })
}

/// What stands in the visitor's field, where the channel shows it: it may never be sent, so it looks like no message.
#[component]
pub fn UnsentText(
    /// The conversation.
    id: Signal<ConversationId>,
) -> impl IntoView {
    let inbox = use_inbox();
    let text = Memo::new(move |_| inbox.typists(id.get()).into_iter().find_map(|typist| typist.text));
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
