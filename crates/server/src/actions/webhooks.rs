//! Webhooks: adding, editing, trying and deleting them, and having something sent again.
//!
//! Their secrets are kept encrypted and shown once. Whoever may manage integrations manages them; that contacts' details go out is
//! turned on only by whoever sees them.

use crate::actions::conversations::auditor;
use crate::auth::actor::AnyAgent;
use crate::auth::at_rest;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use crate::webhooks::{body, signing};
use rules::permissions::{Permission, can};
use store::audit::Auditor;
use store::place::Place;
use store::webhooks::{self, Kept, NewDelivery};
use store::{Actor, AgentAudience, Audience, OrgScope, PendingEvent, Tx, audit};
use types::audit::AuditAction;
use types::error::ErrorCode;
use types::events::Event;
use types::id::{WebhookDeliveryId, WebhookId};
use types::limits;
use types::page::Page;
use types::time::Timestamp;
use types::webhooks::{
    CreateWebhook, CreatedWebhook, ReplayFailedDeliveries, ReplayedDeliveries, Webhook, WebhookDelivery,
    WebhookDeliveryContents, WebhookDeliveryState, WebhookPatch, WebhookPause, WebhookState, Webhooks,
};

/// Who manages webhooks, and when.
struct By {
    scope: OrgScope,
    auditor: Auditor,
}

impl By {
    fn of(state: &AppState, agent: &AnyAgent) -> ApiResult<Self> {
        Ok(Self { scope: allowed(agent)?, auditor: auditor(state, agent) })
    }

    async fn log(&self, tx: &Tx, action: &AuditAction) -> ApiResult<()> {
        Ok(audit::add(tx.conn(), self.scope.org_id(), self.auditor.clone(), action).await?)
    }

    /// Tells the consoles that something is to be fetched.
    fn tell(&self, tx: &mut Tx) {
        tx.append(changed(self.scope, Actor::Agent(self.auditor.agent_id), None, self.auditor.at));
    }
}

/// That webhooks have changed; `paused_id` was paused because it has failed.
pub(crate) fn changed(scope: OrgScope, actor: Actor, paused_id: Option<WebhookId>, at: Timestamp) -> PendingEvent {
    PendingEvent {
        org_id: scope.org_id(),
        conversation_id: None,
        actor,
        audience: Audience::agents(AgentAudience::Everyone),
        event: Event::WebhooksChanged { paused_id },
        at,
    }
}

fn allowed(agent: &AnyAgent) -> ApiResult<OrgScope> {
    can(agent.rights(), Permission::ManageIntegrations)?;
    Ok(agent.scope())
}

fn not_found() -> ApiError {
    ApiError::not_found("webhook")
}

/// Of an address only the host is written down elsewhere: the rest may be a secret.
fn host(url: &str) -> String {
    reqwest::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}

/// Where a secret stands.
fn place(column: &str, id: WebhookId) -> String {
    format!("webhook.{column}:{id}")
}

/// The columns that are sealed.
const SECRET: &str = "secret";
const PREVIOUS: &str = "previous_secret";

fn sealed(state: &AppState, column: &str, id: WebhookId, secret: &str) -> String {
    at_rest::seal(&state.keys.at_rest, &state.ids, &place(column, id), secret)
}

fn opened(state: &AppState, column: &str, id: WebhookId, kept: &str) -> Option<String> {
    let place = place(column, id);
    let keys = [Some(&state.keys.at_rest), state.keys.at_rest_before.as_ref()];
    keys.into_iter().flatten().find_map(|key| at_rest::open(key, &place, kept))
}

/// The secrets that a webhook's bodies are signed with now; none when they were sealed under another secret of the server.
pub(crate) fn secrets(state: &AppState, kept: &Kept, now: Timestamp) -> Vec<String> {
    let id = kept.webhook.id;
    let before = kept.previous_secret.as_deref().filter(|_| kept.webhook.previous_secret_until > Some(now));
    let secret = opened(state, SECRET, id, &kept.secret);
    secret.into_iter().chain(before.and_then(|before| opened(state, PREVIOUS, id, before))).collect()
}

