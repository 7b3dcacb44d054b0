//! The order of the ledger, over several servers: a pure structure.
//!
//! Events of other servers come over the bus, our own come from the writer, and neither waits for the other. A client that has
//! taken event 6 believes to have 5, so 6 waits here for 5, which is on its way: an organisation's ledger has no gaps.
//!
//! That 5 exists is said by 6, or by the ledger itself when it is asked ([`Order::learn`]). Either way it has time to come: only what
//! has not come by then counts as missed.
//!
//! **Invariants**: of an organisation that is known, events come out in the ledger's order, each once; what is held is bounded, of
//! one organisation and of all together. An organisation in which a console listens is known from the moment that its socket was
//! opened ([`Order::opened`]).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;
use tokio::time::Instant;
use types::id::OrgId;

/// Events of one organisation that wait at most.
const HELD_MAX: usize = 1_000;
/// Bytes that wait at most, of all organisations.
const BYTES_MAX: usize = 32 * 1024 * 1024;
/// Organisations that are remembered although nobody listens in them, at least.
const KNOWN: usize = 50_000;

/// Something that can wait.
pub(super) trait Waits {
    /// About as much memory as it takes.
    fn bytes(&self) -> usize;
}

/// What to do with an event.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Turn<T> {
    /// It is this one's turn, and then that of those which waited for it.
    Now(T, Vec<T>),
    /// It waits.
    Held,
    /// It is from before the organisation was known. Consoles have it, or are told to fetch it.
    Early(T),
    /// It has been told, or those who listen were sent to fetch it.
    Repeated,
    /// Too much waits for one that does not come: all who listen in the organisation must fetch.
    GaveUp,
}

#[derive(Debug)]
struct Ledger<T> {
    /// From here on everything was told, or whoever listened was sent to fetch.
    first: i64,
    /// The place that comes next.
    next: i64,
    /// Everything before this place is committed, as a later event or the ledger has said.
    known: i64,
    held: BTreeMap<i64, T>,
    /// Something before this place is missing, since then.
    missing: Option<(i64, Instant)>,
}

impl<T: Waits> Ledger<T> {
    fn beginning(next: i64) -> Self {
        Self { first: next, next, known: next, held: BTreeMap::new(), missing: None }
    }

    /// Everything before this place is told or fetched. What has waited for that comes out.
    fn told_before(&mut self, place: i64) -> Vec<T> {
        self.next = self.next.max(place);
        let behind = self.held.split_off(&self.next);
        self.held = behind;
        let mut ready = Vec::new();
        while let Some(item) = self.held.remove(&self.next) {
            ready.push(item);
            self.next = self.next.saturating_add(1);
        }
        ready
    }

    /// Says since when something is missing. What is known to be missing later has its own time, which begins when the former has
    /// come: it waits somewhat too long rather than too short.
    fn look(&mut self, now: Instant) {
        self.known = self.known.max(self.next);
        match self.missing {
            Some((place, _)) if self.next < place => {}
            _ => self.missing = (self.next < self.known).then_some((self.known, now)),
        }
    }

    fn is_overdue(&self, patience: Duration, now: Instant) -> bool {
        self.missing.is_some_and(|(_, since)| now.saturating_duration_since(since) >= patience)
    }

    fn bytes(&self) -> usize {
        self.held.values().map(Waits::bytes).fold(0, usize::saturating_add)
    }
}

/// Where every organisation's ledger stands, as told here.
#[derive(Debug)]
pub(super) struct Order<T> {
    ledgers: HashMap<OrgId, Ledger<T>>,
    /// Those in which something is missing. Whatever waits, waits for that.
    waiting: HashSet<OrgId>,
    /// Bytes that wait.
    bytes: usize,
    /// With more than these, those in which nobody listens are forgotten.
    remembered: usize,
}

impl<T> Default for Order<T> {
    fn default() -> Self {
        Self { ledgers: HashMap::new(), waiting: HashSet::new(), bytes: 0, remembered: KNOWN }
    }
}

