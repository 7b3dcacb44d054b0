//! Internal notes of the model, and the lines of who joined and left.

use super::{ME, World};
use crate::samples;
use types::events::Event;
use types::id::{AgentId, ConversationId, NoteId};
use types::notes::{MemberChange, MemberChangeKind, Note, Notes};
use uuid::Uuid;

impl World {
    /// A colleague writes a note, which may mention me.
    pub(crate) fn note(&mut self, number: u128, mentions_me: bool) {
        let mentions = if mentions_me { vec![samples::agent_id(ME)] } else { Vec::new() };
        if !self.talks.contains_key(&number) {
            return;
        }
        if let Some(note) = self.written(number, mentions, None) {
            self.append(Event::NoteCreated { note });
        }
        if mentions_me {
            self.change_my_view(number, |before| before.mentioned(true));
        }
    }

    /// The line that somebody joined or left, of which I hear where I see the conversation.
    pub(super) fn tell_change(&mut self, number: u128, agent_id: AgentId, kind: MemberChangeKind) {
        let change = MemberChange { kind, agent_id, agent_name: "somebody".to_owned(), until: None };
        if let Some(note) = self.written(number, Vec::new(), Some(change)).filter(|_| self.talks.contains_key(&number))
        {
            self.append(Event::NoteCreated { note });
        }
    }

    fn written(&mut self, number: u128, mentions: Vec<AgentId>, change: Option<MemberChange>) -> Option<Note> {
        let created_at = self.tick();
        let talk = self.talks.get_mut(&number).or_else(|| self.hidden.get_mut(&number))?;
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
            whisper: false,
            mentions,
            change,
            nonce: samples::nonce(unique),
            created_at,
        };
        talk.notes.push(note.clone());
        Some(note)
    }

    pub(crate) fn notes(&self, id: ConversationId) -> Option<Notes> {
        let talk = self.talks.get(&id.0.as_u128())?;
        let (items, count) = (talk.notes.clone(), talk.notes_written);
        Some(Notes { items, has_earlier: false, count, cleared: talk.notes_cleared })
    }
}
