//! The machine, step by step.

use super::*;
use client::outbox::{Delivery, Outgoing};
use client::visitor::{Frame, Receipt};
use types::attachments::FileAccess;
use types::error::{ErrorCode, Problem};
use types::events::Event;
use types::id::{AgentId, ContactId, ConversationId, MessageId, Nonce};
use types::messages::{Author, Content, Message, MessageWindow};
use types::time::Timestamp;
use types::visitors::{VisitorChannel, VisitorSession, VisitorStyle};
use types::ws::{ClientFrame, CloseCode, ServerFrame};
use uuid::Uuid;

mod files;
mod form;
mod queue;
mod reading;
mod typing;
mod welcome;

pub(super) fn text(words: &str) -> Content {
    Content::Text { text: words.to_owned() }
}

pub(super) fn nonce(number: u128) -> Nonce {
    Nonce(Uuid::from_u128(number))
}

pub(crate) fn message(seq: i64, author: Author, nonce: Nonce) -> Message {
    Message {
        id: MessageId(nonce.0),
        conversation_id: ConversationId(Uuid::from_u128(1)),
        seq,
        author,
        content: text("words"),
        nonce,
        created_at: Timestamp(seq),
    }
}

pub(super) fn agent() -> Author {
    Author::Agent { id: AgentId(Uuid::from_u128(7)), name: "王".to_owned() }
}

/// The session that a server with these messages would answer with.
pub(crate) fn session(all: &[Message], after_seq: Option<i64>, visitor_read_seq: i64) -> VisitorSession {
    let limit = 3;
    let items: Vec<Message> = match after_seq {
        Some(after) => all.iter().filter(|message| message.seq > after).take(limit).cloned().collect(),
        None => all.iter().skip(all.len().saturating_sub(limit)).cloned().collect(),
    };
    let (first, last) = (items.first().map_or(0, |first| first.seq), items.last().map(|last| last.seq));
    let newest = all.last().map_or(0, |newest| newest.seq);
    let unread = all.iter().filter(|message| !message.author.is_visitor() && message.seq > visitor_read_seq).count();
    let read = all.iter().filter(|message| !message.author.is_visitor()).map(|message| message.seq).max();
    VisitorSession {
        visitor_token: "token".to_owned(),
        contact_id: ContactId(Uuid::from_u128(2)),
        identity: None,
        conversation_id: all.first().map(|message| message.conversation_id),
        welcome: None,
        form: None,
        channel: VisitorChannel {
            name: "shop".to_owned(),
            introduction: String::new(),
            unsent_preview: false,
            style: VisitorStyle::default(),
            form: None,
        },
        messages: MessageWindow {
            has_earlier: first > 1,
            has_later: last.is_some_and(|last| last < newest),
            items,
            cleared_seq: 0,
            recalls: 0,
        },
        agents_read_seq: read.unwrap_or(0),
        visitor_read_seq,
        unread: i64::try_from(unread).unwrap(),
        queue_ahead: None,
        ticket: "ticket".to_owned(),
        files: FileAccess { path: "/files/pass/".to_owned(), expires_at: Timestamp(0), max_bytes: 1 << 20 },
    }
}

struct Player {
    machine: Machine,
    now: Timestamp,
}

impl Player {
    fn new() -> Self {
        Self { machine: Machine::new(42), now: Timestamp(1_000) }
    }

    fn feed(&mut self, input: Input) -> Vec<Command> {
        self.machine.handle(input, self.now)
    }

    fn frame(&mut self, frame: ServerFrame) -> Vec<Command> {
        self.feed(Input::Frame(Box::new(Frame::of(frame).unwrap())))
    }

    fn open(&mut self, session: VisitorSession) -> Vec<Command> {
        self.feed(Input::Opened(Box::new(session)))
    }

    fn ready(&mut self) -> Vec<Command> {
        self.frame(ServerFrame::Ready { cursor: None, heartbeat_seconds: 30, now: Timestamp(0) })
    }

