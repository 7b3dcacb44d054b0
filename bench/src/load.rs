//! Open-loop load: messages are due at fixed times, whatever the server does, and every delay counts from when the message
//! was due. So a server that stops for a second shows a second of delay in every message of that second, and cannot hide
//! it by slowing its senders down (coordinated omission).

use crate::check::{Checker, Listener, Report, Way};
use crate::people::{Organisation, Site};
use crate::person::{Identity, Order, Person, delay};
use crate::record::{Note, Stamp, tell};
use crate::uploads;
use anyhow::{Context, Result};
use client::rest::{ApiError, Stretch};
use futures_util::future::{join_all, try_join_all};
use futures_util::{StreamExt, TryStreamExt, stream};
use hdrhistogram::Histogram;
use std::collections::HashSet;
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use types::error::ErrorCode;
use types::id::{ConversationId, Nonce};

/// What is fetched over REST when all is over hears everything, too.
pub const ARCHIVE: Listener = Listener::MAX - 1;
/// How often history is asked for again while the database is away, and after how long.
const REFUSALS_BORNE: u32 = 50;
const ASKED_AGAIN: Duration = Duration::from_millis(200);
/// The longest delay that is told apart, in microseconds.
const LONGEST_MICROS: u64 = 600_000_000;
/// How often the clock is looked at where messages are due more often than that.
const NAP: Duration = Duration::from_micros(200);
/// How many people are made, or histories fetched, at the same time.
const AT_ONCE: usize = 16;

/// How many people there are.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Organisations, each with one agent, who hears and answers every conversation of theirs.
    pub organisations: usize,
    /// Visitors of each, each with one conversation.
    pub visitors: usize,
    /// Bytes of a message's text.
    pub text: usize,
    /// Every so many-th message carries a file instead, which is uploaded first.
    pub files_every: Option<u32>,
}

/// Who sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Senders {
    /// Visitors; the agents hear.
    Visitors,
    /// Visitors and agents in turn.
    Both,
}

/// What is to be sent.
#[derive(Debug, Clone, Copy)]
pub struct Work {
    /// Messages a second, of all senders together.
    pub rate: f64,
    /// For so long, before anything is measured.
    pub warm_up: Duration,
    /// For so long after that.
    pub measured: Duration,
    /// Who sends.
    pub senders: Senders,
    /// How long to wait at the end until all is answered and heard.
    pub patience: Duration,
}

/// What came of it, before it is judged.
#[derive(Debug)]
pub struct Ran {
    /// From when a message was due until its bytes were at the other side's live connection, in microseconds.
    pub delivery: Histogram<u64>,
    /// From when a message was due until its sender knew that it is on disk, in microseconds.
    pub acknowledgement: Histogram<u64>,
    /// Messages that were due, warm-up included.
    pub messages: u64,
    /// How long after the last message was due all had been answered and heard; `None` when our patience ended first.
    pub settled_after: Option<Duration>,
    notes: Vec<Vec<Note>>,
}

struct Seat {
    orders: mpsc::UnboundedSender<Order>,
    task: JoinHandle<()>,
}

#[derive(Debug, Clone, Copy)]
struct Conversation {
    id: ConversationId,
    organisation: usize,
    /// The newest message before the next run.
    newest: i64,
}

/// People on open sockets.
pub struct Crowd {
    begin: Instant,
    /// Empty on a bare server.
    organisations: Vec<Organisation>,
    agents: usize,
    /// The agents, one for each organisation; then the visitors, one for each conversation.
    seats: Vec<Seat>,
    conversations: Vec<Conversation>,
    numbers: u32,
    files_every: Option<u32>,
    files_compared: usize,
    acknowledged: watch::Sender<u64>,
}

/// A message as the server has it.
struct Stored {
    seq: i64,
    nonce: Nonce,
    /// Whether it carries a file, which has been fetched and is the one that was uploaded.
    has_file: bool,
}

