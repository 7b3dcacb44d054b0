//! The machine: its parts, and which part takes which input.

use crate::outbox::{Outbox, Outgoing};
use crate::state::{ConsoleState, Need, View};
use crate::sync::backoff::Backoff;
use crate::sync::patience::{Mark, Setback};
use crate::sync::{Command, Input, Round, Topic};
use crate::typing::{Pulse, Typists};
use std::collections::{BTreeMap, HashMap, HashSet};
use types::agents::{LoginState, Me};
use types::events::Event;
use types::id::ConversationId;
use types::notes::Note;
use types::time::Timestamp;
use types::ws::ClientFrame;

/// How the person sees the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    /// Connecting for the first time.
    Connecting,
    /// Everything that happens arrives.
    Online,
    /// Cut off, and trying to come back.
    Offline,
    /// The server says what this version cannot read: only a newer page keeps up.
    Outdated,
}

/// Where the machine stands on the way from nothing to live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Not begun, or the session is over.
    Stopped,
    /// Waits before it connects again.
    Waiting {
        /// Until when.
        until: Timestamp,
    },
    /// Waits for a ticket, a socket, the first frame.
    Connecting,
    /// Fetches what the state lacks; events are kept back.
    CatchingUp,
    /// Events are applied as they come.
    Live,
}

/// Keeps one agent's state and outbox in step with the server.
#[derive(Debug, Clone)]
pub struct Machine {
    pub(super) state: ConsoleState,
    pub(super) outbox: Outbox,
    pub(super) phase: Phase,
    pub(super) round: Round,
    pub(super) backoff: Backoff,
    /// By when the present phase must have come to something.
    pub(super) deadline: Option<Timestamp>,
    pub(super) heartbeat_seconds: u32,
    /// By how many milliseconds the server's clock goes before ours.
    pub(super) server_ahead: i64,
    pub(super) last_said: Timestamp,
    pub(super) pinged_at: Option<Timestamp>,
    /// When the server was told last that what it says is heard, and whether it is to be told again.
    pub(super) answered_at: Timestamp,
    pub(super) owes_answer: bool,
    /// Events that came while catching up.
    pub(super) kept_back: Vec<(Option<i64>, Event)>,
    /// A `resync` came while catching up: what is being fetched may not contain what was left out.
    pub(super) catch_up_again: bool,
    /// Events may be missing before ones that arrive: the cursor moves by catching up only.
    pub(super) blind: bool,
    pub(super) has_been_live: bool,
    /// A frame came that this version cannot read. What it said is lost to it, whatever comes after.
    pub(super) lost_frame: bool,
    /// The last answer on the way to live could not be read.
    pub(super) unreadable_answer: bool,
    /// Needs that are being fetched.
    pub(super) fetching: HashSet<Need>,
    /// Needs that could not be fetched, until they are.
    pub(super) failed: HashMap<Need, Setback>,
    pub(super) earlier: HashSet<ConversationId>,
    pub(super) earlier_failed: HashSet<ConversationId>,
    pub(super) later: HashSet<ConversationId>,
    pub(super) later_failed: HashSet<ConversationId>,
    pub(super) pages: HashSet<View>,
    pub(super) pages_failed: HashSet<View>,
    /// Conversations opened lately, the last one at the end: their messages are kept.
    pub(super) recent: Vec<ConversationId>,
    /// What visitors have just written and nobody has been told of yet: up to which `seq`, by conversation.
    pub(super) arriving: BTreeMap<ConversationId, i64>,
    /// The same of what is being caught up with, in the order of writing.
    pub(super) missed: Vec<(ConversationId, i64)>,
    /// Notes that mention the agent and have not been told of: the newest of each conversation.
    pub(super) mentions: Vec<Note>,
    /// When something was heard last while live.
    pub(super) heard_at: Timestamp,
    /// Read marks that the server has not confirmed.
    pub(super) reads: BTreeMap<ConversationId, Mark>,
    /// Who writes at this moment.
    pub(super) typists: Typists,
    /// Where the agent writes, and what others have been told of it.
    pub(super) writing: Option<(ConversationId, Pulse)>,
    pub(super) commands: Vec<Command>,
}

impl Machine {
    /// A machine for an agent who has just signed in.
    #[must_use]
    pub fn new(me: Me) -> Self {
        let blind = me.login_state == LoginState::Suspended;
        Self {
            state: ConsoleState::new(me),
            outbox: Outbox::default(),
            phase: Phase::Stopped,
            round: 0,
            backoff: Backoff::default(),
            deadline: None,
            heartbeat_seconds: 30,
            server_ahead: 0,
            last_said: Timestamp(0),
            pinged_at: None,
            answered_at: Timestamp(0),
            owes_answer: false,
            kept_back: Vec::new(),
            catch_up_again: false,
            blind,
            has_been_live: false,
            lost_frame: false,
            unreadable_answer: false,
            fetching: HashSet::new(),
            failed: HashMap::new(),
            earlier: HashSet::new(),
            earlier_failed: HashSet::new(),
            later: HashSet::new(),
            later_failed: HashSet::new(),
            pages: HashSet::new(),
            pages_failed: HashSet::new(),
            recent: Vec::new(),
            arriving: BTreeMap::new(),
            missed: Vec::new(),
            mentions: Vec::new(),
            heard_at: Timestamp(0),
            reads: BTreeMap::new(),
            typists: Typists::default(),
            writing: None,
            commands: Vec::new(),
        }
    }

