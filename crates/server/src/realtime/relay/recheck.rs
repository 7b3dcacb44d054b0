//! Finds out what was missed of what other servers said, and has those fetch it whom it concerns.
//!
//! The ledgers say how far they have come, and the tables who may still listen: what was missed need not be known. While somebody is
//! not heard, it is asked every two seconds, so that what is said elsewhere arrives late instead of never; and rarely also when
//! everybody is heard who is known, for nobody knows a server that never reached this Redis. What the ledger has and was not told may
//! be on its way: `order` waits for it, and only what has not come in time is fetched.

use super::{ORDER_PATIENCE, Relay};
use crate::actions::standing;
use crate::state::AppState;
use futures_util::future::BoxFuture;
use std::sync::atomic::Ordering;
use std::time::Duration;
use store::StoreError;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until, timeout};

/// How often it is asked while somebody is not heard.
const ASKED_EVERY: Duration = Duration::from_secs(2);
/// How often it is asked while everybody is.
const ASKED_SELDOM: Duration = Duration::from_secs(60);
/// Between two times at least: many doubts are one question.
const REST: Duration = Duration::from_millis(250);
/// Between two times that everybody has to fetch.
const REST_OF_ALL: Duration = ORDER_PATIENCE;
/// How often it is looked what has waited too long.
const TICK: Duration = Duration::from_millis(250);

/// Looks, when there is doubt, for as long as the server runs.
pub(crate) fn fetch_what_was_missed(state: AppState) -> BoxFuture<'static, ()> {
    Box::pin(async move {
        let Some(relay) = state.bus.relay() else { return };
        // Apart from each other: while the database does not answer, what waits for its turn must not grow.
        tokio::join!(give_up_in_time(&state, relay), look_in_doubt(&state, relay));
    })
}

async fn give_up_in_time(state: &AppState, relay: &Relay) {
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        relay.give_up(&state.hub);
    }
}

async fn look_in_doubt(state: &AppState, relay: &Relay) {
    let mut all_fetched: Option<Instant> = None;
    loop {
        let wait = if relay.hears_everybody() { ASKED_SELDOM } else { ASKED_EVERY };
        let told = timeout(wait, relay.doubts.told.notified()).await.is_ok();
        if relay.doubts.everything.load(Ordering::SeqCst)
            && let Some(at) = all_fetched
        {
            // A Redis that loses much must not have everybody fetch all the time.
            sleep_until(at + REST_OF_ALL).await;
        }
        let raised = relay.doubts.raised.load(Ordering::SeqCst);
        let everything = relay.doubts.everything.swap(false, Ordering::SeqCst);
        if let Err(error) = look(state, relay, told, everything).await {
            tracing::warn!(error.cause = error.chain(), "what was missed could not be looked up; it is tried again");
            if everything {
                relay.doubt_everything();
            } else {
                relay.doubt();
            }
            sleep(ASKED_EVERY).await;
        } else {
            if everything {
                all_fetched = Some(Instant::now());
            }
            relay.doubts.settled.send_replace(raised);
        }
        sleep(REST).await;
    }
}

/// Has everybody fetch, or finds out in whose organisations something happened that has not been told here; then sees to it that
/// nobody listens who may not any more.
async fn look(state: &AppState, relay: &Relay, told: bool, everything: bool) -> Result<(), StoreError> {
    if everything {
        // What is believed from memory may have changed.
        state.sessions.forget_all();
    }
    let mut missed = everything;
    for (org, cursor) in standing::cursors(state, &state.hub.organisations()).await? {
        let now = Instant::now();
        // Whoever is told to fetch must be told before what comes next, and after it is known what they will find. For one
        // organisation after the other: acknowledgements wait for the lock.
        let mut order = relay.order();
        if everything {
            state.hub.resync_in(org);
            order.fetched(org, cursor, now).iter().for_each(|event| state.hub.deliver(event));
        } else if order.learn(org, cursor, now) {
            missed |= state.hub.resync_in(org);
        }
    }
    if missed || told {
        standing::see_who_may_listen(state).await?;
    }
    Ok(())
}
