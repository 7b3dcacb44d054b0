//! What the person is told of: what visitors have just written, and notes that mention them, each once; and that the server hears of it.

use crate::sync::{Command, Machine, Phase};
use types::events::Event;
use types::id::ConversationId;
use types::time::Timestamp;
use types::ws::ClientFrame;

/// After a break so many conversations are told of, those with the newest messages.
const BREAK_TOLD: usize = 5;
/// How often at most the server is told that what it says is heard.
const ANSWER_MILLIS: i64 = 1_000;
/// Stands for the message with which a conversation arrives that has become the agent's, whatever was said in it.
pub(super) const JOINED: i64 = 0;

impl Machine {
    /// Where a visitor has written what is not known here, and its `seq`.
    pub(super) fn news(&self, event: &Event) -> Option<(ConversationId, i64)> {
        let Event::MessageCreated { message } = event else { return None };
        let (id, seq) = (message.conversation_id, message.seq);
        let is_new = self.state.conversation(id).is_none_or(|known| known.last_seq < seq);
        (message.author.is_visitor() && is_new).then_some((id, seq))
    }

    /// The agent has become one of those who answer in a conversation that is not known here.
    pub(super) fn has_joined(&self, event: &Event) -> Option<ConversationId> {
        let me = self.state.me().id;
        let conversation_id = match event {
            Event::AgentJoined { conversation_id, agent_id, .. } if *agent_id == me => *conversation_id,
            Event::ConversationAssigned { conversation_id, standing }
            | Event::ConversationReopened { conversation_id, standing }
                if standing.assignee_id == Some(me) =>
            {
                *conversation_id
            }
            _ => return None,
        };
        self.state.conversation(conversation_id).is_none().then_some(conversation_id)
    }

    pub(super) fn note_missed(&mut self, event: &Event) {
        let joined = self.has_joined(event).map(|id| (id, JOINED));
        if let Some((id, seq)) = self.news(event).or(joined) {
            self.missed.retain(|(other, _)| *other != id);
            self.missed.push((id, seq));
            if self.missed.len() > BREAK_TOLD {
                self.missed.remove(0);
            }
        }
    }

    /// A colleague mentions the agent in a note that is not shown here.
    pub(super) fn note_mention(&mut self, event: &Event) {
        let Event::NoteCreated { note } = event else { return };
        let me = self.state.me().id;
        let held = self.state.notes(note.conversation_id).map(|held| held.items()).unwrap_or_default();
        let is_held = held.iter().any(|known| known.number == note.number);
        // What is due nobody has written.
        let is_news = note.author_id != me || note.change.is_some();
        if note.mentions.contains(&me) && is_news && !is_held {
            self.mentions.retain(|other| other.conversation_id != note.conversation_id);
            self.mentions.push(note.clone());
            if self.mentions.len() > BREAK_TOLD {
                self.mentions.remove(0);
            }
        }
    }

    /// Tells of notes that mention the agent, as soon as their conversation can be shown. One that was cleared meanwhile is gone.
    fn tell_mentions(&mut self) {
        for note in std::mem::take(&mut self.mentions) {
            match self.state.conversation(note.conversation_id) {
                Some(known) if known.cleared_notes >= note.number => {}
                Some(known) if known.notes >= note.number => self.commands.push(Command::Mentioned(Box::new(note))),
                None if self.state.is_missing(note.conversation_id) => {}
                _ => self.mentions.push(note),
            }
        }
    }

    /// Tells of what visitors have just written, as soon as it can be shown.
    pub(super) fn tell_arrived(&mut self, now: Timestamp) {
        let told = self.commands.len();
        self.tell_mentions();
        for (id, seq) in std::mem::take(&mut self.arriving) {
            match self.state.conversation(id) {
                Some(conversation) if conversation.last_seq >= seq => {
                    if conversation.read_seq < seq {
                        self.commands.push(Command::Arrived(id, seq));
                    } else if seq == JOINED && conversation.is_unread() {
                        self.commands.push(Command::Arrived(id, conversation.last_seq));
                    }
                }
                None if self.state.is_missing(id) => {}
                _ => {
                    self.arriving.insert(id, seq);
                }
            }
        }
        let owes = self.owes_answer && now >= self.answer_at();
        if self.phase == Phase::Live && (owes || self.commands.len() > told) {
            self.answer(now);
        }
    }

    /// Says at once that what has just been told is told here. A console that stays silent is taken for one whose machine sleeps, and
    /// the agent is told by a push.
    fn answer(&mut self, now: Timestamp) {
        self.owes_answer = now < self.answer_at();
        if !self.owes_answer {
            self.answered_at = now;
            self.say(ClientFrame::Ping {}, now);
        }
    }

    /// When the server may be told again.
    pub(super) fn answer_at(&self) -> Timestamp {
        self.answered_at.plus_millis(ANSWER_MILLIS)
    }
}
