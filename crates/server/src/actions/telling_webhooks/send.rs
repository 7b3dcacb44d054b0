//! Sending what is due: a few at a time of each webhook, each by whoever has taken it.

use crate::actions::webhooks::{changed, secrets};
use crate::error::ApiResult;
use crate::state::AppState;
use crate::webhooks::{Answered, Post, signing};
use rules::webhooks::{CHANCES, hopeless_since, wait_millis};
use std::collections::{HashMap, HashSet};
use store::webhooks::{self, Attempt, Claimed, Ended, Full};
use store::{Actor, OrgScope};
use tokio::task::{self, JoinError, JoinSet};
use tracing::Instrument;
use types::id::{OrgId, WebhookId};
use types::time::Timestamp;
use types::webhooks::{WebhookFailure, WebhookPause};

/// Requests at a time: of all webhooks, of an organisation's, and of one.
const AT_ONCE: usize = 64;
const AT_ONCE_ORG: usize = 8;
const AT_ONCE_EACH: usize = 4;
/// For so many seconds nobody else sends what somebody has taken. More than a program may take to answer.
const LEASE_SECONDS: i64 = 60;
/// The status that says that nothing is here any more, nor will be.
const GONE: u16 = 410;

/// The deliveries that are under way. Dropping it ends them, and they are sent again when their time is over.
#[derive(Debug, Default)]
pub(super) struct Underway {
    tasks: JoinSet<()>,
    /// To whom each is sent.
    receivers: HashMap<task::Id, (OrgId, WebhookId)>,
}

impl Underway {
    /// Waits until one has ended; for ever when there is none.
    pub(super) async fn one_ends(&mut self) {
        match self.tasks.join_next_with_id().await {
            Some(ended) => self.ended(&ended),
            None => std::future::pending().await,
        }
    }

    fn ended(&mut self, ended: &Result<(task::Id, ()), JoinError>) {
        let id = match ended {
            Ok((id, ())) => *id,
            // It has panicked; its place is free all the same.
            Err(error) => error.id(),
        };
        self.receivers.remove(&id);
    }

    fn count(&self, of: impl Fn(&(OrgId, WebhookId)) -> bool) -> usize {
        self.receivers.values().filter(|receiver| of(receiver)).count()
    }

    /// To whom as much is under way as may be.
    fn full(&self) -> Full {
        let orgs: HashSet<OrgId> = self.receivers.values().map(|(org, _)| *org).collect();
        let webhooks: HashSet<WebhookId> = self.receivers.values().map(|(_, webhook)| *webhook).collect();
        Full {
            orgs: orgs.into_iter().filter(|org| self.count(|(of, _)| of == org) >= AT_ONCE_ORG).collect(),
            webhooks: webhooks.into_iter().filter(|hook| self.count(|(_, of)| of == hook) >= AT_ONCE_EACH).collect(),
        }
    }

    /// Begins to send what is due, as far as there is room.
    pub(super) async fn begin(&mut self, state: &AppState, now: Timestamp) -> ApiResult<()> {
        while let Some(ended) = self.tasks.try_join_next_with_id() {
            self.ended(&ended);
        }
        let mut wanted = Vec::new();
        let mut room = AT_ONCE.saturating_sub(self.tasks.len());
        if room == 0 {
            return Ok(());
        }
        let mut of_orgs = HashMap::<OrgId, usize>::new();
        for of in webhooks::due(state.db.reader(), now, &self.full()).await? {
            let busy = self.count(|(_, webhook)| *webhook == of.1);
            let of_org = of_orgs.entry(of.0).or_insert_with(|| self.count(|(org, _)| *org == of.0));
            let most = AT_ONCE_EACH.saturating_sub(busy).min(AT_ONCE_ORG.saturating_sub(*of_org)).min(room);
            if most > 0 {
                room = room.saturating_sub(most);
                *of_org = of_org.saturating_add(most);
                wanted.push((of, u64::try_from(most).unwrap_or_default()));
            }
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let claimed = state
            .write(move |tx| {
                Box::pin(async move {
                    let mut claimed = Vec::new();
                    for (of, most) in wanted {
                        let until = now.plus_seconds(LEASE_SECONDS);
                        claimed.extend(webhooks::claim(tx.conn(), of, most, now, until).await?);
                    }
                    Ok(claimed)
                })
            })
            .await?;
        for one in claimed {
            let (org_id, webhook_id) = (one.org_id, one.webhook.webhook.id);
            let state = state.clone();
            let span = tracing::info_span!("webhook", task.id = %state.ids.uuid(), webhook.id = %webhook_id);
            let send = async move { deliver(&state, one).await };
            let begun = self.tasks.spawn(send.instrument(span));
            self.receivers.insert(begun.id(), (org_id, webhook_id));
        }
        Ok(())
    }
}

/// Sends one and writes down how it went. Where that cannot be stored, it is sent again when its time is over.
async fn deliver(state: &AppState, claimed: Claimed) {
    let begun = state.clock.now();
    let seconds = begun.0.div_euclid(1_000);
    let id = claimed.id.to_string();
    let secrets = secrets(state, &claimed.webhook, begun);
    let answered = if secrets.is_empty() {
        tracing::warn!("a webhook's secret was sealed under another key: it needs a new one");
        Answered { status: None, failure: Some(WebhookFailure::Unreachable), answer: None }
    } else {
        let signature = signing::signatures(secrets.iter().map(String::as_str), &id, seconds, &claimed.body);
        let post = Post { id, seconds, signature, body: claimed.body.clone() };
        state.webhooks.post(&claimed.webhook.webhook.url, post).await
    };
    let now = state.clock.now();
    let attempt = attempt(state, &claimed, answered, begun, now);
    let (scope, webhook_id) = (OrgScope::new(claimed.org_id), claimed.webhook.webhook.id);
    let written = state
        .write(move |tx| {
            Box::pin(async move {
                let ended = webhooks::end(tx.conn(), &claimed, &attempt, now).await?;
                let paused_id = (ended == Ended::Paused).then_some(webhook_id);
                if ended != Ended::Same {
                    tx.append(changed(scope, Actor::System, paused_id, now));
                }
                Ok(ended)
            })
        })
        .await;
    match written {
        Ok(Ended::Paused) => tracing::warn!("a webhook was paused: it has failed for a day, or is gone"),
        Ok(Ended::Same | Ended::Changed) => {}
        Err(error) => tracing::warn!(error = %error, "how a delivery went could not be stored; it is sent again"),
    }
}

fn attempt(state: &AppState, claimed: &Claimed, answered: Answered, begun: Timestamp, now: Timestamp) -> Attempt {
    let Answered { status, failure, answer } = answered;
    let is_gone = status == Some(GONE);
    let wait = wait_millis(claimed.tries, state.ids.below(CHANCES)).filter(|_| failure.is_some() && !is_gone);
    let pause = match (failure, is_gone) {
        (None, _) => None,
        (Some(_), true) => Some((WebhookPause::Gone, now)),
        (Some(_), false) => Some((WebhookPause::Failing, hopeless_since(now))),
    };
    let again_at = wait.map(|wait| now.plus_millis(wait));
    Attempt { status, failure, answer, duration_millis: now.millis_since(begun), again_at, pause }
}