impl Crowd {
    /// Makes the people, opens their sockets and begins their conversations.
    ///
    /// # Errors
    /// When somebody cannot be made or get in.
    pub async fn open(site: &Site, shape: Shape) -> Result<Self> {
        let organisations: Vec<Organisation> =
            stream::iter(0..shape.organisations).then(|_| site.organisation()).try_collect().await?;
        let visitors = organisations.iter().flat_map(|one| std::iter::repeat_n(one, shape.visitors));
        let visitors: Vec<_> =
            stream::iter(visitors).map(Organisation::visitor).buffered(AT_ONCE).try_collect().await?;
        let agents = organisations.iter().map(|one| Identity::Agent(Box::new(one.admin.clone())));
        let people = agents.chain(visitors.into_iter().map(|one| Identity::Visitor(Box::new(one))));
        Self::seat(people.collect(), organisations, shape).await
    }

    /// The same people on a server that has nothing but sockets, at `/agent/<n>` and `/visitor/<n>/<agent>`.
    ///
    /// # Errors
    /// When somebody cannot get in.
    pub async fn open_bare(address: SocketAddr, shape: Shape) -> Result<Self> {
        let path = |path: String| Identity::Bare { address, path };
        let agents = (0..shape.organisations).map(|agent| path(format!("/agent/{agent}")));
        let visitors = 0..shape.organisations * shape.visitors;
        let visitors = visitors.map(|n| path(format!("/visitor/{n}/{}", n / shape.visitors.max(1))));
        Self::seat(agents.chain(visitors).collect(), Vec::new(), shape).await
    }

    async fn seat(people: Vec<Identity>, organisations: Vec<Organisation>, shape: Shape) -> Result<Self> {
        let begin = Instant::now();
        let (acknowledged, _) = watch::channel(0);
        let text: String = "我想问一下订单什么时候能发货 ".chars().cycle().take(shape.text.div_ceil(3)).collect();
        let mut open = Vec::new();
        let seat = |identity| {
            let (orders, taken) = mpsc::unbounded_channel();
            let (ready, is_ready) = oneshot::channel();
            let person = Person::new(identity, begin, text.clone(), acknowledged.clone());
            open.push(is_ready);
            Seat { orders, task: tokio::spawn(person.live(taken, ready)) }
        };
        let seats: Vec<Seat> = people.into_iter().map(seat).collect();
        try_join_all(open).await.context("somebody cannot connect")?;
        let agents = shape.organisations;
        let (conversations, files_every) = (Vec::new(), shape.files_every);
        let (numbers, files_compared) = (0, 0);
        let mut crowd = Self {
            begin,
            organisations,
            agents,
            seats,
            conversations,
            numbers,
            files_every,
            files_compared,
            acknowledged,
        };
        crowd.begin_conversations(shape.visitors).await?;
        Ok(crowd)
    }

    /// A first message makes each conversation.
    async fn begin_conversations(&mut self, visitors: usize) -> Result<()> {
        let agents = self.agents;
        for (index, seat) in self.seats.iter().enumerate().skip(agents) {
            let stamp = Stamp { lane: small(index - agents), number: self.numbers, at: self.begin.elapsed() };
            self.numbers += 1;
            seat.orders.send(Order::Say { to: None, nonce: stamp.nonce() })?;
        }
        timeout(Duration::from_secs(60), self.settle()).await.context("the conversations do not begin")?;
        for (index, notes) in self.reports().await?.into_iter().skip(agents).enumerate() {
            let acked = notes.iter().find_map(|note| match note {
                Note::Acked { conversation, seq, .. } => Some((*conversation, *seq)),
                _ => None,
            });
            let (id, newest) = acked.context("a first message was refused")?;
            self.conversations.push(Conversation { id, organisation: index / visitors.max(1), newest });
        }
        Ok(())
    }

    /// Counts what has been acknowledged: whoever wants to strike in the middle of the load can wait for it.
    #[must_use]
    pub fn acknowledged(&self) -> watch::Receiver<u64> {
        self.acknowledged.subscribe()
    }

    /// Something that can cut every connection while the load runs, without a word; everybody comes back by themselves.
    pub fn scissors(&self) -> impl Fn() + Send + use<> {
        let orders: Vec<_> = self.seats.iter().map(|seat| seat.orders.clone()).collect();
        move || {
            for seat in &orders {
                // Whoever has ended needs no cutting.
                let _cut = seat.send(Order::Cut);
            }
        }
    }

