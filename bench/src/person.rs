//! One person on a socket: sends from an outbox, resends until acknowledged, comes back when cut off and fetches what was
//! missed, exactly as the console and the widget do, and notes down what happened.

use crate::check::Way;
use crate::people::{Agent, Visitor};
use crate::record::{Note, Stamp};
use crate::socket::{Socket, open};
use crate::uploads::Uploads;
use crate::wire::{self, Said};
use anyhow::{Context, Result, bail};
use client::outbox::{Delivery, Outbox, Outgoing};
use client::rest::{ApiError, Stretch};
use futures_util::{SinkExt, StreamExt};
use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_tungstenite::tungstenite::Message;
use types::error::ErrorCode;
use types::events::Event;
use types::id::{ConversationId, Nonce};
use types::messages::Content;
use types::ws::ClientFrame;

/// How often a connected person looks whether something is overdue.
const TICK: Duration = Duration::from_secs(1);
/// Every so many ticks they say something, as the protocol asks.
const TICKS_PER_HEARTBEAT: u32 = 20;
/// How long to wait before coming back: first, and at most.
const RETURN_AFTER: [Duration; 2] = [Duration::from_millis(50), Duration::from_secs(2)];

/// Who it is.
#[derive(Debug, Clone)]
pub(crate) enum Identity {
    Agent(Box<Agent>),
    Visitor(Box<Visitor>),
    /// Somebody on a server that has nothing but sockets.
    Bare {
        address: SocketAddr,
        path: String,
    },
}

/// What a person is told to do.
#[derive(Debug)]
pub(crate) enum Order {
    /// Send a message; agents say where.
    Say { to: Option<ConversationId>, nonce: Nonce },
    /// Answer when every message has been answered.
    Settle(oneshot::Sender<()>),
    /// Answer when all that was on its way has been heard.
    Drain(oneshot::Sender<()>),
    /// Hand over the notes.
    Report(oneshot::Sender<Vec<Note>>),
    /// Cut the connection, without a word, and come back.
    Cut,
    /// Hang up for good.
    Leave,
}

impl Identity {
    /// Gets a ticket and opens a socket. An agent whose access token has expired signs in again.
    pub(crate) async fn connect(&mut self) -> Result<Socket> {
        let (address, path) = match self {
            Self::Agent(agent) => {
                let ticket = match agent.api.create_socket_ticket().await {
                    Err(error) if error.code() == Some(ErrorCode::Unauthenticated) => {
                        **agent = agent.site.sign_in(&agent.me.account).await?;
                        agent.api.create_socket_ticket().await?.ticket
                    }
                    answer => answer?.ticket,
                };
                (agent.site.address(), format!("/api/v1/socket?ticket={ticket}"))
            }
            Self::Visitor(visitor) => {
                let ticket = visitor.api.create_visitor_socket_ticket(&visitor.session.visitor_token).await?.ticket;
                (visitor.site.address(), format!("/widget/v1/socket?ticket={ticket}"))
            }
            Self::Bare { address, path } => (*address, path.clone()),
        };
        open(address, &path, None).await
    }
}

/// A person and all that they know.
pub(crate) struct Person {
    identity: Identity,
    /// When the load began: notes count from here.
    begin: Instant,
    text: String,
    /// Counts what has been acknowledged to anybody.
    acknowledged: watch::Sender<u64>,
    outbox: Outbox,
    uploads: Uploads,
    connection: u32,
    /// Up to where each conversation is known without a gap.
    known: HashMap<ConversationId, i64>,
    /// An agent's place in the ledger.
    cursor: Option<i64>,
    notes: Vec<Note>,
    settling: Vec<oneshot::Sender<()>>,
    /// For every ping on its way, who waits for its answer.
    pings: VecDeque<Option<oneshot::Sender<()>>>,
}

/// Why a connection ended.
enum End {
    /// The orders have ended: the load is over.
    Over,
    /// It broke, or has to be opened anew.
    Broken,
}

impl Person {
    pub(crate) fn new(identity: Identity, begin: Instant, text: String, acknowledged: watch::Sender<u64>) -> Self {
        Self {
            uploads: Uploads::of(identity.clone()),
            identity,
            begin,
            text,
            acknowledged,
            outbox: Outbox::default(),
            connection: 0,
            known: HashMap::new(),
            cursor: None,
            notes: Vec::new(),
            settling: Vec::new(),
            pings: VecDeque::new(),
        }
    }

