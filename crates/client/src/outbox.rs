//! Messages on their way to the server.
//!
//! A message enters the outbox before anything is sent and leaves it when the server says that it is on disk. Each
//! conversation is a lane with at most one message in flight: that is what keeps the order when the server refuses one for
//! a while. A resend carries the same nonce, so the server stores it once.
//!
//! The outbox keeps nothing by itself: whoever owns it writes each entry to a store that survives a reload and gives the
//! entries back with [`Outbox::restore`].

use types::error::ErrorCode;
use types::error::Problem;
use types::id::{ConversationId, Nonce};
use types::messages::Content;
use types::time::Timestamp;
use types::ws::ClientFrame;

/// After how many milliseconds an unanswered message means that the connection is dead.
pub const ANSWER_WITHIN_MILLIS: i64 = 15_000;
/// How long to wait after the first refusal when the server does not say. It doubles with each further one.
const PAUSE_SECONDS: u32 = 1;
/// The longest such wait.
const PAUSE_MOST_SECONDS: u32 = 30;
/// After how many refusals in a row an error of the server counts as one of the message: it may be what breaks the server.
const SERVER_ERRORS_BORNE: u32 = 6;

/// Whether the same request may succeed later without anybody doing anything about it: the server was busy, was asked too
/// often, or failed.
#[must_use]
pub fn is_transient(code: ErrorCode) -> bool {
    code == ErrorCode::RateLimited || code.status() >= 500
}

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "console", derive(serde::Serialize, serde::Deserialize))]
pub enum Delivery {
    /// Waits for the connection, for its turn, or for a server that was busy.
    Waiting,
    /// Sent over the present connection and not answered yet.
    InFlight {
        /// When it was sent.
        since: Timestamp,
    },
    /// Refused for good; the person decides whether to try again.
    Failed {
        /// Why.
        code: ErrorCode,
    },
}

/// A message on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "console", derive(serde::Serialize, serde::Deserialize))]
pub struct Outgoing {
    /// Names the message, here and on the server.
    pub nonce: Nonce,
    /// Where it goes; absent for visitors, who have one conversation.
    pub conversation_id: Option<ConversationId>,
    /// What it says.
    pub content: Content,
    /// When the person sent it: the order within its lane.
    pub created_at: Timestamp,
    /// Where it stands.
    pub delivery: Delivery,
}

impl Outgoing {
    /// A message that the person has just sent.
    #[must_use]
    pub fn new(nonce: Nonce, conversation_id: Option<ConversationId>, content: Content, now: Timestamp) -> Self {
        Self { nonce, conversation_id, content, created_at: now, delivery: Delivery::Waiting }
    }

    fn frame(&self) -> ClientFrame {
        ClientFrame::SendMessage {
            nonce: self.nonce,
            conversation_id: self.conversation_id,
            content: self.content.clone(),
        }
    }
}

/// Every message on its way, in the order of writing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outbox {
    entries: Vec<Outgoing>,
    held_until: Option<Timestamp>,
    /// How often each message has been refused for a while. Of each by itself: another lane's success says nothing of it.
    refusals: Vec<(Nonce, u32)>,
}

impl Outbox {
    /// The messages, in the order of writing.
    #[must_use]
    pub fn entries(&self) -> &[Outgoing] {
        &self.entries
    }

    /// The message with this nonce.
    #[must_use]
    pub fn get(&self, nonce: Nonce) -> Option<&Outgoing> {
        self.entries.iter().find(|entry| entry.nonce == nonce)
    }

    /// Takes a message that the person has just sent and returns it as it is kept. Its time is moved, where needed, behind
    /// that of the one before it, so that the order survives in a store that sorts by time.
    pub fn push(&mut self, mut message: Outgoing) -> Outgoing {
        if let Some(last) = self.entries.last() {
            message.created_at = message.created_at.max(last.created_at.plus_millis(1));
        }
        self.entries.push(message.clone());
        message
    }

