//! How a console keeps up with the server: a pure machine.
//!
//! [`Machine`] owns the state and the outbox. Inputs are what happens (a socket opened, a frame came, an answer came, the
//! person did something); outputs are [`Command`]s for whoever has a network and a disk. Time and randomness are arguments.
//!
//! One path serves the first load and every reconnect:
//!
//! 1. Ask for a ticket, open the socket, keep events back.
//! 2. `ready` names the ledger's newest point.
//! 3. With a state: fetch the events after its cursor until there are no more. Without one, or when that is too far back:
//!    fetch everything afresh, beginning from a cursor that was read before.
//! 4. Apply the events kept back, send what waits in the outbox and the read marks that nobody confirmed. Live. What is kept
//!    on disk is read again: a tab that was closed may have left something there.
//!
//! A `resync` leads back to 3 with the socket open. **Invariant**: the cursor never passes an event that the state does
//! not contain, so whatever is lost in between is fetched.
//!
//! A suspended agent's socket leaves out the events of conversations, with others after them. So while the agent is
//! suspended ("blind") the cursor moves by catching up only, and the end of the suspension begins with a catch-up.

mod backoff;
mod beside;
mod link;
mod machine;
mod patience;
mod telling;
mod typing;
mod work;

pub use machine::{Connection, Machine, Phase};

use crate::outbox::Outgoing;
use crate::rest::{ApiError, Stretch};
use crate::state::{Need, Snapshot, View};
use types::agents::Me;
use types::contacts::Contact;
use types::conversations::Conversation;
use types::events::{Event, EventsAfter};
use types::id::{ChannelId, ConversationId, Nonce};
use types::messages::{Content, Message, MessageWindow};
use types::notes::{Note, Notes};
use types::page::Page;
use types::ws::{ClientFrame, ServerFrame};

/// Counts the attempts to connect. What an earlier attempt still answers is ignored.
pub type Round = u64;

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Begin. Also: the network is back, do not wait any longer.
    Connect,
    /// The network is gone.
    NetworkLost,
    /// The time that [`Machine::wake_at`] named has come.
    Tick,
    /// The answer to [`Command::RequestTicket`].
    Ticket(Round, Result<String, ApiError>),
    /// A frame of the socket.
    Frame(Round, Box<ServerFrame>),
    /// A frame of the socket says something that this version does not know.
    Unreadable(Round),
    /// The socket is closed, with this code.
    Closed(Round, u16),
    /// The answer to [`Command::FetchEvents`].
    Events(Round, Result<EventsAfter, ApiError>),
    /// The answer to [`Command::FetchSnapshot`].
    Snapshot(Round, Result<Box<Snapshot>, ApiError>),
    /// The answer to [`Command::Fetch`].
    Fetched(Round, Need, Result<Fetched, ApiError>),
    /// The answer to [`Command::FetchEarlier`].
    Earlier(Round, ConversationId, Result<MessageWindow, ApiError>),
    /// The answer to [`Command::FetchPage`].
    Page(Round, View, Result<Page<Conversation>, ApiError>),
    /// The answer to [`Command::FetchLater`].
    Later(Round, ConversationId, Result<MessageWindow, ApiError>),
    /// Messages that an earlier run or another tab kept: the answer to [`Command::ReadKept`]. Those known already change nothing.
    Restored(Vec<Outgoing>),
    /// The person looks at a conversation, or at none.
    Open(Option<ConversationId>),
    /// The person chooses which conversations to list.
    Choose(View),
    /// The person wants to see a message of the conversation that they open, or have open.
    Jump(ConversationId, i64),
    /// The person goes back from there to the newest messages.
    ToNewest(ConversationId),
    /// The person scrolls to the end of what is shown around a message.
    LoadLater(ConversationId),
    /// The person scrolls to the beginning of what is held of a conversation.
    LoadEarlier(ConversationId),
    /// The end of a list is in sight: by scrolling, or because rows went away. How many rows there is room for only the view
    /// knows, so it asks whenever [`Topic::State`] changes while the end is in sight; asking twice, or too early, is harmless.
    LoadMore(View),
    /// The person tries again what failed to load.
    Reload,
    /// The person sends a message.
    Say {
        /// Names the message.
        nonce: Nonce,
        /// Where.
        conversation_id: ConversationId,
        /// What.
        content: Content,
    },
    /// The person tries a failed message again.
    Retry(Nonce),
    /// The person gives a failed message up.
    Discard(Nonce),
    /// The person has edited what they write to a conversation; whether something stands in the field.
    Writes(ConversationId, bool),
    /// The person has seen everything of a conversation.
    Read(ConversationId),
    /// A conversation was changed here; its event will say the same.
    ConversationSaved(Box<Conversation>),
    /// A conversation as the server has it after something was done to it here: who is suspended hears no event of it.
    ConversationFetched(Box<Conversation>),
    /// A message was recalled here; its event will say the same, which who is suspended does not hear.
    MessageRecalled(Box<Message>),
    /// The agent's own note is stored; its event will say the same.
    NoteSaved(Box<Note>),
    /// A conversation was deleted here; its event will say the same.
    ConversationRemoved(ConversationId),
    /// A contact was changed here; its event will say the same.
    ContactSaved(Box<Contact>),
    /// The agent changed their own account here; its event will say the same.
    MeSaved(Box<Me>),
    /// A channel was made or edited here; its event will say the same.
    ChannelSaved(Box<types::channels::Channel>),
    /// A channel was deleted here; its event will say the same.
    ChannelRemoved(ChannelId),
    /// The tree of channels was arranged here, ahead of its event.
    ChannelTreeSaved(types::channel_tree::ChannelTree),
    /// The custom fields of contacts were set here, ahead of its event.
    CustomFieldsSaved(types::custom_fields::CustomFields),
    /// A group of tags was added or changed here, ahead of its event.
    TagGroupSaved(Box<types::tags::TagGroup>),
    /// A group of tags was deleted here, ahead of its event.
    TagGroupRemoved(types::id::TagGroupId),
    /// A tag was deleted here, ahead of its event.
    TagRemoved(types::id::TagId),
}

