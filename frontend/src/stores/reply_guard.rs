//! Keeps the open conversation's answer from going out past a message that its writer has not seen: `client::reply_guard`
//! with the page around it.

use super::inbox::{Inbox, use_inbox};
use crate::i18n::format::now;
use crate::ui::effect;
use client::reply_guard::ReplyGuard;
use leptos::prelude::*;
use types::id::ConversationId;
use types::messages::Message;

/// The guard of the open conversation, whichever that is. `Copy`; get it by [`use_reply_guard`].
#[derive(Clone, Copy)]
pub struct Guard {
    inbox: Inbox,
    /// The open conversation.
    id: Memo<ConversationId>,
    /// What its answer knows, with whose it is: another conversation begins anew.
    guard: StoredValue<(ConversationId, ReplyGuard)>,
    /// The conversation whose newest message is in sight in the log, where it is.
    at_end: RwSignal<Option<ConversationId>>,
    /// Whose answer is held back, and what it knew then; nothing while none is.
    held: RwSignal<Option<(ConversationId, i64)>>,
}

/// The guard of the open conversation.
pub fn use_reply_guard() -> Guard {
    expect_context()
}

impl Guard {
    /// Watches over the open conversation for as long as the present scope lives.
    pub fn provide(id: Memo<ConversationId>) {
        let inbox = use_inbox();
        let first = id.get_untracked();
        let guard = Self {
            inbox,
            id,
            guard: StoredValue::new((first, begun(inbox, first))),
            at_end: RwSignal::new(None),
            held: RwSignal::new(None),
        };
        let newest = Memo::new(move |_| inbox.conversation(id.get()).map_or(0, |conversation| conversation.last_seq));
        effect(move || {
            let in_sight = guard.is_in_sight();
            let newest = newest.get();
            guard.update(|guard| guard.look(in_sight.then_some(newest), now()));
        });
        effect(move || {
            let Some((of, known)) = guard.held.get() else { return };
            // What was held back for is cleared or recalled, and nothing is left to be asked about; or the person has gone on to
            // another conversation, and is asked again when they send.
            if of != id.get() || inbox.said_after(of, known).is_empty() {
                guard.held.set(None);
            }
        });
        provide_context(guard);
    }

    /// Whether the newest message of a conversation is in sight in its log.
    pub fn set_at_end(self, id: ConversationId, at_end: bool) {
        let Some(before) = self.at_end.try_get_untracked() else { return };
        let now = if at_end { Some(id) } else { before.filter(|of| *of != id) };
        if now != before {
            self.at_end.set(now);
        }
    }

    /// The person writes; `begins`: nothing had been written before. Answers what the text knows of the conversation.
    pub fn writes(self, begins: bool) -> i64 {
        if begins {
            self.acknowledge();
        }
        self.update(|guard| guard.known(now())).unwrap_or_default()
    }

    /// A text that was begun in another tab goes on here: it knows what it knew there, and not what this tab began with.
    pub fn takes_over(self) {
        let id = self.id.get_untracked();
        let Some(known) = self.inbox.draft_known(id) else { return self.acknowledge() };
        let in_sight = untrack(|| self.is_in_sight());
        let newest = newest_now(self.inbox, id);
        self.update(|guard| {
            *guard = ReplyGuard::new(known);
            guard.look(in_sight.then_some(newest), now());
        });
    }

    /// The person sends. Says whether the answer may go; if not, what it does not know is shown from now on.
    pub fn lets_go(self) -> bool {
        let (id, known) = (self.id.get_untracked(), self.writes(false));
        let unknown = !untrack(|| self.inbox.said_after(id, known)).is_empty();
        if unknown && !self.is_holding() {
            self.held.set(Some((id, known)));
        }
        !unknown
    }

    /// What the answer that is held back does not know, oldest first; nothing while none is.
    pub fn unknown(self) -> Option<Vec<Message>> {
        self.held_back().map(|known| self.inbox.said_after(self.id.get(), known))
    }

    /// Whether the answer is held back.
    pub fn is_holding(self) -> bool {
        untrack(|| self.held_back()).is_some()
    }

    /// The person has been told, and goes on, or has sent all the same.
    pub fn let_go(self) {
        self.acknowledge();
        if self.is_holding() {
            self.held.set(None);
        }
    }

    fn acknowledge(self) {
        let newest = newest_now(self.inbox, self.id.get_untracked());
        self.update(|guard| guard.acknowledge(newest));
    }

    /// What the open conversation's answer knew when it was held back.
    fn held_back(self) -> Option<i64> {
        let id = self.id.get();
        self.held.get().filter(|(of, _)| *of == id).map(|(_, known)| known)
    }

    /// Whether the newest message is before the person's eyes: in the log, or in the bar over the answer.
    fn is_in_sight(self) -> bool {
        let at_end = self.at_end.get() == Some(self.id.get());
        (at_end || self.held_back().is_some()) && self.inbox.is_attended()
    }

    /// Changes what the open conversation's answer knows; nothing once nobody writes here any more.
    fn update<T>(self, change: impl FnOnce(&mut ReplyGuard) -> T) -> Option<T> {
        let id = self.id.try_get_untracked()?;
        self.guard.try_update_value(|(of, guard)| {
            if *of != id {
                (*of, *guard) = (id, begun(self.inbox, id));
            }
            change(guard)
        })
    }
}

/// An answer as it begins or goes on in a conversation that is opened. A draft that does not say what it knows was begun before
/// drafts said so.
fn begun(inbox: Inbox, id: ConversationId) -> ReplyGuard {
    ReplyGuard::new(inbox.draft_known(id).unwrap_or_else(|| newest_now(inbox, id)))
}

fn newest_now(inbox: Inbox, id: ConversationId) -> i64 {
    inbox.conversation_now(id).map_or(0, |conversation| conversation.last_seq)
}
