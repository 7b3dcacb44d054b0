//! Who writes: the visitor, as agents are told, and agents, as the visitor is.

use super::{Command, Machine};
use crate::live::link::Link;
use crate::text::tail;
use client::typing::Pulse;
use types::id::AgentId;
use types::limits;
use types::messages::Author;
use types::time::Timestamp;
use types::ws::ClientFrame;

/// Who writes at this moment.
#[derive(Debug, Default)]
pub(super) struct Typing {
    /// The agents who write, and until when each counts as writing.
    agents: Vec<(AgentId, Timestamp)>,
    pulse: Pulse,
    /// What stands in the field, where agents see it.
    unsent: String,
}

impl Machine {
    /// Whether an agent writes.
    #[must_use]
    pub fn is_agent_typing(&self) -> bool {
        !self.typing.agents.is_empty()
    }

    /// Whether agents see what the visitor has not sent.
    #[must_use]
    pub fn shows_unsent(&self) -> bool {
        self.channel.as_ref().is_some_and(|channel| channel.unsent_preview)
    }

    /// The visitor has edited the field. Says what to send; not by way of [`Machine::handle`], because a key must cost little.
    pub fn edited(&mut self, text: &str, now: Timestamp) -> Option<ClientFrame> {
        let has_text = !text.trim().is_empty();
        // Before the first message there is nobody to tell.
        if self.link() != Link::Live || self.chat.after_seq().is_none() {
            self.typing.pulse.stop();
            return None;
        }
        let again = if self.shows_unsent() {
            self.typing.unsent = tail(text, limits::UNSENT_TEXT_MAX).to_owned();
            limits::UNSENT_AGAIN_MILLIS
        } else {
            limits::TYPING_AGAIN_MILLIS
        };
        self.typing.pulse.edited(has_text, again, now).then(|| self.tells(has_text))
    }

    fn tells(&self, active: bool) -> ClientFrame {
        // Switched on since the last key, there is nothing to show yet.
        let shown = active && self.shows_unsent() && !self.typing.unsent.is_empty();
        let text = shown.then(|| self.typing.unsent.clone());
        ClientFrame::Typing { conversation_id: None, active, text }
    }

    /// What stood in the field is on its way; the message itself says that the writing is over.
    pub fn written(&mut self) {
        self.typing.pulse.stop();
        self.typing.unsent.clear();
    }

    /// Somebody writes, or has stopped to: of several agents each speaks for themselves.
    pub(super) fn author_types(&mut self, author: &Author, active: bool, now: Timestamp) {
        if let Author::Agent { id, .. } = author {
            self.typing.agents.retain(|(other, _)| other != id);
            if active {
                self.typing.agents.push((*id, now.plus_millis(limits::TYPING_SHOWN_MILLIS)));
            }
        }
    }

    /// When something is to be told or forgotten.
    pub(super) fn typing_at(&self) -> Option<Timestamp> {
        self.unsent_at().into_iter().chain(self.typing.agents.iter().map(|(_, until)| *until)).min()
    }

    fn unsent_at(&self) -> Option<Timestamp> {
        self.typing.pulse.due(limits::UNSENT_AGAIN_MILLIS).filter(|_| self.shows_unsent())
    }

    pub(super) fn typing_tick(&mut self, now: Timestamp, out: &mut Vec<Command>) {
        self.typing.agents.retain(|(_, until)| now < *until);
        if self.unsent_at().is_some_and(|at| now >= at)
            && self.typing.pulse.edited(true, limits::UNSENT_AGAIN_MILLIS, now)
        {
            out.push(Command::Send(self.tells(true)));
        }
    }
}
