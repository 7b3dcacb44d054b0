//! From the ledger to the queue, and from the queue to whoever sends.

use super::deliveries::{Held, NewDelivery, SAID, release};
use super::{Kept, pause, read_events, waiting};
use crate::error::StoreError;
use crate::events;
use crate::scope::{OrgScope, Viewer, before_tenant};
use crate::sql;
use crate::tables::{conversation, event, organisation, webhook, webhook_delivery};
use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait,
};
use std::collections::{HashMap, HashSet};
use types::id::{AgentId, ConversationId, OrgId, WebhookDeliveryId, WebhookId};
use types::time::Timestamp;
use types::webhooks::{WebhookDeliveryState, WebhookEvent, WebhookFailure, WebhookPause};
use uuid::Uuid;

/// Deliveries of one webhook that wait at most: what is behind stays in the ledger until then.
const WAITING_MAX: u64 = 5_000;
/// Webhooks of one look.
const WEBHOOKS: u64 = 100;

/// A webhook that the ledger is ahead of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behind {
    /// Its organisation.
    pub org_id: OrgId,
    /// The webhook.
    pub id: WebhookId,
    /// Up to which event it has deliveries.
    pub place: i64,
    /// Up to which there are events.
    pub until: i64,
    /// What it is told.
    pub events: Vec<WebhookEvent>,
    /// Whether it is told contacts' details.
    pub includes_contact_details: bool,
}

/// The webhooks that the ledger is ahead of: of these organisations, or of all. Whether there may be others.
pub async fn behind<C: ConnectionTrait>(
    conn: &C,
    orgs: Option<&HashSet<OrgId>>,
    after: Option<WebhookId>,
) -> Result<Vec<Behind>, StoreError> {
    let mut select = before_tenant::<webhook::Entity>()
        .join(JoinType::InnerJoin, webhook::Relation::Organisation.def())
        .filter(webhook::Column::DeletedAt.is_null())
        .filter(webhook::Column::PausedAt.is_null())
        .filter(
            Expr::col((webhook::Entity, webhook::Column::Place))
                .lt(Expr::col((organisation::Entity, organisation::Column::LastEventSeq))),
        );
    if let Some(orgs) = orgs {
        select = select.filter(webhook::Column::OrgId.is_in(orgs.iter().copied()));
    }
    if let Some(after) = after {
        select = select.filter(webhook::Column::Id.gt(after));
    }
    let rows: Vec<(OrgId, WebhookId, i64, i64, String, bool)> = select
        .order_by_asc(webhook::Column::Id)
        .limit(WEBHOOKS)
        .select_only()
        .columns([webhook::Column::OrgId, webhook::Column::Id, webhook::Column::Place])
        .column(organisation::Column::LastEventSeq)
        .columns([webhook::Column::Events, webhook::Column::IncludesContactDetails])
        .into_tuple()
        .all(conn)
        .await?;
    let behind = |(org_id, id, place, until, events, includes_contact_details): (_, _, _, _, String, _)| Behind {
        org_id,
        id,
        place,
        until,
        events: read_events(&events),
        includes_contact_details,
    };
    Ok(rows.into_iter().map(behind).collect())
}

/// An event of the ledger that a webhook is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Its place.
    pub seq: i64,
    /// Its kind.
    pub kind: String,
    /// The conversation that it is about.
    pub conversation_id: Option<ConversationId>,
    /// Its JSON.
    pub payload: String,
    /// When it happened.
    pub at: Timestamp,
}

/// The events of these kinds in `(after, until]` that whoever sees every conversation may see.
pub async fn said<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    (after, until): (i64, i64),
    kinds: &[WebhookEvent],
) -> Result<Vec<Said>, StoreError> {
    let everything =
        Viewer { org_id: scope.org_id(), agent_id: AgentId(Uuid::nil()), sees_all: true, sees_details: false };
    let rows: Vec<(i64, String, String, Option<ConversationId>, Timestamp)> = events::visible(everything, after, until)
        .columns([event::Column::Kind, event::Column::ConversationId, event::Column::CreatedAt])
        .filter(event::Column::Kind.is_in(kinds.iter().map(|kind| kind.as_str())))
        .into_tuple()
        .all(conn)
        .await?;
    let said = |(seq, payload, kind, conversation_id, at)| Said { seq, kind, conversation_id, payload, at };
    Ok(rows.into_iter().map(said).collect())
}