    /// Takes messages that an earlier run kept. What was in flight then is waiting now.
    pub fn restore(&mut self, kept: Vec<Outgoing>) {
        for mut entry in kept {
            if self.get(entry.nonce).is_some() {
                continue;
            }
            if matches!(entry.delivery, Delivery::InFlight { .. }) {
                entry.delivery = Delivery::Waiting;
            }
            // Placed one by one: the library's sort alone would weigh 2 KB in the widget.
            let key = |entry: &Outgoing| (entry.created_at, entry.nonce);
            let place = self.entries.partition_point(|held| key(held) <= key(&entry));
            self.entries.insert(place, entry);
        }
    }

    /// What to send now over a connection that is ready: the first message of every lane that has none in flight. Those
    /// returned count as in flight.
    pub fn due(&mut self, now: Timestamp) -> Vec<ClientFrame> {
        if self.held_until.is_some_and(|until| until > now) {
            return Vec::new();
        }
        self.held_until = None;
        let mut lanes = Vec::new();
        let mut frames = Vec::new();
        for entry in &mut self.entries {
            if matches!(entry.delivery, Delivery::Failed { .. }) || lanes.contains(&entry.conversation_id) {
                continue;
            }
            lanes.push(entry.conversation_id);
            if entry.delivery == Delivery::Waiting {
                entry.delivery = Delivery::InFlight { since: now };
                frames.push(entry.frame());
            }
        }
        frames
    }

    /// When to look again: at the end of a pause, or when a message in flight has gone unanswered for too long.
    #[must_use]
    pub fn wake_at(&self) -> Option<Timestamp> {
        let waiting = self.entries.iter().any(|entry| entry.delivery == Delivery::Waiting);
        let pause = self.held_until.filter(|_| waiting);
        [pause, self.oldest_in_flight().map(|since| since.plus_millis(ANSWER_WITHIN_MILLIS))]
            .into_iter()
            .flatten()
            .min()
    }

