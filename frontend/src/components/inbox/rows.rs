//! From messages to what the log shows: day headings, the line above what is new, and messages grouped by author.

use crate::stores::inbox::Thread;
use client::outbox::Delivery;
use client::timeline::stand_together;
use std::collections::HashMap;
use types::error::ErrorCode;
use types::id::{AgentId, MessageId, Nonce};
use types::messages::{Author, Content};
use types::notes::Note;
use types::time::Timestamp;

/// Who said it, from where the agent sits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Side {
    /// The visitor.
    Visitor,
    /// The agent who looks.
    Me,
    /// Another agent.
    Colleague(AgentId, String),
    /// Nobody: it is said by itself.
    Automatic,
}

/// Where one's own message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// On its way.
    Sending,
    /// Stored.
    Sent,
    /// The visitor has read it.
    Read,
    /// Refused.
    Failed(ErrorCode),
}

/// A message as shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageRow {
    /// Names it.
    pub nonce: Nonce,
    /// The message, once stored.
    pub id: Option<MessageId>,
    /// Its place, once stored.
    pub seq: Option<i64>,
    /// Who said it.
    pub side: Side,
    /// What it says.
    pub content: Content,
    /// When.
    pub at: Timestamp,
    /// Where it stands, for messages to the visitor.
    pub mark: Option<Mark>,
    /// The first of a group.
    pub opens: bool,
    /// The last of a group.
    pub closes: bool,
}

/// What makes a row the same row: a message keeps its key from the echo to "read".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    /// A day's heading, by calendar day.
    Day(i32),
    /// The line above what is new.
    New,
    /// A message to the visitor. Nonces are unique for one sender only.
    Outbound(Nonce),
    /// A message of the visitor.
    Inbound(Nonce),
    /// An internal note, by its number.
    Note(i64),
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// A day's heading.
    Day(Timestamp),
    /// The line above what is new.
    New,
    /// A message.
    Message(MessageRow),
    /// An internal note.
    Note(Note),
}

/// The rows in order, and each by its key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rows {
    /// The keys, top to bottom.
    pub order: Vec<Key>,
    /// What each key shows.
    pub by_key: HashMap<Key, Row>,
}

impl Rows {
    fn push(&mut self, key: Key, row: Row) {
        if self.by_key.insert(key, row).is_none() {
            self.order.push(key);
        }
    }

    fn push_note(&mut self, note: &Note, today: i32, last_day: &mut Option<i32>) {
        if *last_day != Some(today) {
            *last_day = Some(today);
            self.push(Key::Day(today), Row::Day(note.created_at));
        }
        self.push(Key::Note(note.number), Row::Note(note.clone()));
    }

    /// How many of the visitor's messages come after this `seq`.
    pub fn inbound_after(&self, seq: i64) -> usize {
        let messages = self.by_key.values().filter_map(|row| match row {
            Row::Message(message) if message.side == Side::Visitor => message.seq,
            _ => None,
        });
        messages.filter(|own| *own > seq).count()
    }

    /// The newest message where it is the agent's own, just written here: not yet stored. Messages of colleagues, and those
    /// that one wrote in another tab, come stored. The newest note, when nothing comes after it.
    pub fn newest_echo(&self) -> Option<Nonce> {
        match self.order.last().and_then(|key| self.by_key.get(key)) {
            Some(Row::Message(MessageRow { side: Side::Me, seq: None, nonce, .. })) => Some(*nonce),
            // Whether it was written here whoever has the nonces knows.
            Some(Row::Note(note)) => Some(note.nonce),
            _ => None,
        }
    }

    /// Whether a message is among them, by its `seq`.
    pub fn holds(&self, seq: i64) -> bool {
        self.by_key.values().any(|row| matches!(row, Row::Message(message) if message.seq == Some(seq)))
    }

    /// The newest stored `seq`.
    pub fn last_seq(&self) -> i64 {
        let seqs = self.by_key.values().filter_map(|row| match row {
            Row::Message(message) => message.seq,
            _ => None,
        });
        seqs.max().unwrap_or(0)
    }
}

