//! Who talks: consoles and widgets with their real machines, and what a reload of each would find.

use super::pipe::Pipe;
use super::tap::{Tap, Whose};
use client::outbox::Outgoing;
use client::sync;
use std::collections::{BTreeMap, VecDeque};
use store::Viewer;
use types::agents::Me;
use types::id::{ChannelId, ConversationId, Nonce, OrgId, SessionId};
use types::time::Timestamp;
use types::ws::ClientFrame;
use widget::live;

/// An open socket, as its client holds it.
pub(super) struct Line {
    pub(super) pipe: Pipe,
    /// The console's attempt that it belongs to.
    pub(super) round: sync::Round,
    /// Frames on their way to the server.
    pub(super) up: VecDeque<ClientFrame>,
    pub(super) tap: Tap,
    /// Nothing gets through any more, and neither side has been told.
    pub(super) dead: bool,
}

/// An organisation with its one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) org_id: OrgId,
    pub(super) channel_id: ChannelId,
    pub(super) channel_key: &'static str,
}

/// What is the same for consoles and widgets.
pub(super) struct Client {
    /// Where it belongs.
    pub(super) place: Place,
    pub(super) side: Side,
    pub(super) line: Option<Line>,
    /// Counts attempts to open a socket: an earlier one that still succeeds is hung up.
    pub(super) dial: u64,
    /// Counts reloads: an answer to an earlier page is nobody's.
    pub(super) page: u64,
    /// Reads nothing from its socket.
    pub(super) frozen: bool,
    /// What it said, in order.
    pub(super) said: Vec<(Option<ConversationId>, Nonce)>,
}

pub(super) enum Side {
    Console(Box<Console>),
    Tab(Box<Tab>),
}

/// An agent's console on one device.
pub(super) struct Console {
    pub(super) machine: sync::Machine,
    pub(super) me: Me,
    pub(super) viewer: Viewer,
    pub(super) session_id: SessionId,
    pub(super) kept: BTreeMap<Nonce, Outgoing>,
    pub(super) chosen: Option<ChannelId>,
}

/// A visitor's widget in one tab.
pub(super) struct Tab {
    pub(super) machine: live::Machine,
    /// The tab's owner, in [`World::visitors`](super::world::World).
    pub(super) visitor: usize,
    /// Counts session calls: an answer to an earlier one is stale.
    pub(super) call: u64,
}

/// A visitor's browser: what its tabs share.
#[derive(Default)]
pub(super) struct Browser {
    pub(super) token: Option<String>,
    pub(super) kept: BTreeMap<Nonce, Outgoing>,
    /// The request that holds the lock under which sessions are opened.
    pub(super) opening: Option<u64>,
}

impl Console {
    /// The conversations that it knows, in one order.
    pub(super) fn known(&self) -> Vec<ConversationId> {
        let mut known: Vec<ConversationId> = self.machine.state().conversations().map(|one| one.id).collect();
        known.sort_unstable();
        known
    }
}

impl Client {
    pub(super) fn new(place: Place, side: Side) -> Self {
        Self { place, side, line: None, dial: 0, page: 0, frozen: false, said: Vec::new() }
    }

    pub(super) fn console(&self) -> Option<&Console> {
        match &self.side {
            Side::Console(console) => Some(console),
            Side::Tab(_) => None,
        }
    }

    pub(super) fn tab(&self) -> Option<&Tab> {
        match &self.side {
            Side::Tab(tab) => Some(tab),
            Side::Console(_) => None,
        }
    }

    pub(super) fn whose(&self) -> Whose {
        match &self.side {
            Side::Console(console) => Whose::Agent(console.viewer),
            Side::Tab(_) => Whose::Visitor,
        }
    }

    pub(super) fn wake_at(&self) -> Option<Timestamp> {
        match &self.side {
            Side::Console(console) => console.machine.wake_at(),
            Side::Tab(tab) => tab.machine.wake_at(),
        }
    }

    /// Whether it is connected and nothing of its own is on its way.
    pub(super) fn is_at_rest(&self) -> bool {
        let own = match &self.side {
            Side::Console(console) => {
                let machine = &console.machine;
                machine.phase() == sync::Phase::Live
                    && machine.outbox().entries().is_empty()
                    && machine.state().needs().is_empty()
            }
            Side::Tab(tab) => {
                tab.machine.link() == live::Link::Live && tab.machine.chat().outbox().entries().is_empty()
            }
        };
        let quiet = |line: &Line| line.up.is_empty() && !line.pipe.has_something_for_the_client() && !line.dead;
        own && self.line.as_ref().is_some_and(quiet)
    }
}
