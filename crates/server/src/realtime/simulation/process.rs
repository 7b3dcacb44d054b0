//! The server's process: the real parts from the socket's loop down to the database, moved by hand.
//!
//! What is not here is the operating system and the HTTP framework: sockets are [pipes](super::pipe), requests are calls of
//! what the endpoints call. At any time at most one task waits for the database, so the order of everything is the
//! simulation's. The process can die at any moment and leaves what a killed process leaves: the database.

use super::super::admission::{Admitted, admit_agent, admit_visitor};
use super::super::bus::LocalBus;
use super::super::hub::Hub;
use super::super::session::{Answer, Dispatch};
use super::super::tickets::Tickets;
use super::clock::SimulatedClock;
use super::pipe::Pipe;
use super::task::{Gate, Task};
use crate::actions::visitors::Visits;
use crate::assets::Assets;
use crate::auth::challenge::Challenges;
use crate::auth::password::Passwords;
use crate::auth::sessions::SessionCache;
use crate::auth::signing::Keys;
use crate::config::Config;
use crate::geo;
use crate::ids::Ids;
use crate::legal::LegalTexts;
use crate::limits::Limits;
use crate::senders::CodeSender;
use crate::state::{AppState, Parts};
use crate::widget_page::Loaders;
use futures_util::future::LocalBoxFuture;
use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::{CommitSink, CommittedEvent, Database, Writer, WriterOptions};
use types::ws::ClientFrame;

/// Something that runs in the process: a socket or a request.
pub(super) type Key = u64;

pub(super) struct Process {
    pub(super) state: AppState,
    writer: Task,
    sink: Arc<CountedBus>,
    running: BTreeMap<Key, Running>,
    last_key: Key,
    options: WriterOptions,
}

struct Running {
    task: Task,
    gate: Rc<Gate>,
    /// For a socket: whether it is open.
    open: Option<Rc<Cell<bool>>>,
}

/// The real bus, which also counts the commits that it hears of.
struct CountedBus {
    bus: LocalBus,
    commits: AtomicU64,
}

impl CommitSink for CountedBus {
    fn committed(&self, events: Vec<CommittedEvent>) {
        self.bus.committed(events);
        self.commits.fetch_add(1, Ordering::SeqCst);
    }

    fn uncertain(&self) {
        self.bus.uncertain();
    }
}

/// Which door a socket comes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    Agents,
    Visitors,
}

impl Process {
    /// Starts on a database. `seed` must be another one for each start: the same again would make the same ids again.
    pub(super) fn start(db: &Database, config: Config, options: WriterOptions, clock: &SimulatedClock, seed: u64) -> Self {
        let hub = Arc::new(Hub::default());
        let sink = Arc::new(CountedBus { bus: LocalBus::new(Arc::clone(&hub)), commits: AtomicU64::new(0) });
        let (writer, work) = Writer::new(db, options, Arc::clone(&sink) as Arc<dyn CommitSink>);
        let clock: Arc<dyn crate::clock::Clock> = Arc::new(clock.clone());
        let ids = Ids::from_seed(Arc::clone(&clock), seed);
        let keys = Keys::derive(b"a secret that outlives the process");
        let state = AppState::new(Parts {
            sessions: SessionCache::default(),
            passwords: Passwords::default(),
            challenges: Challenges::new(keys.challenge.clone(), 1),
            codes: CodeSender::new(&config.codes).unwrap(),
            limits: Limits::new(&config.limits, 1),
            legal: LegalTexts::load(Path::new("")).unwrap(),
            tickets: Tickets::new(keys.ticket.clone(), Arc::clone(&clock), ids.clone()),
            geo: geo::open(None, None).unwrap(),
            visits: Visits::default(),
            loaders: Loaders::default(),
            assets: Assets::Memory(HashMap::new()),
            db: db.clone(),
            config,
            clock,
            ids,
            keys,
            writer,
            hub,
        });
        Self { state, writer: Task::new(Box::pin(work)), sink, running: BTreeMap::new(), last_key: 0, options }
    }

