//! The connection: from a ticket to live, and back when it is lost.

use crate::rest::ApiError;
use crate::state::Need;
use crate::state::Snapshot;
use crate::sync::telling::JOINED;
use crate::sync::{Command, Machine, Phase, Topic, beside};
use types::agents::{LoginState, Role};
use types::error::ErrorCode;
use types::events::{Event, EventsAfter};
use types::messages::{Author, Message, Quote};
use types::time::Timestamp;
use types::ws::{ClientFrame, CloseCode, ServerFrame};

/// How long each step of connecting may take.
const STEP_MILLIS: i64 = 20_000;
/// After a longer break of the line nobody is told of what came meanwhile: it is counted.
const BREAK_TOLD_MILLIS: i64 = 5 * 60 * 1_000;
/// How long the server may take to answer a ping.
const PONG_MILLIS: i64 = 10_000;

impl Machine {
    pub(super) fn connect(&mut self, now: Timestamp) {
        match self.phase {
            Phase::Stopped | Phase::Waiting { .. } => {
                self.round = self.round.saturating_add(1);
                self.enter(Phase::Connecting, now);
                self.commands.push(Command::RequestTicket(self.round));
            }
            // The network has changed under a connection that may be dead by now: ask.
            Phase::Live | Phase::CatchingUp => self.ping(now),
            Phase::Connecting => {}
        }
    }

    pub(super) fn network_lost(&mut self, now: Timestamp, jitter: u16) {
        if matches!(self.phase, Phase::Connecting | Phase::CatchingUp | Phase::Live) {
            self.disconnect(now, jitter);
        }
    }

    /// Drops the connection and waits for the next attempt.
    pub(super) fn disconnect(&mut self, now: Timestamp, jitter: u16) {
        self.drop_connection();
        let until = self.backoff.next(now, jitter);
        self.enter(Phase::Waiting { until }, now);
    }

    fn stop(&mut self, now: Timestamp) {
        self.drop_connection();
        self.enter(Phase::Stopped, now);
        self.commands.push(Command::SessionOver);
    }

    fn drop_connection(&mut self) {
        // Whatever is still on its way belongs to this attempt.
        self.round = self.round.saturating_add(1);
        self.commands.push(Command::CloseSocket);
        self.outbox.connection_lost();
        self.kept_back.clear();
        self.catch_up_again = false;
        self.pinged_at = None;
        self.owes_answer = false;
        self.forget_typists();
        self.abandon_fetches();
        self.commands.push(Command::Changed(Topic::Messages));
    }

    fn enter(&mut self, phase: Phase, now: Timestamp) {
        self.phase = phase;
        self.deadline = Some(now.plus_millis(STEP_MILLIS));
        self.commands.push(Command::Changed(Topic::Connection));
    }

    pub(super) fn tick(&mut self, now: Timestamp, jitter: u16) {
        match self.phase {
            Phase::Stopped => {}
            Phase::Waiting { until } => {
                if now >= until {
                    self.connect(now);
                }
            }
            Phase::Connecting | Phase::CatchingUp if self.deadline.is_some_and(|deadline| now >= deadline) => {
                self.disconnect(now, jitter);
            }
            Phase::Connecting => {}
            Phase::CatchingUp | Phase::Live => {
                let silent = self.pinged_at.is_some_and(|at| now.millis_since(at) >= PONG_MILLIS);
                if silent || self.outbox.is_overdue(now) {
                    self.disconnect(now, jitter);
                } else if self.pinged_at.is_none() && now >= self.heartbeat_at() {
                    self.ping(now);
                }
            }
        }
    }

    pub(super) fn heartbeat_at(&self) -> Timestamp {
        match self.pinged_at {
            Some(at) => at.plus_millis(PONG_MILLIS),
            None => self.last_said.plus_seconds(i64::from(self.heartbeat_seconds)),
        }
    }

