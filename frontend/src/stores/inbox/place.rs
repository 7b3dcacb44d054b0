//! Where in a conversation the person is: at its newest messages, or around one of long ago.

use super::{Inbox, Loading};
use client::sync::{Input, Machine};
use leptos::prelude::*;
use types::id::ConversationId;

impl Inbox {
    /// The person wants to see a message with its surroundings.
    pub fn jump(self, id: ConversationId, seq: i64) {
        self.live.handle(Input::Jump(id, seq));
        self.target.set(Some((id, seq)));
    }

    /// The message of this conversation that is to be brought before the person's eyes.
    pub fn target(self, id: ConversationId) -> Option<i64> {
        self.target.get().filter(|(of, _)| *of == id).map(|(_, seq)| seq)
    }

    /// Whether that message is there no more: it was looked for, and not found.
    pub fn target_is_gone(self, id: ConversationId, seq: i64) -> bool {
        self.live.on_messages(|machine| is_gone(machine, id, seq))
    }

    /// Gives that message up, if it is still wanted and there no more. Answers whether it was.
    pub fn give_up_target(self, id: ConversationId, seq: i64) -> bool {
        let is_wanted = self.target.try_get_untracked().flatten() == Some((id, seq));
        let gives_up = is_wanted && self.live.now(|machine| is_gone(machine, id, seq));
        if gives_up {
            self.target.set(None);
        }
        gives_up
    }

    /// It is before the person's eyes, or cannot be.
    pub fn target_is_reached(self) {
        self.target.set(None);
    }

    /// Whether what is shown of a conversation ends before its newest messages.
    pub fn is_detached(self, id: ConversationId) -> bool {
        self.live.on_messages(|machine| machine.state().is_detached(id))
    }

    /// The person goes back to the newest messages.
    pub fn to_newest(self, id: ConversationId) {
        self.live.handle(Input::ToNewest(id));
    }

    /// How far the messages after those shown around a message have come; [`Loading::Missing`] when the newest are shown.
    pub fn later_loading(self, id: ConversationId) -> Loading {
        self.live.on_messages(|machine| {
            if !machine.state().is_detached(id) {
                Loading::Missing
            } else if machine.is_loading_later(id) {
                Loading::Pending
            } else if machine.later_has_failed(id) {
                Loading::Failed
            } else {
                Loading::Ready
            }
        })
    }

    /// The person comes near the end of what is shown around a message.
    pub fn load_later(self, id: ConversationId) {
        self.live.handle(Input::LoadLater(id));
    }
}

fn is_gone(machine: &Machine, id: ConversationId, seq: i64) -> bool {
    let state = machine.state();
    let is_there = state.shown(id).is_some_and(|timeline| timeline.contains(seq));
    state.open_conversation() == Some(id) && state.needs_around(id).is_none() && !is_there
}