/// Adds deliveries and moves the webhook's place on to `until`, in one write. `false` when there is no room, or another server was
/// first, or the webhook is not to be told anything at present: nothing was done then.
///
/// What was cleared or deleted since it was read is left out: the conversations are held, so that whoever clears one waits, and then
/// finds these deliveries to forget.
pub async fn enqueue<C: ConnectionTrait>(
    conn: &C,
    behind: &Behind,
    until: i64,
    new: Vec<NewDelivery>,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let scope = OrgScope::new(behind.org_id);
    let held = scope.find::<webhook::Entity>().filter(webhook::Column::Id.eq(behind.id)).lock(LockType::Update);
    let held = held.one(conn).await?;
    let Some(row) = held.filter(|row| row.place == behind.place && row.paused_at.is_none()) else { return Ok(false) };
    if !new.is_empty() {
        let waiting = scope
            .find::<webhook_delivery::Entity>()
            .filter(webhook_delivery::Column::WebhookId.eq(row.id))
            .filter(waiting())
            .select_only()
            .column(webhook_delivery::Column::Id)
            .limit(WAITING_MAX)
            .into_tuple::<WebhookDeliveryId>()
            .all(conn)
            .await?;
        if u64::try_from(waiting.len()).unwrap_or(u64::MAX) >= WAITING_MAX {
            return Ok(false);
        }
    }
    let about: HashSet<ConversationId> = new.iter().filter_map(|new| new.conversation_id).collect();
    let about: Vec<ConversationId> = about.into_iter().collect();
    let cleared: HashMap<ConversationId, i64> = if about.is_empty() {
        HashMap::new()
    } else {
        let rows: Vec<(ConversationId, i64)> = scope
            .find_by_keys::<conversation::Entity>()
            .filter(conversation::Column::Id.is_in(about.iter().copied()))
            // In one order, so that nobody waits for us who holds one that we wait for.
            .order_by_asc(conversation::Column::Id)
            .select_only()
            .columns([conversation::Column::Id, conversation::Column::ClearedEventSeq])
            .lock(LockType::Share)
            .into_tuple()
            .all(conn)
            .await?;
        rows.into_iter().collect()
    };
    let is_there = |new: &NewDelivery| match new.conversation_id.map(|id| cleared.get(&id)) {
        None => true,
        Some(None) => false,
        Some(Some(cleared)) => new.event_seq > *cleared || !SAID.contains(&new.kind.as_str()),
    };
    // What is of no conversation waits for nothing.
    let due_at = |new: &NewDelivery| new.conversation_id.is_none().then_some(at);
    let rows: Vec<_> = new
        .into_iter()
        .filter(is_there)
        .map(|new| (due_at(&new), new))
        .map(|(due, new)| new.row(scope, row.id, due, at))
        .collect();
    for chunk in sql::chunks(rows) {
        webhook_delivery::Entity::insert_many(chunk).exec_without_returning(conn).await?;
    }
    scope
        .update::<webhook::Entity>()
        .col_expr(webhook::Column::Place, until.into())
        .filter(webhook::Column::Id.eq(row.id))
        .exec(conn)
        .await?;
    release(conn, scope, Some(row.id), Held::Of(&about), at).await?;
    Ok(true)
}

/// Whom nothing more is sent to at present, since enough is under way to them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Full {
    /// Whole organisations.
    pub orgs: Vec<OrgId>,
    /// Webhooks.
    pub webhooks: Vec<WebhookId>,
}

