//! What the widget hears on its socket.
//!
//! The wire's own types know every event of an organisation. What would drop and move all of them is code that a visitor
//! downloads, so the widget reads its frames into these, which hold what visitors are told and nothing else.

use types::error::Problem;
use types::events::Event;
use types::id::{ConversationId, MessageId, Nonce};
use types::messages::{Author, Message};
use types::time::Timestamp;
use types::visitors::VisitorChannel;
use types::ws::ServerFrame;

/// A frame of a visitor's socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// The connection is live; see [`ServerFrame::Ready`].
    Ready {
        /// Say something at least this often.
        heartbeat_seconds: u32,
    },
    /// Something happened in the conversation.
    Told(Told),
    /// The channel is another than it was.
    Channel(VisitorChannel),
    /// A message is on the server's disk.
    Ack {
        /// The visitor's own id for it.
        nonce: Nonce,
        /// Where it was stored.
        conversation_id: ConversationId,
        /// The message.
        message_id: MessageId,
        /// Its place in the conversation.
        seq: i64,
        /// When it was stored.
        created_at: Timestamp,
    },
    /// Something was refused and changed nothing.
    Rejected {
        /// The message it was about; absent when the frame could not be read.
        nonce: Option<Nonce>,
        /// Why.
        problem: Problem,
    },
    /// Somebody writes, or has stopped to.
    Typing {
        /// Who.
        author: Author,
        /// Whether they write.
        active: bool,
    },
    /// Where the visitor stands in the queue.
    Queue {
        /// How many wait before them; absent when they do not wait.
        ahead: Option<i64>,
    },
    /// Something was left out: open the session again.
    Resync,
    /// The answer to a ping.
    Pong,
}

/// An event of the visitor's conversation; each is the [`Event`] of its name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the events of the same names have them")]
pub enum Told {
    MessageCreated { message: Message },
    MessageRecalled { conversation_id: ConversationId, seq: i64, recalls: i64 },
    AgentsRead { conversation_id: ConversationId, seq: i64 },
    VisitorRead { conversation_id: ConversationId, seq: i64 },
    ConversationCleared { conversation_id: ConversationId, seq: i64 },
    ConversationDeleted { conversation_id: ConversationId },
}

impl Frame {
    /// What a frame means to a visitor: nothing where it is about what only agents are told.
    #[must_use]
    pub fn of(frame: ServerFrame) -> Option<Self> {
        Some(match frame {
            ServerFrame::Ready { heartbeat_seconds, .. } => Self::Ready { heartbeat_seconds },
            ServerFrame::Event { event: Event::VisitorChannelUpdated { channel }, .. } => Self::Channel(channel),
            ServerFrame::Event { event, .. } => Self::Told(Told::of(event)?),
            ServerFrame::Ack { nonce, conversation_id, message_id, seq, created_at } => {
                Self::Ack { nonce, conversation_id, message_id, seq, created_at }
            }
            ServerFrame::Rejected { nonce, problem } => Self::Rejected { nonce, problem },
            ServerFrame::Typing { author, active, .. } => Self::Typing { author, active },
            ServerFrame::Queue { ahead, .. } => Self::Queue { ahead },
            ServerFrame::Resync {} => Self::Resync,
            ServerFrame::Pong {} => Self::Pong,
        })
    }
}

impl Told {
    /// What an event means to a visitor.
    #[must_use]
    pub fn of(event: Event) -> Option<Self> {
        Some(match event {
            Event::MessageCreated { message } => Self::MessageCreated { message },
            Event::MessageRecalled { conversation_id, seq, recalls, .. } => {
                Self::MessageRecalled { conversation_id, seq, recalls }
            }
            Event::AgentsRead { conversation_id, seq } => Self::AgentsRead { conversation_id, seq },
            Event::VisitorRead { conversation_id, seq } => Self::VisitorRead { conversation_id, seq },
            Event::ConversationCleared { conversation_id, seq } => Self::ConversationCleared { conversation_id, seq },
            Event::ConversationDeleted { conversation_id } => Self::ConversationDeleted { conversation_id },
            _ => return None,
        })
    }
}