    fn say(&mut self, number: u128) -> Vec<Command> {
        self.feed(Input::Say(nonce(number), text("words")))
    }

    /// A live chat without messages.
    fn live() -> Self {
        let mut player = Self::new();
        assert_eq!(player.feed(Input::Start(Vec::new())), [Command::OpenSession { after_seq: None }]);
        assert_eq!(player.open(session(&[], None, 0)), [Command::OpenSocket("ticket".to_owned())]);
        assert_eq!(player.ready(), [Command::OpenSession { after_seq: None }]);
        assert_eq!(player.open(session(&[], None, 0)), []);
        player
    }

    fn ack(&mut self, number: u128, seq: i64) -> Vec<Command> {
        self.frame(ServerFrame::Ack {
            nonce: nonce(number),
            conversation_id: ConversationId(Uuid::from_u128(1)),
            message_id: MessageId(Uuid::from_u128(number)),
            seq,
            created_at: Timestamp(seq),
        })
    }

    /// Lets the time pass that the machine asked for.
    fn sleep(&mut self) -> Vec<Command> {
        self.now = self.machine.wake_at().unwrap().max(self.now);
        self.feed(Input::Tick)
    }
}

fn sends(commands: &[Command]) -> Vec<Nonce> {
    let nonce = |command: &Command| match command {
        Command::Send(ClientFrame::SendMessage { nonce, .. }) => Some(*nonce),
        _ => None,
    };
    commands.iter().filter_map(nonce).collect()
}

#[test]
fn a_message_is_kept_sent_acknowledged_and_forgotten() {
    let mut player = Player::live();
    let said = player.say(1);
    assert!(matches!(said.first(), Some(Command::Keep(entry)) if entry.nonce == nonce(1)));
    assert_eq!(sends(&said), [nonce(1)]);
    assert_eq!(player.ack(1, 1), [Command::Forget(nonce(1))]);
    assert_eq!(player.machine.chat().messages().len(), 1);
}

#[test]
fn messages_written_offline_leave_in_order_one_after_the_other() {
    let mut player = Player::new();
    player.say(1);
    assert_eq!(sends(&player.say(2)), []);
    player.feed(Input::Start(Vec::new()));
    player.open(session(&[], None, 0));
    assert_eq!(sends(&player.ready()), [nonce(1)]);
    assert_eq!(sends(&player.ack(1, 1)), [nonce(2)]);
    assert_eq!(sends(&player.ack(2, 2)), []);
}

#[test]
fn a_stored_outbox_is_sent_before_what_is_written_now() {
    let mut player = Player::new();
    player.feed(Input::Start(vec![
        Outgoing::new(nonce(2), None, text("b"), Timestamp(20)),
        Outgoing::new(nonce(1), None, text("a"), Timestamp(10)),
    ]));
    player.say(3);
    player.open(session(&[], None, 0));
    assert_eq!(sends(&player.ready()), [nonce(1)]);
    assert_eq!(sends(&player.ack(1, 1)), [nonce(2)]);
    assert_eq!(sends(&player.ack(2, 2)), [nonce(3)]);
}

#[test]
fn what_another_tab_sent_is_not_sent_again() {
    let mut player = Player::new();
    player.feed(Input::Start(vec![Outgoing::new(nonce(1), None, text("a"), Timestamp(10))]));
    let stored = [message(1, Author::Visitor, nonce(1))];
    let opened = player.open(session(&stored, None, 1));
    assert!(opened.contains(&Command::Forget(nonce(1))));
    assert_eq!(sends(&player.ready()), []);
}

