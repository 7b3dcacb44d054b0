//! The messages as they are drawn: grouped by author, separated by days, marked with how far they have come.

use crate::live::Machine;
use client::outbox::Delivery;
use client::timeline::stand_together;
use client::visitor::Receipt;
use types::error::ErrorCode;
use types::id::{AgentId, Nonce};
use types::messages::{Author, Content};
use types::time::Timestamp;

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Names it, from the first echo on: the row stays the same when the message is stored.
    pub nonce: Nonce,
    /// The agent, if it is one, and their name at the time, or the channel's where it is automatic; nothing for the visitor's own.
    pub agent: Option<(Option<AgentId>, String)>,
    /// What it says.
    pub content: Content,
    /// What changes about it.
    pub look: Look,
}

impl Row {
    /// What makes it the row that is drawn: once it is recalled, or what it answers to is, it is another one.
    #[must_use]
    pub fn key(&self) -> (Nonce, bool, bool) {
        let gone = |content: &Content| *content == (Content::Recalled {});
        (self.nonce, gone(&self.content), self.content.quote().is_some_and(|quote| gone(&quote.content)))
    }
}

/// What may change about a row while it stays the same message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// When it was written, or, once it is, stored.
    pub at: Timestamp,
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

/// Where a row stands among the others. It is asked at every change of every row, so it remembers where it found it.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    nonce: Nonce,
    index: usize,
}

impl Place {
    /// The place of this message.
    #[must_use]
    pub fn of(nonce: Nonce) -> Self {
        Self { nonce, index: usize::MAX }
    }

    /// The row; looks through all of them only after it has moved.
    pub fn find<'a>(&mut self, rows: &'a [Row]) -> Option<&'a Row> {
        if rows.get(self.index).is_none_or(|row| row.nonce != self.nonce) {
            self.index = rows.iter().rposition(|row| row.nonce == self.nonce)?;
        }
        rows.get(self.index)
    }
}

/// Every row, oldest first. `day` tells the local day of a time; `unread_after` is where the visitor had read to when the
/// panel was opened.
pub fn rows(machine: &Machine, unread_after: Option<i64>, day: impl Fn(Timestamp) -> i64) -> Vec<Row> {
    let chat = machine.chat();
    let look = |at, mark| Look { at, new_day: false, first_unread: false, head: false, tail: false, mark };
    let mut line = unread_after;
    let ours = || Some((None, machine.channel().map(|channel| channel.name.clone()).unwrap_or_default()));
    let welcome = machine.welcome().map(|shown| Row {
        nonce: shown.nonce,
        agent: ours(),
        content: Content::Text { text: shown.text.clone() },
        look: look(shown.at, Mark::None),
    });
    let stored = chat.messages().iter().map(|message| {
        let agent = match &message.author {
            Author::Visitor => None,
            Author::Agent { id, name } => Some((Some(*id), name.clone())),
            Author::Automatic => ours(),
        };
        let mark = match (&agent, chat.receipt(message.seq)) {
            (Some(_), _) => Mark::None,
            (None, Receipt::Read) => Mark::Read,
            (None, Receipt::Sent) => Mark::Sent,
        };
        let first_unread = agent.is_some() && line.take_if(|read| message.seq > *read).is_some();
        let look = Look { first_unread, ..look(message.created_at, mark) };
        Row { nonce: message.nonce, agent, content: message.content.clone(), look }
    });
    let waiting = chat.outbox().entries().iter().map(|entry| {
        let mark = match entry.delivery {
            Delivery::Waiting | Delivery::InFlight { .. } => Mark::Sending,
            Delivery::Failed { code } => Mark::Failed(code),
        };
        Row { nonce: entry.nonce, agent: None, content: entry.content.clone(), look: look(entry.created_at, mark) }
    });
    let mut rows: Vec<Row> = welcome.into_iter().chain(stored).chain(waiting).collect();
    group(&mut rows, day);
    rows
}

