//! The server's process: the real parts from the socket's loop down to the database, moved by hand.
//!
//! What is not here is the operating system and the HTTP framework: sockets are [pipes](super::pipe), requests are calls of
//! what the endpoints call. At any time at most one task waits for the database, so the order of everything is the
//! simulation's. The process can die at any moment and leaves what a killed process leaves: the database.

use super::super::admission::{Admitted, admit_agent, admit_visitor};
use super::super::bus::{Bus, Hears};
use super::super::hub::Hub;
use super::super::session::{Answer, Dispatch};
use super::super::tickets::Tickets;
use super::chronicle::Chronicle;
use super::clock::SimulatedClock;
use super::pipe::Pipe;
use super::task::{Gate, Task};
use crate::actions::assigning::Queues;
use crate::actions::contact_imports::ImportNews;
use crate::actions::indexing::News;
use crate::actions::purges::Deletions;
use crate::actions::table_pass::TABLES_MAX;
use crate::actions::taggings::TaggingNews;
use crate::actions::telling_webhooks::WebhookNews;
use crate::actions::visitors::Visits;
use crate::assets::Assets;
use crate::auth::api_tokens::ApiTokens;
use crate::auth::challenge::Challenges;
use crate::auth::once::OnceGuard;
use crate::auth::password::Passwords;
use crate::auth::second_step::SecondSteps;
use crate::auth::sessions::SessionCache;
use crate::auth::signing::Keys;
use crate::config::Config;
use crate::files::Files;
use crate::geo;
use crate::ids::Ids;
use crate::legal::LegalTexts;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::pulse::Pulse;
use crate::push::{Arrivals, WebPush};
use crate::senders::CodeSender;
use crate::shared::Shared;
use crate::state::{AppState, Parts};
use crate::translation::Translator;
use crate::webhooks::Webhooks;
use crate::widget_page::Loaders;
use futures_util::future::LocalBoxFuture;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::future::{Future, poll_fn};
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Poll, Waker};
use store::{CommitSink, CommittedEvent, Database, Writer, WriterOptions};
use types::ws::ClientFrame;

/// Something that runs in the process: a socket or a request.
pub(super) type Key = u64;

pub(super) struct Process {
    pub(super) state: AppState,
    writer: Task,
    sink: Arc<CountedBus>,
    running: BTreeMap<Key, Running>,
    /// Frames whose carrying out has just been asked for.
    asked: Asked,
    last_key: Key,
    options: WriterOptions,
}

enum Running {
    /// A socket's loop, and whether the socket is open.
    Socket(Task, Rc<Cell<bool>>),
    /// A request, which stops where it says so.
    Request(Task, Rc<Gate>),
    /// What a frame asks for; it begins when it is let through.
    Frame(Task, Rc<Slot>),
}

/// The real bus, beside which everything is written down.
struct CountedBus {
    bus: Arc<Bus>,
    chronicle: Chronicle,
    commits: AtomicU64,
}

