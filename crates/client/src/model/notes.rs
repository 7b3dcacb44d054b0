//! Internal notes of the model.

use super::{ME, World};
use crate::samples;
use types::events::Event;
use types::id::{ConversationId, NoteId};
use types::notes::{Note, Notes};
use uuid::Uuid;

impl World {
    /// A colleague writes a note, which may mention me.
    pub(crate) fn note(&mut self, number: u128, mentions_me: bool) {
        let created_at = self.tick();
        let Some(talk) = self.talks.get_mut(&number) else { return };
        talk.notes_written += 1;
        let unique = u128::try_from(created_at.0).unwrap();
        let note = Note {
            id: NoteId(Uuid::from_u128(unique)),
            conversation_id: samples::conversation_id(number),
            number: talk.notes_written,
            after_seq: i64::try_from(talk.messages.len()).unwrap(),
            author_id: samples::agent_id(2),
            author_name: "colleague".to_owned(),
            text: format!("note {}", talk.notes_written),
            mentions: if mentions_me { vec![samples::agent_id(ME)] } else { Vec::new() },
            nonce: samples::nonce(unique),
            created_at,
        };
        talk.notes.push(note.clone());
        self.append(Event::NoteCreated { note });
    }

    pub(crate) fn notes(&self, id: ConversationId) -> Option<Notes> {
        let talk = self.talks.get(&id.0.as_u128())?;
        let (items, count) = (talk.notes.clone(), talk.notes_written);
        Some(Notes { items, has_earlier: false, count, cleared: talk.notes_cleared })
    }
}