    /// Lives until the orders end. `ready` is told when the first socket is open.
    pub(crate) async fn live(mut self, mut orders: mpsc::UnboundedReceiver<Order>, ready: oneshot::Sender<()>) {
        let mut ready = Some(ready);
        let mut pause = RETURN_AFTER[0];
        loop {
            match self.identity.connect().await {
                Ok(socket) => match self.converse(socket, &mut orders, &mut ready).await {
                    Ok(End::Over) => return,
                    Ok(End::Broken) => pause = RETURN_AFTER[0],
                    Err(_) => pause = (pause * 2).min(RETURN_AFTER[1]),
                },
                Err(_) => pause = (pause * 2).min(RETURN_AFTER[1]),
            }
            self.outbox.connection_lost();
            // Not a fault of the server's: it may be down. Orders go on coming meanwhile.
            let mut waited = std::pin::pin!(sleep(pause));
            loop {
                tokio::select! {
                    () = &mut waited => break,
                    order = orders.recv() => match order {
                        None | Some(Order::Leave) => return,
                        Some(order) => {
                            self.take(order);
                        }
                    }
                }
            }
        }
    }

    async fn converse(
        &mut self,
        mut socket: Socket,
        orders: &mut mpsc::UnboundedReceiver<Order>,
        ready: &mut Option<oneshot::Sender<()>>,
    ) -> Result<End> {
        let first = socket.next().await.context("no ready")??;
        let Said::Ready { cursor } = wire::read(first.to_text()?)? else { bail!("ready comes first") };
        self.connection += 1;
        self.cursor = self.cursor.or(cursor);
        self.catch_up().await?;
        // Whoever waited for a pong gets that of the new connection.
        for _ in 0..self.pings.len() {
            say(&mut socket, &ClientFrame::Ping {}).await?;
        }
        self.send_due(&mut socket).await?;
        if let Some(ready) = ready.take() {
            // Whoever waited may have given up.
            let _told = ready.send(());
        }
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut ticks = 0_u32;
        loop {
            tokio::select! {
                heard = socket.next() => match heard {
                    Some(Ok(Message::Text(text))) => {
                        if self.hear(wire::read(&text)?) {
                            self.catch_up().await?;
                        }
                        self.send_due(&mut socket).await?;
                    }
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return Ok(End::Broken),
                    Some(Ok(_)) => {}
                },
                order = orders.recv() => match order {
                    None | Some(Order::Leave) => return Ok(End::Over),
                    Some(Order::Cut) => return Ok(End::Broken),
                    Some(order) => {
                        if self.take(order) {
                            say(&mut socket, &ClientFrame::Ping {}).await?;
                        }
                        self.send_due(&mut socket).await?;
                    }
                },
                ((nonce, to), content) = self.uploads.next() => {
                    self.outbox.push(Outgoing::new(nonce, to, content, crate::now()));
                    self.send_due(&mut socket).await?;
                }
                _ = tick.tick() => {
                    ticks += 1;
                    if ticks.is_multiple_of(TICKS_PER_HEARTBEAT) {
                        self.pings.push_back(None);
                        say(&mut socket, &ClientFrame::Ping {}).await?;
                    }
                    if self.outbox.is_overdue(crate::now()) {
                        return Ok(End::Broken);
                    }
                    self.send_due(&mut socket).await?;
                }
            }
        }
    }

    /// Takes an order; whether it wants a ping.
    fn take(&mut self, order: Order) -> bool {
        match order {
            Order::Say { to, nonce } => {
                self.notes.push(Note::Intended { nonce });
                if Stamp::of(nonce).has_file() {
                    self.uploads.want((nonce, to));
                    return false;
                }
                let content = Content::Text { text: self.text.clone() };
                self.outbox.push(Outgoing::new(nonce, to, content, crate::now()));
            }
            Order::Settle(done) => {
                self.settling.push(done);
                self.settle();
            }
            Order::Drain(done) => {
                self.pings.push_back(Some(done));
                return true;
            }
            Order::Report(notes) => {
                // Whoever asked may have given up.
                let _told = notes.send(std::mem::take(&mut self.notes));
            }
            Order::Cut | Order::Leave => {}
        }
        false
    }

