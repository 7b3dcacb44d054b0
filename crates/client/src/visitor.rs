//! The widget's side of a chat: what the visitor sees, derived from the session, the events and the outbox.
//!
//! The rules that one [`Told::MessageCreated`] implies are the server's own: who writes has read what is above. So an
//! agent's message moves the agents' read mark, and the visitor's message moves theirs.
//!
//! This module is compiled into the widget: no JSON, no formatting, no dependencies but `types`.

use crate::outbox::{Outbox, Outgoing};
use crate::timeline::{Placed, Timeline};
use types::id::{ContactId, ConversationId, MessageId, Nonce};
use types::messages::{Author, Content, Message, MessageWindow};
use types::time::Timestamp;
use types::visitors::VisitorSession;
use types::ws::ClientFrame;

mod frame;

pub use frame::{Frame, Told};

/// What an input did to the chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    None,
    /// Something that is shown.
    Shown,
    /// A new message of an agent: the moment for a sound and a badge.
    Received,
    /// Messages are missing: fetch those after this `seq` and give them to [`Chat::later`].
    Behind {
        /// The newest `seq` that the chat holds.
        after: i64,
    },
}

/// Where a message of the visitor stands, once it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receipt {
    /// On the server's disk.
    Sent,
    /// An agent has read it.
    Read,
}

/// One visitor's chat.
#[derive(Debug, Clone, Default)]
pub struct Chat {
    contact_id: Option<ContactId>,
    conversation_id: Option<ConversationId>,
    /// A session has named the conversation, not only an event.
    confirmed: bool,
    /// The conversation before this one, which was deleted. What is still told of it is of no meaning here.
    gone: Option<ConversationId>,
    timeline: Timeline,
    outbox: Outbox,
    agents_read_seq: i64,
    read_seq: i64,
    confirmed_read_seq: i64,
    unread: i64,
    /// How many messages have been recalled, as far as anybody has said.
    recalls: i64,
}

impl Chat {
    /// What to give as `after_seq` when opening the session: nothing while no message is held.
    #[must_use]
    pub fn after_seq(&self) -> Option<i64> {
        Some(self.timeline.last_seq()).filter(|seq| *seq > 0)
    }

    /// Takes an opened session, the first as well as one after a lost connection. A session of somebody else (the token
    /// was no longer good) begins a new chat; what waits in the outbox is then said there.
    pub fn open(&mut self, session: &VisitorSession) -> Change {
        if session.conversation_id.is_some_and(|id| self.is_gone(id)) {
            // From before the conversation was deleted.
            return Change::Behind { after: 0 };
        }
        // An answer without a conversation may be older than the message that began it, whose event overtook it. After one that
        // named it, it was deleted meanwhile.
        let known = self.conversation_id.filter(|_| !self.confirmed);
        // Said only to whoever holds messages, of which nothing is left.
        let deleted = session.conversation_id.is_none() && session.messages.cleared_seq > 0;
        let conversation_id = session.conversation_id.or(known);
        let same = !deleted
            && self.contact_id == Some(session.contact_id)
            && (self.conversation_id.is_none() || self.conversation_id == conversation_id);
        if !same {
            self.begin_anew();
        }
        self.contact_id = Some(session.contact_id);
        self.confirmed = session.conversation_id.is_some();
        self.conversation_id = if same { conversation_id } else { session.conversation_id };
        self.agents_read_seq = self.agents_read_seq.max(session.agents_read_seq);
        self.confirmed_read_seq = self.confirmed_read_seq.max(session.visitor_read_seq);
        self.read_seq = self.read_seq.max(session.visitor_read_seq);
        self.unread = session.unread;
        for message in &session.messages.items {
            self.outbox.acked(message.nonce);
        }
        self.recalls = self.recalls.max(session.messages.recalls);
        let placed = if deleted {
            // What the answer says was of the one that is gone; the next one counts from 1.
            Placed::Added
        } else if self.timeline.last_seq() == 0 {
            self.timeline = Timeline::new(session.messages.clone());
            if session.messages.has_later { Placed::Gap { after: self.timeline.last_seq() } } else { Placed::Added }
        } else {
            self.timeline.extend(session.messages.clone())
        };
        if self.has_missed_a_recall() {
            return Change::Behind { after: 0 };
        }
        self.recount();
        match placed {
            Placed::Gap { after } => Change::Behind { after },
            Placed::Added | Placed::Known => Change::Shown,
        }
    }

