//! What waits to be said to the other servers.
//!
//! **Invariants**: putting something in never waits; what is in it is bounded, in number and in bytes. Everything that must arrive has
//! a number, also what there is no room for: others notice by the numbers that something is missing.

use super::wire::Item;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Items that wait at most.
const WAITING_MAX: usize = 20_000;
/// Bytes that wait at most.
const BYTES_MAX: usize = 32 * 1024 * 1024;
/// With so many waiting, what is only passing is left out.
const PASSING_MAX: usize = 1_000;
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
}

#[derive(Debug)]
struct State {
    waiting: VecDeque<(u64, Item)>,
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
    pub(super) fn push(&self, items: impl IntoIterator<Item = Item>) -> u64 {
        let mut dropped = 0;
        let mut state = self.lock();
        for item in items {
            let number = state.next;
            state.next = number.saturating_add(1);
            let bytes = item.bytes();
            if state.waiting.len() < WAITING_MAX && state.bytes.saturating_add(bytes) <= BYTES_MAX {
                state.bytes = state.bytes.saturating_add(bytes);
                state.waiting.push_back((number, item));
            } else {
                dropped += 1;
            }
        }
        drop(state);
        self.wake.notify_one();
        dropped
    }

    /// Adds what is only passing, if there is much room.
    pub(super) fn offer(&self, item: Item) {
        let mut state = self.lock();
        if state.waiting.len() >= PASSING_MAX {
            return;
        }
        let number = state.next;
        state.next = number.saturating_add(1);
        state.bytes = state.bytes.saturating_add(item.bytes());
        state.waiting.push_back((number, item));
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
    pub(super) fn take(&self) -> Batch {
        let mut state = self.lock();
        let first = state.waiting.front().map_or(state.next, |(number, _)| *number);
        let mut batch = Batch { first, items: Vec::new() };
        let (mut number, mut bytes) = (first, 0_usize);
        while let Some((front, item)) = state.waiting.front() {
            let size = item.bytes();
            let full = bytes.saturating_add(size) > PACKET_BYTES || batch.items.len() >= PACKET_ITEMS;
            if *front != number || (full && !batch.items.is_empty()) {
                break;
            }
            if let Some((_, item)) = state.waiting.pop_front() {
                state.bytes = state.bytes.saturating_sub(size);
                bytes = bytes.saturating_add(size);
                number = number.saturating_add(1);
                batch.items.push(item);
            }
        }
        if state.waiting.is_empty() {
            // What a hard time took is given back.
            state.waiting = VecDeque::new();
        }
        batch
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
    use types::id::{AgentId, SessionId};
    use uuid::Uuid;

    fn item(number: u128) -> Item {
        Item::AgentChanged(AgentId(Uuid::from_u128(number)))
    }

    #[test]
    fn items_come_out_in_order_and_numbered() {
        let outbox = Outbox::default();
        assert_eq!(outbox.take(), Batch { first: 1, items: vec![] });
        assert_eq!(outbox.push([item(1), item(2)]), 0);
        outbox.offer(Item::Uncertain);
        assert_eq!(outbox.take(), Batch { first: 1, items: vec![item(1), item(2), Item::Uncertain] });
        outbox.push([item(4)]);
        assert_eq!(outbox.take(), Batch { first: 4, items: vec![item(4)] });
        assert_eq!(outbox.take(), Batch { first: 5, items: vec![] });
    }

    #[test]
    fn what_there_is_no_room_for_leaves_a_gap_in_the_numbers() {
        let outbox = Outbox::default();
        assert_eq!(outbox.push((0..WAITING_MAX).map(|_| Item::Uncertain)), 0);
        assert_eq!(outbox.push([item(1)]), 1);
        outbox.offer(Item::Uncertain);
        let mut next = 1;
        loop {
            let batch = outbox.take();
            assert!(batch.items.len() <= PACKET_ITEMS);
            if batch.items.is_empty() {
                assert_eq!(batch.first, next + 1, "the sign of life tells of the one that is missing at the end");
                break;
            }
            assert_eq!(batch.first, next);
            next += u64::try_from(batch.items.len()).unwrap();
        }
        assert_eq!(outbox.push([item(2)]), 0);
        assert_eq!(outbox.take(), Batch { first: next + 1, items: vec![item(2)] });
    }

    #[test]
    fn a_packet_ends_where_numbers_are_missing() {
        let outbox = Outbox::default();
        outbox.push([item(1)]);
        outbox.lock().next = 5;
        outbox.push([item(2)]);
        assert_eq!(outbox.take(), Batch { first: 1, items: vec![item(1)] });
        assert_eq!(outbox.take(), Batch { first: 5, items: vec![item(2)] });
    }

    #[test]
    fn what_is_large_goes_alone_and_bytes_are_bounded() {
        let outbox = Outbox::default();
        let sessions = |count: usize| Item::SessionsEnded(vec![SessionId(Uuid::nil()); count]);
        let large = PACKET_BYTES / 40 + 1;
        outbox.push([item(1), sessions(large), item(2)]);
        assert_eq!(outbox.take().items, [item(1)]);
        assert_eq!(outbox.take().items, [sessions(large)]);
        assert_eq!(outbox.take().items, [item(2)]);
        assert_eq!(outbox.push([sessions(BYTES_MAX / 40 + 1)]), 1);
        assert_eq!(outbox.lock().bytes, 0);
    }

    #[test]
    fn what_is_only_passing_takes_no_room_from_what_must_arrive() {
        let outbox = Outbox::default();
        for _ in 0..PASSING_MAX + 10 {
            outbox.offer(Item::Uncertain);
        }
        assert_eq!(outbox.len(), PASSING_MAX);
        assert_eq!(outbox.push([item(1)]), 0);
    }
}