    /// Does the work and waits until all is answered and heard, or patience ends.
    ///
    /// # Errors
    /// When somebody has ended.
    pub async fn run(&mut self, work: &Work) -> Result<Ran> {
        let agents = self.agents;
        let mut lanes = Vec::new();
        for (index, conversation) in self.conversations.iter().enumerate() {
            let seat = self.seats.get(agents + index).context("a conversation has its visitor")?;
            lanes.push((small(index), seat.orders.clone(), None));
            if work.senders == Senders::Both {
                let seat = self.seats.get(conversation.organisation).context("an organisation has its agent")?;
                let lane = small(self.conversations.len() + index);
                lanes.push((lane, seat.orders.clone(), Some(conversation.id)));
            }
        }
        let interval = Duration::from_secs_f64(1.0 / work.rate);
        let messages = small(((work.warm_up + work.measured).as_nanos() / interval.as_nanos().max(1)).try_into()?);
        let (begin, first, files_every) = (self.begin, self.numbers, self.files_every);
        self.numbers += messages;
        let start = Instant::now() + Duration::from_millis(5);
        let paced = tokio::task::spawn_blocking(move || {
            for (number, (lane, orders, to)) in (0..messages).zip(lanes.iter().cycle()) {
                let due = start + interval * number;
                wait_until(due);
                let mut stamp = Stamp { lane: *lane, number: first + number, at: due.duration_since(begin) };
                if files_every.is_some_and(|every| stamp.number.is_multiple_of(every)) {
                    stamp = stamp.with_file();
                }
                orders.send(Order::Say { to: *to, nonce: stamp.nonce() })?;
            }
            anyhow::Ok(())
        });
        paced.await??;
        let last = Instant::now();
        let settled = timeout(work.patience, self.settle()).await;
        let settled_after = settled.is_ok().then(|| last.elapsed());
        let notes = self.reports().await?;
        let measured_from = start.duration_since(begin) + work.warm_up;
        let mut ran = Ran {
            delivery: histogram()?,
            acknowledgement: histogram()?,
            messages: messages.into(),
            settled_after,
            notes,
        };
        ran.measure(agents, self.conversations.len(), measured_from)?;
        Ok(ran)
    }

    /// Files of messages that were fetched and are those that were uploaded, so far.
    #[must_use]
    pub fn files_compared(&self) -> usize {
        self.files_compared
    }

    /// Fetches what the server has now and judges all that happened. What is judged once is not judged again.
    ///
    /// # Errors
    /// When the histories cannot be fetched, or the file of a message is not the one that was uploaded.
    pub async fn judge(&mut self, ran: Ran) -> Result<Report> {
        let mut checker = Checker::default();
        let agents = self.agents;
        for (index, conversation) in self.conversations.iter().enumerate() {
            let archive = (!self.organisations.is_empty()).then_some(ARCHIVE);
            let listeners = [small(conversation.organisation), small(agents + index)];
            for listener in listeners.into_iter().chain(archive) {
                checker.listens(listener, conversation.id, conversation.newest);
            }
        }
        for (listener, notes) in ran.notes.iter().enumerate() {
            tell(&mut checker, small(listener), notes);
        }
        let histories = self.conversations.iter().map(|conversation| self.history(conversation));
        // Collected, because a stream over the borrowed iterator would not be `Send`.
        let histories: Vec<_> = histories.collect();
        let histories: Vec<_> = stream::iter(histories).buffered(AT_ONCE).try_collect().await?;
        for (conversation, history) in self.conversations.iter_mut().zip(histories) {
            for Stored { seq, nonce, has_file } in history {
                self.files_compared += usize::from(has_file);
                checker.heard(ARCHIVE, Way::Fetched, conversation.id, seq, nonce);
                conversation.newest = seq;
            }
        }
        for note in ran.notes.iter().flatten() {
            if let Note::Acked { conversation: id, seq, .. } = note
                && let Some(conversation) = self.conversations.iter_mut().find(|one| one.id == *id)
            {
                conversation.newest = conversation.newest.max(*seq);
            }
        }
        Ok(checker.finish())
    }