fn group(rows: &mut [Row], day: impl Fn(Timestamp) -> i64) {
    let mut last_day = None;
    let mut previous: Option<&mut Row> = None;
    for row in rows {
        let today = Some(day(row.look.at));
        row.look.new_day = today != last_day;
        last_day = today;
        let joins = previous.as_ref().is_some_and(|before| {
            before.agent == row.agent && !row.look.first_unread && stand_together(before.look.at, row.look.at)
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
    use crate::live::Input;
    use crate::live::tests::{message, session};
    use client::visitor::Frame;
    use types::id::{ConversationId, MessageId};
    use types::visitors::VisitorSession;
    use uuid::Uuid;

    fn row(agent: Option<&str>, minutes: i64) -> Row {
        Row {
            nonce: Nonce(Uuid::nil()),
            agent: agent.map(|name| (None, name.to_owned())),
            content: Content::Text { text: String::new() },
            look: Look {
                at: Timestamp(minutes * 60_000),
                new_day: false,
                first_unread: false,
                head: false,
                tail: false,
                mark: Mark::None,
            },
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

    #[test]
    fn a_stored_message_is_the_row_that_its_echo_was() {
        let mut machine = Machine::new(1);
        let nonce = Nonce(Uuid::from_u128(7));
        machine.handle(Input::Start(Vec::new()), Timestamp(10));
        machine.handle(Input::Say(nonce, Content::Text { text: "words".to_owned() }), Timestamp(10));
        let echo = rows(&machine, None, |_| 0);
        machine.handle(Input::Opened(Box::new(session(&[], None, 0))), Timestamp(10));
        let frame = Frame::Ack {
            nonce,
            conversation_id: ConversationId(Uuid::from_u128(1)),
            message_id: MessageId(Uuid::from_u128(2)),
            seq: 1,
            created_at: Timestamp(500),
        };
        machine.handle(Input::Frame(Box::new(frame)), Timestamp(20));
        let stored = rows(&machine, None, |_| 0);
        let what = |rows: &[Row]| rows.iter().map(|row| (row.nonce, row.look.at, row.look.mark)).collect::<Vec<_>>();
        assert_eq!(what(&echo), [(nonce, Timestamp(10), Mark::Sending)]);
        assert_eq!(what(&stored), [(nonce, Timestamp(500), Mark::Sent)]);
    }

    #[test]
    fn a_stored_welcome_is_the_row_that_greeted() {
        let mut machine = Machine::new(1);
        let greeting = VisitorSession { welcome: Some("欢迎光临".to_owned()), ..session(&[], None, 0) };
        let nonce = Nonce(greeting.contact_id.0);
        machine.handle(Input::Start(Vec::new()), Timestamp(10));
        machine.handle(Input::Opened(Box::new(greeting.clone())), Timestamp(20));
        let own = Nonce(Uuid::from_u128(7));
        machine.handle(Input::Say(own, Content::Text { text: "words".to_owned() }), Timestamp(30));
        machine.handle(Input::Opened(Box::new(greeting)), Timestamp(40));
        let what =
            |rows: &[Row]| rows.iter().map(|row| (row.nonce, row.agent.clone(), row.look.at)).collect::<Vec<_>>();
        let shop = Some((None, "shop".to_owned()));
        assert_eq!(
            what(&rows(&machine, None, |_| 0)),
            [(nonce, shop.clone(), Timestamp(20)), (own, None, Timestamp(30))]
        );
        let stored = [message(1, Author::Automatic, nonce), message(2, Author::Visitor, own)];
        machine.handle(Input::Opened(Box::new(session(&stored, None, 2))), Timestamp(50));
        assert_eq!(what(&rows(&machine, None, |_| 0)), [(nonce, shop, Timestamp(1)), (own, None, Timestamp(2))]);
    }

    #[test]
    fn a_row_is_found_wherever_it_has_moved() {
        let mut rows: Vec<Row> = (0..5).map(|minutes| row(None, minutes)).collect();
        for (number, row) in (0..).zip(&mut rows) {
            row.nonce = Nonce(Uuid::from_u128(number));
        }
        let mut places: Vec<Place> = rows.iter().map(|row| Place::of(row.nonce)).collect();
        for _ in 0..5 {
            rows.rotate_left(2);
            for place in &mut places {
                assert_eq!(place.find(&rows).map(|row| row.nonce), Some(place.nonce));
            }
        }
        rows.clear();
        assert!(places.iter_mut().all(|place| place.find(&rows).is_none()));
    }
}
