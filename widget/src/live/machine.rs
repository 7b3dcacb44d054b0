//! The machine itself: one input in, commands out.

mod earlier;
mod failing;
mod files;
mod form;
mod place;
mod reading;
mod typing;
mod welcome;

use super::link::{Connection, Due, Link};
use client::outbox::Outgoing;
use client::visitor::{Change, Chat, Frame, Told};
use types::attachments::FileAccess;
use types::error::{ErrorCode, Problem};
use types::id::{ContactId, Nonce};
use types::messages::{Content, MessageWindow};
use types::time::Timestamp;
use types::visitors::{VisitorChannel, VisitorSession};
use types::ws::{ClientFrame, CloseCode};

pub use welcome::Welcome;

/// Something that happened.
#[derive(Debug)]
pub enum Input {
    /// Begin, with what an earlier page left in the outbox.
    Start(Vec<Outgoing>),
    /// What the outbox's store holds now: what other tabs wrote is in it too, and they may be closed.
    Kept(Vec<Outgoing>),
    /// The session is open.
    Opened(Box<VisitorSession>),
    /// The session could not be opened; without a problem when no answer came at all.
    OpenFailed(Option<Problem>),
    /// A frame came.
    Frame(Box<Frame>),
    /// The socket closed, with its code.
    SocketClosed(u16),
    /// The visitor wrote something.
    Say(Nonce, Content),
    /// The visitor wants a failed message sent again.
    Retry(Nonce),
    /// The visitor threw a failed message away.
    Discard(Nonce),
    /// The visitor scrolled to the top.
    WantEarlier,
    /// Earlier messages came, or did not.
    Earlier(Option<MessageWindow>),
    /// Whether the visitor can see the newest message right now.
    Watching(bool),
    /// The network is back, or the page is looked at again.
    Wake,
    /// The browser says that the network is gone.
    Offline,
    /// The page is being put aside (back/forward cache); [`Input::Wake`] takes it up again.
    Suspend,
    /// The session is to be asked for anew: what it says of the visitor may be another.
    Renew,
    /// The time that [`Machine::wake_at`] asked for has come.
    Tick,
}

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// `POST /widget/v1/sessions`; answer by [`Input::Opened`] or [`Input::OpenFailed`].
    OpenSession {
        /// The newest message in hand.
        after_seq: Option<i64>,
    },
    /// Open the socket with this ticket.
    OpenSocket(String),
    /// Close the socket; its closing is not to be reported.
    CloseSocket,
    /// Send this over the socket.
    Send(ClientFrame),
    /// `GET /widget/v1/messages`; answer by [`Input::Earlier`].
    FetchEarlier {
        /// Before this message.
        before_seq: i64,
    },
    /// Keep this entry of the outbox where a reload finds it, in place of an older one with the same nonce.
    Keep(Outgoing),
    /// Forget it.
    Forget(Nonce),
    /// Read the outbox's store again; answer by [`Input::Kept`].
    TakeUp,
    /// An agent's message came just now while the visitor was not watching.
    Announce,
}

/// The chat and its connection.
#[derive(Debug)]
pub struct Machine {
    chat: Chat,
    channel: Option<VisitorChannel>,
    welcome: Option<Welcome>,
    form: form::Form,
    /// Whose session is open.
    contact: Option<ContactId>,
    /// How files are reached, and when to ask for it again.
    files: Option<(FileAccess, Timestamp)>,
    connection: Connection,
    /// A session call is under way.
    opening: bool,
    /// Another one is needed as soon as it is answered.
    behind: bool,
    /// The channel was edited while the call was under way: its answer may be older than that.
    edited: bool,
    /// The channel was heard anew, whether it is another or not.
    heard: bool,
    socket_open: bool,
    fetching_earlier: bool,
    /// The last look for earlier messages was in vain.
    earlier_failed: bool,
    watching: bool,
    place: place::Place,
    /// Who writes at this moment.
    typing: typing::Typing,
    /// When to say again what was read, unless the server has confirmed it by then.
    mark_again_at: Option<Timestamp>,
    /// What the outbox's store holds, so that it can be told what to forget.
    kept: Vec<Nonce>,
}

