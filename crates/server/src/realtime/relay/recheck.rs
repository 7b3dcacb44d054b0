//! Finds out what was missed of what other servers said, and has those fetch it whom it concerns.
//!
//! The ledgers say how far they have come, and the tables who may still listen: what was missed need not be known. While nobody is
//! heard, it is asked every two seconds, so that what is said elsewhere arrives late instead of never.

use super::Relay;
use crate::actions::standing;
use crate::state::AppState;
use futures_util::future::BoxFuture;
use std::sync::atomic::Ordering;
use std::time::Duration;
use store::StoreError;
use tokio::time::{sleep, timeout};

/// How often it is asked while nobody is heard.
const ASKED_EVERY: Duration = Duration::from_secs(2);
/// Between two times at least: many doubts are one question.
const REST: Duration = Duration::from_millis(250);
/// While others are heard nothing is asked without doubt.
const NEVER: Duration = Duration::from_secs(24 * 60 * 60);

/// Looks, when there is doubt, for as long as the server runs.
pub(crate) fn fetch_what_was_missed(state: AppState) -> BoxFuture<'static, ()> {
    Box::pin(async move {
        let Some(relay) = state.bus.relay() else { return };
        loop {
            let wait = if relay.is_listening() { NEVER } else { ASKED_EVERY };
            let told = timeout(wait, relay.doubts.told.notified()).await.is_ok();
            let raised = relay.doubts.raised.load(Ordering::SeqCst);
            let everything = relay.doubts.everything.swap(false, Ordering::SeqCst);
            if let Err(error) = look(&state, relay, told, everything).await {
                tracing::warn!(
                    error.cause = error.chain(),
                    "what was missed could not be looked up; it is tried again"
                );
                if everything {
                    relay.doubt_everything();
                } else {
                    relay.doubt();
                }
                sleep(ASKED_EVERY).await;
            } else {
                relay.doubts.settled.send_replace(raised);
            }
            sleep(REST).await;
        }
    })
}

/// Has everybody fetch, or those in whose organisations something happened that was not told here; then sees to it that nobody listens
/// who may not any more.
async fn look(state: &AppState, relay: &Relay, told: bool, everything: bool) -> Result<(), StoreError> {
    if everything {
        // What is believed from memory may have changed.
        state.sessions.forget_all();
    }
    let asked = standing::cursors(state, &state.hub.organisations()).await;
    let mut missed = everything;
    {
        // Whoever is told to fetch must be told before what comes next, and after it is known what they will find.
        let mut order = relay.order();
        let mut next = Vec::new();
        for (org, cursor) in asked.as_deref().unwrap_or_default() {
            if let Some(ready) = order.level(*org, *cursor) {
                missed = true;
                next.extend(ready);
                if !everything {
                    state.hub.resync_in(*org);
                }
            }
        }
        if everything {
            state.hub.resync_all();
        }
        next.iter().for_each(|event| state.hub.deliver(event));
    }
    asked?;
    if missed || told {
        standing::see_who_may_listen(state).await?;
    }
    Ok(())
}