/// The webhooks that have something due, whose order is that of how long it has been. Whoever is full is left out, so that those
/// behind them have their turn.
pub async fn due<C: ConnectionTrait>(
    conn: &C,
    now: Timestamp,
    full: &Full,
) -> Result<Vec<(OrgId, WebhookId)>, StoreError> {
    Ok(due_by(now, full).into_tuple().all(conn).await?)
}

/// Those, as a select.
pub(crate) fn due_by(now: Timestamp, full: &Full) -> sea_orm::Select<webhook_delivery::Entity> {
    before_tenant::<webhook_delivery::Entity>()
        .filter(webhook_delivery::Column::DueAt.lte(now))
        .filter(webhook_delivery::Column::OrgId.is_not_in(full.orgs.iter().copied()))
        .filter(webhook_delivery::Column::WebhookId.is_not_in(full.webhooks.iter().copied()))
        .select_only()
        .columns([webhook_delivery::Column::OrgId, webhook_delivery::Column::WebhookId])
        .group_by(webhook_delivery::Column::OrgId)
        .group_by(webhook_delivery::Column::WebhookId)
        .order_by_asc(webhook_delivery::Column::DueAt.min())
        .limit(WEBHOOKS)
}

/// When the next delivery is due after now.
pub async fn next_due<C: ConnectionTrait>(conn: &C, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    Ok(before_tenant::<webhook_delivery::Entity>()
        .filter(webhook_delivery::Column::DueAt.gt(now))
        .order_by_asc(webhook_delivery::Column::DueAt)
        .limit(1)
        .select_only()
        .column(webhook_delivery::Column::DueAt)
        .into_tuple()
        .one(conn)
        .await?)
}

/// A delivery that somebody has taken to send it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The organisation.
    pub org_id: OrgId,
    /// To which webhook, as it was then.
    pub webhook: Kept,
    /// The delivery.
    pub id: WebhookDeliveryId,
    /// The conversation that it is about.
    pub conversation_id: Option<ConversationId>,
    /// Which attempt it is, of all.
    pub attempt: i64,
    /// Which it is since it was begun, or begun again.
    pub tries: i64,
    /// What is sent.
    pub body: String,
}

/// Takes at most so many of a webhook's due deliveries to send them. Nobody else does until `until`: whoever has not said by then how
/// it went is taken for dead, and they are sent again.
pub async fn claim<C: ConnectionTrait>(
    conn: &C,
    (org_id, webhook_id): (OrgId, WebhookId),
    most: u64,
    now: Timestamp,
    until: Timestamp,
) -> Result<Vec<Claimed>, StoreError> {
    let scope = OrgScope::new(org_id);
    let Some(webhook) = super::get(conn, scope, webhook_id).await? else { return Ok(Vec::new()) };
    let rows = scope
        .find::<webhook_delivery::Entity>()
        .filter(webhook_delivery::Column::WebhookId.eq(webhook_id))
        .filter(waiting())
        .filter(webhook_delivery::Column::DueAt.lte(now))
        .order_by_asc(webhook_delivery::Column::DueAt)
        .order_by_asc(webhook_delivery::Column::EventSeq)
        .limit(most)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(conn)
        .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    scope
        .update::<webhook_delivery::Entity>()
        .col_expr(webhook_delivery::Column::DueAt, Some(until).into())
        .col_expr(webhook_delivery::Column::Attempts, Expr::col(webhook_delivery::Column::Attempts).add(1))
        .col_expr(webhook_delivery::Column::Tries, Expr::col(webhook_delivery::Column::Tries).add(1))
        .col_expr(webhook_delivery::Column::AttemptedAt, Some(now).into())
        .filter(webhook_delivery::Column::Id.is_in(rows.iter().map(|row| row.id)))
        .exec(conn)
        .await?;
    let claimed = |row: webhook_delivery::Model| Claimed {
        org_id,
        webhook: webhook.clone(),
        id: row.id,
        conversation_id: row.conversation_id,
        attempt: row.attempts.saturating_add(1),
        tries: row.tries.saturating_add(1),
        body: row.body,
    };
    Ok(rows.into_iter().map(claimed).collect())
}

