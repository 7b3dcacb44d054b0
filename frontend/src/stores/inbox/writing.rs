//! What the person writes and has not sent, in every tab; and what goes its way by itself.

use super::Inbox;
use crate::i18n::format;
use crate::realtime::new_nonce;
use crate::stores::drafts::Drafts;
use crate::stores::storage;
use client::sync::Input;
use client::typing::Typist;
use leptos::prelude::*;
use types::id::{ConversationId, Nonce};
use types::messages::{Content, Message};

impl Inbox {
    /// What the person has written to a conversation without sending it.
    pub fn draft(self, id: ConversationId) -> String {
        self.drafts.with_value(|drafts| drafts.get(id).unwrap_or_default().to_owned())
    }

    /// The same for whoever shows it beside the composer; told when another tab changes it.
    pub fn draft_shown(self, id: ConversationId) -> String {
        self.heard.track();
        self.draft(id)
    }

    /// What another tab has made of the draft of this conversation, as it happens.
    pub fn draft_from_elsewhere(self, id: ConversationId) -> Option<String> {
        self.heard.with(|heard| heard.as_ref().filter(|(of, _)| *of == id).map(|(_, text)| text.clone()))
    }

    /// Up to which `seq` it knows the conversation's messages, when that was remembered.
    pub fn draft_known(self, id: ConversationId) -> Option<i64> {
        self.drafts.with_value(|drafts| drafts.known(id))
    }

    /// Remembers what the person has written, in this browser, and up to which `seq` it knows the conversation's messages.
    pub fn set_draft(self, id: ConversationId, text: String, known: i64) {
        self.drafts.update_value(|drafts| drafts.set(id, text, known));
    }

    /// How many messages the server does not have, at this moment.
    pub fn count_unsent_now(self) -> usize {
        self.live.now(|machine| machine.outbox().entries().len())
    }

    /// What the visitor has said after a `seq`, oldest first.
    pub fn said_after(self, id: ConversationId, seq: i64) -> Vec<Message> {
        self.live.on_messages(|machine| {
            let newest = machine.state().timeline(id).map(|timeline| timeline.messages()).unwrap_or_default();
            let after = newest.iter().rev().take_while(|message| message.seq > seq);
            let mut said: Vec<Message> = after.filter(|message| message.author.is_visitor()).cloned().collect();
            said.reverse();
            said
        })
    }

    /// The person has edited what they write to a conversation; whether something stands in the field.
    pub fn writes(self, id: ConversationId, has_text: bool) {
        self.live.handle(Input::Writes(id, has_text));
    }

    /// Who else writes in a conversation, the visitor before agents.
    pub fn typists(self, id: ConversationId) -> Vec<Typist> {
        self.live.on_typing(|machine| machine.typists(id).cloned().collect())
    }

    /// Hears of what other tabs make of the drafts, until the present scope ends.
    pub(super) fn watch_drafts(self) {
        storage::watch_named(self.drafts.with_value(Drafts::prefix), move |name, before, after| {
            let taken = self.drafts.try_update_value(|drafts| drafts.heard(name, before, after, format::now()));
            if let Some(Some(draft)) = taken {
                self.heard.set(Some(draft));
            }
        });
    }

    /// A file that the person chose a while ago is uploaded: it goes its way, and tears nobody away from what they read meanwhile.
    pub fn send_uploaded(self, conversation_id: ConversationId, content: Content) {
        self.live.handle(Input::Say { nonce: new_nonce(), conversation_id, content });
    }

    /// What the person says here comes before their eyes once it is there.
    pub fn shows_own(self, id: ConversationId, nonce: Nonce) {
        self.to_newest(id);
        self.said.set_value(Some(nonce));
    }

    /// Whether this is what the person has said here last.
    pub fn was_just_said(self, nonce: Nonce) -> bool {
        self.said.get_value() == Some(nonce)
    }
}