/// Refuses details to whoever does not see them themselves.
fn check_details(agent: &AnyAgent, wanted: Option<bool>) -> ApiResult<()> {
    if wanted == Some(true) { Ok(can(agent.rights(), Permission::SeeContactDetails)?) } else { Ok(()) }
}

async fn check_url(state: &AppState, url: Option<&str>) -> ApiResult<()> {
    let Some(url) = url else { return Ok(()) };
    let checked = state.webhooks.check(url).await;
    checked.map(drop).map_err(|fault| ApiError::invalid(vec![fault.of("url")]))
}

/// The organisation's webhooks.
pub async fn list_webhooks(state: &AppState, agent: &AnyAgent) -> ApiResult<Webhooks> {
    Ok(Webhooks { items: webhooks::all(state.db.reader(), allowed(agent)?).await? })
}

/// A webhook.
///
/// # Errors
/// Not found.
pub async fn get_webhook(state: &AppState, agent: &AnyAgent, id: WebhookId) -> ApiResult<Webhook> {
    let kept = webhooks::get(state.db.reader(), allowed(agent)?, id).await?;
    kept.map(|kept| kept.webhook).ok_or_else(not_found)
}

/// Adds a webhook, which is told what happens from now on. Its secret is in the answer and nowhere else.
///
/// # Errors
/// A field error for an address that leads into a private network; a conflict when there are as many as there may be.
pub async fn create_webhook(state: &AppState, agent: &AnyAgent, request: CreateWebhook) -> ApiResult<CreatedWebhook> {
    let (by, id) = (By::of(state, agent)?, state.ids.make(WebhookId));
    check_details(agent, Some(request.includes_contact_details))?;
    check_url(state, Some(&request.url)).await?;
    let secret = signing::new_secret(&state.ids);
    let webhook = Webhook {
        id,
        url: request.url,
        description: request.description.trim().to_owned(),
        events: request.events,
        includes_contact_details: request.includes_contact_details,
        state: WebhookState::Healthy,
        paused_for: None,
        paused_at: None,
        failing_since: None,
        delivered_at: None,
        previous_secret_until: None,
        created_at: by.auditor.at,
    };
    let kept = Kept { webhook, secret: sealed(state, SECRET, id, &secret), previous_secret: None };
    let webhook = state
        .write(move |tx| {
            Box::pin(async move {
                let added = webhooks::add(tx.conn(), by.scope, &kept, limits::WEBHOOKS_MAX).await?;
                added.ok_or_else(|| {
                    let detail = format!("An organisation has at most {} webhooks", limits::WEBHOOKS_MAX);
                    ApiError::new(ErrorCode::Conflict, detail)
                })?;
                let Kept { webhook, .. } = kept;
                let (host, includes_contact_details) = (host(&webhook.url), webhook.includes_contact_details);
                let action = AuditAction::WebhookCreated { webhook_id: id, host, includes_contact_details };
                by.log(tx, &action).await?;
                by.tell(tx);
                Ok(webhook)
            })
        })
        .await?;
    Ok(CreatedWebhook { webhook, secret })
}

/// Edits a webhook, pauses it or takes it up again; what the patch leaves out stays, and a patch that changes nothing is no event.
///
/// # Errors
/// Not found; a field error for an address that leads into a private network.
pub async fn update_webhook(
    state: &AppState,
    agent: &AnyAgent,
    id: WebhookId,
    patch: WebhookPatch,
) -> ApiResult<Webhook> {
    let by = By::of(state, agent)?;
    check_details(agent, patch.includes_contact_details)?;
    check_url(state, patch.url.as_deref()).await?;
    let webhook = state
        .write(move |tx| {
            Box::pin(async move {
                let (scope, at) = (by.scope, by.auditor.at);
                let mut kept = webhooks::hold(tx.conn(), scope, id).await?.ok_or_else(not_found)?;
                let fields = edit(&mut kept.webhook, &patch);
                if fields.is_empty() {
                    return Ok(kept.webhook);
                }
                webhooks::save(tx.conn(), scope, &kept).await?;
                let was_paused = kept.webhook.paused_for.is_some();
                match patch.paused {
                    Some(true) if !was_paused => {
                        webhooks::pause(tx.conn(), scope, id, WebhookPause::ByAdmin, at).await?;
                    }
                    Some(false) if was_paused => webhooks::resume(tx.conn(), scope, id, at).await?,
                    Some(_) | None => {}
                }
                let action = AuditAction::WebhookUpdated { webhook_id: id, host: host(&kept.webhook.url), fields };
                by.log(tx, &action).await?;
                by.tell(tx);
                Ok(webhooks::get(tx.conn(), scope, id).await?.ok_or_else(not_found)?.webhook)
            })
        })
        .await?;
    state.webhook_news.tell(agent.scope().org_id());
    Ok(webhook)
}

