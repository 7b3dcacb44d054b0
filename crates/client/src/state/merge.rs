//! Fetched conversations against known ones.

use crate::state::{ConsoleState, Rank};
use types::conversations::Conversation;

impl ConsoleState {
    /// Takes a fetched conversation. It may be older than what events have made of ours, or newer: messages are stored in
    /// one order, so the one that knows more of them is the later one altogether.
    pub(crate) fn merge_conversation(&mut self, fetched: Conversation) {
        let merged = match self.conversations.get(&fetched.id) {
            None => fetched,
            Some(known) if known.last_seq > fetched.last_seq => return,
            // It was read before the known one was cleared.
            Some(known) if known.cleared_seq > fetched.cleared_seq => return,
            Some(known) => later_of(known, fetched),
        };
        self.set_conversation(merged);
    }

    /// Puts a conversation in its place in the lists.
    pub(crate) fn set_conversation(&mut self, mut conversation: Conversation) {
        self.without_gone_tags(&mut conversation.contact.tag_ids);
        if let Some(known) = self.conversations.get(&conversation.id) {
            self.order.remove(&Rank::of(known));
        }
        self.clear_messages(conversation.id, conversation.cleared_seq);
        self.clear_notes(conversation.id, conversation.cleared_notes);
        self.met.insert(conversation.id);
        self.order.insert(Rank::of(&conversation));
        self.conversations.insert(conversation.id, conversation);
    }
}

/// Both stand at the same message, or the fetched one further: marks only ever move forward.
fn later_of(known: &Conversation, mut fetched: Conversation) -> Conversation {
    if known.last_seq == fetched.last_seq && known.read_seq > fetched.read_seq {
        fetched.read_seq = known.read_seq;
        fetched.unread = known.unread;
    }
    fetched.put_personal(known.personal());
    fetched.put_standing(known.standing());
    // The fetched one is from before a recall that is known here.
    if known.recalls > fetched.recalls {
        fetched.recalls = known.recalls;
        if known.last_seq == fetched.last_seq {
            fetched.last_message = known.last_message.clone();
        }
    }
    if known.contact.version > fetched.contact.version {
        fetched.contact = known.contact.clone();
    }
    fetched.notes = fetched.notes.max(known.notes);
    fetched.cleared_notes = fetched.cleared_notes.max(known.cleared_notes);
    fetched.agents_read_seq = fetched.agents_read_seq.max(known.agents_read_seq);
    fetched.visitor_read_seq = fetched.visitor_read_seq.max(known.visitor_read_seq);
    fetched
}
