//! What was told, and when it is news no more: then its card goes, and the system's notification.

use super::{Alerts, Card};
use crate::stores::inbox::Inbox;
use crate::ui::effect;
use leptos::prelude::*;
use types::conversations::Conversation;
use types::id::ConversationId;
use types::notes::Note;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/stores/alerts.js")]
extern "C" {
    fn withdraw(key: &str);
    /// Takes all of the system's notifications away: the session is over.
    #[wasm_bindgen(js_name = withdrawAll)]
    pub fn withdraw_all();
}

/// A note in which a colleague mentions the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mention {
    pub(super) note: Note,
    /// Which revision of the person's view of the conversation was known when it came.
    pub(super) revision: i64,
}

/// What is told of a conversation: what its visitor says, or that a note mentions the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Topic {
    pub(super) id: ConversationId,
    /// Of a mention its revision.
    pub(super) mention: Option<i64>,
}

impl Topic {
    pub(super) fn of(id: ConversationId, mention: Option<&Mention>) -> Self {
        Self { id, mention: mention.map(|mention| mention.revision) }
    }

    /// Under which key the browser knows it. A newer one of the same key takes the place of an older one.
    pub(super) fn key(self) -> String {
        if self.mention.is_some() { format!("{}.notes", self.id) } else { self.id.to_string() }
    }

    /// Whether it is news no more: the conversation is gone, or the person has seen it, here where they look at it (`looked_at`) or
    /// on another device. From the blacklist they want to hear nothing of the visitor, but of a colleague.
    pub(super) fn is_over(self, known: Option<&Conversation>, looked_at: bool) -> bool {
        let Some(known) = known else { return true };
        match self.mention {
            // That the conversation holds a mention is said by an event after the note's: until then it is not one that was seen.
            Some(revision) => looked_at || (!known.mentioned && known.personal_revision > revision),
            None => known.contact.blocked || !known.is_unread(),
        }
    }
}

impl Alerts {
    /// Follows what becomes of what was told, wherever that happens, until the present scope ends.
    pub(super) fn follow_news(self, inbox: Inbox) {
        effect(move || {
            let attended = inbox.is_attended();
            let over: Vec<Topic> = self.live.on_state(|machine| {
                let (state, cards) = (machine.state(), self.cards.read_untracked());
                let looked_at = state.open_conversation().filter(|_| attended);
                let is_over = |topic: &Topic| topic.is_over(state.conversation(topic.id), looked_at == Some(topic.id));
                self.shown.with_value(|shown| {
                    cards.iter().map(Card::topic).chain(shown.iter().copied()).filter(is_over).collect()
                })
            });
            if !over.is_empty() {
                self.take_back(&over);
            }
        });
        on_cleanup(withdraw_all);
    }

    fn take_back(self, over: &[Topic]) {
        self.cards.maybe_update(|cards| {
            let before = cards.len();
            cards.retain(|card| !over.contains(&card.topic()));
            cards.len() != before
        });
        self.shown.update_value(|shown| shown.retain(|topic| !over.contains(topic)));
        over.iter().for_each(|topic| withdraw(&topic.key()));
    }

    /// The system shows a notification of it.
    pub(super) fn note_shown(self, topic: Topic) {
        self.shown.try_update_value(|shown| {
            shown.retain(|other| other.key() != topic.key());
            shown.push(topic);
        });
    }

    /// Whether it is news no more, at this moment.
    pub(super) fn is_over_now(self, topic: Topic) -> bool {
        self.live.now(|machine| topic.is_over(machine.state().conversation(topic.id), false))
    }
}