/// Applies the patch, and names what it changes.
fn edit(webhook: &mut Webhook, patch: &WebhookPatch) -> Vec<String> {
    let before = webhook.clone();
    let WebhookPatch { url, description, events, includes_contact_details, paused } = patch;
    if let Some(url) = url {
        webhook.url.clone_from(url);
    }
    if let Some(description) = description {
        description.trim().clone_into(&mut webhook.description);
    }
    if let Some(events) = events {
        webhook.events.clone_from(events);
    }
    if let Some(includes) = includes_contact_details {
        webhook.includes_contact_details = *includes;
    }
    let changed = [
        ("url", before.url != webhook.url),
        ("description", before.description != webhook.description),
        ("events", before.events != webhook.events),
        ("includes_contact_details", before.includes_contact_details != webhook.includes_contact_details),
        ("paused", paused.is_some_and(|paused| paused != before.paused_for.is_some())),
    ];
    changed.into_iter().filter(|(_, changed)| *changed).map(|(field, _)| field.to_owned()).collect()
}

/// Gives a webhook a new secret, which is in the answer and nowhere else. For a day everything is signed with the old one as well.
///
/// # Errors
/// Not found.
pub async fn rotate_webhook_secret(state: &AppState, agent: &AnyAgent, id: WebhookId) -> ApiResult<CreatedWebhook> {
    let (by, shared) = (By::of(state, agent)?, state.clone());
    let secret = signing::new_secret(&state.ids);
    let new = sealed(state, SECRET, id, &secret);
    let webhook = state
        .write(move |tx| {
            Box::pin(async move {
                let mut kept = webhooks::hold(tx.conn(), by.scope, id).await?.ok_or_else(not_found)?;
                let before = opened(&shared, SECRET, id, &kept.secret);
                kept.previous_secret = before.map(|before| sealed(&shared, PREVIOUS, id, &before));
                let until = by.auditor.at.plus_seconds(limits::WEBHOOK_SECRET_OVERLAP_HOURS.saturating_mul(3_600));
                kept.webhook.previous_secret_until = kept.previous_secret.as_ref().map(|_| until);
                kept.secret = new;
                webhooks::save(tx.conn(), by.scope, &kept).await?;
                let host = host(&kept.webhook.url);
                by.log(tx, &AuditAction::WebhookSecretRotated { webhook_id: id, host }).await?;
                by.tell(tx);
                Ok(kept.webhook)
            })
        })
        .await?;
    Ok(CreatedWebhook { webhook, secret })
}

/// Deletes a webhook. What waits is not sent any more, and its log goes with it.
///
/// # Errors
/// Not found.
pub async fn delete_webhook(state: &AppState, agent: &AnyAgent, id: WebhookId) -> ApiResult<()> {
    let by = By::of(state, agent)?;
    let delete = state.write(move |tx| {
        Box::pin(async move {
            let kept = webhooks::hold(tx.conn(), by.scope, id).await?.ok_or_else(not_found)?;
            webhooks::remove(tx.conn(), by.scope, id, by.auditor.at).await?;
            by.log(tx, &AuditAction::WebhookDeleted { webhook_id: id, host: host(&kept.webhook.url) }).await?;
            by.tell(tx);
            Ok(())
        })
    });
    delete.await
}

