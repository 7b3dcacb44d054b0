//! Listens at one client's end of a socket: whether what it was told is complete and in order, whatever the client made of it.
//!
//! An agent's placed events must be exactly those of the ledger that they may see, without a gap, from the socket's `ready` or
//! the last `resync` on. A visitor's messages must follow each other by their `seq`. What a client repairs by fetching would
//! otherwise hide what the server or the network did wrong.

use store::Viewer;
use types::agents::LoginState;
use types::events::Event;
use types::ws::ServerFrame;

/// Which order to expect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    Agent(Viewer),
    Visitor,
}

/// A stretch of an agent's socket without a resync.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) viewer: Viewer,
    /// The `ready`'s cursor, for the first stretch of a socket.
    pub(super) cursor: Option<i64>,
    pub(super) heard: Vec<i64>,
}

#[derive(Debug)]
pub(super) struct Tap {
    whose: Whose,
    stretch: Option<Stretch>,
    last_message: Option<i64>,
    /// A suspended agent's events have no place, and some are left out.
    blind: bool,
}

impl Tap {
    pub(super) fn new(whose: Whose) -> Self {
        Self { whose, stretch: None, last_message: None, blind: false }
    }

    /// Takes a frame in the order in which the client gets it. Returns a stretch that has ended, to be compared with the
    /// ledger; or says what is wrong.
    pub(super) fn hear(&mut self, frame: &ServerFrame) -> Result<Option<Stretch>, String> {
        match (self.whose, frame) {
            (Whose::Agent(viewer), ServerFrame::Ready { cursor, .. }) => {
                self.stretch = Some(Stretch { viewer, cursor: *cursor, heard: Vec::new() });
                Ok(None)
            }
            (Whose::Agent(viewer), ServerFrame::Resync {}) => {
                self.blind = false;
                Ok(self.stretch.replace(Stretch { viewer, cursor: None, heard: Vec::new() }))
            }
            (Whose::Agent(_), ServerFrame::Event { seq, event }) => self.agents_event(*seq, event),
            // What is said next begins another conversation, or comes after what was left out.
            (
                Whose::Visitor,
                ServerFrame::Resync {} | ServerFrame::Event { event: Event::ConversationDeleted { .. }, .. },
            ) => {
                self.last_message = None;
                Ok(None)
            }
            (Whose::Visitor, ServerFrame::Event { event: Event::MessageCreated { message }, .. }) => {
                let expected = self.last_message.replace(message.seq).map_or(message.seq, |last| last + 1);
                if message.seq == expected {
                    return Ok(None);
                }
                Err(format!("a visitor's socket carried message {} where {expected} was due", message.seq))
            }
            _ => Ok(None),
        }
    }

    fn agents_event(&mut self, seq: Option<i64>, event: &Event) -> Result<Option<Stretch>, String> {
        let Some(seq) = seq else {
            self.blind = true;
            return Ok(self.stretch.take());
        };
        let ended = match &mut self.stretch {
            Some(stretch) => {
                if let Some(last) = stretch.heard.last().filter(|last| **last >= seq) {
                    return Err(format!("an agent's socket carried event {seq} after event {last}"));
                }
                stretch.heard.push(seq);
                None
            }
            None if self.blind => None,
            None => return Err(format!("an agent's socket carried event {seq} before it was ready")),
        };
        // From here on events are left out.
        if matches!(event, Event::MeUpdated { me } if me.login_state == LoginState::Suspended) {
            self.blind = true;
            return Ok(self.stretch.take());
        }
        Ok(ended)
    }

    /// What it has carried since the last resync.
    pub(super) fn stretch(&self) -> Option<&Stretch> {
        self.stretch.as_ref()
    }

    /// The last message that a visitor's socket has carried since it was opened or the last resync.
    pub(super) fn last_message(&self) -> Option<i64> {
        self.last_message
    }

    /// The socket has ended.
    pub(super) fn end(&mut self) -> Option<Stretch> {
        self.stretch.take()
    }
}

impl Stretch {
    /// Compares with the places that the viewer may see. `to_the_end` when nothing may be missing at the end either.
    pub(super) fn compare(&self, visible: &[i64], to_the_end: bool) -> Result<(), String> {
        let begin = match (self.heard.first(), self.cursor) {
            (Some(first), cursor) => {
                let Ok(begin) = visible.binary_search(first) else {
                    return Err(format!("event {first} was told to somebody who may not see it"));
                };
                let before = begin.checked_sub(1).and_then(|before| visible.get(before));
                if let (Some(cursor), Some(before)) = (cursor, before)
                    && *before > cursor
                {
                    return Err(format!("ready at {cursor}, but event {before} before {first} was never told"));
                }
                begin
            }
            (None, Some(cursor)) => visible.partition_point(|seq| *seq <= cursor),
            // After a resync: what was left out, the client fetches.
            (None, None) => return Ok(()),
        };
        let due = visible.get(begin..).unwrap_or_default();
        let told = due.get(..self.heard.len()).unwrap_or(due);
        if told != self.heard {
            return Err(format!("of {told:?} a socket was told {:?}", self.heard));
        }
        match due.get(self.heard.len()..) {
            Some(rest) if to_the_end && !rest.is_empty() => Err(format!("at rest, {rest:?} were never told")),
            _ => Ok(()),
        }
    }
}
