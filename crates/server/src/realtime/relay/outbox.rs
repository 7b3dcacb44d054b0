//! What waits to be said to the other servers.
//!
//! **Invariants**: putting something in never waits; what is in it is bounded, in number and in bytes. Everything that must arrive has
//! a number, also what there is no room for: others notice by the numbers that something is missing. What is only passing is not
//! said once it is late.

use super::wire::Item;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// Items that wait at most.
const WAITING_MAX: usize = 20_000;
/// Bytes that wait at most.
const BYTES_MAX: usize = 32 * 1024 * 1024;
/// With so many waiting, what is only passing is left out.
const PASSING_MAX: usize = 1_000;
/// What is only passing is late after so long: whoever writes says so every three seconds, and is believed for eight.
const PASSING_FRESH: Duration = Duration::from_secs(4);
/// Bytes of one packet, unless one item has more.
const PACKET_BYTES: usize = 256 * 1024;
/// Items of one packet.
const PACKET_ITEMS: usize = 512;

/// Items with numbers that follow each other.
#[derive(Debug, PartialEq)]
pub(super) struct Batch {
    /// The first one's number; of a batch without any, the number that comes next.
    pub(super) first: u64,
    pub(super) items: Vec<Item>,
    /// When it was taken out.
    taken: Instant,
}

impl Batch {
    /// Leaves out what is only passing, if the batch could not be published for a while. Numbers stay as they were: some may have
    /// heard it.
    pub(super) fn withhold_what_is_late(&mut self, now: Instant) {
        for item in &mut self.items {
            item.withhold_if_late(self.taken, now);
        }
    }
}

impl Item {
    fn withhold_if_late(&mut self, since: Instant, now: Instant) {
        if matches!(self, Self::Passing(_)) && now.saturating_duration_since(since) >= PASSING_FRESH {
            *self = Self::nothing();
        }
    }
}

#[derive(Debug)]
struct Waiting {
    number: u64,
    item: Item,
    since: Instant,
}

#[derive(Debug)]
struct State {
    waiting: VecDeque<Waiting>,
    bytes: usize,
    /// The number of the next item.
    next: u64,
}

/// The queue: many writers, one reader.
#[derive(Debug)]
pub(super) struct Outbox {
    state: Mutex<State>,
    wake: Notify,
}

impl Default for Outbox {
    fn default() -> Self {
        let state = State { waiting: VecDeque::new(), bytes: 0, next: 1 };
        Self { state: Mutex::new(state), wake: Notify::new() }
    }
}

impl Outbox {
    /// Adds what must arrive; how many of them there was no room for.
    pub(super) fn push(&self, items: impl IntoIterator<Item = Item>, since: Instant) -> u64 {
        let mut dropped = 0;
        let mut state = self.lock();
        for item in items {
            let number = state.next;
            state.next = number.saturating_add(1);
            let bytes = item.bytes();
            if state.waiting.len() < WAITING_MAX && state.bytes.saturating_add(bytes) <= BYTES_MAX {
                state.bytes = state.bytes.saturating_add(bytes);
                state.waiting.push_back(Waiting { number, item, since });
            } else {
                dropped += 1;
            }
        }
        drop(state);
        self.wake.notify_one();
        dropped
    }

    /// Adds what is only passing, if there is much room.
    pub(super) fn offer(&self, item: Item, since: Instant) {
        let mut state = self.lock();
        if state.waiting.len() >= PASSING_MAX {
            return;
        }
        let number = state.next;
        state.next = number.saturating_add(1);
        state.bytes = state.bytes.saturating_add(item.bytes());
        state.waiting.push_back(Waiting { number, item, since });
        drop(state);
        self.wake.notify_one();
    }

    /// Waits until there is something. Dropping the future loses nothing.
    pub(super) async fn filled(&self) {
        while self.is_empty() {
            self.wake.notified().await;
        }
    }

    /// Takes what makes up the next packet, perhaps nothing.
    pub(super) fn take(&self, now: Instant) -> Batch {
        let mut state = self.lock();
        let first = state.waiting.front().map_or(state.next, |front| front.number);
        let mut batch = Batch { first, items: Vec::new(), taken: now };
        let (mut number, mut bytes) = (first, 0_usize);
        while let Some(front) = state.waiting.front() {
            let size = front.item.bytes();
            let full = bytes.saturating_add(size) > PACKET_BYTES || batch.items.len() >= PACKET_ITEMS;
            if front.number != number || (full && !batch.items.is_empty()) {
                break;
            }
            if let Some(Waiting { mut item, since, .. }) = state.waiting.pop_front() {
                state.bytes = state.bytes.saturating_sub(size);
                bytes = bytes.saturating_add(size);
                number = number.saturating_add(1);
                item.withhold_if_late(since, now);
                batch.items.push(item);
            }
        }
        if state.waiting.is_empty() {
            // What a hard time took is given back.
            state.waiting = VecDeque::new();
        }
        batch
    }