    fn ping(&mut self, now: Timestamp) {
        if self.pinged_at.is_none() {
            self.pinged_at = Some(now);
            self.say(ClientFrame::Ping {}, now);
        }
    }

    pub(super) fn say(&mut self, frame: ClientFrame, now: Timestamp) {
        self.last_said = now;
        self.commands.push(Command::Send(frame));
    }

    pub(super) fn ticket(&mut self, answer: Result<String, ApiError>, now: Timestamp, jitter: u16) {
        if self.phase != Phase::Connecting {
            return;
        }
        match answer {
            Ok(ticket) => self.commands.push(Command::OpenSocket(self.round, ticket)),
            Err(error) => self.step_failed(&error, now, jitter),
        }
    }

    fn step_failed(&mut self, error: &ApiError, now: Timestamp, jitter: u16) {
        if error.code() == Some(ErrorCode::Unauthenticated) {
            self.stop(now);
            return;
        }
        // The server is newer than this page. Trying goes on, because it may go back, but the person is told what helps.
        self.unreadable_answer |= matches!(error, ApiError::Unreadable(_));
        self.disconnect(now, jitter);
    }

    pub(super) fn closed(&mut self, code: u16, now: Timestamp, jitter: u16) {
        if code == CloseCode::Revoked.number() {
            self.stop(now);
        } else if matches!(self.phase, Phase::Connecting | Phase::CatchingUp | Phase::Live) {
            self.disconnect(now, jitter);
        }
    }

    pub(super) fn frame(&mut self, frame: ServerFrame, now: Timestamp, jitter: u16) {
        self.pinged_at = None;
        if self.phase == Phase::Live {
            self.heard_at = now;
        }
        match frame {
            ServerFrame::Ready { cursor, heartbeat_seconds, now: theirs } => {
                self.heartbeat_seconds = heartbeat_seconds.max(1);
                self.server_ahead = theirs.millis_since(now);
                self.last_said = now;
                match (self.state.cursor(), cursor) {
                    (Some(held), _) => self.catch_up(held, now),
                    (None, Some(newest)) => self.start_afresh(newest, now),
                    // Only visitors get a `ready` without a cursor: whatever this is, it is not our server.
                    (None, None) => self.disconnect(now, jitter),
                }
            }
            ServerFrame::Event { seq, event } if self.phase == Phase::Live => self.live_event(seq, event, now),
            ServerFrame::Event { seq, event } => self.kept_back.push((seq, event)),
            // The other one is for visitors.
            ServerFrame::Pong {} | ServerFrame::Queue { .. } => {}
            ServerFrame::Ack { nonce, conversation_id, message_id, seq, created_at } => {
                self.commands.push(Command::Forget(nonce));
                if let Some(sent) = self.outbox.acked(nonce) {
                    let me = self.state.me();
                    let author = Author::Agent { id: me.id, name: me.name.clone() };
                    let content = sent.content;
                    // Of what it answers to its event tells more than is known here.
                    let is_whole = content.quote().is_none_or(Quote::is_known);
                    let message = Message { id: message_id, conversation_id, seq, author, content, nonce, created_at };
                    self.confirm_read(conversation_id, seq);
                    if is_whole {
                        self.state.apply_fact(Event::MessageCreated { message });
                    } else if self.blind {
                        // Who is suspended gets no event.
                        self.state.fetch_anew(conversation_id);
                    }
                }
                self.commands.push(Command::Changed(Topic::State));
                self.commands.push(Command::Changed(Topic::Messages));
            }
            ServerFrame::Rejected { nonce, problem } => {
                let kept = nonce.and_then(|nonce| self.outbox.rejected(nonce, &problem, now)).cloned();
                let gone = kept.as_ref().and_then(|entry| entry.conversation_id);
                self.commands.extend(kept.map(Command::Keep));
                // No event will tell, or has told, that the conversation went.
                if let Some(id) = gone.filter(|id| self.state.conversation(*id).is_none())
                    && problem.code == ErrorCode::NotFound
                {
                    self.state.conversation_is_missing(id);
                    self.settle_lost();
                }
                self.commands.push(Command::Changed(Topic::Messages));
            }
            ServerFrame::Typing { conversation_id, author, active, text } => {
                self.typing_heard(conversation_id, author, active, text, now);
            }
            ServerFrame::Resync {} => self.resync(now),
        }
    }