impl<T: Waits> Order<T> {
    /// An event has come.
    pub(super) fn take(&mut self, org: OrgId, seq: i64, item: T, now: Instant) -> Turn<T> {
        let ledger = self.ledgers.entry(org).or_insert_with(|| Ledger::beginning(seq));
        if seq < ledger.next {
            return if seq < ledger.first { Turn::Early(item) } else { Turn::Repeated };
        }
        let behind = seq.saturating_add(1);
        ledger.known = ledger.known.max(behind);
        if seq > ledger.next {
            let bytes = item.bytes();
            let instead = ledger.held.insert(seq, item).map_or(0, |former| former.bytes());
            self.bytes = self.bytes.saturating_add(bytes).saturating_sub(instead);
            if ledger.held.len() > HELD_MAX || self.bytes > BYTES_MAX {
                self.pass_over(org, now);
                return Turn::GaveUp;
            }
            self.note(org, now);
            return Turn::Held;
        }
        if ledger.missing.is_none() {
            ledger.next = behind;
            return Turn::Now(item, Vec::new());
        }
        let ready = ledger.told_before(behind);
        self.let_go(&ready);
        self.note(org, now);
        Turn::Now(item, ready)
    }

    /// A console was let in which knows the ledger up to `cursor`. Whether it must fetch: what came before the organisation was
    /// known may have come without what stood before it.
    pub(super) fn opened(&mut self, org: OrgId, cursor: i64) -> bool {
        let next = cursor.saturating_add(1);
        let ledger = self.ledgers.entry(org).or_insert_with(|| Ledger::beginning(next));
        next < ledger.first
    }

    /// The ledger has come to `cursor`, as it says itself: what has not been told of that is on its way, or missing. Whether all who
    /// listen must fetch at once, for of this organisation nothing was known.
    pub(super) fn learn(&mut self, org: OrgId, cursor: i64, now: Instant) -> bool {
        let next = cursor.saturating_add(1);
        let Some(ledger) = self.ledgers.get_mut(&org) else {
            self.ledgers.insert(org, Ledger::beginning(next));
            return true;
        };
        ledger.known = ledger.known.max(next);
        self.note(org, now);
        false
    }

    /// All who listen were sent to fetch after the ledger had come to `cursor`: the answer is what waited behind it and comes next.
    pub(super) fn fetched(&mut self, org: OrgId, cursor: i64, now: Instant) -> Vec<T> {
        let next = cursor.saturating_add(1);
        let ledger = self.ledgers.entry(org).or_insert_with(|| Ledger::beginning(next));
        let waited = ledger.bytes();
        let ready = ledger.told_before(next);
        let waits = ledger.bytes();
        self.bytes = self.bytes.saturating_sub(waited).saturating_add(waits);
        self.note(org, now);
        ready
    }

    /// Those in which something has been missing for so long.
    pub(super) fn overdue(&self, patience: Duration, now: Instant) -> Vec<OrgId> {
        let is_overdue = |org: &OrgId| self.ledgers.get(org).is_some_and(|ledger| ledger.is_overdue(patience, now));
        self.waiting.iter().copied().filter(is_overdue).collect()
    }

    /// Waits no longer for what has been missing for so long. Whether something has: then all who listen must fetch.
    pub(super) fn give_up(&mut self, org: OrgId, patience: Duration, now: Instant) -> bool {
        let overdue = self.ledgers.get(&org).is_some_and(|ledger| ledger.is_overdue(patience, now));
        if overdue {
            self.pass_over(org, now);
        }
        overdue
    }

    /// Forgets organisations in which nobody listens and nothing waits, when there are many.
    pub(super) fn tidy(&mut self, listened: impl Fn(OrgId) -> bool) {
        if self.ledgers.len() > self.remembered {
            self.ledgers.retain(|org, ledger| ledger.missing.is_some() || listened(*org));
            self.remembered = self.ledgers.len().saturating_mul(2).max(KNOWN);
        }
    }

    /// Goes on behind everything that is known. Whoever fetches now finds all of it, what waits as well.
    fn pass_over(&mut self, org: OrgId, now: Instant) {
        if let Some(ledger) = self.ledgers.get_mut(&org) {
            self.bytes = self.bytes.saturating_sub(ledger.bytes());
            ledger.held.clear();
            ledger.next = ledger.known;
        }
        self.note(org, now);
    }

    /// These wait no longer.
    fn let_go(&mut self, ready: &[T]) {
        let bytes = ready.iter().map(Waits::bytes).fold(0, usize::saturating_add);
        self.bytes = self.bytes.saturating_sub(bytes);
    }

    /// Notes whether something is missing.
    fn note(&mut self, org: OrgId, now: Instant) {
        let Some(ledger) = self.ledgers.get_mut(&org) else { return };
        ledger.look(now);
        if ledger.missing.is_some() {
            self.waiting.insert(org);
        } else {
            self.waiting.remove(&org);
        }
    }

    /// How many events wait.
    #[cfg(test)]
    fn held(&self) -> usize {
        self.ledgers.values().map(|ledger| ledger.held.len()).sum()
    }
}

#[cfg(test)]
#[path = "order_tests.rs"]
mod tests;