    /// The number of what is put in next.
    pub(super) fn next(&self) -> u64 {
        self.lock().next
    }

    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.lock().waiting.is_empty()
    }

    /// How many items wait.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.lock().waiting.len()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::realtime::bus::Passing;
    use store::{AgentAudience, Audience};
    use types::id::{AgentId, ConversationId, OrgId, SessionId};
    use types::messages::Author;
    use types::ws::ServerFrame;
    use uuid::Uuid;

    fn item(number: u128) -> Item {
        Item::AgentChanged(AgentId(Uuid::from_u128(number)))
    }

    #[test]
    fn items_come_out_in_order_and_numbered() {
        let (outbox, now) = (Outbox::default(), Instant::now());
        assert_eq!(outbox.take(now), Batch { first: 1, items: vec![], taken: now });
        assert_eq!(outbox.push([item(1), item(2)], now), 0);
        outbox.offer(Item::Uncertain, now);
        assert_eq!(outbox.take(now), Batch { first: 1, items: vec![item(1), item(2), Item::Uncertain], taken: now });
        outbox.push([item(4)], now);
        assert_eq!(outbox.take(now), Batch { first: 4, items: vec![item(4)], taken: now });
        assert_eq!(outbox.take(now), Batch { first: 5, items: vec![], taken: now });
    }

    #[test]
    fn what_there_is_no_room_for_leaves_a_gap_in_the_numbers() {
        let (outbox, now) = (Outbox::default(), Instant::now());
        assert_eq!(outbox.push((0..WAITING_MAX).map(|_| Item::Uncertain), now), 0);
        assert_eq!(outbox.push([item(1)], now), 1);
        outbox.offer(Item::Uncertain, now);
        let mut next = 1;
        loop {
            let batch = outbox.take(now);
            assert!(batch.items.len() <= PACKET_ITEMS);
            if batch.items.is_empty() {
                assert_eq!(batch.first, next + 1, "the sign of life tells of the one that is missing at the end");
                break;
            }
            assert_eq!(batch.first, next);
            next += u64::try_from(batch.items.len()).unwrap();
        }
        assert_eq!(outbox.push([item(2)], now), 0);
        assert_eq!(outbox.take(now), Batch { first: next + 1, items: vec![item(2)], taken: now });
    }

    #[test]
    fn a_packet_ends_where_numbers_are_missing() {
        let (outbox, now) = (Outbox::default(), Instant::now());
        outbox.push([item(1)], now);
        outbox.lock().next = 5;
        outbox.push([item(2)], now);
        assert_eq!(outbox.take(now), Batch { first: 1, items: vec![item(1)], taken: now });
        assert_eq!(outbox.take(now), Batch { first: 5, items: vec![item(2)], taken: now });
    }

    #[test]
    fn what_is_large_goes_alone_and_bytes_are_bounded() {
        let (outbox, now) = (Outbox::default(), Instant::now());
        let sessions = |count: usize| Item::SessionsEnded(vec![SessionId(Uuid::nil()); count]);
        let large = PACKET_BYTES / 40 + 1;
        outbox.push([item(1), sessions(large), item(2)], now);
        assert_eq!(outbox.take(now).items, [item(1)]);
        assert_eq!(outbox.take(now).items, [sessions(large)]);
        assert_eq!(outbox.take(now).items, [item(2)]);
        assert_eq!(outbox.push([sessions(BYTES_MAX / 40 + 1)], now), 1);
        assert_eq!(outbox.lock().bytes, 0);
    }

    #[test]
    fn what_is_only_passing_takes_no_room_from_what_must_arrive() {
        let (outbox, now) = (Outbox::default(), Instant::now());
        for _ in 0..PASSING_MAX + 10 {
            outbox.offer(Item::Uncertain, now);
        }
        assert_eq!(outbox.len(), PASSING_MAX);
        assert_eq!(outbox.push([item(1)], now), 0);
    }

    #[test]
    fn what_is_only_passing_is_not_said_once_it_is_late() {
        let (outbox, start) = (Outbox::default(), Instant::now());
        let passing = || {
            let typing = ServerFrame::Typing {
                conversation_id: ConversationId(Uuid::nil()),
                author: Author::Visitor,
                active: true,
                text: None,
            };
            Item::Passing(Passing::new(OrgId(Uuid::nil()), Audience::agents(AgentAudience::Everyone), None, &typing))
        };
        outbox.offer(passing(), start);
        outbox.push([item(2)], start);
        let late = start + PASSING_FRESH;
        outbox.offer(passing(), late);
        let mut batch = outbox.take(late);
        let nothing = Item::SessionsEnded(vec![]);
        assert_eq!(batch.items, [nothing.clone(), item(2), passing()], "which keeps its number");
        batch.withhold_what_is_late(late + PASSING_FRESH / 2);
        assert_eq!(batch.items, [nothing.clone(), item(2), passing()]);
        batch.withhold_what_is_late(late + PASSING_FRESH);
        assert_eq!(batch.items, [nothing.clone(), item(2), nothing]);
    }
}
