//! Messages on their way to the server.
//!
//! A message enters the outbox before anything is sent and leaves it when the server says that it is on disk. Each
//! conversation is a lane with at most one message in flight: that is what keeps the order when the server refuses one for
//! a while. A resend carries the same nonce, so the server stores it once.
//!
//! The outbox keeps nothing by itself: whoever owns it writes each entry to a store that survives a reload and gives the
//! entries back with [`Outbox::restore`].

use types::error::ErrorCode;
use types::error::Problem;
use types::id::{ConversationId, MessageId, Nonce};
use types::messages::{Content, Quote};
use types::time::Timestamp;
use types::ws::ClientFrame;

/// After how many milliseconds an unanswered message means that the connection is dead.
pub const ANSWER_WITHIN_MILLIS: i64 = 15_000;
/// How long to wait after the first refusal when the server does not say. It doubles with each further one.
const PAUSE_SECONDS: u32 = 1;
/// The longest such wait.
const PAUSE_MOST_SECONDS: u32 = 30;
/// How often a message is sent to a server that fails of it, before the error counts as one of the message: it may be what
/// breaks the server. That the server was busy in between says nothing of it.
const SERVER_ERRORS_BORNE: u32 = 6;

/// Whether the same request may succeed later without anybody doing anything about it: the server was busy, was asked too
/// often, or failed.
#[must_use]
pub fn is_transient(code: ErrorCode) -> bool {
    code == ErrorCode::RateLimited || code.status() >= 500
}

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "console", derive(serde::Serialize, serde::Deserialize))]
pub enum Delivery {
    /// Waits for the connection, for its turn, or for a server that was busy.
    Waiting,
    /// Sent over the present connection and not answered yet.
    InFlight {
        /// When it was sent.
        since: Timestamp,
    },
    /// Refused for good; the person decides whether to try again.
    Failed {
        /// Why.
        code: ErrorCode,
    },
}

impl Delivery {
    /// Refused for good: it goes to a conversation that is not its author's, or nobody's.
    pub const NOT_THEIRS: Self = Self::Failed { code: ErrorCode::NotFound };
}

/// A message on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "console", derive(serde::Serialize, serde::Deserialize))]
pub struct Outgoing {
    /// Names the message, here and on the server.
    pub nonce: Nonce,
    /// Where it goes; absent for visitors, who have one conversation.
    pub conversation_id: Option<ConversationId>,
    /// What it says. What it answers to is kept by its id alone.
    #[cfg_attr(feature = "console", serde(serialize_with = "at_rest"))]
    pub content: Content,
    /// When the person sent it: the order within its lane.
    pub created_at: Timestamp,
    /// Where it stands.
    pub delivery: Delivery,
}

impl Outgoing {
    /// A message that the person has just sent.
    #[must_use]
    pub fn new(nonce: Nonce, conversation_id: Option<ConversationId>, content: Content, now: Timestamp) -> Self {
        Self { nonce, conversation_id, content, created_at: now, delivery: Delivery::Waiting }
    }

    fn frame(&self) -> ClientFrame {
        ClientFrame::SendMessage {
            nonce: self.nonce,
            conversation_id: self.conversation_id,
            content: self.content.to_new(),
        }
    }
}

/// A content as a store keeps it: what it answers to is named by its id alone, which is all that sending needs. The words are
/// somebody else's, and the store outlives the session that may read them.
#[cfg(feature = "console")]
fn at_rest<S: serde::Serializer>(content: &Content, serializer: S) -> Result<S::Ok, S::Error> {
    let mut kept = content.clone();
    if let Content::Reply { quote, .. } = &mut kept {
        **quote = Quote::named(quote.message_id);
    }
    serde::Serialize::serialize(&kept, serializer)
}

/// Every message on its way, in the order of writing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outbox {
    entries: Vec<Outgoing>,
    /// Until when nothing is sent: the server has too much to do, or has been asked too often.
    held_until: Option<Timestamp>,
    /// Of each message by itself: another lane's success says nothing of it.
    refusals: Vec<Refusals>,
}

/// How often a message has been refused for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Refusals {
    nonce: Nonce,
    /// Because the server was busy, away, or asked too often: for as long as it takes.
    busy: u32,
    /// Because it failed.
    failed: u32,
    /// Until when the message holds its lane; the others have nothing to do with its failure.
    held_until: Option<Timestamp>,
}