impl Machine {
    /// A chat before its start. `seed` sets the jitter of its reconnecting.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            chat: Chat::default(),
            channel: None,
            welcome: None,
            form: form::Form::default(),
            contact: None,
            files: None,
            connection: Connection::new(seed),
            place: place::Place::default(),
            opening: false,
            behind: false,
            edited: false,
            heard: false,
            socket_open: false,
            fetching_earlier: false,
            earlier_failed: false,
            watching: false,
            typing: typing::Typing::default(),
            mark_again_at: None,
            kept: Vec::new(),
        }
    }

    /// What the visitor sees.
    #[must_use]
    pub fn chat(&self) -> &Chat {
        &self.chat
    }

    /// The channel, once a session was open.
    #[must_use]
    pub fn channel(&self) -> Option<&VisitorChannel> {
        self.channel.as_ref()
    }

    /// Whether the channel was heard anew since this was last asked. To compare it with what is shown would weigh more than to show
    /// it again.
    pub fn take_heard(&mut self) -> bool {
        std::mem::take(&mut self.heard)
    }

    /// How the connection stands.
    #[must_use]
    pub fn link(&self) -> Link {
        self.connection.link
    }

    /// Whether earlier messages are on their way.
    #[must_use]
    pub fn is_fetching_earlier(&self) -> bool {
        self.fetching_earlier
    }

    /// Whether earlier messages were asked for in vain.
    #[must_use]
    pub fn earlier_failed(&self) -> bool {
        self.earlier_failed
    }

    /// When to come back with [`Input::Tick`].
    #[must_use]
    pub fn wake_at(&self) -> Option<Timestamp> {
        let live = self.link() == Link::Live;
        let outbox = if self.may_send() { self.chat.outbox().wake_at() } else { None };
        let mark = self.mark_again_at.filter(|_| live);
        let moments =
            [self.connection.wake_at(), outbox, mark, self.files_again_at(), self.typing_at(), self.form.again_at];
        moments.into_iter().flatten().min()
    }

    /// Takes an input at the time `now` and says what to do about it.
    pub fn handle(&mut self, input: Input, now: Timestamp) -> Vec<Command> {
        let mut out = Vec::new();
        match input {
            Input::Start(kept) => {
                self.take_up(kept);
                self.connect(now, &mut out);
            }
            Input::Kept(kept) => self.take_up(kept),
            Input::Opened(session) => self.opened(*session, now, &mut out),
            Input::OpenFailed(problem) => self.open_failed(problem, now, &mut out),
            Input::Frame(frame) => self.frame(*frame, now, &mut out),
            Input::SocketClosed(code) => self.socket_closed(code, now),
            Input::Say(nonce, content) => {
                self.kept.push(nonce);
                self.written();
                out.push(Command::Keep(self.chat.say(nonce, content, now)));
            }
            Input::Retry(nonce) => {
                out.extend(self.chat.outbox_mut().retry(nonce).cloned().map(Command::Keep));
                if self.link() == Link::Closed {
                    self.reconnect(now, &mut out);
                }
            }
            Input::Discard(nonce) => {
                self.chat.outbox_mut().discard(nonce);
            }
            Input::WantEarlier => self.want_earlier(&mut out),
            Input::Earlier(window) => self.take_earlier(window),
            Input::Watching(watching) => self.watching = watching,
            Input::Wake => self.wake(now, &mut out),
            Input::Offline => self.interrupt(&mut out, |connection| connection.lost(0, now)),
            Input::Suspend => self.interrupt(&mut out, Connection::rest),
            Input::Renew => self.renew(now, &mut out),
            Input::Tick => self.tick(now, &mut out),
        }
        self.report_reading(now, &mut out);
        self.fail_in_vain(now, &mut out);
        self.send_due(now, &mut out);
        self.forget_settled(&mut out);
        out
    }

    /// Takes what is in the store. What the server has already is only to be forgotten there.
    fn take_up(&mut self, kept: Vec<Outgoing>) {
        for entry in &kept {
            if !self.kept.contains(&entry.nonce) {
                self.kept.push(entry.nonce);
            }
        }
        self.chat.restore(kept);
    }

    /// Connects again. Another tab may have been closed meanwhile with messages that it could not send.
    fn reconnect(&mut self, now: Timestamp, out: &mut Vec<Command>) {
        out.push(Command::TakeUp);
        self.connect(now, out);
    }

    fn connect(&mut self, now: Timestamp, out: &mut Vec<Command>) {
        self.connection.connecting(now);
        self.open_session(out);
    }

    fn open_session(&mut self, out: &mut Vec<Command>) {
        self.form.asked();
        if self.opening {
            self.behind = true;
            return;
        }
        self.opening = true;
        self.behind = false;
        self.edited = false;
        self.place.asked();
        out.push(Command::OpenSession { after_seq: self.chat.after_seq() });
    }

    fn opened(&mut self, mut session: VisitorSession, now: Timestamp, out: &mut Vec<Command>) {
        self.opening = false;
        self.take_welcome(&mut session, now);
        self.form.answered(session.form.is_some());
        let before = self.chat.unread();
        let first = self.channel.is_none();
        let change = self.chat.open(&session);
        self.place.answered(session.queue_ahead);
        if !self.edited {
            self.channel = Some(session.channel);
            self.heard = true;
        }
        self.take_files(session.files, now);
        // Another tab may have made the visitor somebody else: what they write goes over a socket of their own.
        if self.contact.replace(session.contact_id).is_some_and(|before| before != session.contact_id) {
            self.drop_socket(out);
            self.connection.connecting(now);
        }
        if !first && self.chat.unread() > before && !self.watching {
            out.push(Command::Announce);
        }
        if self.link() == Link::Connecting && !self.socket_open {
            self.socket_open = true;
            self.connection.connecting(now);
            out.push(Command::OpenSocket(session.ticket));
        }
        if self.behind || matches!(change, Change::Behind { .. }) {
            self.open_session(out);
        }
    }

    fn open_failed(&mut self, problem: Option<Problem>, now: Timestamp, out: &mut Vec<Command>) {
        self.opening = false;
        self.drop_socket(out);
        match problem {
            Some(problem)
                if matches!(problem.code, ErrorCode::ChannelDisabled | ErrorCode::Forbidden | ErrorCode::NotFound) =>
            {
                self.connection.close();
            }
            Some(problem) => self.connection.lost(problem.retry_after.unwrap_or(0), now),
            None => self.connection.lost(0, now),
        }
    }

    fn frame(&mut self, frame: Frame, now: Timestamp, out: &mut Vec<Command>) {
        if !self.socket_open {
            return;
        }
        self.connection.heard(now);
        let change = match frame {
            Frame::Ready { heartbeat_seconds } => {
                self.connection.live(heartbeat_seconds, now);
                self.mark_read(now, out);
                // What happened between the session's answer and now reached neither of the two. That goes for a visitor without
                // a conversation, too: another tab, or a message sent over the connection before, may have begun it meanwhile.
                self.open_session(out);
                Change::None
            }
            Frame::Channel(channel) => {
                self.follow_form(&channel, now);
                self.channel = Some(channel);
                self.edited = true;
                self.heard = true;
                Change::Shown
            }
            Frame::Told(told) => {
                if let Told::MessageCreated { message } = &told {
                    // The message says that its author's writing is over.
                    self.author_types(&message.author, false, now);
                }
                self.chat.apply(told)
            }
            Frame::Ack { nonce, conversation_id, message_id, seq, created_at } => {
                self.chat.acked(nonce, conversation_id, message_id, seq, created_at)
            }
            Frame::Rejected { nonce, problem } => {
                self.rejected(nonce, &problem, now, out);
                Change::None
            }
            Frame::Typing { author, active } => {
                self.author_types(&author, active, now);
                Change::None
            }
            Frame::Resync => Change::Behind { after: 0 },
            Frame::Queue { ahead } => self.place.told(ahead),
            Frame::Pong => Change::None,
        };
        match change {
            Change::Behind { .. } => self.open_session(out),
            Change::Received if !self.watching => out.push(Command::Announce),
            Change::Received | Change::Shown | Change::None => {}
        }
    }

    fn socket_closed(&mut self, code: u16, now: Timestamp) {
        self.socket_open = false;
        self.typing = typing::Typing::default();
        self.chat.outbox_mut().connection_lost();
        if code == CloseCode::Gone.number() {
            self.connection.close();
        } else if self.link() != Link::Closed {
            self.connection.lost(0, now);
        }
    }

    fn drop_socket(&mut self, out: &mut Vec<Command>) {
        self.typing = typing::Typing::default();
        self.chat.outbox_mut().connection_lost();
        if self.socket_open {
            self.socket_open = false;
            out.push(Command::CloseSocket);
        }
    }

    fn interrupt(&mut self, out: &mut Vec<Command>, to: impl FnOnce(&mut Connection)) {
        self.drop_socket(out);
        if self.link() != Link::Closed {
            to(&mut self.connection);
        }
    }

    fn wake(&mut self, now: Timestamp, out: &mut Vec<Command>) {
        match self.link() {
            // A closed channel may have been opened again.
            Link::Lost | Link::Closed => self.reconnect(now, out),
            // A computer that slept still believes in its connection; ask.
            Link::Live => {
                out.push(Command::TakeUp);
                self.ping(now, out);
            }
            Link::Connecting => {}
        }
    }

    fn ping(&mut self, now: Timestamp, out: &mut Vec<Command>) {
        self.connection.pinged(now);
        out.push(Command::Send(ClientFrame::Ping {}));
    }

    fn tick(&mut self, now: Timestamp, out: &mut Vec<Command>) {
        let overdue = self.link() == Link::Live && self.chat.outbox().is_overdue(now);
        if self.link() == Link::Live && self.mark_again_at.is_some_and(|at| now >= at) {
            self.mark_read(now, out);
        }
        if self.files_again_at().is_some_and(|at| now >= at) || self.form.again_at.is_some_and(|at| now >= at) {
            self.open_session(out);
        }
        self.typing_tick(now, out);
        match if overdue { Due::GiveUp } else { self.connection.due(now) } {
            Due::Nothing => {}
            Due::Retry => self.reconnect(now, out),
            Due::Ping => self.ping(now, out),
            Due::GiveUp => {
                self.opening = false;
                self.interrupt(out, |connection| connection.lost(0, now));
            }
        }
    }

    fn send_due(&mut self, now: Timestamp, out: &mut Vec<Command>) {
        if self.may_send() {
            out.extend(self.chat.outbox_mut().due(now).into_iter().map(Command::Send));
        }
    }

    /// Whatever left the outbox, by an ack, an event, a fetched message or the visitor's will, leaves its store too.
    fn forget_settled(&mut self, out: &mut Vec<Command>) {
        let outbox = self.chat.outbox();
        out.extend(self.kept.extract_if(.., |nonce| outbox.get(*nonce).is_none()).map(Command::Forget));
    }
}