    /// Notes what was said; whether something is missing now.
    fn hear(&mut self, said: Said) -> bool {
        let at = self.begin.elapsed();
        match said {
            Said::Message { ledger, conversation, seq, nonce } => {
                self.notes.push(Note::Heard { way: Way::Live(self.connection), conversation, seq, nonce, at });
                let known = self.known.entry(conversation).or_insert(seq - 1);
                if seq > *known + 1 {
                    // The cursor stays before the gap, so that what is fetched from there closes it.
                    return true;
                }
                *known = seq.max(*known);
                self.cursor = ledger.max(self.cursor);
            }
            Said::Other { ledger } => self.cursor = ledger.max(self.cursor),
            Said::Ack { nonce, conversation, seq } => {
                self.notes.push(Note::Acked { nonce, conversation, seq, at });
                if self.outbox.acked(nonce).is_some() {
                    self.acknowledged.send_modify(|count| *count += 1);
                }
                self.settle();
            }
            Said::Rejected { nonce, problem } => {
                if let Some(nonce) = nonce
                    && let Some(entry) = self.outbox.rejected(nonce, &problem, crate::now())
                    && matches!(entry.delivery, Delivery::Failed { .. })
                {
                    self.outbox.discard(nonce);
                    self.notes.push(Note::Refused { nonce });
                    self.settle();
                }
            }
            Said::Resync => {
                self.notes.push(Note::LeftOut);
                return true;
            }
            Said::Pong => {
                if let Some(Some(done)) = self.pings.pop_front() {
                    // Whoever waited may have given up.
                    let _told = done.send(());
                }
            }
            Said::Ready { .. } => {}
        }
        false
    }

    fn settle(&mut self) {
        if self.outbox.entries().is_empty() && self.uploads.are_done() {
            for done in self.settling.drain(..) {
                // Whoever waited may have given up.
                let _told = done.send(());
            }
        }
    }

    async fn send_due(&mut self, socket: &mut Socket) -> Result<()> {
        if self.outbox.entries().is_empty() {
            return Ok(());
        }
        for frame in self.outbox.due(crate::now()) {
            say(socket, &frame).await?;
        }
        Ok(())
    }

    /// Fetches everything that was missed.
    async fn catch_up(&mut self) -> Result<(), ApiError> {
        match self.identity.clone() {
            Identity::Bare { .. } => Ok(()),
            Identity::Agent(agent) => loop {
                let Some(cursor) = self.cursor else { return Ok(()) };
                let events = agent.api.list_events(Some(cursor), None).await?;
                for one in &events.items {
                    if let Event::MessageCreated { message } = &one.event {
                        self.fetched(message.conversation_id, message.seq, message.nonce);
                    }
                }
                self.cursor = Some(events.cursor);
                if events.resync {
                    return self.fetch_histories(&agent).await;
                }
                if !events.has_more {
                    return Ok(());
                }
            },
            Identity::Visitor(visitor) => loop {
                let Some((_, after)) = self.known.iter().next().map(|(id, seq)| (*id, *seq)) else {
                    if self.connection == 1 {
                        return Ok(());
                    }
                    let token = &visitor.session.visitor_token;
                    let window = visitor.api.list_visitor_messages(token, Stretch::After(0), None).await?;
                    self.window(&window.items);
                    if window.has_later {
                        continue;
                    }
                    return Ok(());
                };
                let token = &visitor.session.visitor_token;
                let window = visitor.api.list_visitor_messages(token, Stretch::After(after), None).await?;
                self.window(&window.items);
                if !window.has_later {
                    return Ok(());
                }
            },
        }
    }

    /// Too far behind for the ledger: conversation by conversation.
    async fn fetch_histories(&mut self, agent: &Agent) -> Result<(), ApiError> {
        let known: Vec<ConversationId> = self.known.keys().copied().collect();
        for id in known {
            loop {
                let after = self.known.get(&id).copied().unwrap_or(0);
                let window = agent.api.list_messages(id, Stretch::After(after), Some(100)).await?;
                self.window(&window.items);
                if !window.has_later {
                    break;
                }
            }
        }
        Ok(())
    }

    fn window(&mut self, messages: &[types::messages::Message]) {
        for message in messages {
            self.fetched(message.conversation_id, message.seq, message.nonce);
        }
    }

    fn fetched(&mut self, conversation: ConversationId, seq: i64, nonce: Nonce) {
        let at = self.begin.elapsed();
        self.notes.push(Note::Heard { way: Way::Fetched, conversation, seq, nonce, at });
        let known = self.known.entry(conversation).or_insert(seq);
        *known = seq.max(*known);
    }
}

async fn say(socket: &mut Socket, frame: &ClientFrame) -> Result<()> {
    let text = serde_json::to_string(frame)?;
    socket.send(Message::text(text)).await.context("the connection broke")
}

/// How long after its time a message was heard or answered.
pub(crate) fn delay(nonce: Nonce, at: Duration) -> Duration {
    at.saturating_sub(Stamp::of(nonce).at)
}
