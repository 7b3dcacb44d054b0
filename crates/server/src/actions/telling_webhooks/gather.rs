//! From the ledger into the queues of the webhooks.

use crate::error::ApiResult;
use crate::state::AppState;
use crate::webhooks::body;
use std::collections::HashSet;
use store::webhooks::{self, Behind, NewDelivery, Said};
use store::{OrgScope, StoreError};
use types::id::{OrgId, WebhookDeliveryId};

/// Events of one step.
const EVENTS: i64 = 500;
/// A webhook's place is moved past so many events that are none of its own; before that, looking at them again costs less than a write.
const LAG: i64 = 200;
/// What is older than so many days is told nobody any more: the webhook was paused for longer.
const DAYS: i64 = 3;

/// Gathers what the webhooks of these organisations, or of all, are to be told. One that fails keeps no other one waiting, and its
/// error is the answer.
pub(super) async fn gather(state: &AppState, orgs: Option<&HashSet<OrgId>>) -> ApiResult<()> {
    let (mut outcome, mut after) = (Ok(()), None);
    loop {
        let behind = webhooks::behind(state.db.reader(), orgs, after).await?;
        let Some(last) = behind.last() else { return outcome };
        after = Some(last.id);
        for one in behind {
            outcome = catch_up(state, one).await.and(outcome);
        }
    }
}

/// Brings one webhook to the end of the ledger, as far as it was known; or as far as there is room.
async fn catch_up(state: &AppState, mut behind: Behind) -> ApiResult<()> {
    while behind.place < behind.until {
        let until = behind.until.min(behind.place.saturating_add(EVENTS));
        let scope = OrgScope::new(behind.org_id);
        let said = webhooks::said(state.db.reader(), scope, (behind.place, until), &behind.events).await?;
        if said.is_empty() && until.saturating_sub(behind.place) < LAG {
            return Ok(());
        }
        let now = state.clock.now();
        let since = now.plus_seconds(DAYS.saturating_mul(-86_400));
        let new = said.into_iter().filter(|said| said.at >= since).filter_map(|said| delivery(state, &behind, said));
        let (new, held): (Vec<NewDelivery>, Behind) = (new.collect(), behind.clone());
        let moved: bool = state
            .write(move |tx| Box::pin(async move { Ok(webhooks::enqueue(tx.conn(), &held, until, new, now).await?) }))
            .await?;
        if !moved {
            return Ok(());
        }
        behind.place = until;
    }
    Ok(())
}

fn delivery(state: &AppState, behind: &Behind, said: Said) -> Option<NewDelivery> {
    let id = state.ids.make(WebhookDeliveryId);
    let head = body::Head { id, org_id: behind.org_id, at: said.at };
    let body = body::of_event(head, &said.kind, &said.payload, behind.includes_contact_details);
    if body.is_none() {
        let error = StoreError::Corrupt { what: "event" };
        tracing::warn!(
            event.seq = said.seq,
            error.cause = error.chain(),
            "an event of another version is told no webhook"
        );
    }
    Some(NewDelivery { id, event_seq: said.seq, kind: said.kind, conversation_id: said.conversation_id, body: body? })
}