impl CommitSink for CountedBus {
    fn committed(&self, events: Vec<CommittedEvent>) {
        self.chronicle.committed(&events);
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
    pub(super) fn start(
        db: &Database,
        config: Config,
        options: WriterOptions,
        clock: &SimulatedClock,
        chronicle: &Chronicle,
        seed: u64,
    ) -> Self {
        crate::app::install_tls();
        let (hub, metrics) = (Arc::new(Hub::default()), Arc::new(Metrics::default()));
        let clock: Arc<dyn crate::clock::Clock> = Arc::new(clock.clone());
        let arrivals = Arrivals::new(Arc::clone(&clock), Arc::clone(&metrics));
        let others = Hears {
            news: News::default(),
            arrivals: arrivals.clone(),
            queues: Queues::default(),
            webhooks: WebhookNews::default(),
        };
        let bus = Arc::new(Bus::new(Arc::clone(&hub), Arc::clone(&metrics), others, None));
        let sink =
            Arc::new(CountedBus { bus: Arc::clone(&bus), chronicle: chronicle.clone(), commits: AtomicU64::new(0) });
        let hears: Arc<dyn CommitSink> = sink.clone();
        let (writer, work) = Writer::new(db, options, hears);
        let ids = Ids::from_seed(Arc::clone(&clock), seed);
        let keys = keys();
        let state = AppState::new(Parts {
            sessions: SessionCache::default(),
            api_tokens: ApiTokens::default(),
            passwords: Passwords::default(),
            pulse: Pulse::default(),
            challenges: Challenges::new(keys.challenge.clone(), 1),
            codes: CodeSender::new(&config.codes).unwrap(),
            mail: None,
            reset_ways: Vec::new(),
            second_steps: SecondSteps::new(keys.second_step.clone()),
            shared: Shared::default(),
            limits: Limits::new(&config.limits, 1),
            legal: LegalTexts::load(Path::new("")).unwrap(),
            tickets: Tickets::new(keys.ticket.clone(), Arc::clone(&clock), ids.clone()),
            geo: geo::open(None, None).unwrap(),
            visits: Visits::default(),
            deletions: Deletions::default(),
            taggings: TaggingNews::default(),
            imports: ImportNews::default(),
            exports: OnceGuard::new(TABLES_MAX),
            files: Files::in_memory(),
            queues: Queues::default(),
            news: News::default(),
            arrivals,
            push: WebPush::new(&config, &keys.push, ids.clone()),
            webhook_news: WebhookNews::default(),
            webhooks: Webhooks::new(&config.webhooks).unwrap(),
            translation: Translator::new(&config.translation).unwrap(),
            loaders: Loaders::default(),
            assets: Assets::Memory(HashMap::new()),
            db: db.clone(),
            config,
            clock,
            ids,
            keys,
            writer,
            hub,
            bus,
            metrics,
        });
        Self {
            state,
            writer: Task::new(Box::pin(work)),
            sink,
            running: BTreeMap::new(),
            asked: Rc::default(),
            last_key: 0,
            options,
        }
    }

    /// Begins a request and lets it get on until it is answered, stops at its gate or waits for the writer.
    pub(super) async fn request<F: Future<Output = ()> + 'static>(
        &mut self,
        work: impl FnOnce(AppState, Rc<Gate>) -> F,
    ) {
        let gate = Rc::new(Gate::default());
        let future = Box::pin(work(self.state.clone(), Rc::clone(&gate)));
        let key = self.add(Running::Request(Task::new(future), gate));
        self.advance(key).await;
        self.settle().await;
    }

    /// Opens a socket; `None` when it is refused.
    pub(super) async fn dial(&mut self, door: Door, ticket: String) -> Option<Pipe> {
        let (pipe, open) = (Pipe::default(), Rc::new(Cell::new(false)));
        let future = socket(self.state.clone(), door, ticket, pipe.clone(), Rc::clone(&self.asked), Rc::clone(&open));
        let key = self.add(Running::Socket(Task::new(Box::pin(future)), Rc::clone(&open)));
        self.advance(key).await;
        self.settle().await;
        open.get().then_some(pipe)
    }

    /// Everything that waits to be let through, in the order in which it came to life.
    pub(super) fn waiting(&self) -> Vec<Key> {
        let waits = |running: &Running| match running {
            Running::Socket(..) => false,
            Running::Request(_, gate) => gate.is_waiting(),
            Running::Frame(_, slot) => !slot.begun.get(),
        };
        self.running.iter().filter(|(_, running)| waits(running)).map(|(key, _)| *key).collect()
    }

    /// Lets one through, until it is answered or waits for the writer.
    pub(super) async fn release(&mut self, key: Key) {
        match self.running.get(&key) {
            Some(Running::Request(_, gate)) => gate.open(),
            Some(Running::Frame(_, slot)) => slot.begun.set(true),
            Some(Running::Socket(..)) | None => return,
        }
        self.advance(key).await;
        self.settle().await;
    }

    /// Lets one get on until it has finished or opened, stops at its gate, or waits for the writer.
    async fn advance(&mut self, key: Key) {
        let (writer, pending) = (&self.state.writer, self.state.writer.pending());
        let finished = match self.running.get_mut(&key) {
            Some(Running::Socket(task, open)) => task.drive(|| open.get()).await,
            Some(Running::Request(task, gate)) => task.drive(|| writer.pending() > pending || gate.is_waiting()).await,
            Some(Running::Frame(task, _)) => task.drive(|| writer.pending() > pending).await,
            None => false,
        };
        if finished {
            self.running.remove(&key);
        }
    }

