//! The machine against a model of the server and a network that loses what it likes.

use super::tests::{agent, message, nonce, session, text};
use super::*;
use client::outbox::Outgoing;
use client::visitor::Frame;
use std::collections::VecDeque;
use types::error::{ErrorCode, Problem};
use types::events::Event;
use types::id::{ConversationId, Nonce};
use types::messages::{Author, Message};
use types::time::Timestamp;
use types::ws::{ClientFrame, ServerFrame};

/// xorshift64: the same schedule for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

struct World {
    machine: Machine,
    dice: Dice,
    now: Timestamp,
    /// What the server has stored.
    stored: Vec<Message>,
    visitor_read_seq: i64,
    /// A session call that waits for its answer.
    calling: Option<Option<i64>>,
    /// Frames on their way, while there is a socket.
    socket: bool,
    up: VecDeque<ClientFrame>,
    down: VecDeque<ServerFrame>,
    /// What a reload would find, and other tabs do.
    kept: Vec<Outgoing>,
    /// The store was asked and has not answered yet.
    taking_up: bool,
    written: Vec<Nonce>,
    /// What other tabs wrote.
    left_behind: Vec<Nonce>,
    faults: bool,
}

impl World {
    fn feed(&mut self, input: Input) {
        for command in self.machine.handle(input, self.now) {
            match command {
                Command::OpenSession { after_seq } => self.calling = Some(after_seq),
                Command::OpenSocket(_) => {
                    self.socket = true;
                    let ready = ServerFrame::Ready { cursor: None, heartbeat_seconds: 30, now: self.now };
                    self.down.push_back(ready);
                }
                Command::CloseSocket => self.cut(),
                Command::Send(frame) => self.up.push_back(frame),
                Command::Keep(entry) => {
                    self.kept.retain(|kept| kept.nonce != entry.nonce);
                    self.kept.push(entry);
                }
                Command::Forget(nonce) => self.kept.retain(|kept| kept.nonce != nonce),
                Command::TakeUp => self.taking_up = true,
                Command::FetchEarlier { .. } | Command::Announce => {}
            }
        }
    }

    fn cut(&mut self) {
        self.socket = false;
        self.up.clear();
        self.down.clear();
    }

    fn store(&mut self, author: Author, nonce: Nonce) -> Message {
        if let Some(known) = self.stored.iter().find(|message| message.nonce == nonce) {
            return known.clone();
        }
        let seq = i64::try_from(self.stored.len()).unwrap() + 1;
        let stored = message(seq, author, nonce);
        if stored.author.is_visitor() {
            self.visitor_read_seq = seq;
        }
        self.stored.push(stored.clone());
        if self.socket {
            self.down
                .push_back(ServerFrame::Event { seq: None, event: Event::MessageCreated { message: stored.clone() } });
        }
        stored
    }

    fn serve(&mut self) {
        match self.up.pop_front() {
            Some(ClientFrame::SendMessage { nonce, .. }) => {
                if self.faults && self.dice.roll(5) == 0 {
                    let problem = Problem { retry_after: Some(1), ..Problem::new(ErrorCode::Busy, "") };
                    self.down.push_back(ServerFrame::Rejected { nonce: Some(nonce), problem });
                    return;
                }
                let stored = self.store(Author::Visitor, nonce);
                let ack = ServerFrame::Ack {
                    nonce,
                    conversation_id: stored.conversation_id,
                    message_id: stored.id,
                    seq: stored.seq,
                    created_at: stored.created_at,
                };
                // The ack and the event take different ways.
                if self.dice.roll(2) == 0 { self.down.push_back(ack) } else { self.down.push_front(ack) }
            }
            // A busy server drops read marks without a word.
            Some(ClientFrame::MarkRead { .. }) if self.faults && self.dice.roll(3) == 0 => {}
            Some(ClientFrame::MarkRead { conversation_id, seq }) => {
                self.visitor_read_seq = self.visitor_read_seq.max(seq);
                let conversation_id = conversation_id.unwrap_or(ConversationId(uuid::Uuid::from_u128(1)));
                let event = Event::VisitorRead { conversation_id, seq };
                self.down.push_back(ServerFrame::Event { seq: None, event });
            }
            Some(ClientFrame::Typing { .. }) => {}
            Some(ClientFrame::Ping {}) => self.down.push_back(ServerFrame::Pong {}),
            None => {}
        }
    }