    /// Something that is held may have been recalled while nobody heard of it. Then everything is fetched anew; what is unread
    /// stays as it was counted.
    fn has_missed_a_recall(&mut self) -> bool {
        let missed = self.timeline.is_outdated(self.recalls);
        if missed {
            self.timeline = Timeline::default();
        }
        missed
    }

    /// Forgets everything but what was not sent, which is said in whatever comes next, and who the visitor is.
    fn begin_anew(&mut self) {
        let (outbox, contact_id) = (std::mem::take(&mut self.outbox), self.contact_id);
        *self = Self { outbox, contact_id, gone: self.gone, ..Self::default() };
    }

    /// The conversation so far was deleted: that is certain, as what a session says, which may be old, is not.
    fn deleted(&mut self) {
        self.gone = self.conversation_id;
        self.begin_anew();
    }

    fn is_gone(&self, id: ConversationId) -> bool {
        self.gone == Some(id)
    }

    /// Whether what is told of this conversation is of the visitor's own. An acknowledgement may have named the next one already,
    /// and what the one before had still to tell comes after it.
    fn is_ours(&mut self, id: ConversationId) -> bool {
        !self.is_gone(id) && *self.conversation_id.get_or_insert(id) == id
    }

    /// Takes an event of the socket.
    pub fn apply(&mut self, told: Told) -> Change {
        match told {
            Told::MessageCreated { message } => self.message_created(message),
            Told::AgentsRead { conversation_id, seq } if self.is_ours(conversation_id) => {
                let news = seq > self.agents_read_seq;
                self.agents_read_seq = self.agents_read_seq.max(seq);
                if news { Change::Shown } else { Change::None }
            }
            Told::ConversationCleared { conversation_id, seq } if self.is_ours(conversation_id) => {
                let cleared = self.timeline.clear(seq);
                self.read_seq = self.read_seq.max(seq);
                self.confirmed_read_seq = self.confirmed_read_seq.max(seq);
                self.recount();
                if cleared { Change::Shown } else { Change::None }
            }
            Told::MessageRecalled { conversation_id, seq, recalls } if self.is_ours(conversation_id) => {
                self.recalls = self.recalls.max(recalls);
                let changed = self.timeline.recall(seq, recalls);
                match changed {
                    _ if self.has_missed_a_recall() => Change::Behind { after: 0 },
                    true => Change::Shown,
                    false => Change::None,
                }
            }
            Told::ConversationDeleted { conversation_id } if self.is_ours(conversation_id) => {
                self.deleted();
                // A session tells what the next one begins with.
                Change::Behind { after: 0 }
            }
            Told::VisitorRead { conversation_id, seq } if self.is_ours(conversation_id) => {
                self.confirmed_read_seq = self.confirmed_read_seq.max(seq);
                if seq <= self.read_seq {
                    return Change::None;
                }
                self.read_seq = seq;
                self.recount();
                Change::Shown
            }
            _ => Change::None,
        }
    }

    fn message_created(&mut self, message: Message) -> Change {
        if self.is_gone(message.conversation_id) {
            return Change::None;
        }
        if self.conversation_id.is_some_and(|id| id != message.conversation_id) {
            self.deleted();
        }
        let (seq, nonce) = (message.seq, message.nonce);
        let author = message.author.clone();
        self.conversation_id = Some(message.conversation_id);
        let mine = self.outbox.acked(nonce).is_some();
        match self.timeline.push(message) {
            Placed::Gap { after } => Change::Behind { after },
            Placed::Known => {
                if mine {
                    Change::Shown
                } else {
                    Change::None
                }
            }
            Placed::Added => match author {
                Author::Visitor => {
                    self.visitor_wrote(seq);
                    Change::Shown
                }
                Author::Agent { .. } => {
                    self.agents_read_seq = self.agents_read_seq.max(seq);
                    self.unread = self.unread.saturating_add(1);
                    Change::Received
                }
                // The welcome: what the visitor has said comes right behind it, and they have seen it before.
                Author::Automatic => Change::Shown,
            },
        }
    }

    fn visitor_wrote(&mut self, seq: i64) {
        self.confirmed_read_seq = self.confirmed_read_seq.max(seq);
        self.read_seq = self.read_seq.max(seq);
        self.recount();
    }

