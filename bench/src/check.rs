//! The checker: is told of every message that was sent, acknowledged and heard, and names what is wrong.
//!
//! A pure structure: no clock, no network. What it promises of a clean run: every acknowledged message was heard by
//! everybody who had to hear it, once, in the order of `seq`; a sender's messages have the order in which they were sent;
//! nobody heard what nobody sent, or what was for others; and `seq` has no gaps.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use types::id::{ConversationId, Nonce};

/// Somebody who hears: a connected client, or an archive that was fetched afterwards.
pub type Listener = u32;

/// How a message reached a listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// As an event on an open connection; connections of one listener are numbered upwards.
    Live(u32),
    /// In the answer to a request: it may repeat what was heard live, and comes when it comes.
    Fetched,
}

/// Something that must not happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// Neither acknowledged nor refused until the end.
    Unanswered(Nonce),
    /// Acknowledged, but a listener never heard it.
    Lost(Nonce, Listener),
    /// The same message has two places in the conversation, or came twice over one connection.
    Doubled(Nonce, Listener),
    /// Came over a connection after a later one had.
    Reordered(Nonce, Listener),
    /// Stands before a message that its sender had sent earlier.
    Overtaken(Nonce),
    /// Heard, but nobody sent it, or it had been refused for good.
    NeverSent(Nonce, Listener),
    /// Heard by somebody whose conversation it is not.
    NotTheirs(Nonce, Listener),
    /// Acknowledged with another place than the one at which a listener heard it.
    Misplaced(Nonce, Listener),
    /// A listener heard of places before and after this one, but of nothing at it.
    Gap(ConversationId, i64, Listener),
    /// A connection left a place out without saying so; whether it was fetched later is another question.
    Skipped(ConversationId, i64, Listener),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unanswered(nonce) => write!(f, "{nonce} was never answered"),
            Self::Lost(nonce, who) => write!(f, "{nonce} was acknowledged, but listener {who} never heard it"),
            Self::Doubled(nonce, who) => write!(f, "{nonce} came twice to listener {who}"),
            Self::Reordered(nonce, who) => write!(f, "{nonce} came to listener {who} after a later one"),
            Self::Overtaken(nonce) => write!(f, "{nonce} stands before a message sent earlier"),
            Self::NeverSent(nonce, who) => write!(f, "{nonce} was heard by listener {who}, but not sent"),
            Self::NotTheirs(nonce, who) => write!(f, "{nonce} was heard by listener {who}, whose it is not"),
            Self::Misplaced(nonce, who) => {
                write!(f, "{nonce} came to listener {who} with another seq than acknowledged")
            }
            Self::Gap(id, seq, who) => write!(f, "listener {who} has no message {seq} of {id}"),
            Self::Skipped(id, seq, who) => {
                write!(f, "message {seq} of {id} was left out of listener {who}'s connection")
            }
        }
    }
}

/// What came of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Messages that were to be sent.
    pub intended: usize,
    /// Messages that the server said are on disk.
    pub acknowledged: usize,
    /// Messages that the server refused for good.
    pub refused: usize,
    /// Everything that is wrong, sorted; empty is what one wants.
    pub faults: Vec<Fault>,
}

impl Report {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.faults.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { intended, acknowledged, refused, faults } = self;
        write!(f, "{acknowledged} of {intended} acknowledged, {refused} refused, {} faults", faults.len())?;
        for fault in faults.iter().take(20) {
            write!(f, "\n  {fault}")?;
        }
        if faults.len() > 20 {
            write!(f, "\n  …")?;
        }
        Ok(())
    }
}

/// A sender's queue: messages in one keep their order. Any number that names sender and conversation.
pub type Lane = u64;

#[derive(Debug)]
struct Sent {
    lane: Lane,
    refused: bool,
    acked: Option<(ConversationId, i64)>,
}

/// What one listener heard of one conversation.
#[derive(Debug, Default)]
struct Heard {
    /// Everything up to here was there before.
    after: i64,
    by_seq: BTreeMap<i64, Nonce>,
    seqs: HashMap<Nonce, i64>,
    connection: u32,
    newest: Option<i64>,
}

/// Collects what happened. The order of calls matters only within a lane and within one listener.
#[derive(Debug, Default)]
pub struct Checker {
    sent: HashMap<Nonce, Sent>,
    order: Vec<Nonce>,
    heard: HashMap<(Listener, ConversationId), Heard>,
    faults: HashSet<Fault>,
}

impl Checker {
    /// The listener has to hear everything of the conversation from behind this `seq` on.
    pub fn listens(&mut self, listener: Listener, conversation: ConversationId, after: i64) {
        self.heard.insert((listener, conversation), Heard { after, ..Heard::default() });
    }

    /// A message is about to be sent, behind those of the same lane.
    pub fn intended(&mut self, lane: Lane, nonce: Nonce) {
        self.sent.insert(nonce, Sent { lane, refused: false, acked: None });
        self.order.push(nonce);
    }

