//! The floor: the least that a durable chat server can do. Sockets, SQLite with `synchronous=FULL`, one thread that commits
//! what has gathered, an ack and the event to both sides. No accounts, permissions, validation, HTTP or catching up.

use super::{folder, listener, listening};
use anyhow::{Context, Result};
use futures_util::{SinkExt, StreamExt};
use rusqlite::Connection;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_tungstenite::accept_hdr_async;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use types::events::Event;
use types::id::{ConversationId, MessageId, Nonce};
use types::messages::{Author, Content, Message as Stored, NewContent};
use types::time::Timestamp;
use types::ws::{ClientFrame, ServerFrame};
use uuid::Uuid;

/// Most messages of one commit, as in Parlor's default.
const BATCH: usize = 256;

type Line = UnboundedSender<Utf8Bytes>;

struct Job {
    conversation: u128,
    nonce: Nonce,
    content: Content,
    sender: Line,
    agent: u32,
}

#[derive(Clone)]
struct Shared {
    jobs: UnboundedSender<Job>,
    agents: Agents,
}

type Agents = Arc<Mutex<HashMap<u32, Line>>>;

/// Serves until killed.
pub(crate) fn serve() -> Result<()> {
    let db = open(&folder()?.join("floor.db"))?;
    let (jobs, waiting) = unbounded_channel();
    let agents = Agents::default();
    let listening_agents = Arc::clone(&agents);
    std::thread::spawn(move || write(db, waiting, &listening_agents));
    // As many as actix would take.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let listener = listener()?;
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        listening(listener.local_addr()?)?;
        let shared = Shared { jobs, agents };
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let shared = shared.clone();
            tokio::spawn(async move {
                // A connection that breaks is over; there is nobody to tell.
                let _over = converse(stream, shared).await;
            });
        }
    })
}

fn open(path: &std::path::Path) -> Result<Connection> {
    let db = Connection::open(path)?;
    db.execute_batch(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536; PRAGMA wal_autocheckpoint=4000;
         CREATE TABLE conversation (id BLOB PRIMARY KEY, last_seq INTEGER NOT NULL) WITHOUT ROWID;
         CREATE TABLE message (id BLOB PRIMARY KEY, conversation_id BLOB NOT NULL, seq INTEGER NOT NULL, nonce BLOB NOT NULL, content TEXT NOT NULL);
         CREATE UNIQUE INDEX message_seq ON message (conversation_id, seq);
         CREATE UNIQUE INDEX message_nonce ON message (conversation_id, nonce);
         CREATE TABLE event (seq INTEGER PRIMARY KEY, payload TEXT NOT NULL);",
    )?;
    Ok(db)
}

/// Commits what has gathered while the last commit was running, then answers.
fn write(mut db: Connection, mut waiting: UnboundedReceiver<Job>, agents: &Agents) -> Result<()> {
    let mut jobs = Vec::with_capacity(BATCH);
    let mut number = 0_u128;
    while waiting.blocking_recv_many(&mut jobs, BATCH) > 0 {
        let txn = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let mut answers = Vec::with_capacity(jobs.len());
        for job in jobs.drain(..) {
            number += 1;
            let id = job.conversation.to_be_bytes();
            let seq: i64 = txn
                .prepare_cached(
                    "INSERT INTO conversation VALUES (?1, 1) ON CONFLICT DO UPDATE SET last_seq = last_seq + 1 RETURNING last_seq",
                )?
                .query_row([id], |row| row.get(0))?;
            let message = Stored {
                id: MessageId(Uuid::from_u128(number)),
                conversation_id: ConversationId(Uuid::from_u128(job.conversation)),
                seq,
                author: Author::Visitor,
                content: job.content.clone(),
                nonce: job.nonce,
                created_at: Timestamp(0),
            };
            let ack = ServerFrame::Ack {
                nonce: job.nonce,
                conversation_id: message.conversation_id,
                message_id: message.id,
                seq,
                created_at: message.created_at,
            };
            let content = serde_json::to_string(&message.content)?;
            txn.prepare_cached("INSERT INTO message VALUES (?1, ?2, ?3, ?4, ?5)")?.execute((
                number.to_be_bytes(),
                id,
                seq,
                job.nonce.0.as_bytes(),
                content,
            ))?;
            let event = ServerFrame::Event { seq: None, event: Event::MessageCreated { message } };
            let event = serde_json::to_string(&event)?;
            txn.prepare_cached("INSERT INTO event (payload) VALUES (?1)")?.execute([&event])?;
            answers.push((job, Utf8Bytes::from(serde_json::to_string(&ack)?), Utf8Bytes::from(event)));
        }
        txn.commit()?;
        let agents = agents.lock().unwrap_or_else(PoisonError::into_inner);
        for (job, ack, event) in answers {
            // Whoever has gone hears nothing. The event comes first: who has been answered has heard it.
            let _heard = agents.get(&job.agent).map(|agent| agent.send(event.clone()));
            let _heard = job.sender.send(event).and_then(|()| job.sender.send(ack));
        }
    }
    Ok(())
}

async fn converse(stream: TcpStream, shared: Shared) -> Result<()> {
    let mut path = String::new();
    #[expect(clippy::result_large_err, reason = "the shape that the library wants")]
    let look = |request: &Request, response: Response| {
        request.uri().path().clone_into(&mut path);
        Ok(response)
    };
    let mut socket = accept_hdr_async(stream, look).await?;
    let (line, mut out) = unbounded_channel::<Utf8Bytes>();
    let numbers: Vec<u32> = path.split('/').filter_map(|part| part.parse().ok()).collect();
    let agents = || shared.agents.lock().unwrap_or_else(PoisonError::into_inner);
    let (conversation, agent) = match numbers.as_slice() {
        [agent] => {
            agents().insert(*agent, line.clone());
            (0, *agent)
        }
        [visitor, agent] => (u128::from(*visitor) + 1, *agent),
        _ => anyhow::bail!("no such path"),
    };
    let ready = ServerFrame::Ready { cursor: None, heartbeat_seconds: 30, now: Timestamp(0) };
    socket.send(Message::text(serde_json::to_string(&ready)?)).await?;
    loop {
        tokio::select! {
            heard = socket.next() => match heard.context("hung up")?? {
                Message::Text(text) => match serde_json::from_str(&text)? {
                    ClientFrame::SendMessage { nonce, content: NewContent::Text { text }, .. } => {
                        let content = Content::Text { text };
                        let job = Job { conversation, nonce, content, sender: line.clone(), agent };
                        shared.jobs.send(job).ok().context("the writer has ended")?;
                    }
                    ClientFrame::Ping {} => line.send(serde_json::to_string(&ServerFrame::Pong {})?.into())?,
                    ClientFrame::SendMessage { .. } | ClientFrame::MarkRead { .. } | ClientFrame::Typing { .. } => {}
                },
                Message::Close(_) => return Ok(()),
                _ => {}
            },
            text = out.recv() => {
                socket.feed(Message::Text(text.context("nobody speaks any more")?)).await?;
                while let Ok(text) = out.try_recv() {
                    socket.feed(Message::Text(text)).await?;
                }
                socket.flush().await?;
            }
        }
    }
}