/// Lays the messages out. `new_after` is the read mark with which the conversation was opened, when something was unread;
/// `day` tells the calendar day of a time.
pub fn lay_out(thread: &Thread<'_>, me: AgentId, new_after: Option<i64>, day: impl Fn(Timestamp) -> i32) -> Rows {
    // Each message's day is asked for once: it costs a call into the browser.
    let with_day = |message: MessageRow| {
        let today = day(message.at);
        (message, today)
    };
    let mut messages: Vec<(MessageRow, i32)> = flatten(thread, me).map(with_day).collect();
    let beside = shown_notes(thread);
    group(&mut messages, beside);
    let mut rows = Rows::default();
    let mut last_day = None;
    let mut line_drawn = false;
    let mut notes = beside.iter().peekable();
    for (message, today) in messages {
        while let Some(note) = notes.next_if(|note| message.seq.is_none_or(|seq| note.after_seq < seq)) {
            rows.push_note(note, day(note.created_at), &mut last_day);
        }
        if last_day != Some(today) {
            last_day = Some(today);
            rows.push(Key::Day(today), Row::Day(message.at));
        }
        let is_new = new_after.is_some_and(|read| message.seq.is_some_and(|seq| seq > read));
        if is_new && !line_drawn && message.side == Side::Visitor {
            line_drawn = true;
            rows.push(Key::New, Row::New);
        }
        let key =
            if message.side == Side::Visitor { Key::Inbound(message.nonce) } else { Key::Outbound(message.nonce) };
        rows.push(key, Row::Message(message));
    }
    for note in notes {
        rows.push_note(note, day(note.created_at), &mut last_day);
    }
    rows
}

/// The notes that stand beside what is shown, each after the message that was the newest when it was written.
fn shown_notes<'a>(thread: &Thread<'a>) -> &'a [Note] {
    let (first, last) = (thread.stored.first().map(|one| one.seq), thread.stored.last().map(|one| one.seq));
    let from = first.map_or(0, |seq| seq.saturating_sub(1));
    let until = last.filter(|_| thread.ends_early).unwrap_or(i64::MAX);
    // They stand in the order of the messages.
    let begin = thread.notes.partition_point(|note| note.after_seq < from);
    let end = thread.notes.partition_point(|note| note.after_seq <= until);
    thread.notes.get(begin..end).unwrap_or_default()
}

fn flatten(thread: &Thread<'_>, me: AgentId) -> impl Iterator<Item = MessageRow> {
    let stored = thread.stored.iter().map(move |message| {
        let side = match &message.author {
            Author::Visitor => Side::Visitor,
            Author::Agent { id, .. } if *id == me => Side::Me,
            Author::Agent { id, name } => Side::Colleague(*id, name.clone()),
            Author::Automatic => Side::Automatic,
        };
        let mark = if message.seq <= thread.visitor_read_seq { Mark::Read } else { Mark::Sent };
        MessageRow {
            nonce: message.nonce,
            id: Some(message.id),
            seq: Some(message.seq),
            mark: (side != Side::Visitor).then_some(mark),
            side,
            content: message.content.clone(),
            at: message.created_at,
            opens: true,
            closes: true,
        }
    });
    let outgoing = thread.outgoing.iter().map(|message| MessageRow {
        nonce: message.nonce,
        id: None,
        seq: None,
        side: Side::Me,
        content: message.content.clone(),
        at: message.created_at,
        mark: Some(match message.delivery {
            Delivery::Waiting | Delivery::InFlight { .. } => Mark::Sending,
            Delivery::Failed { code } => Mark::Failed(code),
        }),
        opens: true,
        closes: true,
    });
    stored.chain(outgoing)
}

