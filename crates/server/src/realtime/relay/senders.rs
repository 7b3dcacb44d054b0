//! What was heard of each other server: a pure structure that notices what was lost.
//!
//! **Invariants**: an item is told once, however often it comes; whatever is missing before one that comes, or at the end of what
//! was said, is noticed; whoever falls silent without a farewell is noticed, also when we were deaf for a while; what is remembered
//! is bounded.

use std::collections::HashMap;
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

/// Servers that are remembered at most.
const KNOWN_MAX: usize = 256;
/// Whoever says nothing for so long, although signs of life come every second, may be storing what we do not hear.
const SILENT: Duration = Duration::from_secs(3);
/// Whoever has been silent for so long has gone: its agents are believed to be gone as well.
pub(super) const SILENCE: Duration = Duration::from_secs(15);
/// A server is forgotten after so long; heard again, it is one of which something was missed. What it stores until then is looked
/// for every two seconds, and later as seldom as if nothing were missing.
const FORGOTTEN: Duration = Duration::from_secs(60 * 60);

/// What is new of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Heard {
    /// So many items at its beginning have been told.
    pub(super) skip: usize,
    /// Something is missing before it.
    pub(super) gap: bool,
}

#[derive(Debug)]
struct Sender {
    /// The number that comes next.
    next: u64,
    /// When it was heard last, or could have been heard again.
    at: Instant,
    /// We were deaf since it was heard: what is missing has been looked up already.
    excused: bool,
}

/// The other servers.
#[derive(Debug)]
pub(super) struct Senders {
    known: HashMap<Uuid, Sender>,
    /// Since when everything that is said is heard.
    since: Instant,
}

impl Senders {
    /// Nobody is known yet; from here on everything that is said is heard.
    pub(super) fn listening_since(since: Instant) -> Self {
        Self { known: HashMap::new(), since }
    }

    /// We were deaf, and from here on everything that is said is heard. Whoever was known must be heard again, or is missed.
    pub(super) fn listening_again(&mut self, now: Instant) {
        self.since = now;
        for sender in self.known.values_mut() {
            sender.excused = true;
            sender.at = now;
        }
    }

    /// A packet has come, whose first item has this number, with so many items.
    pub(super) fn heard(&mut self, node: Uuid, first: u64, items: usize, now: Instant) -> Heard {
        let behind = first.saturating_add(u64::try_from(items).unwrap_or(u64::MAX));
        if let Some(sender) = self.known.get_mut(&node) {
            let skip = usize::try_from(sender.next.saturating_sub(first)).unwrap_or(usize::MAX).min(items);
            let gap = first > sender.next && !sender.excused;
            *sender = Sender { next: sender.next.max(behind), at: now, excused: false };
            return Heard { skip, gap };
        }
        if self.known.len() >= KNOWN_MAX {
            let oldest = self.known.iter().min_by_key(|(_, sender)| sender.at).map(|(node, _)| *node);
            oldest.map(|node| self.known.remove(&node));
        }
        self.known.insert(node, Sender { next: behind, at: now, excused: false });
        // Whoever spoke before we listened is heard in the middle. Later on it is one that was forgotten, or whose beginning was lost.
        let gap = first > 1 && now.saturating_duration_since(self.since) > SILENCE;
        Heard { skip: 0, gap }
    }

    /// A server has said farewell: its silence means nothing.
    pub(super) fn gone(&mut self, node: Uuid) {
        self.known.remove(&node);
    }

    /// How many servers have fallen silent without a farewell.
    pub(super) fn silent(&self, now: Instant) -> usize {
        self.known.values().filter(|sender| now.saturating_duration_since(sender.at) >= SILENT).count()
    }

    /// How many servers were heard lately.
    pub(super) fn present(&self, now: Instant) -> usize {
        self.known.values().filter(|sender| now.saturating_duration_since(sender.at) < SILENCE).count()
    }