#[test]
fn busy_waits_and_keeps_the_order_while_a_refusal_lets_the_next_pass() {
    let mut player = Player::live();
    player.say(1);
    player.say(2);
    let busy = Problem { retry_after: Some(3), ..Problem::new(ErrorCode::Busy, "") };
    assert_eq!(sends(&player.frame(ServerFrame::Rejected { nonce: Some(nonce(1)), problem: busy })), []);
    assert_eq!(player.machine.wake_at(), Some(Timestamp(4_000)));
    assert_eq!(sends(&player.sleep()), [nonce(1)]);

    let problem = Problem::new(ErrorCode::TooLarge, "");
    let refused = player.frame(ServerFrame::Rejected { nonce: Some(nonce(1)), problem });
    assert!(
        matches!(refused.first(), Some(Command::Keep(entry)) if entry.delivery == Delivery::Failed { code: ErrorCode::TooLarge })
    );
    assert_eq!(sends(&refused), [nonce(2)]);
    player.ack(2, 1);
    assert_eq!(sends(&player.feed(Input::Retry(nonce(1)))), [nonce(1)]);
}

#[test]
fn a_refusal_of_something_else_leaves_the_message_in_flight_alone() {
    let mut player = Player::live();
    player.say(1);
    let problem = Problem::new(ErrorCode::MalformedRequest, "");
    assert_eq!(player.frame(ServerFrame::Rejected { nonce: None, problem }), []);
    assert!(
        matches!(player.machine.chat().outbox().entries(), [entry] if matches!(entry.delivery, Delivery::InFlight { .. }))
    );
    assert_eq!(player.ack(1, 1), [Command::Forget(nonce(1))]);
}

#[test]
fn a_discarded_message_is_forgotten() {
    let mut player = Player::live();
    player.say(1);
    player.frame(ServerFrame::Rejected { nonce: Some(nonce(1)), problem: Problem::new(ErrorCode::Forbidden, "") });
    assert_eq!(player.feed(Input::Discard(nonce(1))), [Command::Forget(nonce(1))]);
}

#[test]
fn ready_looks_again_for_what_fell_between_the_answer_and_the_socket() {
    let mut player = Player::new();
    player.feed(Input::Start(Vec::new()));
    let mut all = vec![message(1, Author::Visitor, nonce(1))];
    player.open(session(&all, None, 1));
    all.push(message(2, agent(), nonce(2)));
    assert_eq!(player.ready(), [Command::OpenSession { after_seq: Some(1) }]);
    assert_eq!(player.open(session(&all, Some(1), 1)), [Command::Announce]);
    assert_eq!(player.machine.chat().unread(), 1);
}

#[test]
fn a_conversation_that_began_elsewhere_before_the_socket_was_ready_is_found() {
    let mut player = Player::new();
    player.feed(Input::Start(Vec::new()));
    player.open(session(&[], None, 0));
    // Another tab has written its first message, and an agent has answered, before this one's socket was there.
    let all = [message(1, Author::Visitor, nonce(1)), message(2, agent(), nonce(2))];
    assert_eq!(player.ready(), [Command::OpenSession { after_seq: None }]);
    player.open(session(&all, None, 1));
    assert_eq!(player.machine.chat().messages(), all);
    assert_eq!(player.machine.chat().receipt(1), Receipt::Read);
}

#[test]
fn a_gap_and_a_resync_fetch_until_nothing_is_missing() {
    let mut player = Player::new();
    player.feed(Input::Start(Vec::new()));
    let all: Vec<Message> = (1..=8).map(|seq| message(seq, agent(), nonce(u128::try_from(seq).unwrap()))).collect();
    player.open(session(&all[..1], None, 0));
    player.ready();
    player.open(session(&all[..1], Some(1), 0));
    let newest = Event::MessageCreated { message: all[7].clone() };
    let mut commands = player.frame(ServerFrame::Event { seq: None, event: newest });
    let mut calls = 0;
    while let Some(after_seq) = commands.iter().find_map(|command| match command {
        Command::OpenSession { after_seq } => Some(*after_seq),
        _ => None,
    }) {
        calls += 1;
        commands = player.open(session(&all, after_seq, 0));
    }
    assert_eq!((calls, player.machine.chat().messages().len()), (3, 8));
    assert_eq!(player.frame(ServerFrame::Resync {}), [Command::OpenSession { after_seq: Some(8) }]);
}

