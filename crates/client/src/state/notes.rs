//! Internal notes beside a conversation: apart from its messages, with numbers of their own.

use crate::state::ConsoleState;
use types::events::Event;
use types::id::ConversationId;
use types::notes::{Note, Notes};

/// The notes held beside a conversation: all of them, up to a number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HeldNotes {
    items: Vec<Note>,
    /// How many had been written when what is held was true.
    count: i64,
}

impl HeldNotes {
    /// The notes, oldest first.
    #[must_use]
    pub fn items(&self) -> &[Note] {
        &self.items
    }

    /// Drops those up to a number.
    fn clear(&mut self, number: i64) {
        self.items.retain(|note| note.number > number);
        // Nothing is left to be fetched of those that were cleared unseen.
        self.count = self.count.max(number);
    }
}

impl ConsoleState {
    /// The notes held beside a conversation.
    #[must_use]
    pub fn notes(&self, id: ConversationId) -> Option<&HeldNotes> {
        self.notes.get(&id)
    }

    /// Whether the notes beside a conversation are to be fetched.
    pub(super) fn lacks_notes(&self, id: ConversationId) -> bool {
        let Some(known) = self.conversations.get(&id) else { return false };
        self.notes.get(&id).map_or(known.notes > known.cleared_notes, |held| held.count < known.notes)
    }

    /// Takes the notes beside a conversation, unless later ones are held.
    pub fn put_notes(&mut self, id: ConversationId, notes: Notes) {
        let Some(known) = self.conversations.get(&id) else { return };
        let Notes { items, count, cleared, .. } = notes;
        if self.notes.get(&id).is_none_or(|held| held.count <= count) {
            let mut held = HeldNotes { items, count };
            held.clear(cleared.max(known.cleared_notes));
            self.notes.insert(id, held);
        }
    }

    /// The notes beside the open conversation as they were before a snapshot. A server that has fewer is not the one that we knew.
    pub(super) fn keep_notes(&mut self, id: ConversationId, notes: Option<HeldNotes>) {
        let Some(known) = self.conversations.get(&id) else { return };
        if let Some(mut held) = notes.filter(|held| held.count <= known.notes) {
            held.clear(known.cleared_notes);
            self.notes.insert(id, held);
        }
    }

    /// One's own note, once it is stored; its event says the same.
    pub fn note_saved(&mut self, note: Note) {
        self.note_created(note);
    }

    pub(super) fn note_created(&mut self, note: Note) {
        let (id, number) = (note.conversation_id, note.number);
        let event = Event::NoteCreated { note: note.clone() };
        let mentions_me = note.mentions.contains(&self.my_id());
        if mentions_me && !self.conversations.contains_key(&id) && !self.gone.contains(&id) {
            // However far down it is, whoever is mentioned in it is led to it.
            self.await_with(id, event);
            return;
        }
        self.change(id, event, |conversation| conversation.notes = conversation.notes.max(number));
        let Some(known) = self.conversations.get(&id) else { return };
        let cleared = known.cleared_notes;
        // Where there was none before, and is none after that is known of, there is nothing to fetch.
        let first = number == cleared.saturating_add(1) && known.notes == number;
        let held = match self.notes.get_mut(&id) {
            Some(held) => held,
            None if first => self.notes.entry(id).or_insert(HeldNotes { items: Vec::new(), count: cleared }),
            None => return,
        };
        if number == held.count.saturating_add(1) {
            held.count = number;
            held.items.push(note);
        }
    }

    pub(super) fn notes_cleared(&mut self, id: ConversationId, number: i64) {
        let event = Event::NotesCleared { conversation_id: id, number };
        self.change(id, event, |conversation| {
            conversation.cleared_notes = conversation.cleared_notes.max(number);
            conversation.notes = conversation.notes.max(number);
        });
        self.clear_notes(id, number);
    }

    /// Notes go with the history that is cleared.
    pub(super) fn clear_notes(&mut self, id: ConversationId, number: i64) {
        if let Some(held) = self.notes.get_mut(&id) {
            held.clear(number);
        }
    }
}