    /// The server says that the message is on disk. It may say so again after a resend, but nothing else.
    pub fn acknowledged(&mut self, nonce: Nonce, conversation: ConversationId, seq: i64) {
        let Some(sent) = self.sent.get_mut(&nonce) else {
            self.faults.insert(Fault::NeverSent(nonce, Listener::MAX));
            return;
        };
        if sent.acked.is_some_and(|before| before != (conversation, seq)) {
            self.faults.insert(Fault::Doubled(nonce, Listener::MAX));
        }
        sent.acked = Some((conversation, seq));
    }

    /// The server refused the message for good.
    pub fn refused(&mut self, nonce: Nonce) {
        if let Some(sent) = self.sent.get_mut(&nonce) {
            sent.refused = true;
        }
    }

    /// The server told a listener that its connection left something out: what is missing there is then no fault.
    pub fn left_out(&mut self, listener: Listener) {
        for ((who, _), heard) in &mut self.heard {
            if *who == listener {
                heard.newest = None;
            }
        }
    }

    /// A message reached a listener, who must be one of those that [listen](Self::listens) to its conversation.
    pub fn heard(&mut self, listener: Listener, way: Way, conversation: ConversationId, seq: i64, nonce: Nonce) {
        let Some(heard) = self.heard.get_mut(&(listener, conversation)) else {
            self.faults.insert(Fault::NotTheirs(nonce, listener));
            return;
        };
        if let Way::Live(connection) = way {
            if connection != heard.connection {
                heard.connection = connection;
                heard.newest = None;
            }
            match heard.newest {
                Some(newest) if seq == newest => self.faults.insert(Fault::Doubled(nonce, listener)),
                Some(newest) if seq < newest => {
                    let again = heard.by_seq.get(&seq) == Some(&nonce);
                    self.faults.insert(match again {
                        true => Fault::Doubled(nonce, listener),
                        false => Fault::Reordered(nonce, listener),
                    })
                }
                Some(newest) => {
                    let skipped = (newest + 1..seq).map(|seq| Fault::Skipped(conversation, seq, listener));
                    self.faults.extend(skipped);
                    false
                }
                None => false,
            };
            heard.newest = heard.newest.max(Some(seq));
        }
        if seq <= heard.after {
            return;
        }
        let other_place = heard.seqs.insert(nonce, seq).is_some_and(|before| before != seq);
        let other_message = heard.by_seq.insert(seq, nonce).is_some_and(|before| before != nonce);
        if other_place || other_message {
            self.faults.insert(Fault::Doubled(nonce, listener));
        }
    }

    /// Judges the whole: to be called when everybody has been answered and has heard all that was on its way.
    #[must_use]
    pub fn finish(mut self) -> Report {
        let mut report = Report { intended: self.order.len(), ..Report::default() };
        let mut newest_of_lane: HashMap<(Lane, ConversationId), i64> = HashMap::new();
        let mut listeners: HashMap<ConversationId, Vec<Listener>> = HashMap::new();
        for (listener, conversation) in self.heard.keys() {
            listeners.entry(*conversation).or_default().push(*listener);
        }
        for nonce in &self.order {
            let Some(sent) = self.sent.get(nonce) else { continue };
            let Some((conversation, seq)) = sent.acked else {
                if sent.refused {
                    report.refused += 1;
                } else {
                    self.faults.insert(Fault::Unanswered(*nonce));
                }
                continue;
            };
            report.acknowledged += 1;
            let newest = newest_of_lane.entry((sent.lane, conversation)).or_insert(0);
            if seq < *newest {
                self.faults.insert(Fault::Overtaken(*nonce));
            }
            *newest = seq.max(*newest);
            for listener in listeners.get(&conversation).into_iter().flatten() {
                match self.heard.get(&(*listener, conversation)).and_then(|heard| heard.seqs.get(nonce)) {
                    None => self.faults.insert(Fault::Lost(*nonce, *listener)),
                    Some(place) if *place != seq => self.faults.insert(Fault::Misplaced(*nonce, *listener)),
                    Some(_) => false,
                };
            }
        }
        for ((listener, conversation), heard) in &self.heard {
            // Told in any order, so only now is it known what was never sent.
            let strange = heard.seqs.keys().filter(|nonce| self.sent.get(nonce).is_none_or(|sent| sent.refused));
            self.faults.extend(strange.map(|nonce| Fault::NeverSent(*nonce, *listener)));
            let mut next = heard.after + 1;
            for seq in heard.by_seq.keys() {
                self.faults.extend((next..*seq).map(|seq| Fault::Gap(*conversation, seq, *listener)));
                next = seq + 1;
            }
        }
        report.faults = self.faults.into_iter().collect();
        report.faults.sort_unstable();
        report
    }
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
