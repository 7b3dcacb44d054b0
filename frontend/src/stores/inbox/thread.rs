//! The messages of one conversation as its log shows them.

use client::outbox::{Delivery, Outgoing};
use client::sync::Machine;
use types::id::{ConversationId, Nonce};
use types::messages::Message;
use types::notes::Note;

/// The messages of one conversation, stored and on their way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Thread<'a> {
    /// Stored ones, oldest first.
    pub stored: &'a [Message],
    /// Those on their way, in the order of writing.
    pub outgoing: Vec<&'a Outgoing>,
    /// Up to which `seq` the visitor has read.
    pub visitor_read_seq: i64,
    /// How many messages have been recalled.
    pub recalls: i64,
    /// The internal notes beside it, oldest first.
    pub notes: &'a [Note],
    /// Whether the stored ones end before the newest.
    pub ends_early: bool,
}

/// Tells whether a thread has changed, at a cost that does not grow with its messages: a stored one never changes but by being
/// recalled, so the ends of the stretch stand for all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreadMark {
    stretch: (i64, i64),
    outgoing: Vec<(Nonce, Delivery)>,
    visitor_read_seq: i64,
    recalls: i64,
    /// How many notes there are, and the newest.
    notes: (usize, i64),
}

/// What is shown of a conversation.
pub(super) fn thread(machine: &Machine, id: ConversationId) -> Thread<'_> {
    // What is on its way belongs to the end, which is not in sight around a message of long ago.
    let at_end = !machine.state().is_detached(id);
    Thread {
        stored: machine.state().shown(id).map(|timeline| timeline.messages()).unwrap_or_default(),
        outgoing: machine.outgoing(id).filter(|_| at_end).collect(),
        visitor_read_seq: machine.state().conversation(id).map_or(0, |one| one.visitor_read_seq),
        recalls: machine.state().shown(id).map_or(0, |timeline| timeline.recalls()),
        ends_early: !at_end,
        notes: machine.state().notes(id).map(|notes| notes.items()).unwrap_or_default(),
    }
}

/// What tells whether it has changed.
pub(super) fn thread_mark(thread: &Thread<'_>) -> ThreadMark {
    let seq = |message: Option<&Message>| message.map_or(0, |message| message.seq);
    ThreadMark {
        stretch: (seq(thread.stored.first()), seq(thread.stored.last())),
        outgoing: thread.outgoing.iter().map(|message| (message.nonce, message.delivery)).collect(),
        visitor_read_seq: thread.visitor_read_seq,
        recalls: thread.recalls,
        notes: (thread.notes.len(), thread.notes.last().map_or(0, |note| note.number)),
    }
}