    fn answer(&mut self) {
        if let Some(after_seq) = self.calling.take() {
            if self.faults && self.dice.roll(6) == 0 {
                self.feed(Input::OpenFailed(None));
            } else {
                let session = session(&self.stored, after_seq, self.visitor_read_seq);
                self.feed(Input::Opened(Box::new(session)));
            }
        }
    }

    fn deliver(&mut self) {
        let Some(frame) = self.down.pop_front() else { return };
        if self.faults && self.dice.roll(12) == 0 && !matches!(frame, ServerFrame::Ready { .. }) {
            // The server dropped its queue for this reader.
            self.down.clear();
            self.feed(Input::Frame(Box::new(Frame::Resync)));
        } else {
            self.feed(Input::Frame(Box::new(Frame::of(frame).unwrap())));
        }
    }

    fn step(&mut self) {
        match self.dice.roll(12) {
            0..=1 if self.faults => {
                let nonce = nonce(u128::from(self.dice.roll(u64::MAX)));
                self.written.push(nonce);
                self.feed(Input::Say(nonce, text("words")));
            }
            2 if self.faults => {
                let nonce = nonce(u128::from(self.dice.roll(u64::MAX)));
                self.store(agent(), nonce);
            }
            3 if self.faults && self.dice.roll(4) == 0 && self.socket => {
                self.cut();
                self.feed(Input::SocketClosed(1006));
            }
            4 if self.faults => {
                let watching = self.dice.roll(2) == 0;
                self.feed(Input::Watching(watching));
            }
            5 if self.faults && self.dice.roll(6) == 0 => self.feed(Input::Offline),
            5 if self.faults && self.dice.roll(6) == 0 => {
                // Another tab wrote and was closed before it could send.
                let nonce = nonce(u128::from(self.dice.roll(u64::MAX)));
                self.kept.push(Outgoing::new(nonce, None, text("words"), self.now));
                self.left_behind.push(nonce);
                self.feed(Input::Wake);
            }
            6 => {
                if let Some(at) = self.machine.wake_at() {
                    self.now = self.now.max(at);
                    self.feed(Input::Tick);
                }
            }
            7 if self.taking_up => {
                self.taking_up = false;
                self.feed(Input::Kept(self.kept.clone()));
            }
            7..=8 => self.answer(),
            9..=10 => self.serve(),
            _ => self.deliver(),
        }
    }

    fn is_quiet(&self) -> bool {
        self.machine.link() == Link::Live && self.calling.is_none() && self.up.is_empty() && self.down.is_empty()
    }
}

#[test]
fn whatever_the_network_does_everything_arrives_once_and_in_order() {
    for seed in 1..=400 {
        let mut world = World {
            machine: Machine::new(seed),
            dice: Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1),
            now: Timestamp(1_000),
            stored: Vec::new(),
            visitor_read_seq: 0,
            calling: None,
            socket: false,
            up: VecDeque::new(),
            down: VecDeque::new(),
            kept: Vec::new(),
            taking_up: false,
            written: Vec::new(),
            left_behind: Vec::new(),
            faults: true,
        };
        world.feed(Input::Start(Vec::new()));
        for _ in 0..300 {
            world.step();
        }
        world.faults = false;
        world.feed(Input::Watching(true));
        world.feed(Input::Wake);
        let mut steps = 0;
        while !(world.is_quiet() && world.kept.is_empty() && world.machine.chat().unconfirmed_read().is_none()) {
            world.step();
            steps += 1;
            assert!(steps < 20_000, "seed {seed} never comes to rest");
        }
        let arrived: Vec<Nonce> =
            world.stored.iter().filter(|message| message.author.is_visitor()).map(|message| message.nonce).collect();
        let (others, mine): (Vec<Nonce>, Vec<Nonce>) =
            arrived.into_iter().partition(|nonce| world.left_behind.contains(nonce));
        assert_eq!(mine, world.written, "seed {seed}");
        assert_eq!(others.len(), world.left_behind.len(), "seed {seed}");
        let chat = world.machine.chat();
        assert!(world.stored.ends_with(chat.messages()), "seed {seed}");
        assert_eq!(chat.messages().last(), world.stored.last(), "seed {seed}");
        assert!(chat.outbox().entries().is_empty(), "seed {seed}");
        assert_eq!(chat.unread(), 0, "seed {seed}");
        let newest_of_agents = world.stored.iter().rev().find(|message| !message.author.is_visitor());
        assert!(world.visitor_read_seq >= newest_of_agents.map_or(0, |message| message.seq), "seed {seed}");
    }
}
