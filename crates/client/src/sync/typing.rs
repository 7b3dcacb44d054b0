//! That somebody writes: told while it goes on, forgotten by itself.

use crate::sync::{Command, Machine, Phase, Topic};
use crate::typing::{Pulse, Typist};
use types::agents::LoginState;
use types::id::ConversationId;
use types::limits::TYPING_AGAIN_MILLIS;
use types::messages::Author;
use types::time::Timestamp;
use types::ws::ClientFrame;

impl Machine {
    /// Who writes in a conversation, the visitor before the agents; the agent themselves is not among them.
    pub fn typists(&self, id: ConversationId) -> impl Iterator<Item = &Typist> {
        self.typists.of(id)
    }

    /// The agent has edited what they write to a conversation.
    pub(super) fn writes(&mut self, id: ConversationId, has_text: bool, now: Timestamp) {
        if self.writing.is_some_and(|(before, _)| before != id) {
            self.stop_writing(now);
        }
        let (_, pulse) = self.writing.get_or_insert((id, Pulse::default()));
        // While nobody can hear it, it is as if it had not been written: once it can be heard, the next key tells.
        let heard = self.phase == Phase::Live && self.state.me().login_state == LoginState::Normal;
        if !heard {
            pulse.stop();
        } else if pulse.edited(has_text, TYPING_AGAIN_MILLIS, now) {
            self.say(ClientFrame::Typing { conversation_id: Some(id), active: has_text, text: None }, now);
        }
    }

    /// The agent looks at another conversation: what they wrote is left.
    pub(super) fn stop_writing(&mut self, now: Timestamp) {
        if let Some((id, mut pulse)) = self.writing.take()
            && pulse.stop()
            && self.phase == Phase::Live
        {
            self.say(ClientFrame::Typing { conversation_id: Some(id), active: false, text: None }, now);
        }
    }

    /// What the agent wrote has been sent: the message itself says that the writing is over.
    pub(super) fn written(&mut self, id: ConversationId) {
        if self.writing.is_some_and(|(writing, _)| writing == id) {
            self.writing = None;
        }
    }

    pub(super) fn typing_heard(
        &mut self,
        id: ConversationId,
        author: Author,
        active: bool,
        text: Option<String>,
        now: Timestamp,
    ) {
        if matches!(&author, Author::Agent { id, .. } if *id == self.state.me().id) {
            return;
        }
        self.typists.heard(id, author, active, text, now);
        self.commands.push(Command::Changed(Topic::Typing));
    }

    /// Somebody has sent what they wrote. What is said automatically nobody has written.
    pub(super) fn typist_sent(&mut self, id: ConversationId, author: &Author) {
        if *author != Author::Automatic && self.typists.sent(id, author) {
            self.commands.push(Command::Changed(Topic::Typing));
        }
    }

    /// The conversation is ours no more.
    pub(super) fn typists_left(&mut self, id: ConversationId) {
        if self.typists.leave(id) {
            self.commands.push(Command::Changed(Topic::Typing));
        }
    }

    /// Lets go of whoever has not said so again.
    pub(super) fn expire_typists(&mut self, now: Timestamp) {
        if self.typists.expire(now) {
            self.commands.push(Command::Changed(Topic::Typing));
        }
    }

    /// The connection is lost: nobody is heard any more.
    pub(super) fn forget_typists(&mut self) {
        self.writing = None;
        if self.typists.clear() {
            self.commands.push(Command::Changed(Topic::Typing));
        }
    }
}