    /// What the console knows.
    #[must_use]
    pub fn state(&self) -> &ConsoleState {
        &self.state
    }

    /// The messages on their way.
    #[must_use]
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// The messages on their way to a conversation, in the order of writing.
    pub fn outgoing(&self, id: ConversationId) -> impl Iterator<Item = &Outgoing> {
        self.outbox.entries().iter().filter(move |entry| entry.conversation_id == Some(id))
    }

    /// Where the machine stands.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// How the person sees the connection.
    #[must_use]
    pub fn connection(&self) -> Connection {
        match self.phase {
            _ if self.lost_frame || self.unreadable_answer => Connection::Outdated,
            Phase::Live => Connection::Online,
            // Catching up after a resync, with the socket open, is nothing that a person has to know.
            Phase::CatchingUp if self.has_been_live && self.backoff.failures() == 0 => Connection::Online,
            _ if !self.has_been_live && self.backoff.failures() == 0 => Connection::Connecting,
            _ => Connection::Offline,
        }
    }

    /// What the server's clock says while ours says this: what it has stored is to be measured by its own time.
    #[must_use]
    pub fn server_time(&self, now: Timestamp) -> Timestamp {
        now.plus_millis(self.server_ahead)
    }

    /// Whether this could not be fetched the last time, also while it is being asked for again.
    #[must_use]
    pub fn has_failed(&self, need: Need) -> bool {
        self.failed.contains_key(&need)
    }

    /// Whether everything could not be fetched: nothing can be shown yet, and the last attempt failed.
    #[must_use]
    pub fn start_has_failed(&self) -> bool {
        self.state.cursor().is_none() && self.backoff.failures() > 0
    }

    /// Whether earlier messages of the conversation are on their way.
    #[must_use]
    pub fn is_loading_earlier(&self, id: ConversationId) -> bool {
        self.earlier.contains(&id)
    }

    /// Whether earlier messages of the conversation could not be fetched the last time.
    #[must_use]
    pub fn earlier_has_failed(&self, id: ConversationId) -> bool {
        self.earlier_failed.contains(&id)
    }

    /// Whether messages after those shown around a message are on their way.
    #[must_use]
    pub fn is_loading_later(&self, id: ConversationId) -> bool {
        self.later.contains(&id)
    }

    /// Whether they could not be fetched the last time.
    #[must_use]
    pub fn later_has_failed(&self, id: ConversationId) -> bool {
        self.later_failed.contains(&id)
    }

    /// Whether the next page of a list could not be fetched the last time.
    #[must_use]
    pub fn page_has_failed(&self, view: impl Into<View>) -> bool {
        self.pages_failed.contains(&view.into())
    }

    /// When to come back with [`Input::Tick`], if nothing happens before.
    #[must_use]
    pub fn wake_at(&self) -> Option<Timestamp> {
        let phase = match self.phase {
            Phase::Stopped => return None,
            Phase::Waiting { until } => return Some(until),
            Phase::Connecting | Phase::CatchingUp => self.deadline,
            Phase::Live => self.outbox.wake_at(),
        };
        let live = self.phase == Phase::Live;
        let resting = self.failed.iter().filter(|(need, _)| live && !self.fetching.contains(need));
        let retry = resting.map(|(_, setback)| setback.until()).min();
        let mark = self.reads.values().filter(|_| live).map(|mark| mark.again_at()).min();
        let socket = matches!(self.phase, Phase::CatchingUp | Phase::Live).then(|| self.heartbeat_at());
        let typing = self.typists.next().filter(|_| live);
        let answer = (live && self.owes_answer).then(|| self.answer_at());
        [phase, retry, mark, socket, typing, answer].into_iter().flatten().min()
    }