/// How an attempt went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The answer's status, where there was one.
    pub status: Option<u16>,
    /// Why it has failed; absent when it has not.
    pub failure: Option<WebhookFailure>,
    /// The beginning of the answer.
    pub answer: Option<String>,
    /// How long it took.
    pub duration_millis: i64,
    /// When it is tried again, if it is.
    pub again_at: Option<Timestamp>,
    /// Why the webhook is to be paused, if every attempt has failed since before this time, or at once.
    pub pause: Option<(WebhookPause, Timestamp)>,
}

/// What an attempt has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The webhook is as it was.
    Same,
    /// It is well again, or fails.
    Changed,
    /// It is paused.
    Paused,
}

/// Writes down how an attempt went, and lets the next one of the conversation go when this one is over. Somebody else's attempt, made
/// since, counts instead.
pub async fn end<C: ConnectionTrait>(
    conn: &C,
    claimed: &Claimed,
    attempt: &Attempt,
    now: Timestamp,
) -> Result<Ended, StoreError> {
    let (scope, webhook_id) = (OrgScope::new(claimed.org_id), claimed.webhook.webhook.id);
    let held = scope.find::<webhook::Entity>().filter(webhook::Column::Id.eq(webhook_id)).lock(LockType::Update);
    let Some(webhook) = held.one(conn).await?.filter(|row| row.deleted_at.is_none()) else { return Ok(Ended::Same) };
    let state = match (attempt.failure, attempt.again_at) {
        (None, _) => WebhookDeliveryState::Delivered,
        (Some(_), Some(_)) => WebhookDeliveryState::Waiting,
        (Some(_), None) => WebhookDeliveryState::Failed,
    };
    let is_over = state != WebhookDeliveryState::Waiting;
    let again_at = attempt.again_at.filter(|_| !is_over && webhook.paused_at.is_none());
    let written = scope
        .update::<webhook_delivery::Entity>()
        .col_expr(webhook_delivery::Column::State, state.as_str().into())
        .col_expr(webhook_delivery::Column::DueAt, again_at.into())
        .col_expr(webhook_delivery::Column::Status, attempt.status.map(i64::from).into())
        .col_expr(webhook_delivery::Column::Failure, attempt.failure.map(WebhookFailure::as_str).into())
        .col_expr(webhook_delivery::Column::Answer, attempt.answer.clone().into())
        .col_expr(webhook_delivery::Column::DurationMillis, Some(attempt.duration_millis).into())
        .filter(webhook_delivery::Column::Id.eq(claimed.id))
        .filter(webhook_delivery::Column::Attempts.eq(claimed.attempt))
        .filter(waiting())
        .exec(conn)
        .await?;
    if written.rows_affected == 0 {
        return Ok(Ended::Same);
    }
    let failing_since = attempt.failure.map(|_| webhook.failing_since.unwrap_or(now));
    let delivered_at = if attempt.failure.is_none() { Some(now) } else { webhook.delivered_at };
    scope
        .update::<webhook::Entity>()
        .col_expr(webhook::Column::FailingSince, failing_since.into())
        .col_expr(webhook::Column::DeliveredAt, delivered_at.into())
        .filter(webhook::Column::Id.eq(webhook_id))
        .exec(conn)
        .await?;
    let pausing = attempt.pause.filter(|(_, before)| failing_since.is_some_and(|since| since <= *before));
    if let Some((reason, _)) = pausing.filter(|_| webhook.paused_at.is_none()) {
        pause(conn, scope, webhook_id, reason, now).await?;
        return Ok(Ended::Paused);
    }
    if is_over && claimed.conversation_id.is_some() {
        release(conn, scope, Some(webhook_id), Held::Of(claimed.conversation_id.as_slice()), now).await?;
    }
    Ok(if webhook.failing_since.is_some() == failing_since.is_some() { Ended::Same } else { Ended::Changed })
}