/// Sends something to try a webhook; how it went is in the log.
///
/// # Errors
/// Not found; a conflict while it is paused.
pub async fn test_webhook(state: &AppState, agent: &AnyAgent, id: WebhookId) -> ApiResult<WebhookDelivery> {
    let (scope, at) = (allowed(agent)?, state.clock.now());
    let delivery_id = state.ids.make(WebhookDeliveryId);
    let head = body::Head { id: delivery_id, org_id: scope.org_id(), at };
    let body = body::of_test(head, id).unwrap_or_default();
    let kind = body::TEST.to_owned();
    let new = NewDelivery { id: delivery_id, event_seq: 0, kind, conversation_id: None, body };
    let delivery = state
        .write(move |tx| {
            Box::pin(async move {
                check_running(tx, scope, id).await?;
                Ok(webhooks::create(tx.conn(), scope, id, new, at).await?)
            })
        })
        .await?;
    state.webhook_news.tell(scope.org_id());
    Ok(delivery)
}

/// The webhook, if it is not paused.
async fn check_running(tx: &Tx, scope: OrgScope, id: WebhookId) -> ApiResult<Webhook> {
    let kept = webhooks::hold(tx.conn(), scope, id).await?.ok_or_else(not_found)?;
    if kept.webhook.paused_for.is_some() {
        return Err(ApiError::new(ErrorCode::Conflict, "The webhook is paused"));
    }
    Ok(kept.webhook)
}

/// A page of a webhook's log, newest first.
///
/// # Errors
/// Not found.
pub async fn list_deliveries(
    state: &AppState,
    agent: &AnyAgent,
    id: WebhookId,
    wanted: Option<WebhookDeliveryState>,
    page: (Option<Place>, u16),
) -> ApiResult<Page<WebhookDelivery>> {
    let scope = allowed(agent)?;
    webhooks::get(state.db.reader(), scope, id).await?.ok_or_else(not_found)?;
    Ok(webhooks::list(state.db.reader(), scope, id, wanted, page).await?)
}

/// A delivery with what was sent and answered.
///
/// # Errors
/// Not found.
pub async fn get_delivery(
    state: &AppState,
    agent: &AnyAgent,
    id: WebhookId,
    delivery_id: WebhookDeliveryId,
) -> ApiResult<WebhookDeliveryContents> {
    let scope = allowed(agent)?;
    webhooks::get(state.db.reader(), scope, id).await?.ok_or_else(not_found)?;
    let found = webhooks::contents(state.db.reader(), scope, id, delivery_id).await?;
    found.ok_or_else(|| ApiError::not_found("delivery"))
}

/// Has a delivery sent again, the same as it was.
///
/// # Errors
/// Not found; a conflict while the webhook is paused.
pub async fn replay_delivery(
    state: &AppState,
    agent: &AnyAgent,
    id: WebhookId,
    delivery_id: WebhookDeliveryId,
) -> ApiResult<WebhookDelivery> {
    let by = By::of(state, agent)?;
    let delivery = state
        .write(move |tx| {
            Box::pin(async move {
                let webhook = check_running(tx, by.scope, id).await?;
                let again = webhooks::replay(tx.conn(), by.scope, id, delivery_id, by.auditor.at).await?;
                let again = again.ok_or_else(|| ApiError::not_found("delivery"))?;
                let host = host(&webhook.url);
                by.log(tx, &AuditAction::WebhookDeliveriesReplayed { webhook_id: id, host, deliveries: 1 }).await?;
                Ok(again)
            })
        })
        .await?;
    state.webhook_news.tell(agent.scope().org_id());
    Ok(delivery)
}

/// Has what has failed since a time sent again, the oldest first.
///
/// # Errors
/// Not found; a conflict while the webhook is paused.
pub async fn replay_failed(
    state: &AppState,
    agent: &AnyAgent,
    id: WebhookId,
    request: ReplayFailedDeliveries,
) -> ApiResult<ReplayedDeliveries> {
    let by = By::of(state, agent)?;
    let replayed = state
        .write(move |tx| {
            Box::pin(async move {
                let webhook = check_running(tx, by.scope, id).await?;
                let again = webhooks::replay_failed(tx.conn(), by.scope, id, request.since, by.auditor.at).await?;
                let (host, deliveries) = (host(&webhook.url), i64::try_from(again.replayed).unwrap_or(i64::MAX));
                if deliveries > 0 {
                    by.log(tx, &AuditAction::WebhookDeliveriesReplayed { webhook_id: id, host, deliveries }).await?;
                }
                Ok(again)
            })
        })
        .await?;
    state.webhook_news.tell(agent.scope().org_id());
    Ok(replayed)
}