#[test]
fn a_lost_connection_is_tried_again_with_growing_waits_and_at_once_when_woken() {
    let mut player = Player::live();
    let mut longest = 0;
    for _ in 0..12 {
        player.feed(Input::SocketClosed(1006));
        assert_eq!(player.machine.link(), Link::Lost);
        let before = player.now;
        assert_eq!(player.sleep(), [Command::TakeUp, Command::OpenSession { after_seq: None }]);
        longest = longest.max(player.now.millis_since(before));
        player.feed(Input::OpenFailed(None));
    }
    assert!((1_000..=30_000).contains(&longest), "{longest}");
    assert_eq!(player.feed(Input::Wake), [Command::TakeUp, Command::OpenSession { after_seq: None }]);
}

#[test]
fn a_closed_channel_is_not_tried_again() {
    for close in [
        Input::SocketClosed(CloseCode::Gone.number()),
        Input::OpenFailed(Some(Problem::new(ErrorCode::ChannelDisabled, ""))),
    ] {
        let mut player = Player::live();
        player.feed(close);
        assert_eq!((player.machine.link(), player.machine.wake_at()), (Link::Closed, None));
        assert_eq!(player.feed(Input::Offline), []);
        assert_eq!(player.machine.wake_at(), None);
    }
}

#[test]
fn what_a_closed_channel_did_not_take_is_not_sent_and_can_be_tried_again_once_it_is_open() {
    let mut player = Player::live();
    player.say(1);
    player.say(2);
    let closed = player.feed(Input::SocketClosed(CloseCode::Gone.number()));
    let failed = Delivery::Failed { code: ErrorCode::ChannelDisabled };
    let told = closed.iter().filter(|command| matches!(command, Command::Keep(entry) if entry.delivery == failed));
    assert_eq!(told.count(), 2, "{closed:?}");
    assert!(player.machine.chat().outbox().entries().iter().all(|entry| entry.delivery == failed));

    // Who looks again finds the channel still closed, and then open.
    let again = [Command::TakeUp, Command::OpenSession { after_seq: None }];
    assert_eq!(player.feed(Input::Wake), again);
    player.feed(Input::OpenFailed(Some(Problem::new(ErrorCode::ChannelDisabled, ""))));
    assert_eq!(player.machine.link(), Link::Closed);
    let tried = player.feed(Input::Retry(nonce(2)));
    assert!(again.iter().all(|command| tried.contains(command)), "{tried:?}");
    player.open(session(&[], None, 0));
    assert_eq!(sends(&player.ready()), [nonce(2)]);
    player.ack(2, 1);
    assert_eq!(player.feed(Input::Discard(nonce(1))), [Command::Forget(nonce(1))]);
}

#[test]
fn what_a_closed_tab_could_not_send_is_taken_up_by_the_tab_that_stays() {
    let entry = |number| Outgoing::new(nonce(number), None, text("words"), Timestamp(10));
    let mut player = Player::live();
    player.feed(Input::Offline);
    assert_eq!(player.feed(Input::Wake), [Command::TakeUp, Command::OpenSession { after_seq: None }]);
    player.feed(Input::Kept(vec![entry(1)]));
    player.open(session(&[], None, 0));
    assert_eq!(sends(&player.ready()), [nonce(1)]);
    assert_eq!(player.ack(1, 1), [Command::Forget(nonce(1))]);
    // The tab in front goes, this one comes to the front: its connection never broke.
    assert_eq!(player.feed(Input::Wake).first(), Some(&Command::TakeUp));
    assert_eq!(sends(&player.feed(Input::Kept(vec![entry(1), entry(2)]))), [nonce(2)]);
    assert_eq!(player.ack(2, 2), [Command::Forget(nonce(2))]);
    assert_eq!(player.machine.chat().messages().len(), 2);
}

#[test]
fn starting_keeps_what_was_written_before_the_store_answered() {
    let mut player = Player::new();
    player.say(1);
    player.feed(Input::Start(Vec::new()));
    player.open(session(&[], None, 0));
    player.ready();
    assert_eq!(player.ack(1, 1), [Command::Forget(nonce(1))]);
}

