//! Keeps the open conversation's answer from going out past a message that its writer has not seen: `client::reply_guard`
//! with the page around it.

use super::inbox::{Inbox, use_inbox};
use crate::i18n::format::now;
use crate::ui::effect;
use client::reply_guard::ReplyGuard;
use leptos::prelude::*;
use types::id::ConversationId;
use types::messages::Message;

/// The guard of one open conversation. `Copy`; get it by [`use_reply_guard`].
#[derive(Clone, Copy)]
pub struct Guard {
    inbox: Inbox,
    id: ConversationId,
    guard: StoredValue<ReplyGuard>,
    /// Whether the newest message is in sight in the log.
    at_end: RwSignal<bool>,
    /// What the answer knew when it was held back; nothing while it is not.
    held: RwSignal<Option<i64>>,
}

/// The guard of the open conversation.
pub fn use_reply_guard() -> Guard {
    expect_context()
}

impl Guard {
    /// Watches over the open conversation for as long as the present scope lives.
    pub fn provide(id: ConversationId) {
        let inbox = use_inbox();
        let newest = Memo::new(move |_| inbox.conversation(id).map_or(0, |conversation| conversation.last_seq));
        // A draft that does not say what it knows was begun before drafts said so.
        let known = inbox.draft_known(id).unwrap_or(newest.get_untracked());
        let guard = Self {
            inbox,
            id,
            guard: StoredValue::new(ReplyGuard::new(known)),
            at_end: RwSignal::new(false),
            held: RwSignal::new(None),
        };
        effect(move || {
            let in_sight = (guard.at_end.get() || guard.held.get().is_some()) && inbox.is_attended();
            let newest = newest.get();
            guard.guard.update_value(|guard| guard.look(in_sight.then_some(newest), now()));
        });
        // What was held back for is cleared or recalled: nothing is left to be asked about.
        effect(move || {
            if guard.held.get().is_some_and(|known| inbox.said_after(id, known).is_empty()) {
                guard.held.set(None);
            }
        });
        provide_context(guard);
    }

    /// Whether the newest message is in sight in the log.
    pub fn set_at_end(self, at_end: bool) {
        self.at_end.set(at_end);
    }

    /// The person writes; `begins`: nothing had been written before. Answers what the text knows of the conversation.
    pub fn writes(self, begins: bool) -> i64 {
        if begins {
            self.acknowledge();
        }
        self.guard.try_update_value(|guard| guard.known(now())).unwrap_or_default()
    }

    /// A text that was begun in another tab goes on here: it knows what it knew there, and not what this tab began with.
    pub fn takes_over(self) {
        let Some(known) = self.inbox.draft_known(self.id) else { return self.acknowledge() };
        let in_sight = untrack(|| (self.at_end.get() || self.held.get().is_some()) && self.inbox.is_attended());
        let newest = self.inbox.conversation_now(self.id).map_or(0, |conversation| conversation.last_seq);
        self.guard.update_value(|guard| {
            *guard = ReplyGuard::new(known);
            guard.look(in_sight.then_some(newest), now());
        });
    }

    /// The person sends. Says whether the answer may go; if not, what it does not know is shown from now on.
    pub fn lets_go(self) -> bool {
        let known = self.writes(false);
        let unknown = !untrack(|| self.inbox.said_after(self.id, known)).is_empty();
        if unknown && self.held.get_untracked().is_none() {
            self.held.set(Some(known));
        }
        !unknown
    }

    /// What the answer that is held back does not know, oldest first; nothing while none is.
    pub fn unknown(self) -> Option<Vec<Message>> {
        self.held.get().map(|known| self.inbox.said_after(self.id, known))
    }

    /// Whether the answer is held back.
    pub fn is_holding(self) -> bool {
        self.held.get_untracked().is_some()
    }

    /// The person has been told, and goes on, or has sent all the same.
    pub fn let_go(self) {
        self.acknowledge();
        if self.is_holding() {
            self.held.set(None);
        }
    }

    fn acknowledge(self) {
        let newest = self.inbox.conversation_now(self.id).map_or(0, |conversation| conversation.last_seq);
        self.guard.update_value(|guard| guard.acknowledge(newest));
    }
}