/// Sets where groups open and close; each message comes with its day. A note between two parts them.
fn group(messages: &mut [(MessageRow, i32)], notes: &[Note]) {
    let mut earlier: Option<(&mut MessageRow, i32)> = None;
    let says_nothing = |message: &MessageRow| message.content == (Content::Recalled {});
    let parted = |before: &MessageRow, message: &MessageRow| {
        let after = notes.partition_point(|note| before.seq.is_none_or(|seq| note.after_seq < seq));
        notes.get(after).is_some_and(|note| message.seq.is_none_or(|seq| note.after_seq < seq))
    };
    for (message, today) in messages {
        if let Some((before, day)) = earlier.as_mut() {
            let together = !says_nothing(before)
                && !says_nothing(message)
                && !parted(before, message)
                && before.side == message.side
                && stand_together(before.at, message.at)
                && *day == *today
                && !matches!(before.mark, Some(Mark::Failed(_)));
            before.closes = !together;
            message.opens = !together;
        }
        earlier = Some((message, *today));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use client::outbox::Outgoing;
    use types::messages::Message;

    const DAY: i64 = 86_400_000;

    fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(number: i64) -> T {
        format!("00000000-0000-0000-0000-{number:012}").parse().unwrap()
    }

    fn text(text: &str) -> Content {
        Content::Text { text: text.to_owned() }
    }

    fn message(seq: i64, agent: Option<i64>, at: i64) -> Message {
        let author =
            agent.map_or(Author::Visitor, |number| Author::Agent { id: id(number), name: format!("a{number}") });
        Message {
            id: id(seq),
            conversation_id: id(1),
            seq,
            author,
            content: text("hi"),
            nonce: id(seq),
            created_at: Timestamp(at),
        }
    }

    fn thread(stored: &[Message]) -> Thread<'_> {
        Thread { stored, visitor_read_seq: 2, ..Thread::default() }
    }

    fn day(at: Timestamp) -> i32 {
        i32::try_from(at.0 / DAY).unwrap()
    }

    fn message_rows(rows: &Rows) -> Vec<&MessageRow> {
        let shown = rows.order.iter().filter_map(|key| match rows.by_key.get(key) {
            Some(Row::Message(message)) => Some(message),
            _ => None,
        });
        shown.collect()
    }

    #[test]
    fn days_begin_with_a_heading_and_new_messages_with_a_line() {
        let stored = [message(1, None, 0), message(2, Some(7), 10), message(3, None, DAY), message(4, None, DAY)];
        let thread = thread(&stored);
        let rows = lay_out(&thread, id(7), Some(2), day);
        assert_eq!(
            rows.order,
            [
                Key::Day(0),
                Key::Inbound(id(1)),
                Key::Outbound(id(2)),
                Key::Day(1),
                Key::New,
                Key::Inbound(id(3)),
                Key::Inbound(id(4))
            ]
        );
        assert_eq!(rows.inbound_after(3), 1);
        assert_eq!(lay_out(&thread, id(7), None, day).by_key.get(&Key::New), None);
    }

    #[test]
    fn one_authors_messages_stand_together_for_a_while() {
        let minutes = |count: i64| count * 60_000;
        let stored = [
            message(1, None, 0),
            message(2, None, minutes(4)),
            message(3, None, minutes(10)),
            message(4, Some(7), minutes(10)),
            message(5, Some(8), minutes(10)),
        ];
        let rows = lay_out(&thread(&stored), id(7), None, day);
        let shape: Vec<(bool, bool)> = message_rows(&rows).iter().map(|row| (row.opens, row.closes)).collect();
        assert_eq!(shape, [(true, false), (false, true), (true, true), (true, true), (true, true)]);
    }

    #[test]
    fn marks_tell_where_ones_own_messages_stand() {
        let stored = [message(1, None, 0), message(2, Some(7), 0), message(3, Some(7), 0)];
        let mut thread = thread(&stored);
        let mut failed = Outgoing::new(id(9), None, text("x"), Timestamp(1));
        failed.delivery = Delivery::Failed { code: ErrorCode::Invalid };
        let waiting = Outgoing::new(id(8), None, text("x"), Timestamp(0));
        thread.outgoing = vec![&waiting, &failed];
        let rows = lay_out(&thread, id(7), None, day);
        let marks: Vec<Option<Mark>> = message_rows(&rows).iter().map(|row| row.mark).collect();
        assert_eq!(
            marks,
            [None, Some(Mark::Read), Some(Mark::Sent), Some(Mark::Sending), Some(Mark::Failed(ErrorCode::Invalid))]
        );
    }

    #[test]
    fn notes_stand_after_the_message_that_was_the_newest_and_only_beside_what_is_shown() {
        let note = |number: i64, after_seq: i64| Note {
            id: id(number),
            conversation_id: id(1),
            number,
            after_seq,
            author_id: id(8),
            author_name: "a8".to_owned(),
            text: "note".to_owned(),
            whisper: false,
            mentions: Vec::new(),
            change: None,
            nonce: id(number),
            created_at: Timestamp(after_seq),
        };
        let notes = [note(1, 1), note(2, 3), note(3, 3), note(4, 5)];
        let stored = [message(3, None, 3), message(4, Some(7), 4)];
        let thread = Thread { notes: &notes, ..thread(&stored) };
        let rows = lay_out(&thread, id(7), None, day);
        let all = [Key::Day(0), Key::Inbound(id(3)), Key::Note(2), Key::Note(3), Key::Outbound(id(4)), Key::Note(4)];
        assert_eq!(rows.order, all);
        let around = lay_out(&Thread { ends_early: true, ..thread }, id(7), None, day);
        assert_eq!(around.order, all[..5], "what comes after the end is not beside it");
        let together = [message(3, None, 3), message(4, None, 4)];
        let parted = lay_out(&Thread { notes: &notes, ..self::thread(&together) }, id(7), None, day);
        assert!(message_rows(&parted).iter().all(|row| row.opens && row.closes), "a note parts what stands together");
    }

    #[test]
    fn what_was_recalled_stands_alone() {
        let mut stored = [message(1, Some(7), 0), message(2, Some(7), 1), message(3, Some(7), 2)];
        stored[1].content = Content::Recalled {};
        let rows = lay_out(&thread(&stored), id(7), None, day);
        let shape: Vec<(bool, bool)> = message_rows(&rows).iter().map(|row| (row.opens, row.closes)).collect();
        assert_eq!(shape, [(true, true); 3]);
    }

    #[test]
    fn an_echo_and_its_stored_message_share_the_key() {
        let echo = Outgoing::new(id(3), None, text("hi"), Timestamp(0));
        let before = Thread { outgoing: vec![&echo], ..thread(&[]) };
        let stored = [message(3, Some(7), 0)];
        let after = thread(&stored);
        assert_eq!(lay_out(&before, id(7), None, day).order, lay_out(&after, id(7), None, day).order);
    }

    #[test]
    fn only_what_one_has_just_written_here_is_an_echo() {
        let rows = |stored: &[Message], outgoing| lay_out(&Thread { outgoing, ..thread(stored) }, id(7), None, day);
        let echo = Outgoing::new(id(9), None, text("hi"), Timestamp(0));
        let mine = [message(1, None, 0), message(2, Some(7), 0)];
        let colleagues = [message(1, None, 0), message(2, Some(8), 0)];
        assert_eq!(rows(&mine, Vec::new()).newest_echo(), None);
        assert_eq!(rows(&colleagues, Vec::new()).newest_echo(), None);
        assert_eq!(rows(&[], Vec::new()).newest_echo(), None);
        assert_eq!(rows(&colleagues, vec![&echo]).newest_echo(), Some(id(9)));
    }

    #[test]
    fn every_message_is_asked_for_its_day_once() {
        let stored: Vec<Message> = (1..=40).map(|seq| message(seq, None, seq * 1_000)).collect();
        let asked = std::cell::Cell::new(0);
        lay_out(&thread(&stored), id(7), None, |at| {
            asked.set(asked.get() + 1);
            day(at)
        });
        assert_eq!(asked.get(), 40);
    }
}
