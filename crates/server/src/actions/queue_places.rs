//! Telling visitors who wait where in the queue they stand.
//!
//! The server that commits a step of a queue reads its places once, for everybody in it, and tells them on every server. Steps gather for a
//! moment, so that a rush costs two reads of the database a second and organisation, however many wait. Told is what has changed; a socket
//! is told as it is let in, because it has heard nothing of what moved before.
//!
//! **Invariants**: what has moved is kept until it has been told; and what is kept and remembered of an organisation is bounded.

use crate::realtime::bus::Passing;
use crate::state::AppState;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use std::collections::{HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::assignment::{self, QueuePlace};
use store::{Audience, CommittedEvent, OrgScope, StoreError, channels};
use tokio::sync::Notify;
use types::id::{ConversationId, OrgId};
use types::limits::QUEUE_TOLD_MAX;
use types::ws::ServerFrame;

/// How long steps gather.
const GATHER: Duration = Duration::from_millis(500);

/// Conversations of an organisation that are kept in mind one by one.
const MOVED_MAX: usize = 1_000;

/// What may have left the queue of an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Moved {
    /// These conversations.
    These(HashSet<ConversationId>),
    /// More than are kept in mind.
    Anything,
}

impl Default for Moved {
    fn default() -> Self {
        Self::These(HashSet::new())
    }
}

impl Moved {
    fn add(&mut self, more: impl IntoIterator<Item = ConversationId>) {
        if let Self::These(these) = self {
            these.extend(more);
            if these.len() > MOVED_MAX {
                *self = Self::Anything;
            }
        }
    }

    fn join(&mut self, other: Self) {
        match other {
            Self::These(these) => self.add(these),
            Self::Anything => *self = Self::Anything,
        }
    }
}

#[derive(Debug, Default)]
struct OfOrganisation {
    /// What has moved and has not been told; nothing where nothing has.
    moved: Option<Moved>,
    /// Which places were told last, by this server or by another.
    told: HashMap<ConversationId, i64>,
}

/// Where places in the queue may be others, and which were told.
#[derive(Debug, Default)]
pub(crate) struct Places {
    organisations: Mutex<HashMap<OrgId, OfOrganisation>>,
    has_moved: Notify,
}

impl Places {
    /// Something was committed that may be a step of the queue.
    pub(super) fn note(&self, event: &CommittedEvent) {
        let may_leave = matches!(event.kind, "conversation_assigned" | "conversation_closed" | "conversation_reopened");
        let moves_others = matches!(
            event.kind,
            "conversation_created" | "conversation_deleted" | "contact_blocked" | "channel_deleted"
        );
        if may_leave || moves_others {
            let these = event.conversation_id.filter(|_| may_leave).into_iter().collect();
            self.keep(event.org_id, Moved::These(these));
        }
    }

    /// Keeps in mind what is still to be told.
    fn keep(&self, org: OrgId, moved: Moved) {
        self.lock().entry(org).or_default().moved.get_or_insert_default().join(moved);
        self.has_moved.notify_one();
    }

    /// Waits until places may be others, lets more of that gather for a moment, and takes it.
    async fn moved(&self, gather: Duration) -> Vec<(OrgId, Moved)> {
        self.has_moved.notified().await;
        tokio::time::sleep(gather).await;
        self.lock().iter_mut().filter_map(|(org, of_org)| Some((*org, of_org.moved.take()?))).collect()
    }

    /// Which of these places are news. They are remembered as told, and all others are forgotten: who is not among them waits no more.
    fn news(&self, org: OrgId, places: Vec<QueuePlace>) -> Vec<QueuePlace> {
        let mut organisations = self.lock();
        let before = organisations.get_mut(&org).map(|of_org| std::mem::take(&mut of_org.told)).unwrap_or_default();
        let mut told = HashMap::new();
        let news = places.into_iter().filter(|place| {
            let Some(ahead) = place.ahead else { return true };
            told.insert(place.conversation_id, ahead);
            before.get(&place.conversation_id) != Some(&ahead)
        });
        let news = news.collect();
        let of_org = organisations.entry(org).or_default();
        of_org.told = told;
        if of_org.told.is_empty() && of_org.moved.is_none() {
            organisations.remove(&org);
        }
        news
    }