    /// Lets everything that could get on do so, sockets as far as they can without the database.
    pub(super) async fn settle(&mut self) {
        loop {
            for (task, slot) in self.asked.take() {
                self.add(Running::Frame(task, slot));
            }
            self.running.retain(|_, running| !matches!(running, Running::Frame(_, slot) if slot.abandoned.get()));
            let rung = self.running.iter().find(|(_, running)| match running {
                Running::Socket(task, _) | Running::Request(task, _) => task.is_rung(),
                Running::Frame(task, slot) => slot.begun.get() && task.is_rung(),
            });
            let Some((key, running)) = rung else { return };
            let (key, is_socket) = (*key, matches!(running, Running::Socket(..)));
            if !is_socket {
                // Rung by the writer's answer only; it may go on to read.
                self.advance(key).await;
            } else if let Some(Running::Socket(task, _)) = self.running.get_mut(&key)
                && task.poll()
            {
                self.running.remove(&key);
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

    /// The writer commits once, and nobody hears of it any more. Whether there was anything to commit.
    pub(super) async fn commit_and_die(mut self) -> bool {
        let (before, commits) = (self.state.writer.pending(), self.sink.commits.load(Ordering::SeqCst));
        if before > 0 {
            let (writer, sink) = (&self.state.writer, &self.sink);
            let done = || writer.pending() < before || sink.commits.load(Ordering::SeqCst) > commits;
            assert!(!self.writer.drive(done).await, "the writer has ended");
        }
        before > 0
    }

    /// How many sockets are open.
    pub(super) fn sockets(&self) -> usize {
        self.running.values().filter(|running| matches!(running, Running::Socket(_, open) if open.get())).count()
    }

    /// What must hold at any time.
    pub(super) fn check(&self) {
        assert_eq!(self.state.hub.open_sockets(), self.sockets(), "the hub knows every socket and no other");
        self.state.hub.check_queues();
        assert!(
            self.state.writer.pending() <= self.options.queue + self.options.batch,
            "the writer's queue is bounded"
        );
    }

    fn add(&mut self, running: Running) -> Key {
        self.last_key += 1;
        self.running.insert(self.last_key, running);
        self.last_key
    }
}

/// They outlive the process.
pub(super) fn keys() -> Keys {
    Keys::derive(b"a secret that outlives the process")
}

/// What frames ask for, on its way from a socket to the process.
type Asked = Rc<RefCell<Vec<(Task, Rc<Slot>)>>>;

/// Where everybody lives: the bounds of one address are not what this is about.
const NETWORK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A socket from its ticket to its end.
async fn socket(state: AppState, door: Door, ticket: String, pipe: Pipe, asked: Asked, open: Rc<Cell<bool>>) {
    match door {
        Door::Agents => match admit_agent(&state, NETWORK, &ticket).await {
            Ok(admitted) => run(state, admitted, pipe, asked, open).await,
            Err(_refused) => {}
        },
        Door::Visitors => match admit_visitor(&state, NETWORK, &ticket).await {
            Ok(admitted) => run(state, admitted, pipe, asked, open).await,
            Err(_refused) => {}
        },
    }
}

async fn run<D: Dispatch>(state: AppState, admitted: Admitted<D>, pipe: Pipe, asked: Asked, open: Rc<Cell<bool>>) {
    let Admitted { connection, dispatch, messages, cursor } = admitted;
    let admitted = Admitted { connection, dispatch: Held { dispatch, asked }, messages, cursor };
    let (reader, writer) = pipe.server_side();
    let (session, ready, connection) = admitted.session(&state, reader, writer);
    open.set(true);
    // Not large, but it stands in every socket's task.
    Box::pin(session.run(ready)).await;
    drop(connection);
    open.set(false);
}

/// Hands frames to the process instead of carrying them out inside the socket's loop, so that the simulation says which
/// goes first.
struct Held<D> {
    dispatch: D,
    asked: Asked,
}

/// Where a socket waits for what became of its frame.
#[derive(Default)]
struct Slot {
    begun: Cell<bool>,
    /// The socket is gone, and with it the work, as it would be inside its loop.
    abandoned: Cell<bool>,
    answer: RefCell<Option<Answer>>,
    waker: RefCell<Option<Waker>>,
}

struct Waiting(Rc<Slot>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.abandoned.set(true);
    }
}

impl<D: Dispatch> Dispatch for Held<D> {
    fn dispatch(&mut self, frame: ClientFrame) -> LocalBoxFuture<'static, Answer> {
        let (work, slot) = (self.dispatch.dispatch(frame), Rc::new(Slot::default()));
        let done = Rc::clone(&slot);
        let task = Task::new(Box::pin(async move {
            let answer = work.await;
            *done.answer.borrow_mut() = Some(answer);
            if let Some(waker) = done.waker.borrow_mut().take() {
                waker.wake();
            }
        }));
        self.asked.borrow_mut().push((task, Rc::clone(&slot)));
        let waiting = Waiting(slot);
        Box::pin(poll_fn(move |cx| {
            if let Some(answer) = waiting.0.answer.borrow_mut().take() {
                return Poll::Ready(answer);
            }
            *waiting.0.waker.borrow_mut() = Some(cx.waker().clone());
            Poll::Pending
        }))
    }
}