    /// The messages since the last judgement, whose files are fetched and compared.
    async fn history(&self, conversation: &Conversation) -> Result<Vec<Stored>> {
        let Some(organisation) = self.organisations.get(conversation.organisation) else { return Ok(Vec::new()) };
        let mut history = Vec::new();
        let mut after = conversation.newest;
        loop {
            let stretch = Stretch::After(after);
            let mut refusals = 0;
            let window = loop {
                // A database that was away is asked again, as every client does; so is a server that was just closing the kept
                // connection that the question went to.
                match organisation.admin.api.list_messages(conversation.id, stretch, Some(100)).await {
                    Err(error)
                        if refusals < REFUSALS_BORNE
                            && (error.code() == Some(ErrorCode::Unavailable)
                                || matches!(error, ApiError::Network(_))) =>
                    {
                        refusals += 1;
                        sleep(ASKED_AGAIN).await;
                    }
                    answer => break answer?,
                }
            };
            for message in &window.items {
                let has_file = uploads::compare(&organisation.admin, message).await?;
                history.push(Stored { seq: message.seq, nonce: message.nonce, has_file });
            }
            match window.items.last() {
                Some(last) if window.has_later => after = last.seq,
                _ => return Ok(history),
            }
        }
    }

    /// Every message has been answered, and then every listener has heard all that was on its way.
    async fn settle(&self) {
        let orders: [fn(oneshot::Sender<()>) -> Order; 2] = [Order::Settle, Order::Drain];
        for order in orders {
            let asked = self.seats.iter().map(|seat| {
                let (done, is_done) = oneshot::channel();
                // A person who has ended is found out by the reports.
                let _sent = seat.orders.send(order(done));
                is_done
            });
            join_all(asked.collect::<Vec<_>>()).await;
        }
    }

    async fn reports(&self) -> Result<Vec<Vec<Note>>> {
        let asked = self.seats.iter().map(|seat| {
            let (notes, are_there) = oneshot::channel();
            seat.orders.send(Order::Report(notes))?;
            anyhow::Ok(are_there)
        });
        Ok(try_join_all(asked.collect::<Result<Vec<_>>>()?).await?)
    }

    /// Hangs up, everybody at once.
    pub async fn close(self) {
        let tasks = self.seats.into_iter().map(|Seat { orders, task }| {
            // Whoever has ended needs no telling.
            let _told = orders.send(Order::Leave);
            task
        });
        join_all(tasks.collect::<Vec<_>>()).await;
    }
}

impl Ran {
    /// Turns notes into delays. Lanes below `conversations` are visitors'; the others agents'.
    fn measure(&mut self, agents: usize, conversations: usize, from: Duration) -> Result<()> {
        for (index, notes) in self.notes.iter().enumerate() {
            let mut seen = HashSet::new();
            for note in notes {
                match *note {
                    Note::Heard { nonce, at, .. } => {
                        let stamp = Stamp::of(nonce);
                        let is_visitors = usize::try_from(stamp.lane)? < conversations;
                        // One's own messages come back as well; they are not what anybody waits for.
                        let for_me = is_visitors == (index < agents);
                        if for_me && stamp.at >= from && seen.insert(nonce) {
                            self.delivery.saturating_record(micros(delay(nonce, at)));
                        }
                    }
                    Note::Acked { nonce, at, .. } if Stamp::of(nonce).at >= from => {
                        self.acknowledgement.saturating_record(micros(delay(nonce, at)));
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }
}

/// An empty histogram of microseconds.
///
/// # Errors
/// Never with these bounds; the type says so nevertheless.
pub fn histogram() -> Result<Histogram<u64>> {
    Ok(Histogram::new_with_bounds(1, LONGEST_MICROS, 3)?)
}

fn micros(delay: Duration) -> u64 {
    u64::try_from(delay.as_micros()).unwrap_or(u64::MAX)
}

fn small(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// The runtime's own timers are a millisecond coarse, which is more than what is measured here.
#[expect(clippy::disallowed_methods, reason = "a schedule is what this thread waits for")]
fn wait_until(due: Instant) {
    let now = Instant::now();
    if due > now {
        thread::sleep((due - now).max(NAP));
    }
}
