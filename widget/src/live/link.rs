//! The connection: how it stands, when to try again, and whether the other side is still there.

use types::time::Timestamp;

/// How the connection stands, as the visitor is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// The session or the socket is being opened.
    Connecting,
    /// Live.
    Live,
    /// Lost; it will be tried again.
    Lost,
    /// The channel is closed or gone: nothing more will be tried.
    Closed,
}

/// First wait after a failure; doubles with each further one.
const BACKOFF_FIRST_MS: i64 = 500;
/// Longest wait.
const BACKOFF_MAX_MS: i64 = 30_000;
/// How long an answer to `ping` may take, and the opening of a session or a socket.
const PATIENCE_MS: i64 = 15_000;

/// The connection's own state.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) link: Link,
    failures: u32,
    /// When to try again, or when an answer is overdue.
    deadline: Option<Timestamp>,
    heartbeat_ms: i64,
    ping_at: Timestamp,
    random: u64,
}

/// What the clock asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Due {
    Nothing,
    /// Try to connect again.
    Retry,
    /// Nothing was heard for too long: give this connection up.
    GiveUp,
    Ping,
}

impl Connection {
    pub(super) fn new(seed: u64) -> Self {
        // xorshift cannot leave zero.
        Self { link: Link::Lost, failures: 0, deadline: None, heartbeat_ms: 0, ping_at: Timestamp(0), random: seed | 1 }
    }

    pub(super) fn connecting(&mut self, now: Timestamp) {
        self.link = Link::Connecting;
        self.deadline = Some(now.plus_millis(PATIENCE_MS));
    }

    pub(super) fn live(&mut self, heartbeat_seconds: u32, now: Timestamp) {
        self.link = Link::Live;
        self.failures = 0;
        self.heartbeat_ms = i64::from(heartbeat_seconds).saturating_mul(1000).max(1000);
        self.heard(now);
    }

    /// Anything that was heard shows that the other side is there.
    pub(super) fn heard(&mut self, now: Timestamp) {
        if self.link == Link::Live {
            self.deadline = None;
            self.ping_at = now.plus_millis(self.heartbeat_ms);
        }
    }

    /// A `ping` was sent; an answer is due.
    pub(super) fn pinged(&mut self, now: Timestamp) {
        self.ping_at = now.plus_millis(self.heartbeat_ms);
        self.deadline.get_or_insert(now.plus_millis(PATIENCE_MS));
    }

    /// Lost, or could not be opened. Waits with full jitter, but at least as long as the server asked.
    pub(super) fn lost(&mut self, at_least_seconds: u32, now: Timestamp) {
        let ceiling =
            BACKOFF_FIRST_MS.saturating_mul(1_i64.checked_shl(self.failures.min(16)).unwrap_or(1)).min(BACKOFF_MAX_MS);
        self.failures = self.failures.saturating_add(1);
        let wait = self.draw(ceiling).max(i64::from(at_least_seconds).saturating_mul(1000));
        self.link = Link::Lost;
        self.deadline = Some(now.plus_millis(wait));
    }

    pub(super) fn close(&mut self) {
        self.link = Link::Closed;
        self.deadline = None;
    }

    /// Stays lost until woken: the page is being put aside.
    pub(super) fn rest(&mut self) {
        self.link = Link::Lost;
        self.deadline = None;
    }

    pub(super) fn due(&self, now: Timestamp) -> Due {
        let overdue = self.deadline.is_some_and(|at| now >= at);
        match self.link {
            Link::Lost if overdue => Due::Retry,
            Link::Connecting | Link::Live if overdue => Due::GiveUp,
            Link::Live if now >= self.ping_at => Due::Ping,
            _ => Due::Nothing,
        }
    }

    pub(super) fn wake_at(&self) -> Option<Timestamp> {
        let ping = (self.link == Link::Live).then_some(self.ping_at);
        self.deadline.into_iter().chain(ping).min()
    }

    /// A number from 0 to `ceiling` by xorshift64.
    pub(super) fn draw(&mut self, ceiling: i64) -> i64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        i64::try_from(self.random >> 1).unwrap_or(0).checked_rem(ceiling.saturating_add(1)).unwrap_or(0)
    }
}
