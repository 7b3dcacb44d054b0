//! Sockets: how many are open, what goes through them, and why they end.

use super::labels::{CodeLabel, KindLabel};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use types::ws::CloseCode;

/// Whose socket it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SocketKind {
    /// An agent's.
    Agent,
    /// A visitor's.
    Visitor,
}

impl SocketKind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Visitor => "visitor",
        }
    }
}

/// What a socket's loop counts with: atomics, shared by all.
#[derive(Debug, Clone, Default)]
pub struct FrameCounters {
    /// Text frames of clients.
    pub received: Counter,
    /// Text frames to clients.
    pub sent: Counter,
    /// Frames of clients beyond their rate.
    pub refused: Counter,
    /// Readers too slow for their queue, and others that were told to fetch.
    pub resyncs: Counter,
}

/// Sockets.
pub struct SocketMetrics {
    agents: (Gauge, Counter),
    visitors: (Gauge, Counter),
    closed: Family<CodeLabel, Counter>,
    frames: FrameCounters,
}

impl SocketMetrics {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let (open, opened) = (Family::<KindLabel, Gauge>::default(), Family::<KindLabel, Counter>::default());
        let closed = Family::<CodeLabel, Counter>::default();
        let frames = FrameCounters::default();
        let of = |kind: SocketKind| {
            let label = KindLabel { kind: kind.name() };
            (open.get_or_create_owned(&label), opened.get_or_create_owned(&label))
        };
        let (agents, visitors) = (of(SocketKind::Agent), of(SocketKind::Visitor));
        for code in CloseCode::ALL {
            drop(closed.get_or_create(&CodeLabel { code: code.number().to_string() }));
        }
        registry.register("parlor_sockets_open", "Open sockets", open);
        registry.register("parlor_sockets_opened", "Sockets that were opened", opened);
        registry.register(
            "parlor_sockets_closed",
            "Sockets that ended, by the close code that the server gave; `client` when the other side hung up",
            closed.clone(),
        );
        registry.register("parlor_socket_frames_received", "Text frames from clients", frames.received.clone());
        registry.register("parlor_socket_frames_sent", "Text frames to clients", frames.sent.clone());
        registry.register("parlor_socket_frames_refused", "Frames beyond a socket's rate", frames.refused.clone());
        registry.register(
            "parlor_socket_resyncs",
            "Sockets that were told to fetch, most of them because they read too slowly",
            frames.resyncs.clone(),
        );
        Self { agents, visitors, closed, frames }
    }

    fn of(&self, kind: SocketKind) -> &(Gauge, Counter) {
        match kind {
            SocketKind::Agent => &self.agents,
            SocketKind::Visitor => &self.visitors,
        }
    }

    pub(crate) fn opened(&self, kind: SocketKind) {
        let (open, opened) = self.of(kind);
        open.inc();
        opened.inc();
    }

    pub(crate) fn gone(&self, kind: SocketKind) {
        self.of(kind).0.dec();
    }

    pub(crate) fn closed(&self, code: Option<CloseCode>) {
        let code = code.map_or_else(|| "client".to_owned(), |code| code.number().to_string());
        self.closed.get_or_create(&CodeLabel { code }).inc();
    }

    pub(crate) fn frames(&self) -> &FrameCounters {
        &self.frames
    }
}