    fn resync(&mut self, now: Timestamp) {
        match (self.phase, self.state.cursor()) {
            (Phase::Live, Some(cursor)) => self.catch_up(cursor, now),
            _ => {
                // What is fetched next contains what came before this; ones without a `seq` would be applied over newer facts.
                self.kept_back.clear();
                self.catch_up_again = true;
            }
        }
    }

    fn catch_up(&mut self, after: i64, now: Timestamp) {
        self.enter(Phase::CatchingUp, now);
        self.commands.push(Command::FetchEvents(self.round, after));
    }

    fn start_afresh(&mut self, cursor: i64, now: Timestamp) {
        self.enter(Phase::CatchingUp, now);
        self.missed.clear();
        self.mentions.clear();
        self.commands.push(Command::FetchSnapshot(self.round, cursor));
    }

    pub(super) fn events(&mut self, answer: Result<EventsAfter, ApiError>, now: Timestamp, jitter: u16) {
        if self.phase != Phase::CatchingUp {
            return;
        }
        match answer {
            Ok(answer) if answer.resync => self.start_afresh(answer.cursor, now),
            Ok(answer) => {
                let is_short = now.millis_since(self.heard_at) <= BREAK_TOLD_MILLIS;
                let sight = self.sight();
                for event in answer.items {
                    // Who was suspended did not want to be told.
                    if is_short && !self.blind {
                        self.note_missed(&event.event);
                        self.note_mention(&event.event);
                    }
                    self.apply(event.event);
                }
                self.state.reached(answer.cursor);
                if self.sight() != sight {
                    self.start_afresh(answer.cursor, now);
                } else if answer.has_more {
                    self.catch_up(answer.cursor, now);
                } else {
                    self.caught_up(now);
                }
            }
            Err(error) => self.step_failed(&error, now, jitter),
        }
    }

    pub(super) fn snapshot(&mut self, answer: Result<Box<Snapshot>, ApiError>, now: Timestamp, jitter: u16) {
        if self.phase != Phase::CatchingUp {
            return;
        }
        match answer {
            Ok(snapshot) => {
                self.abandon_fetches();
                for known in &snapshot.conversations.items {
                    // What the server knows already it will not confirm again.
                    if self.reads.get(&known.id).is_some_and(|mine| mine.seq() <= known.read_seq) {
                        self.reads.remove(&known.id);
                    }
                }
                self.state.load(*snapshot);
                self.settle();
                self.commands.push(Command::Refreshed);
                self.caught_up(now);
            }
            Err(error) => self.step_failed(&error, now, jitter),
        }
    }

    fn caught_up(&mut self, now: Timestamp) {
        if std::mem::take(&mut self.catch_up_again)
            && let Some(cursor) = self.state.cursor()
        {
            self.catch_up(cursor, now);
            return;
        }
        self.backoff.reset();
        self.unreadable_answer = false;
        self.has_been_live = true;
        self.enter(Phase::Live, now);
        self.heard_at = now;
        self.arriving.extend(self.missed.drain(..));
        // Whether events are left out from here on.
        self.blind = self.state.me().login_state == LoginState::Suspended;
        for (seq, event) in std::mem::take(&mut self.kept_back) {
            self.live_event(seq, event, now);
            if self.phase != Phase::Live {
                return;
            }
        }
        self.went_live(now);
        self.commands.push(Command::Changed(Topic::State));
        self.commands.push(Command::Changed(Topic::Messages));
    }