    /// Whether a message has gone unanswered for so long that the connection must be dead.
    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.oldest_in_flight().is_some_and(|since| now.millis_since(since) >= ANSWER_WITHIN_MILLIS)
    }

    fn oldest_in_flight(&self) -> Option<Timestamp> {
        self.entries
            .iter()
            .filter_map(|entry| match entry.delivery {
                Delivery::InFlight { since } => Some(since),
                Delivery::Waiting | Delivery::Failed { .. } => None,
            })
            .min()
    }

    /// The message is on disk: it leaves the outbox.
    pub fn acked(&mut self, nonce: Nonce) -> Option<Outgoing> {
        let place = self.entries.iter().position(|entry| entry.nonce == nonce)?;
        self.forgive(nonce);
        Some(self.entries.remove(place))
    }

    /// The server refused the message: for a while (it stays in its lane and holds it) or for good (it fails and lets the
    /// next one pass). Returns the message as it stands now.
    pub fn rejected(&mut self, nonce: Nonce, problem: &Problem, now: Timestamp) -> Option<&Outgoing> {
        let entry = self.entries.iter_mut().find(|entry| entry.nonce == nonce)?;
        let refusals = self.refusals.iter().find(|(refused, _)| *refused == nonce).map_or(0, |(_, count)| *count);
        let server_failed = !matches!(problem.code, ErrorCode::Busy | ErrorCode::Unavailable | ErrorCode::RateLimited);
        let given_up = server_failed && refusals.saturating_add(1) >= SERVER_ERRORS_BORNE;
        self.refusals.retain(|(refused, _)| *refused != nonce);
        if is_transient(problem.code) && !given_up {
            entry.delivery = Delivery::Waiting;
            let pause = PAUSE_SECONDS.saturating_mul(2_u32.saturating_pow(refusals)).min(PAUSE_MOST_SECONDS);
            let until = now.plus_seconds(i64::from(problem.retry_after.unwrap_or(pause).max(PAUSE_SECONDS)));
            self.held_until = self.held_until.max(Some(until));
            self.refusals.push((nonce, refusals.saturating_add(1)));
        } else {
            entry.delivery = Delivery::Failed { code: problem.code };
        }
        Some(entry)
    }

    fn forgive(&mut self, nonce: Nonce) {
        self.refusals.retain(|(refused, _)| *refused != nonce);
    }

    /// The connection is gone: nobody will answer what was in flight.
    pub fn connection_lost(&mut self) {
        self.held_until = None;
        for entry in &mut self.entries {
            if matches!(entry.delivery, Delivery::InFlight { .. }) {
                entry.delivery = Delivery::Waiting;
            }
        }
    }

    /// The person tries a failed message again. Returns it as it stands now.
    pub fn retry(&mut self, nonce: Nonce) -> Option<&Outgoing> {
        let entry = self
            .entries
            .iter_mut()
            .find(|entry| entry.nonce == nonce && matches!(entry.delivery, Delivery::Failed { .. }))?;
        entry.delivery = Delivery::Waiting;
        Some(entry)
    }

    /// The person gives a failed message up. Only failed ones: what is on its way may be stored already.
    pub fn discard(&mut self, nonce: Nonce) -> Option<Outgoing> {
        self.get(nonce).filter(|entry| matches!(entry.delivery, Delivery::Failed { .. }))?;
        self.acked(nonce)
    }

    /// Removes every message of a conversation that no longer exists.
    pub fn forget(&mut self, conversation_id: ConversationId) -> Vec<Outgoing> {
        let gone: Vec<Outgoing> =
            self.entries.extract_if(.., |entry| entry.conversation_id == Some(conversation_id)).collect();
        for entry in &gone {
            self.forgive(entry.nonce);
        }
        gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    fn outbox(count: u128) -> Outbox {
        let mut outbox = Outbox::default();
        for number in 1..=count {
            outbox.push(Outgoing::new(samples::nonce(number), None, samples::text("hi"), Timestamp(0)));
        }
        outbox
    }

    fn nonces(frames: &[ClientFrame]) -> Vec<Nonce> {
        frames
            .iter()
            .filter_map(|frame| match frame {
                ClientFrame::SendMessage { nonce, .. } => Some(*nonce),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn one_message_of_a_lane_is_in_flight_at_a_time() {
        let mut outbox = outbox(3);
        assert_eq!(nonces(&outbox.due(Timestamp(0))), [samples::nonce(1)]);
        assert!(outbox.due(Timestamp(1)).is_empty());
        outbox.acked(samples::nonce(1));
        assert_eq!(nonces(&outbox.due(Timestamp(2))), [samples::nonce(2)]);
    }

    #[test]
    fn lanes_do_not_wait_for_each_other() {
        let mut outbox = Outbox::default();
        for (number, lane) in [(1, 7), (2, 7), (3, 8)] {
            let lane = Some(samples::conversation_id(lane));
            outbox.push(Outgoing::new(samples::nonce(number), lane, samples::text("hi"), Timestamp(0)));
        }
        assert_eq!(nonces(&outbox.due(Timestamp(0))), [samples::nonce(1), samples::nonce(3)]);
    }

    #[test]
    fn busy_holds_the_lane_and_keeps_the_order() {
        let mut outbox = outbox(2);
        outbox.due(Timestamp(0));
        outbox.rejected(samples::nonce(1), &Problem::rate_limited(3), Timestamp(0));
        assert!(outbox.due(Timestamp(2_999)).is_empty());
        assert_eq!(outbox.wake_at(), Some(Timestamp(3_000)));
        assert_eq!(nonces(&outbox.due(Timestamp(3_000))), [samples::nonce(1)]);
    }

    #[test]
    fn a_refusal_for_good_lets_the_next_pass_and_can_be_tried_again() {
        let mut outbox = outbox(2);
        outbox.due(Timestamp(0));
        outbox.rejected(samples::nonce(1), &Problem::new(ErrorCode::ChannelDisabled, ""), Timestamp(0));
        assert_eq!(nonces(&outbox.due(Timestamp(0))), [samples::nonce(2)]);
        assert!(outbox.discard(samples::nonce(2)).is_none());
        assert!(outbox.retry(samples::nonce(1)).is_some());
        assert!(outbox.discard(samples::nonce(1)).is_none());
        outbox.acked(samples::nonce(2));
        assert_eq!(nonces(&outbox.due(Timestamp(0))), [samples::nonce(1)]);
    }

    #[test]
    fn a_failing_server_is_asked_again_ever_more_slowly_and_not_for_ever() {
        let mut outbox = outbox(2);
        let problem = Problem::new(ErrorCode::Internal, "");
        let mut now = Timestamp(0);
        let mut waits = Vec::new();
        while let [frame] = outbox.due(now).as_slice() {
            assert_eq!(nonces(std::slice::from_ref(frame)), [samples::nonce(1)]);
            outbox.rejected(samples::nonce(1), &problem, now);
            let Some(until) =
                outbox.wake_at().filter(|_| outbox.get(samples::nonce(1)).unwrap().delivery == Delivery::Waiting)
            else {
                break;
            };
            waits.push(until.millis_since(now) / 1_000);
            now = until;
        }
        assert_eq!(waits, [1, 2, 4, 8, 16]);
        assert_eq!(nonces(&outbox.due(now)), [samples::nonce(2)]);
    }

    #[test]
    fn what_other_lanes_come_to_does_not_keep_a_breaking_message_alive() {
        let mut outbox = Outbox::default();
        let (breaking, fine) = (samples::conversation_id(7), samples::conversation_id(8));
        outbox.push(Outgoing::new(samples::nonce(1), Some(breaking), samples::text("breaks"), Timestamp(0)));
        let mut now = Timestamp(0);
        for number in 2..20 {
            outbox.push(Outgoing::new(samples::nonce(number), Some(fine), samples::text("fine"), now));
            for nonce in nonces(&outbox.due(now)) {
                if nonce == samples::nonce(1) {
                    outbox.rejected(nonce, &Problem::new(ErrorCode::Internal, ""), now);
                } else {
                    outbox.acked(nonce);
                }
            }
            now = outbox.wake_at().unwrap_or(now);
        }
        assert_eq!(outbox.get(samples::nonce(1)).unwrap().delivery, Delivery::Failed { code: ErrorCode::Internal });
        assert_eq!(outbox.entries().len(), 1);
    }

    #[test]
    fn a_busy_server_is_asked_for_as_long_as_it_takes() {
        for code in [ErrorCode::Busy, ErrorCode::Unavailable, ErrorCode::RateLimited] {
            let mut outbox = outbox(1);
            let mut now = Timestamp(0);
            for _ in 0..50 {
                assert_eq!(outbox.due(now).len(), 1);
                outbox.rejected(samples::nonce(1), &Problem::new(code, ""), now);
                now = outbox.wake_at().unwrap();
            }
            assert_eq!(outbox.due(now).len(), 1, "{code:?}");
        }
    }

    #[test]
    fn a_lost_connection_resends_and_an_unanswered_message_means_a_lost_connection() {
        let mut outbox = outbox(1);
        outbox.due(Timestamp(0));
        assert!(!outbox.is_overdue(Timestamp(ANSWER_WITHIN_MILLIS - 1)));
        assert!(outbox.is_overdue(Timestamp(ANSWER_WITHIN_MILLIS)));
        outbox.connection_lost();
        assert!(!outbox.is_overdue(Timestamp(ANSWER_WITHIN_MILLIS)));
        assert_eq!(nonces(&outbox.due(Timestamp(5))), [samples::nonce(1)]);
    }

    #[test]
    fn a_reload_keeps_the_order_even_within_one_millisecond() {
        let mut before = outbox(5);
        before.due(Timestamp(0));
        let mut kept = before.entries().to_vec();
        kept.reverse();
        let mut after = Outbox::default();
        after.restore(kept.clone());
        after.restore(kept);
        let order: Vec<Nonce> = after.entries().iter().map(|entry| entry.nonce).collect();
        assert_eq!(order, (1..=5).map(samples::nonce).collect::<Vec<_>>());
        assert_eq!(nonces(&after.due(Timestamp(9))), [samples::nonce(1)]);
    }
}
