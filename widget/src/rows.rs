//! The messages as they are drawn: grouped by author, separated by days, marked with how far they have come.

use crate::live::Machine;
use client::outbox::Delivery;
use client::visitor::Receipt;
use types::error::ErrorCode;
use types::id::Nonce;
use types::messages::{Author, Content};
use types::time::Timestamp;

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Names it, from the first echo on.
    pub nonce: Nonce,
    /// The agent's name; nothing for the visitor's own.
    pub agent: Option<String>,
    /// What it says.
    pub text: String,
    /// When it was written or stored.
    pub at: Timestamp,
    /// What changes about it.
    pub look: Look,
}

impl Row {
    /// What makes it another row when it changes: its place in time moves when it is stored.
    #[must_use]
    pub fn key(&self) -> (Nonce, Timestamp) {
        (self.nonce, self.at)
    }
}

/// What may change about a row while it stays the same message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// The first of its day.
    pub new_day: bool,
    /// The first that the visitor had not read when the panel was opened.
    pub first_unread: bool,
    /// The first of its group.
    pub head: bool,
    /// The last of its group.
    pub tail: bool,
    /// How far it has come.
    pub mark: Mark,
}

/// How far a message of the visitor's has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// An agent's message has none.
    None,
    /// Not stored yet.
    Sending,
    /// Stored.
    Sent,
    /// Read by an agent.
    Read,
    /// Refused, for this reason.
    Failed(ErrorCode),
}

/// Messages of one author belong together for this long.
const GROUP_MS: i64 = 5 * 60 * 1000;

/// Every row, oldest first. `day` tells the local day of a time; `unread_after` is where the visitor had read to when the
/// panel was opened.
pub fn rows(machine: &Machine, unread_after: Option<i64>, day: impl Fn(Timestamp) -> i64) -> Vec<Row> {
    let chat = machine.chat();
    let look = |mark| Look { new_day: false, first_unread: false, head: false, tail: false, mark };
    let mut line = unread_after;
    let stored = chat.messages().iter().map(|message| {
        let agent = match &message.author {
            Author::Visitor => None,
            Author::Agent { name, .. } => Some(name.clone()),
        };
        let mark = match (&agent, chat.receipt(message.seq)) {
            (Some(_), _) => Mark::None,
            (None, Receipt::Read) => Mark::Read,
            (None, Receipt::Sent) => Mark::Sent,
        };
        let first_unread = agent.is_some() && line.take_if(|read| message.seq > *read).is_some();
        let Content::Text { text } = &message.content;
        let look = Look { first_unread, ..look(mark) };
        Row { nonce: message.nonce, agent, text: text.clone(), at: message.created_at, look }
    });
    let waiting = chat.outbox().entries().iter().map(|entry| {
        let mark = match entry.delivery {
            Delivery::Waiting | Delivery::InFlight { .. } => Mark::Sending,
            Delivery::Failed { code } => Mark::Failed(code),
        };
        let Content::Text { text } = &entry.content;
        Row { nonce: entry.nonce, agent: None, text: text.clone(), at: entry.created_at, look: look(mark) }
    });
    let mut rows: Vec<Row> = stored.chain(waiting).collect();
    group(&mut rows, day);
    rows
}

fn group(rows: &mut [Row], day: impl Fn(Timestamp) -> i64) {
    let mut last_day = None;
    let mut previous: Option<&mut Row> = None;
    for row in rows {
        let today = Some(day(row.at));
        row.look.new_day = today != last_day;
        last_day = today;
        let joins = previous.as_ref().is_some_and(|before| {
            before.agent == row.agent && !row.look.first_unread && row.at.millis_since(before.at) < GROUP_MS
        });
        row.look.head = row.look.new_day || !joins;
        if let Some(before) = previous {
            before.look.tail = row.look.head;
        }
        row.look.tail = true;
        previous = Some(row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn row(agent: Option<&str>, minutes: i64) -> Row {
        Row {
            nonce: Nonce(Uuid::nil()),
            agent: agent.map(ToOwned::to_owned),
            text: String::new(),
            at: Timestamp(minutes * 60_000),
            look: Look { new_day: false, first_unread: false, head: false, tail: false, mark: Mark::None },
        }
    }

    #[test]
    fn groups_end_with_the_author_the_pause_and_the_day() {
        let mut rows = [
            row(None, 0),
            row(None, 1),
            row(Some("王"), 2),
            row(Some("李"), 3),
            row(Some("李"), 9),
            row(Some("李"), 10),
            row(Some("李"), 11),
        ];
        rows[6].look.first_unread = true;
        group(&mut rows, |at| i64::from(at.0 >= 10 * 60_000));
        let heads: Vec<bool> = rows.iter().map(|row| row.look.head).collect();
        let tails: Vec<bool> = rows.iter().map(|row| row.look.tail).collect();
        assert_eq!(heads, [true, false, true, true, true, true, true]);
        assert_eq!(tails, [false, true, true, true, true, true, true]);
        assert_eq!(rows.iter().filter(|row| row.look.new_day).count(), 2);
    }
}
