//! What can be asked of the writer as data.

use crate::error::StoreError;
use crate::queries::contacts::VisitFacts;
use crate::scope::{Viewer, Visitor};
use crate::tables::message;
use sea_orm::Set;
use types::conversations::{MessagePreview, ReadState};
use types::id::{AgentId, ConversationId, MessageId, Nonce, OrgId};
use types::messages::{Author, Content, Message};
use types::time::Timestamp;
use uuid::Uuid;

/// Who sends a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sender {
    /// An agent, under the name that they have now.
    Agent {
        /// The agent with what they may see.
        viewer: Viewer,
        /// Their name.
        name: String,
    },
    /// The visitor whose conversation it is.
    Visitor(Visitor),
    /// Parlor itself, for this organisation.
    Automatic(OrgId),
}

/// A message to store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageJob {
    /// The new message's id.
    pub id: MessageId,
    /// Where it is said.
    pub conversation_id: ConversationId,
    /// Who says it.
    pub sender: Sender,
    /// The sender's own id for it.
    pub nonce: Nonce,
    /// What it says, already checked.
    pub content: Content,
    /// The time. If the clock has gone back, the message gets the conversation's last time instead.
    pub at: Timestamp,
}

/// A stored message, and whether it had been stored before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMessage {
    /// The message.
    pub message: Message,
    /// Whether this is the result of an earlier call with the same nonce.
    pub duplicate: bool,
}

/// A visitor's message when no conversation of theirs is known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstMessage {
    /// The visitor.
    pub visitor: Visitor,
    /// The conversation's id, if it has to be made.
    pub conversation_id: ConversationId,
    /// The new message's id.
    pub id: MessageId,
    /// The id of the welcome, if the conversation begins with one.
    pub welcome_id: MessageId,
    /// The visitor's own id for it.
    pub nonce: Nonce,
    /// What it says, already checked.
    pub content: Content,
    /// What is known of the visit.
    pub facts: VisitFacts,
    /// The time.
    pub at: Timestamp,
}

impl FirstMessage {
    /// The welcome that the conversation begins with. Its nonce is the contact, so that whoever was shown it before it was stored knows
    /// it again, and no conversation can have two.
    pub(crate) fn welcome(&self, text: String) -> MessageJob {
        MessageJob {
            id: self.welcome_id,
            conversation_id: self.conversation_id,
            sender: Sender::Automatic(self.visitor.org_id),
            nonce: Nonce(self.visitor.contact_id.0),
            content: Content::Text { text },
            at: self.at,
        }
    }

    pub(crate) fn into_message(self, conversation_id: ConversationId) -> MessageJob {
        MessageJob {
            id: self.id,
            conversation_id,
            sender: Sender::Visitor(self.visitor),
            nonce: self.nonce,
            content: self.content,
            at: self.at,
        }
    }
}

/// Who has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// An agent.
    Agent(Viewer),
    /// The visitor whose conversation it is.
    Visitor(Visitor),
}

/// A read mark to move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadJob {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// Who has read.
    pub reader: Reader,
    /// The newest message read.
    pub seq: i64,
    /// The time.
    pub at: Timestamp,
}

/// A job that the writer can shape a batch of.
#[derive(Debug, Clone)]
pub(crate) enum HotJob {
    Message(MessageJob),
    Read(ReadJob),
}

/// What became of a hot job.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    Stored(StoredMessage),
    Read(ReadState),
    NotFound,
    /// The visitor is on the blacklist.
    Blocked,
}

/// Who acts in a hot job.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Party {
    Agent(Viewer),
    Visitor(Visitor),
    Automatic(OrgId),
}

impl Party {
    pub(crate) fn org_id(self) -> OrgId {
        match self {
            Self::Agent(viewer) => viewer.org_id,
            Self::Visitor(visitor) => visitor.org_id,
            Self::Automatic(org_id) => org_id,
        }
    }
}

impl HotJob {
    pub(crate) fn conversation_id(&self) -> ConversationId {
        match self {
            Self::Message(job) => job.conversation_id,
            Self::Read(job) => job.conversation_id,
        }
    }

    pub(crate) fn party(&self) -> Party {
        match self {
            Self::Message(job) => job.party(),
            Self::Read(ReadJob { reader: Reader::Agent(viewer), .. }) => Party::Agent(*viewer),
            Self::Read(ReadJob { reader: Reader::Visitor(visitor), .. }) => Party::Visitor(*visitor),
        }
    }
}

impl MessageJob {
    pub(crate) fn party(&self) -> Party {
        match &self.sender {
            Sender::Agent { viewer, .. } => Party::Agent(*viewer),
            Sender::Visitor(visitor) => Party::Visitor(*visitor),
            Sender::Automatic(org_id) => Party::Automatic(*org_id),
        }
    }

    /// Whose nonce it is.
    pub(crate) fn sender_key(&self) -> Uuid {
        match &self.sender {
            Sender::Agent { viewer, .. } => viewer.agent_id.0,
            Sender::Visitor(visitor) => visitor.contact_id.0,
            Sender::Automatic(org_id) => org_id.0,
        }
    }

    pub(crate) fn author(&self) -> Author {
        match &self.sender {
            Sender::Agent { viewer, name } => Author::Agent { id: viewer.agent_id, name: name.clone() },
            Sender::Visitor(_) => Author::Visitor,
            Sender::Automatic(_) => Author::Automatic,
        }
    }
}

/// The `author_kind` of visitors' messages.
const VISITOR: &str = "visitor";
/// The `author_kind` of agents' messages.
const AGENT: &str = "agent";

/// The `author_kind` of automatic messages.
pub(crate) const AUTOMATIC: &str = "automatic";

/// An author as the columns `author_kind`, `author_id` and `author_name`.
pub(crate) fn author_of(author: &Author) -> (&'static str, Option<AgentId>, Option<&str>) {
    match author {
        Author::Visitor => (VISITOR, None, None),
        Author::Agent { id, name } => (AGENT, Some(*id), Some(name)),
        Author::Automatic => (AUTOMATIC, None, None),
    }
}

/// The author of these columns.
pub(crate) fn author_from(kind: &str, id: Option<AgentId>, name: Option<String>) -> Result<Author, StoreError> {
    match (kind, id, name) {
        (VISITOR, _, _) => Ok(Author::Visitor),
        (AGENT, Some(id), Some(name)) => Ok(Author::Agent { id, name }),
        (AUTOMATIC, _, _) => Ok(Author::Automatic),
        _ => Err(StoreError::Corrupt { what: "message.author" }),
    }
}

/// A message as a row.
pub(crate) fn row_of(
    message: &Message,
    org_id: OrgId,
    sender: Uuid,
    content: String,
    inbound_count: i64,
) -> message::ActiveModel {
    let (kind, author_id, author_name) = author_of(&message.author);
    message::ActiveModel {
        id: Set(message.id),
        org_id: Set(org_id),
        conversation_id: Set(message.conversation_id),
        seq: Set(message.seq),
        author_kind: Set(kind.to_owned()),
        author_id: Set(author_id),
        author_name: Set(author_name.map(str::to_owned)),
        sender: Set(sender),
        nonce: Set(message.nonce),
        content: Set(content),
        inbound_count: Set(inbound_count),
        created_at: Set(message.created_at),
    }
}

/// A message in short, as the conversation's row keeps it.
pub(crate) fn preview_of(message: &Message) -> MessagePreview {
    MessagePreview {
        seq: message.seq,
        author: message.author.clone(),
        content: message.content.shortened(MessagePreview::TEXT_MAX),
        created_at: message.created_at,
    }
}
