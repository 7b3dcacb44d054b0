//! Telling visitors who wait where in the queue they stand.
//!
//! The server that commits a step of a queue reads its places once, for everybody in it, and tells them on every server. Steps gather for a
//! moment, so that a rush costs two reads of the database a second and organisation, however many wait.

use crate::actions::assigning::Queues;
use crate::realtime::bus::Passing;
use crate::state::AppState;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use store::assignment::{self, QueuePlace};
use store::{OrgScope, StoreError};
use types::id::{ConversationId, OrgId};
use types::limits::QUEUE_TOLD_MAX;
use types::ws::ServerFrame;

/// How long steps gather.
const GATHER: Duration = Duration::from_millis(500);

/// Tells places for as long as the server runs.
pub fn tell_places(state: AppState) -> BoxFuture<'static, ()> {
    Box::pin(async move {
        loop {
            for (org, moved) in Queues::moved(&state.queues, GATHER).await {
                let moved: Vec<ConversationId> = moved.into_iter().collect();
                // A panic must not end it for good. Places that were not told the
                // next step tells; that somebody waits no more, only the session when it is opened again.
                let told = AssertUnwindSafe(tell(&state, org, &moved)).catch_unwind().await;
                if let Err(error) = told.unwrap_or(Err(StoreError::Interrupted)) {
                    tracing::warn!(error.cause = error.chain(), "places in the queue were not told");
                }
            }
        }
    })
}

async fn tell(state: &AppState, org: OrgId, moved: &[ConversationId]) -> Result<(), StoreError> {
    let places = assignment::places(state.db.reader(), OrgScope::new(org), moved, QUEUE_TOLD_MAX).await?;
    for QueuePlace { conversation_id, audience, ahead } in places {
        state.bus.pass(Passing::new(org, audience, None, &ServerFrame::Queue { conversation_id, ahead }));
    }
    Ok(())
}