    /// Begins a request and lets it get on until it is answered, stops at its gate or waits for the writer.
    pub(super) async fn request<F: Future<Output = ()> + 'static>(&mut self, work: impl FnOnce(AppState, Rc<Gate>) -> F) {
        let gate = Rc::new(Gate::default());
        let future = Box::pin(work(self.state.clone(), Rc::clone(&gate)));
        let key = self.add(Running { task: Task::new(future), gate, open: None });
        self.advance(key).await;
    }

    /// Opens a socket; `None` when it is refused.
    pub(super) async fn dial(&mut self, door: Door, ticket: String) -> Option<(Key, Pipe)> {
        let (pipe, gate, open) = (Pipe::default(), Rc::new(Gate::default()), Rc::new(Cell::new(false)));
        let future = socket(self.state.clone(), door, ticket, pipe.clone(), Rc::clone(&gate), Rc::clone(&open));
        let key = self.add(Running { task: Task::new(Box::pin(future)), gate, open: Some(Rc::clone(&open)) });
        self.advance(key).await;
        open.get().then_some((key, pipe))
    }

    /// Everything that stops at its gate, in the order in which it came to life.
    pub(super) fn waiting(&self) -> Vec<Key> {
        self.running.iter().filter(|(_, running)| running.gate.is_waiting()).map(|(key, _)| *key).collect()
    }

    /// Lets one through its gate, until it is answered or waits for the writer.
    pub(super) async fn release(&mut self, key: Key) {
        if let Some(running) = self.running.get(&key) {
            running.gate.open();
            self.advance(key).await;
        }
    }

    /// Lets one get on until it has finished, has passed or reached its gate, or waits for the writer.
    async fn advance(&mut self, key: Key) {
        let Some(Running { task, gate, open }) = self.running.get_mut(&key) else { return };
        let (passed, pending) = (gate.passed(), self.state.writer.pending());
        let (gate, open, writer) = (Rc::clone(gate), open.clone(), &self.state.writer);
        let was_open = open.as_ref().map(|open| open.get());
        let finished = task
            .drive(|| {
                gate.passed() > passed
                    || writer.pending() > pending
                    || open.as_ref().map(|open| open.get()) != was_open
                    || (open.is_none() && gate.is_waiting())
            })
            .await;
        if finished {
            self.running.remove(&key);
        }
        self.settle().await;
    }

    /// Lets everything that could get on do so, sockets as far as they can without the database.
    pub(super) async fn settle(&mut self) {
        while let Some((key, is_socket)) =
            self.running.iter().find(|(_, running)| running.task.is_rung()).map(|(key, one)| (*key, one.open.is_some()))
        {
            if is_socket {
                if self.running.get_mut(&key).is_some_and(|running| running.task.poll()) {
                    self.running.remove(&key);
                }
            } else {
                // A request is rung by the writer's answer only, and may go on to read.
                Box::pin(self.advance(key)).await;
            }
        }
    }

    /// The writer does one batch. Whether there was any.
    pub(super) async fn commit(&mut self) -> bool {
        let before = self.state.writer.pending();
        if before == 0 {
            return false;
        }
        let writer = &self.state.writer;
        assert!(!self.writer.drive(|| writer.pending() < before).await, "the writer has ended");
        self.settle().await;
        true
    }

    /// The writer commits once, and nobody hears of it any more.
    pub(super) async fn commit_and_die(mut self) {
        let (before, commits) = (self.state.writer.pending(), self.sink.commits.load(Ordering::SeqCst));
        if before > 0 {
            let (writer, sink) = (&self.state.writer, &self.sink);
            let done = || writer.pending() < before || sink.commits.load(Ordering::SeqCst) > commits;
            assert!(!self.writer.drive(done).await, "the writer has ended");
        }
    }

    /// How many sockets are open.
    pub(super) fn sockets(&self) -> usize {
        self.running.values().filter(|running| running.open.as_ref().is_some_and(|open| open.get())).count()
    }

    /// What must hold at any time.
    pub(super) fn check(&self) {
        assert_eq!(self.state.hub.open_sockets(), self.sockets(), "the hub knows every socket and no other");
        self.state.hub.check_queues();
        assert!(self.state.writer.pending() <= self.options.queue + self.options.batch, "the writer's queue is bounded");
    }

    fn add(&mut self, running: Running) -> Key {
        self.last_key += 1;
        self.running.insert(self.last_key, running);
        self.last_key
    }
}

/// A socket from its ticket to its end.
async fn socket(state: AppState, door: Door, ticket: String, pipe: Pipe, gate: Rc<Gate>, open: Rc<Cell<bool>>) {
    match door {
        Door::Agents => match admit_agent(&state, &ticket).await {
            Ok(admitted) => run(state, admitted, pipe, gate, open).await,
            Err(_refused) => {}
        },
        Door::Visitors => match admit_visitor(&state, &ticket).await {
            Ok(admitted) => run(state, admitted, pipe, gate, open).await,
            Err(_refused) => {}
        },
    }
}

async fn run<D: Dispatch>(state: AppState, admitted: Admitted<D>, pipe: Pipe, gate: Rc<Gate>, open: Rc<Cell<bool>>) {
    let Admitted { connection, dispatch, messages, cursor } = admitted;
    let admitted = Admitted { connection, dispatch: Gated { dispatch, gate }, messages, cursor };
    let (reader, writer) = pipe.server_side();
    let (session, ready, connection) = admitted.session(&state, reader, writer);
    open.set(true);
    // What this waits for is not large, but it stands in every socket's task.
    Box::pin(session.run(ready)).await;
    drop(connection);
    open.set(false);
}

/// Frames wait at a gate before they are carried out, and the simulation says which goes first.
struct Gated<D> {
    dispatch: D,
    gate: Rc<Gate>,
}

impl<D: Dispatch> Dispatch for Gated<D> {
    fn dispatch(&mut self, frame: ClientFrame) -> LocalBoxFuture<'static, Answer> {
        let (work, gate) = (self.dispatch.dispatch(frame), Rc::clone(&self.gate));
        Box::pin(async move {
            gate.stop().await;
            let answer = work.await;
            gate.pass();
            answer
        })
    }
}