/// What a [`Need`] was answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// To [`Need::Conversation`].
    Conversation(Box<Conversation>),
    /// To [`Need::Newest`], [`Need::Later`] and [`Need::Around`].
    Messages(MessageWindow),
    /// To [`Need::Listing`].
    Page(Page<Conversation>),
    /// To [`Need::Unread`]: the conversations, and whether these are all.
    Unread(Vec<Conversation>, bool),
    /// To [`Need::Contact`].
    Contact(Box<Contact>),
    /// To [`Need::Notes`].
    Notes(Notes),
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Ask the server for a socket ticket.
    RequestTicket(Round),
    /// Open a socket with this ticket.
    OpenSocket(Round, String),
    /// Close the socket.
    CloseSocket,
    /// Send a frame over the socket.
    Send(ClientFrame),
    /// Fetch events after a point of the ledger.
    FetchEvents(Round, i64),
    /// Fetch everything; what comes is as new as this point of the ledger, or newer.
    FetchSnapshot(Round, i64),
    /// Fetch what the state lacks.
    Fetch(Round, Need),
    /// Fetch a stretch of messages before those that are held.
    FetchEarlier(Round, ConversationId, Stretch),
    /// Fetch a stretch of messages after those that are shown around a message.
    FetchLater(Round, ConversationId, Stretch),
    /// Fetch the next page of a list.
    FetchPage(Round, View, String),
    /// Keep a message where it survives a reload.
    Keep(Outgoing),
    /// Read what is kept.
    ReadKept,
    /// A message no longer has to be kept.
    Forget(Nonce),
    /// The session is over: sign in again.
    SessionOver,
    /// A visitor has just written, up to this `seq`, and the agent has not read it. Of what came during a short break of the line
    /// the newest few conversations are told; after a long absence nothing is: that is counted.
    Arrived(ConversationId, i64),
    /// A colleague has just mentioned the agent in a note. Of what came during a break of the line, as with messages.
    Mentioned(Box<Note>),
    /// Something has happened that answers held beside the state have to follow: what a search has found, the blacklist.
    Happened(Box<Event>),
    /// Everything was fetched afresh: nobody tells what has happened meanwhile to answers held beside the state.
    Refreshed,
    /// Something that is shown has changed.
    Changed(Topic),
}

/// What has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// The state of the connection.
    Connection,
    /// Conversations, channels, contacts, the agent, or how far lists are filled.
    State,
    /// Messages of a conversation, or those on their way to it.
    Messages,
    /// Who writes at this moment.
    Typing,
}

#[cfg(test)]
mod simulation;