    /// Forgets whoever has been silent for very long.
    pub(super) fn forget(&mut self, now: Instant) {
        self.known.retain(|_, sender| now.saturating_duration_since(sender.at) < FORGOTTEN);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NODE: Uuid = Uuid::from_u128(1);

    fn heard(skip: usize, gap: bool) -> Heard {
        Heard { skip, gap }
    }

    #[test]
    fn whoever_spoke_before_is_heard_in_the_middle_and_no_gap_is_seen() {
        let now = Instant::now();
        let mut senders = Senders::listening_since(now);
        assert_eq!(senders.heard(NODE, 500, 2, now), heard(0, false));
        assert_eq!(senders.heard(NODE, 502, 1, now), heard(0, false));
    }

    #[test]
    fn one_that_is_missing_is_noticed_by_the_next_or_by_a_sign_of_life() {
        let now = Instant::now();
        let mut senders = Senders::listening_since(now);
        senders.heard(NODE, 1, 1, now);
        assert_eq!(senders.heard(NODE, 3, 1, now), heard(0, true));
        assert_eq!(senders.heard(NODE, 4, 0, now), heard(0, false));
        assert_eq!(senders.heard(NODE, 5, 0, now), heard(0, true), "4 was the last one");
        assert_eq!(senders.heard(NODE, 5, 0, now), heard(0, false), "which is said once");
    }

    #[test]
    fn what_comes_again_is_skipped() {
        let now = Instant::now();
        let mut senders = Senders::listening_since(now);
        senders.heard(NODE, 1, 3, now);
        assert_eq!(senders.heard(NODE, 1, 3, now), heard(3, false));
        assert_eq!(senders.heard(NODE, 2, 4, now), heard(2, false));
        assert_eq!(senders.heard(NODE, 1, 0, now), heard(0, false));
    }

    #[test]
    fn a_server_that_starts_anew_is_another_and_one_whose_beginning_is_missing_is_noticed() {
        let start = Instant::now();
        let later = start + SILENCE + Duration::from_secs(1);
        let mut senders = Senders::listening_since(start);
        assert_eq!(senders.heard(NODE, 1, 1, later), heard(0, false));
        assert_eq!(senders.heard(Uuid::from_u128(2), 1, 0, later), heard(0, false));
        assert_eq!(senders.heard(Uuid::from_u128(3), 2, 1, later), heard(0, true));
    }

    #[test]
    fn who_is_silent_is_gone_and_who_is_forgotten_is_not_trusted() {
        let start = Instant::now();
        let mut senders = Senders::listening_since(start);
        senders.heard(NODE, 7, 1, start);
        assert_eq!(senders.present(start), 1);
        assert_eq!(senders.present(start + SILENCE), 0);
        senders.forget(start + SILENCE);
        assert_eq!(senders.heard(NODE, 9, 0, start + SILENCE), heard(0, true), "it is still known where it stood");
        senders.forget(start + SILENCE + FORGOTTEN);
        assert!(senders.known.is_empty());
        assert_eq!(senders.heard(NODE, 9, 1, start + SILENCE + FORGOTTEN), heard(0, true));
    }

    #[test]
    fn whoever_falls_silent_is_missed_until_it_is_heard_or_forgotten_and_whoever_says_farewell_is_not() {
        let start = Instant::now();
        let [one, two] = [1, 2].map(Uuid::from_u128);
        let mut senders = Senders::listening_since(start);
        assert_eq!(senders.silent(start + SILENT), 0, "nobody is known");
        senders.heard(one, 1, 0, start);
        senders.heard(two, 1, 0, start);
        assert_eq!(senders.silent(start + SILENT / 2), 0);
        senders.gone(two);
        assert_eq!(senders.silent(start + SILENT), 1);
        senders.forget(start + FORGOTTEN / 2);
        assert_eq!(senders.silent(start + FORGOTTEN / 2), 1, "it may be storing still");
        senders.heard(one, 1, 0, start + FORGOTTEN / 2);
        assert_eq!(senders.silent(start + FORGOTTEN / 2), 0);
        senders.forget(start + FORGOTTEN * 2);
        assert_eq!(senders.silent(start + FORGOTTEN * 2), 0);
    }

    #[test]
    fn whoever_is_not_heard_again_after_we_were_deaf_is_missed() {
        let start = Instant::now();
        let [one, two] = [1, 2].map(Uuid::from_u128);
        let mut senders = Senders::listening_since(start);
        senders.heard(one, 1, 1, start);
        senders.heard(two, 1, 1, start);
        let again = start + SILENCE;
        senders.listening_again(again);
        assert_eq!(senders.silent(again), 0, "it could not be heard");
        assert_eq!(senders.heard(one, 9, 1, again + SILENT / 2), heard(0, false), "everything was in doubt anyway");
        assert_eq!(senders.heard(one, 11, 1, again + SILENT / 2), heard(0, true), "and now nothing is");
        assert_eq!(senders.silent(again + SILENT), 1);
        assert_eq!(senders.heard(two, 1, 2, again + SILENT), heard(1, false), "what comes again is known still");
    }

    #[test]
    fn of_very_many_the_one_that_was_heard_longest_ago_is_forgotten() {
        let start = Instant::now();
        let mut senders = Senders::listening_since(start);
        let many = u128::try_from(KNOWN_MAX).unwrap() + 1;
        for (node, at) in (0..many).zip(0_u64..) {
            senders.heard(Uuid::from_u128(node), 1, 0, start + Duration::from_millis(at));
        }
        assert_eq!(senders.known.len(), KNOWN_MAX);
        assert!(!senders.known.contains_key(&Uuid::from_u128(0)));
    }

    proptest! {
        /// Packets of 1 to 3 items are lost, come twice, or come later than others: each item is told at most once, and one that is
        /// told after one that is missing comes with a gap.
        #[test]
        fn nothing_is_told_twice_or_missing_in_silence(
            sizes in proptest::collection::vec(0_usize..4, 1..40),
            way in proptest::collection::vec((any::<prop::sample::Index>(), 0_u8..10), 1..120),
        ) {
            let now = Instant::now();
            let mut senders = Senders::listening_since(now);
            let mut packets = Vec::new();
            let mut first = 1;
            for size in &sizes {
                packets.push((first, *size));
                first += u64::try_from(*size).unwrap();
            }
            senders.heard(NODE, 1, 0, now);
            let (mut told, mut excused) = (std::collections::BTreeSet::new(), 0);
            let mut next = 0;
            for (which, what) in way {
                // Mostly in order; now and then one is left out, and now and then an old one comes again.
                let (first, size) = match what {
                    0 => packets[which.index(packets.len())],
                    1 => { next += 1; continue }
                    _ => match packets.get(next) { Some(packet) => { next += 1; *packet } None => break },
                };
                let Heard { skip, gap } = senders.heard(NODE, first, size, now);
                let size = u64::try_from(size).unwrap();
                if gap { excused = first }
                for number in first + u64::try_from(skip).unwrap()..first + size {
                    prop_assert!(told.insert(number), "{number} is told twice");
                    let missing = (excused.max(1)..number).find(|before| !told.contains(before));
                    prop_assert!(missing.is_none(), "{missing:?} is missing before {number}");
                }
            }
        }
    }
}