impl Outbox {
    /// The messages, in the order of writing.
    #[must_use]
    pub fn entries(&self) -> &[Outgoing] {
        &self.entries
    }

    /// The message with this nonce.
    #[must_use]
    pub fn get(&self, nonce: Nonce) -> Option<&Outgoing> {
        self.entries.iter().find(|entry| entry.nonce == nonce)
    }

    /// Takes a message that the person has just sent and returns it as it is kept. Its time is moved, where needed, behind
    /// that of the one before it, so that the order survives in a store that sorts by time.
    pub fn push(&mut self, mut message: Outgoing) -> Outgoing {
        if let Some(last) = self.entries.last() {
            message.created_at = message.created_at.max(last.created_at.plus_millis(1));
        }
        self.entries.push(message.clone());
        message
    }

    /// Takes messages that an earlier run kept. What was in flight then is waiting now.
    pub fn restore(&mut self, kept: Vec<Outgoing>) {
        for mut entry in kept {
            if self.get(entry.nonce).is_some() {
                continue;
            }
            if matches!(entry.delivery, Delivery::InFlight { .. }) {
                entry.delivery = Delivery::Waiting;
            }
            // Placed one by one: the library's sort alone would weigh 2 KB in the widget.
            let key = |entry: &Outgoing| (entry.created_at, entry.nonce);
            let place = self.entries.partition_point(|held| key(held) <= key(&entry));
            self.entries.insert(place, entry);
        }
    }

    /// What to send now over a connection that is ready: the first message of every lane that has none in flight. Those
    /// returned count as in flight.
    pub fn due(&mut self, now: Timestamp) -> Vec<ClientFrame> {
        if self.held_until.is_some_and(|until| until > now) {
            return Vec::new();
        }
        self.held_until = None;
        let mut frames = Vec::new();
        let mut is_next = by_lane();
        for entry in &mut self.entries {
            if is_next(entry) && entry.delivery == Delivery::Waiting && held(&self.refusals, entry.nonce) <= Some(now) {
                entry.delivery = Delivery::InFlight { since: now };
                frames.push(entry.frame());
            }
        }
        frames
    }

    /// When to look again: at the end of a pause, or when a message in flight has gone unanswered for too long.
    #[must_use]
    pub fn wake_at(&self) -> Option<Timestamp> {
        let mut is_next = by_lane();
        let waiting = self.entries.iter().filter(|entry| is_next(entry) && entry.delivery == Delivery::Waiting);
        let pause = waiting.filter_map(|entry| self.held_until.max(held(&self.refusals, entry.nonce))).min();
        [pause, self.oldest_in_flight().map(|since| since.plus_millis(ANSWER_WITHIN_MILLIS))]
            .into_iter()
            .flatten()
            .min()
    }

