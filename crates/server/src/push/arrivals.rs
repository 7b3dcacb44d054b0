//! The conversations in which something was said lately, and the notes that mention somebody, for whoever pushes.
//!
//! **Invariants**: whoever says so waits for nobody, so that the writer can; and there are never more than [`WAITING_MAX`] of the
//! ones and [`NOTES_MAX`] of the others, however slow the database or a push service is.

use crate::clock::Clock;
use crate::metrics::Metrics;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::CommittedEvent;
use tokio::sync::Notify;
use types::events::Event;
use types::id::{ConversationId, OrgId};
use types::notes::Note;
use types::time::Timestamp;

/// Conversations that wait at most; of more nothing is pushed.
const WAITING_MAX: usize = 10_000;
/// Notes that wait at most: they carry their text.
const NOTES_MAX: usize = 500;

/// A conversation of an organisation.
type Place = (OrgId, ConversationId);

/// What was said lately, and when.
#[derive(Debug, Default)]
pub struct Said {
    /// Where something was said; of several messages the time of the last one.
    pub places: HashMap<Place, Timestamp>,
    /// Notes that mention somebody.
    pub notes: Vec<(OrgId, Note, Timestamp)>,
}

impl Said {
    fn is_empty(&self) -> bool {
        self.places.is_empty() && self.notes.is_empty()
    }

    /// Adds a place; whether there was room.
    fn add(&mut self, place: Place, at: Timestamp) -> bool {
        if let Some(known) = self.places.get_mut(&place) {
            *known = at.max(*known);
            return true;
        }
        let room = self.places.len() < WAITING_MAX;
        if room {
            self.places.insert(place, at);
        }
        room
    }

    /// Adds a note; whether there was room.
    fn add_note(&mut self, note: (OrgId, Note, Timestamp)) -> bool {
        let room = self.notes.len() < NOTES_MAX;
        if room {
            self.notes.push(note);
        }
        room
    }
}

/// What was said lately. A clone shares it.
#[derive(Clone)]
pub struct Arrivals(Arc<Inner>);

struct Inner {
    waiting: Mutex<Waiting>,
    told: Notify,
    clock: Arc<dyn Clock>,
    metrics: Arc<Metrics>,
}

#[derive(Default)]
struct Waiting {
    said: Said,
    /// When the first of it came.
    since: Option<Timestamp>,
}

impl Arrivals {
    /// How long what was said waits to be pushed: a console that is reloaded is back by then, and several messages are one push.
    pub const GATHER_MILLIS: i64 = 2_000;

    /// Nothing yet.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, metrics: Arc<Metrics>) -> Self {
        Self(Arc::new(Inner { waiting: Mutex::default(), told: Notify::new(), clock, metrics }))
    }

    /// An event was committed; what is neither a message nor a note that mentions somebody is left aside.
    pub fn note(&self, event: &CommittedEvent) {
        let Some(conversation_id) = event.conversation_id else { return };
        match event.kind {
            "message_created" => {
                let now = self.0.clock.now();
                let mut waiting = self.lock();
                let had_room = waiting.said.add((event.org_id, conversation_id), now);
                self.begin(waiting, u64::from(!had_room));
            }
            // There are few of them, and the text is not fetched again.
            "note_created" => {
                if let Ok(Event::NoteCreated { note }) = serde_json::from_str(&event.payload)
                    && !note.mentions.is_empty()
                {
                    let now = self.0.clock.now();
                    let mut waiting = self.lock();
                    let had_room = waiting.said.add_note((event.org_id, note, now));
                    self.begin(waiting, u64::from(!had_room));
                }
            }
            _ => {}
        }
    }

    /// Lets what was taken wait again.
    pub fn put(&self, again: Said) {
        let mut dropped = 0;
        let mut waiting = self.lock();
        for (place, at) in again.places {
            dropped += u64::from(!waiting.said.add(place, at));
        }
        for note in again.notes {
            dropped += u64::from(!waiting.said.add_note(note));
        }
        self.begin(waiting, dropped);
    }

    /// Wakes who waits, for the first of several.
    fn begin(&self, mut waiting: MutexGuard<'_, Waiting>, dropped: u64) {
        let first = waiting.since.is_none() && !waiting.said.is_empty();
        if first {
            waiting.since = Some(self.0.clock.now());
        }
        drop(waiting);
        if first {
            self.0.told.notify_one();
        }
        self.0.metrics.pushes.dropped(dropped);
    }

    /// Waits until there is something and it has gathered, and takes it. Dropping the future loses nothing.
    pub async fn due(&self) -> Said {
        loop {
            let since = self.lock().since;
            match since {
                None => self.0.told.notified().await,
                Some(since) => {
                    self.0.clock.sleep_until(since.plus_millis(Self::GATHER_MILLIS)).await;
                    let mut waiting = self.lock();
                    waiting.since = None;
                    return std::mem::take(&mut waiting.said);
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