    /// Takes an input and says what is to be done, in order. `jitter` is random over the whole range of its type.
    pub fn handle(&mut self, input: Input, now: Timestamp, jitter: u16) -> Vec<Command> {
        match input {
            Input::Connect => self.connect(now),
            Input::NetworkLost => self.network_lost(now, jitter),
            Input::Tick => self.tick(now, jitter),
            Input::Ticket(round, answer) if round == self.round => self.ticket(answer, now, jitter),
            Input::Frame(round, frame) if round == self.round => self.frame(*frame, now, jitter),
            Input::Unreadable(round) if round == self.round => {
                self.lost_frame = true;
                self.commands.push(Command::Changed(Topic::Connection));
            }
            Input::Closed(round, code) if round == self.round => self.closed(code, now, jitter),
            Input::Events(round, answer) if round == self.round => self.events(answer, now, jitter),
            Input::Snapshot(round, answer) if round == self.round => self.snapshot(answer, now, jitter),
            Input::Fetched(round, need, answer) if round == self.round => self.fetched(need, answer, now),
            Input::Earlier(round, id, answer) if round == self.round => self.earlier_came(id, answer),
            Input::Page(round, view, answer) if round == self.round => self.page_came(view, answer),
            Input::Later(round, id, answer) if round == self.round => self.later_came(id, answer),
            Input::Ticket(..)
            | Input::Frame(..)
            | Input::Unreadable(..)
            | Input::Closed(..)
            | Input::Events(..)
            | Input::Snapshot(..)
            | Input::Fetched(..)
            | Input::Earlier(..)
            | Input::Page(..)
            | Input::Later(..) => {}
            Input::Restored(kept) => self.restored(kept),
            Input::Open(id) => {
                if self.writing.is_some_and(|(writing, _)| id != Some(writing)) {
                    self.stop_writing(now);
                }
                self.open(id);
            }
            Input::Choose(view) => {
                self.state.choose(view);
                self.commands.push(Command::Changed(Topic::State));
            }
            Input::LoadEarlier(id) => self.load_earlier(id),
            Input::LoadLater(id) => self.load_later(id),
            Input::Jump(id, seq) => self.jump(id, seq),
            Input::ToNewest(id) => self.leave_jump(id),
            Input::LoadMore(view) => self.load_more(view),
            Input::Reload => self.reload(now),
            Input::Writes(id, has_text) => self.writes(id, has_text, now),
            Input::Say { nonce, conversation_id, content } => {
                self.written(conversation_id);
                let kept = self.outbox.push(Outgoing::new(nonce, Some(conversation_id), content, now));
                self.commands.push(Command::Keep(kept));
                self.commands.push(Command::Changed(Topic::Messages));
            }
            Input::Retry(nonce) => {
                let kept = self.outbox.retry(nonce).cloned();
                self.commands.extend(kept.map(Command::Keep));
                self.commands.push(Command::Changed(Topic::Messages));
            }
            Input::Discard(nonce) => {
                let gone = self.outbox.discard(nonce);
                self.commands.extend(gone.map(|entry| Command::Forget(entry.nonce)));
                self.commands.push(Command::Changed(Topic::Messages));
            }
            Input::Read(id) => {
                if let Some(seq) = self.state.read_all(id) {
                    self.reads.insert(id, Mark::new(seq, now));
                    self.commands.push(Command::Changed(Topic::State));
                    if self.phase == Phase::Live {
                        self.say(ClientFrame::MarkRead { conversation_id: Some(id), seq }, now);
                    }
                }
            }
            Input::ConversationSaved(conversation) => {
                self.state.put_personal(conversation.id, conversation.personal());
                self.state.put_standing(conversation.id, conversation.standing());
                self.commands.push(Command::Changed(Topic::State));
            }
            Input::ConversationFetched(conversation) => {
                self.state.put_conversation(*conversation);
                self.commands.push(Command::Changed(Topic::State));
                self.commands.push(Command::Changed(Topic::Messages));
            }
            Input::MessageRecalled(message) => {
                if let Some(event) = self.state.recalled_by_answer(&message) {
                    self.apply(event);
                }
            }
            Input::NoteSaved(note) => {
                self.state.note_saved(*note);
                self.commands.push(Command::Changed(Topic::Messages));
            }
            Input::ConversationRemoved(id) => {
                self.state.remove_conversation(id);
                // Whoever deletes it wants nothing of it.
                self.forget(id);
                self.settle_lost();
                self.commands.push(Command::Changed(Topic::State));
            }
            Input::ContactSaved(contact) => {
                self.state.contact_saved(*contact);
                self.commands.push(Command::Changed(Topic::State));
            }
            Input::MeSaved(me) => {
                // The server leaves events out from here on; that it no longer does, only its event tells.
                self.blind |= me.login_state == LoginState::Suspended;
                self.state.put_me(*me);
                self.commands.push(Command::Changed(Topic::State));
            }
            Input::ChannelSaved(channel) => {
                self.state.put_channel(*channel);
                self.commands.push(Command::Changed(Topic::State));
            }
            Input::ChannelTreeSaved(tree) => {
                self.state.put_channel_tree(tree);
                self.commands.push(Command::Changed(Topic::State));
            }
            Input::CustomFieldsSaved(fields) => {
                self.state.put_custom_fields(fields);
                self.commands.push(Command::Changed(Topic::State));
            }
            Input::TagGroupSaved(group) => {
                self.state.put_tag_group(*group);
                self.commands.push(Command::Changed(Topic::State));
            }
            Input::TagGroupRemoved(id) => {
                self.state.remove_tag_group(id);
                self.commands.push(Command::Changed(Topic::State));
            }
            Input::TagRemoved(id) => {
                self.state.remove_tags(vec![id]);
                self.commands.push(Command::Changed(Topic::State));
            }
            Input::ChannelRemoved(id) => {
                self.state.remove_channel(id);
                self.settle_lost();
                self.commands.push(Command::Changed(Topic::State));
            }
        }
        self.look_up_quotes();
        self.work(now);
        self.expire_typists(now);
        self.tell_arrived(now);
        std::mem::take(&mut self.commands)
    }
}