    /// Takes messages fetched after [`Change::Behind`].
    pub fn later(&mut self, window: MessageWindow) -> Change {
        let before = self.timeline.last_seq();
        for message in &window.items {
            self.outbox.acked(message.nonce);
            match message.author {
                Author::Visitor => {
                    self.confirmed_read_seq = self.confirmed_read_seq.max(message.seq);
                    self.read_seq = self.read_seq.max(message.seq);
                }
                Author::Agent { .. } => self.agents_read_seq = self.agents_read_seq.max(message.seq),
                Author::Automatic => {}
            }
        }
        let placed = self.timeline.extend(window);
        self.recount();
        match placed {
            Placed::Gap { after } => Change::Behind { after },
            Placed::Known => Change::None,
            Placed::Added if self.unread_after(before) > 0 => Change::Received,
            Placed::Added => Change::Shown,
        }
    }

    /// Takes messages fetched because the visitor scrolled up. Returns how many were new.
    pub fn earlier(&mut self, window: MessageWindow) -> usize {
        for message in &window.items {
            self.outbox.acked(message.nonce);
        }
        let count = self.timeline.prepend(window);
        self.recount();
        count
    }

    /// The visitor sends: the message is shown at once and kept until the server has it. Returns it as it is to be kept.
    pub fn say(&mut self, nonce: Nonce, content: Content, now: Timestamp) -> Outgoing {
        self.outbox.push(Outgoing::new(nonce, None, content, now))
    }

    /// Takes messages that were kept, by an earlier page or by another tab. Those that are held as stored are left out.
    pub fn restore(&mut self, mut kept: Vec<Outgoing>) {
        let stored = self.timeline.messages();
        kept.retain(|entry| !stored.iter().any(|message| message.nonce == entry.nonce));
        self.outbox.restore(kept);
    }

    /// The server has the message. Where it began another conversation, this is the first that is heard of it.
    pub fn acked(
        &mut self,
        nonce: Nonce,
        conversation_id: ConversationId,
        message_id: MessageId,
        seq: i64,
        created_at: Timestamp,
    ) -> Change {
        let Some(sent) = self.outbox.acked(nonce) else { return Change::None };
        let change = self.message_created(Message {
            id: message_id,
            conversation_id,
            seq,
            author: Author::Visitor,
            content: sent.content,
            nonce,
            created_at,
        });
        // It is on its way no more, whatever became of it.
        if change == Change::None { Change::Shown } else { change }
    }

    /// The visitor has seen everything up to the newest message. Returns what to tell the server, when that is news.
    pub fn mark_read(&mut self) -> Option<ClientFrame> {
        let seq = self.timeline.last_seq();
        if seq <= self.read_seq {
            return None;
        }
        self.read_seq = seq;
        self.unread = 0;
        self.unconfirmed_read()
    }

    /// What the server may not know of the visitor's reading: to be sent again after a reconnect.
    #[must_use]
    pub fn unconfirmed_read(&self) -> Option<ClientFrame> {
        (self.read_seq > self.confirmed_read_seq)
            .then_some(ClientFrame::MarkRead { conversation_id: None, seq: self.read_seq })
    }

    /// The stored messages that are held, oldest first. Those on their way come after them.
    #[must_use]
    pub fn messages(&self) -> &[Message] {
        self.timeline.messages()
    }

    /// Whether there are earlier messages to fetch, and before which `seq`.
    #[must_use]
    pub fn earlier_before(&self) -> Option<i64> {
        self.timeline.has_earlier().then(|| self.timeline.first_seq())
    }

    /// The messages on their way.
    #[must_use]
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// The messages on their way, to be sent, refused, retried.
    pub fn outbox_mut(&mut self) -> &mut Outbox {
        &mut self.outbox
    }

    /// Where the visitor's stored message at `seq` stands.
    #[must_use]
    pub fn receipt(&self, seq: i64) -> Receipt {
        if seq <= self.agents_read_seq { Receipt::Read } else { Receipt::Sent }
    }

    /// Agents' messages that the visitor has not read.
    #[must_use]
    pub fn unread(&self) -> i64 {
        self.unread
    }

    /// Up to which `seq` the visitor has read: the place of the "new messages" line.
    #[must_use]
    pub fn read_seq(&self) -> i64 {
        self.read_seq
    }

    /// Counts the unread messages when the stretch that is held reaches back to the read mark; otherwise the server's
    /// count stands, because what is not held cannot be counted.
    fn recount(&mut self) {
        if self.timeline.first_seq() <= self.read_seq.saturating_add(1) {
            self.unread = self.unread_after(self.read_seq);
        }
    }

    fn unread_after(&self, seq: i64) -> i64 {
        let count = self.timeline.messages().iter().rev().take_while(|message| message.seq > seq);
        i64::try_from(count.filter(|message| !message.author.is_visitor()).count()).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests;