    /// Whether a message has gone unanswered for so long that the connection must be dead.
    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.oldest_in_flight().is_some_and(|since| now.millis_since(since) >= ANSWER_WITHIN_MILLIS)
    }

    fn oldest_in_flight(&self) -> Option<Timestamp> {
        self.entries
            .iter()
            .filter_map(|entry| match entry.delivery {
                Delivery::InFlight { since } => Some(since),
                Delivery::Waiting | Delivery::Failed { .. } => None,
            })
            .min()
    }

    /// The message is on disk: it leaves the outbox.
    pub fn acked(&mut self, nonce: Nonce) -> Option<Outgoing> {
        let place = self.entries.iter().position(|entry| entry.nonce == nonce)?;
        self.forgive(nonce);
        Some(self.entries.remove(place))
    }

    /// The server refused the message: for a while (it stays in its lane and holds it) or for good (it fails and lets the
    /// next one pass). Returns the message as it stands now.
    pub fn rejected(&mut self, nonce: Nonce, problem: &Problem, now: Timestamp) -> Option<&Outgoing> {
        let entry = self.entries.iter_mut().find(|entry| entry.nonce == nonce)?;
        let before = self.refusals.iter().position(|refusals| refusals.nonce == nonce);
        let mut refusals = before.map_or_else(
            || Refusals { nonce, busy: 0, failed: 0, held_until: None },
            |place| self.refusals.swap_remove(place),
        );
        let busy = matches!(problem.code, ErrorCode::Busy | ErrorCode::Unavailable | ErrorCode::RateLimited);
        let count = if busy { &mut refusals.busy } else { &mut refusals.failed };
        let pause = PAUSE_SECONDS.saturating_mul(2_u32.saturating_pow(*count)).min(PAUSE_MOST_SECONDS);
        *count = count.saturating_add(1);
        if is_transient(problem.code) && refusals.failed < SERVER_ERRORS_BORNE {
            entry.delivery = Delivery::Waiting;
            let until = now.plus_seconds(i64::from(problem.retry_after.unwrap_or(pause).max(PAUSE_SECONDS)));
            let hold = if busy { &mut self.held_until } else { &mut refusals.held_until };
            *hold = (*hold).max(Some(until));
            self.refusals.push(refusals);
        } else {
            entry.delivery = Delivery::Failed { code: problem.code };
        }
        Some(entry)
    }

    fn forgive(&mut self, nonce: Nonce) {
        self.refusals.retain(|refusals| refusals.nonce != nonce);
    }

    /// The connection is gone: nobody will answer what was in flight.
    pub fn connection_lost(&mut self) {
        self.held_until = None;
        for refusals in &mut self.refusals {
            refusals.held_until = None;
        }
        for entry in &mut self.entries {
            if matches!(entry.delivery, Delivery::InFlight { .. }) {
                entry.delivery = Delivery::Waiting;
            }
        }
    }

    /// The person tries a failed message again. Returns it as it stands now.
    pub fn retry(&mut self, nonce: Nonce) -> Option<&Outgoing> {
        let entry = self
            .entries
            .iter_mut()
            .find(|entry| entry.nonce == nonce && matches!(entry.delivery, Delivery::Failed { .. }))?;
        entry.delivery = Delivery::Waiting;
        Some(entry)
    }

    /// The person gives a failed message up. Only failed ones: what is on its way may be stored already.
    pub fn discard(&mut self, nonce: Nonce) -> Option<Outgoing> {
        self.get(nonce).filter(|entry| matches!(entry.delivery, Delivery::Failed { .. }))?;
        self.acked(nonce)
    }

    /// Every message of a conversation fails: nothing is sent there any more. Returns those that had not failed before, as they stand.
    pub fn refuse(&mut self, conversation_id: ConversationId, code: ErrorCode) -> Vec<Outgoing> {
        let mut refused = Vec::new();
        for entry in &mut self.entries {
            let of_it = entry.conversation_id == Some(conversation_id);
            if of_it && !matches!(entry.delivery, Delivery::Failed { .. }) {
                entry.delivery = Delivery::Failed { code };
                refused.push(entry.clone());
            }
        }
        for entry in &refused {
            self.forgive(entry.nonce);
        }
        refused
    }

    /// A message was recalled: what waits to answer to it no longer shows its words.
    pub fn quoted_was_recalled(&mut self, conversation_id: ConversationId, seq: i64) {
        for entry in self.entries.iter_mut().filter(|entry| entry.conversation_id == Some(conversation_id)) {
            entry.content.quoted_was_recalled(seq);
        }
    }

    /// Looks up what is answered to where only its id is known, as it is after a reload. Returns whether anything was found.
    pub fn look_up_quotes(&mut self, find: impl Fn(ConversationId, MessageId) -> Option<Quote>) -> bool {
        let mut found_any = false;
        for entry in &mut self.entries {
            if let (Some(id), Content::Reply { quote, .. }) = (entry.conversation_id, &mut entry.content)
                && !quote.is_known()
                && let Some(found) = find(id, quote.message_id)
            {
                **quote = found;
                found_any = true;
            }
        }
        found_any
    }

    /// Removes every message of a conversation.
    pub fn forget(&mut self, conversation_id: ConversationId) -> Vec<Outgoing> {
        let gone: Vec<Outgoing> =
            self.entries.extract_if(.., |entry| entry.conversation_id == Some(conversation_id)).collect();
        for entry in &gone {
            self.forgive(entry.nonce);
        }
        gone
    }
}

/// Says of messages, asked in order, whether they are the next one of their lane. Those that failed stand aside.
fn by_lane() -> impl FnMut(&Outgoing) -> bool {
    let mut lanes = Vec::new();
    move |entry| {
        let is_next = !matches!(entry.delivery, Delivery::Failed { .. }) && !lanes.contains(&entry.conversation_id);
        if is_next {
            lanes.push(entry.conversation_id);
        }
        is_next
    }
}

/// Until when a message holds its lane.
fn held(refusals: &[Refusals], nonce: Nonce) -> Option<Timestamp> {
    refusals.iter().find(|refusals| refusals.nonce == nonce)?.held_until
}

#[cfg(test)]
mod tests;