    /// Takes an event as it happens. The server leaves `seq` out while it leaves other events out.
    fn live_event(&mut self, seq: Option<i64>, event: Event, now: Timestamp) {
        // Caught up with already: an answer overtakes what is still on the socket, and nobody is told of anything twice.
        if seq.is_some() && seq <= self.state.cursor() {
            return;
        }
        let was_blind = self.blind;
        if let Some((id, seq)) = self.news(&event) {
            self.arriving.insert(id, seq);
        }
        self.note_mention(&event);
        let sight = self.sight();
        self.apply(event);
        if self.sight() != sight
            && let Some(cursor) = seq.or(self.state.cursor())
        {
            self.start_afresh(cursor, now);
            return;
        }
        let suspended = self.state.me().login_state == LoginState::Suspended;
        self.blind |= suspended;
        if self.blind {
            if was_blind
                && !suspended
                && let Some(cursor) = self.state.cursor()
            {
                // The suspension is over: fetch what it left out.
                self.catch_up(cursor, now);
            }
        } else if let Some(seq) = seq {
            self.state.reached(seq);
        }
    }

    /// What decides of what the agent sees. When that changes, what is held may have too much in it, or too little: no event tells which.
    fn sight(&self) -> (Role, bool) {
        let me = self.state.me();
        (me.role, me.sees_contact_details)
    }

    pub(super) fn apply(&mut self, event: Event) {
        match &event {
            Event::ConversationRead { conversation_id, agent_id, seq, .. } if *agent_id == self.state.me().id => {
                self.confirm_read(*conversation_id, *seq);
            }
            // Asked for before it began, it would be reported missing by an answer that is older than this.
            Event::ConversationCreated { conversation } if self.state.conversation(conversation.id).is_none() => {
                self.fetching.retain(|need| {
                    !matches!(need, Need::Conversation(id) | Need::Newest(id) | Need::Later(id, _) if *id == conversation.id)
                });
            }
            Event::MessageRecalled { conversation_id, seq, .. } => {
                self.outbox.quoted_was_recalled(*conversation_id, *seq);
                self.commands.push(Command::Changed(Topic::Messages));
            }
            // The same for one that has become ours, and it is news to tell.
            Event::AgentJoined { conversation_id, .. }
            | Event::ConversationAssigned { conversation_id, .. }
            | Event::ConversationReopened { conversation_id, .. }
                if self.has_joined(&event).is_some() =>
            {
                self.fetching.retain(|need| {
                    !matches!(need, Need::Conversation(id) | Need::Newest(id) | Need::Later(id, _) if id == conversation_id)
                });
                if self.phase == Phase::Live {
                    self.arriving.insert(*conversation_id, JOINED);
                }
            }
            Event::ConversationWithdrawn { conversation_id, .. } => {
                self.typists_left(*conversation_id);
                self.refuse(*conversation_id);
                self.commands.push(Command::Changed(Topic::Messages));
            }
            Event::ConversationCleared { .. } | Event::NoteCreated { .. } | Event::NotesCleared { .. } => {
                self.commands.push(Command::Changed(Topic::Messages));
            }
            Event::MessageCreated { message } => {
                self.typist_sent(message.conversation_id, &message.author);
                if self.outbox.acked(message.nonce).is_some() {
                    self.commands.push(Command::Forget(message.nonce));
                }
                // Who writes has read.
                if matches!(&message.author, Author::Agent { id, .. } if *id == self.state.me().id) {
                    self.confirm_read(message.conversation_id, message.seq);
                }
                self.commands.push(Command::Changed(Topic::Messages));
            }
            _ => {}
        }
        if beside::matters(&event) {
            self.commands.push(Command::Happened(Box::new(event.clone())));
        }
        let deleted = matches!(event, Event::ChannelDeleted { .. } | Event::ConversationDeleted { .. });
        self.state.apply_fact(event);
        if deleted {
            self.settle_lost();
        }
        self.commands.push(Command::Changed(Topic::State));
    }
}