    /// Another server has told a place.
    pub(crate) fn told_elsewhere(&self, org: OrgId, text: &str) {
        // Most of what passes is about writing, and comes for every key.
        if !text.starts_with(r#"{"type":"queue""#) {
            return;
        }
        let Ok(ServerFrame::Queue { conversation_id, ahead }) = serde_json::from_str(text) else { return };
        let mut organisations = self.lock();
        match ahead {
            Some(ahead) => {
                let told = &mut organisations.entry(org).or_default().told;
                // Whoever tells more than is told at once is forgotten at the next step here.
                if told.len() < MOVED_MAX {
                    told.insert(conversation_id, ahead);
                }
            }
            None => {
                if let Some(of_org) = organisations.get_mut(&org) {
                    of_org.told.remove(&conversation_id);
                    if of_org.told.is_empty() && of_org.moved.is_none() {
                        organisations.remove(&org);
                    }
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<OrgId, OfOrganisation>> {
        self.organisations.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells places for as long as the server runs.
pub fn tell_places(state: AppState) -> BoxFuture<'static, ()> {
    Box::pin(async move {
        let places = state.queues.places();
        loop {
            for (org, moved) in places.moved(GATHER).await {
                // A panic must not end it for good. What was not told is told in the next round.
                let told = AssertUnwindSafe(tell(&state, org, &moved)).catch_unwind().await;
                if let Err(error) = told.unwrap_or(Err(StoreError::Interrupted)) {
                    tracing::warn!(error.cause = error.chain(), "places in the queue were not told; it is tried again");
                    places.keep(org, moved);
                }
            }
        }
    })
}

async fn tell(state: &AppState, org: OrgId, moved: &Moved) -> Result<(), StoreError> {
    let (reader, scope) = (state.db.reader(), OrgScope::new(org));
    let these: Vec<ConversationId> = match moved {
        Moved::These(these) => these.iter().copied().collect(),
        Moved::Anything => Vec::new(),
    };
    let places = assignment::places(reader, scope, &these, QUEUE_TOLD_MAX).await?;
    if *moved == Moved::Anything {
        // Who waits no more is not known one by one: all fetch where they stand, as after anything that was lost.
        for channel in channels::list(reader, scope).await? {
            let audience = Audience::channel(channel.id);
            state.bus.pass(Passing::new(org, audience, None, &ServerFrame::Resync {}));
        }
    }
    for QueuePlace { conversation_id, audience, ahead } in state.queues.places().news(org, places) {
        state.bus.pass(Passing::new(org, audience, None, &ServerFrame::Queue { conversation_id, ahead }));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use types::id::ContactId;
    use uuid::Uuid;

    fn place(id: u128, ahead: Option<i64>) -> QueuePlace {
        let audience = Audience::visitor(ContactId(Uuid::from_u128(id)));
        QueuePlace { conversation_id: ConversationId(Uuid::from_u128(id)), audience, ahead }
    }

    fn org() -> OrgId {
        OrgId(Uuid::from_u128(1))
    }

    #[test]
    fn only_what_has_changed_is_told_by_whichever_server() {
        let places = Places::default();
        let first = vec![place(1, Some(0)), place(2, Some(1))];
        assert_eq!(places.news(org(), first.clone()), first);
        assert_eq!(places.news(org(), first.clone()), []);
        // Another server has told something else meanwhile: it is told as it is now.
        let elsewhere = ServerFrame::Queue { conversation_id: place(2, None).conversation_id, ahead: Some(5) };
        places.told_elsewhere(org(), &serde_json::to_string(&elsewhere).unwrap());
        assert_eq!(places.news(org(), first), [place(2, Some(1))]);
        let left = vec![place(2, Some(0)), place(1, None)];
        assert_eq!(places.news(org(), left.clone()), left);
        // Who is forgotten is told anew when they come back to the same place; and nothing is kept of whom nobody waits for.
        assert_eq!(places.news(org(), vec![place(1, Some(0))]), [place(1, Some(0))]);
        assert_eq!(places.news(org(), Vec::new()), []);
        assert!(places.lock().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_not_told_is_kept_and_there_is_an_end_to_it() {
        let places = Places::default();
        let id = |number: u128| ConversationId(Uuid::from_u128(number));
        let some = |numbers: std::ops::Range<u128>| Moved::These(numbers.map(id).collect());
        places.keep(org(), some(0..3));
        let taken = places.moved(GATHER).await;
        assert_eq!(taken, [(org(), some(0..3))]);
        // The store was not there: it comes back, with what has moved since.
        places.keep(org(), some(3..5));
        places.keep(org(), some(0..3));
        assert_eq!(places.moved(GATHER).await, [(org(), some(0..5))]);
        let most = u128::try_from(MOVED_MAX).unwrap();
        places.keep(org(), some(0..most));
        places.keep(org(), some(most..most + 1));
        places.keep(org(), some(0..1));
        assert_eq!(places.moved(GATHER).await, [(org(), Moved::Anything)]);
    }
}