#[test]
fn an_edited_channel_is_taken_over_at_once() {
    let mut player = Player::live();
    let channel = VisitorChannel {
        name: "new name".to_owned(),
        introduction: "new words".to_owned(),
        unsent_preview: true,
        style: VisitorStyle { look: "section{bottom:9px}".to_owned(), ..VisitorStyle::default() },
        form: None,
    };
    let event = Event::VisitorChannelUpdated { channel: channel.clone() };
    assert_eq!(player.frame(ServerFrame::Event { seq: None, event }), []);
    assert_eq!(player.machine.channel(), Some(&channel));
    // An answer that was under way when the event came may be older than it; the next one is not.
    assert_eq!(player.frame(ServerFrame::Resync {}), [Command::OpenSession { after_seq: None }]);
    let event = Event::VisitorChannelUpdated { channel: channel.clone() };
    player.frame(ServerFrame::Event { seq: None, event });
    player.open(session(&[], None, 0));
    assert_eq!(player.machine.channel(), Some(&channel));
    player.frame(ServerFrame::Resync {});
    player.open(session(&[], None, 0));
    assert_eq!(player.machine.channel().map(|channel| channel.name.as_str()), Some("shop"));
}

#[test]
fn silence_is_pinged_and_then_given_up() {
    let mut player = Player::live();
    let started = player.now;
    assert_eq!(player.sleep(), [Command::Send(ClientFrame::Ping {})]);
    assert_eq!(player.now.millis_since(started), 30_000);
    player.frame(ServerFrame::Pong {});
    assert_eq!(player.sleep(), [Command::Send(ClientFrame::Ping {})]);
    assert_eq!(player.sleep(), [Command::CloseSocket]);
    assert_eq!(player.machine.link(), Link::Lost);
}

#[test]
fn an_unanswered_message_gives_the_connection_up_and_is_sent_again() {
    let mut player = Player::live();
    player.say(1);
    assert_eq!(player.sleep(), [Command::CloseSocket]);
    player.sleep();
    player.open(session(&[], None, 0));
    assert_eq!(sends(&player.ready()), [nonce(1)]);
}

#[test]
fn offline_and_suspension_close_the_socket_and_waking_opens_it_again() {
    for pause in [Input::Offline, Input::Suspend] {
        let rests = matches!(pause, Input::Suspend);
        let mut player = Player::live();
        assert_eq!(player.feed(pause), [Command::CloseSocket]);
        assert_eq!(player.machine.wake_at().is_none(), rests);
        assert_eq!(player.feed(Input::Wake), [Command::TakeUp, Command::OpenSession { after_seq: None }]);
    }
}

#[test]
fn history_is_fetched_once_at_a_time() {
    let mut player = Player::new();
    player.feed(Input::Start(Vec::new()));
    let all: Vec<Message> = (1..=5).map(|seq| message(seq, agent(), nonce(u128::try_from(seq).unwrap()))).collect();
    player.open(session(&all, None, 5));
    assert_eq!(player.feed(Input::WantEarlier), [Command::FetchEarlier { before_seq: 3 }]);
    assert_eq!(player.feed(Input::WantEarlier), []);
    player.feed(Input::Earlier(None));
    assert!(player.machine.earlier_failed() && !player.machine.is_fetching_earlier());
    assert_eq!(player.feed(Input::WantEarlier), [Command::FetchEarlier { before_seq: 3 }]);
    assert!(!player.machine.earlier_failed());
    let items = all[..2].to_vec();
    player.feed(Input::Earlier(Some(MessageWindow {
        items,
        has_earlier: false,
        has_later: true,
        cleared_seq: 0,
        recalls: 0,
    })));
    assert_eq!(player.machine.chat().messages().len(), 5);
    assert!(!player.machine.earlier_failed());
    assert_eq!(player.feed(Input::WantEarlier), []);
}
