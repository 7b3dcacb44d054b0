//! Webhooks: what the organisation has, and how each is.

mod clearing;
mod deliveries;
mod queue;

pub use clearing::{Old, deleted, old, purge_deleted, remove_old};
#[cfg(test)]
pub(crate) use deliveries::page;
pub use deliveries::{NewDelivery, contents, create, forget, forget_events, list, replay, replay_failed};
#[cfg(test)]
pub(crate) use queue::due_by;
pub use queue::{Attempt, Behind, Claimed, Ended, Full, Said, behind, claim, due, end, enqueue, next_due, said};

use crate::error::StoreError;
use crate::queries::webhooks::deliveries::{Held, release};
use crate::scope::OrgScope;
use crate::sql;
use crate::tables::{organisation, webhook, webhook_delivery};
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select, Set};
use types::id::WebhookId;
use types::time::Timestamp;
use types::webhooks::{Webhook, WebhookDeliveryState, WebhookEvent, WebhookPause, WebhookState};

/// A webhook as it is kept, its secrets sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// What admins see of it.
    pub webhook: Webhook,
    /// The secret.
    pub secret: String,
    /// The secret before, for as long as it counts.
    pub previous_secret: Option<String>,
}

impl TryFrom<webhook::Model> for Kept {
    type Error = StoreError;

    fn try_from(row: webhook::Model) -> Result<Self, StoreError> {
        let paused_for = row.paused_for.as_deref().map(WebhookPause::parse);
        if paused_for == Some(None) {
            return Err(StoreError::Corrupt { what: "webhook.paused_for" });
        }
        let paused_for = paused_for.flatten();
        let state = match (paused_for, row.failing_since) {
            (Some(_), _) => WebhookState::Paused,
            (None, Some(_)) => WebhookState::Failing,
            (None, None) => WebhookState::Healthy,
        };
        let webhook = Webhook {
            id: row.id,
            url: row.url,
            description: row.description,
            events: read_events(&row.events),
            includes_contact_details: row.includes_contact_details,
            state,
            paused_for,
            paused_at: row.paused_at,
            failing_since: row.failing_since,
            delivered_at: row.delivered_at,
            previous_secret_until: row.previous_secret_until,
            created_at: row.created_at,
        };
        Ok(Self { webhook, secret: row.secret, previous_secret: row.previous_secret })
    }
}

/// Events of a newer version are none of this one's.
fn read_events(text: &str) -> Vec<WebhookEvent> {
    let names: Vec<String> = serde_json::from_str(text).unwrap_or_default();
    names.iter().filter_map(|name| WebhookEvent::parse(name)).collect()
}

fn living(scope: OrgScope) -> Select<webhook::Entity> {
    scope
        .find::<webhook::Entity>()
        .filter(webhook::Column::DeletedAt.is_null())
        .order_by_asc(webhook::Column::CreatedAt)
        .order_by_asc(webhook::Column::Id)
}

/// The organisation's webhooks, oldest first.
pub async fn all<C: ConnectionTrait>(conn: &C, scope: OrgScope) -> Result<Vec<Webhook>, StoreError> {
    let rows = living(scope).all(conn).await?;
    rows.into_iter().map(|row| Ok(Kept::try_from(row)?.webhook)).collect()
}

/// A webhook.
pub async fn get<C: ConnectionTrait>(conn: &C, scope: OrgScope, id: WebhookId) -> Result<Option<Kept>, StoreError> {
    living(scope).filter(webhook::Column::Id.eq(id)).one(conn).await?.map(Kept::try_from).transpose()
}

/// A webhook, which stays as it is until the commit.
pub async fn hold<C: ConnectionTrait>(conn: &C, scope: OrgScope, id: WebhookId) -> Result<Option<Kept>, StoreError> {
    let row = living(scope).filter(webhook::Column::Id.eq(id)).lock(LockType::Update).one(conn).await?;
    row.map(Kept::try_from).transpose()
}

/// Adds a webhook, which is told what happens from now on. `None` when there are `most`.
pub async fn add<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    kept: &Kept,
    most: usize,
) -> Result<Option<()>, StoreError> {
    // Two at once count one after the other.
    let organisation = scope.find::<organisation::Entity>().lock(LockType::NoKeyUpdate).one(conn).await?;
    let place = organisation.ok_or(StoreError::NotFound)?.last_event_seq;
    if all(conn, scope).await?.len() >= most {
        return Ok(None);
    }
    let Kept { webhook, secret, previous_secret } = kept;
    let row = webhook::ActiveModel {
        id: Set(webhook.id),
        org_id: Set(scope.org_id()),
        url: Set(webhook.url.clone()),
        description: Set(webhook.description.clone()),
        events: Set(sql::to_json(&webhook.events)?),
        includes_contact_details: Set(webhook.includes_contact_details),
        secret: Set(secret.clone()),
        previous_secret: Set(previous_secret.clone()),
        previous_secret_until: Set(None),
        place: Set(place),
        paused_for: Set(None),
        paused_at: Set(None),
        failing_since: Set(None),
        delivered_at: Set(None),
        created_at: Set(webhook.created_at),
        deleted_at: Set(None),
    };
    webhook::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(Some(()))
}

/// Writes what an admin has edited of a webhook.
pub async fn save<C: ConnectionTrait>(conn: &C, scope: OrgScope, kept: &Kept) -> Result<(), StoreError> {
    let Kept { webhook, secret, previous_secret } = kept;
    scope
        .update::<webhook::Entity>()
        .col_expr(webhook::Column::Url, webhook.url.clone().into())
        .col_expr(webhook::Column::Description, webhook.description.clone().into())
        .col_expr(webhook::Column::Events, sql::to_json(&webhook.events)?.into())
        .col_expr(webhook::Column::IncludesContactDetails, webhook.includes_contact_details.into())
        .col_expr(webhook::Column::Secret, secret.clone().into())
        .col_expr(webhook::Column::PreviousSecret, previous_secret.clone().into())
        .col_expr(webhook::Column::PreviousSecretUntil, webhook.previous_secret_until.into())
        .filter(webhook::Column::Id.eq(webhook.id))
        .exec(conn)
        .await?;
    Ok(())
}

/// Pauses a webhook: nothing of what waits is sent any more.
pub async fn pause<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    id: WebhookId,
    reason: WebhookPause,
    at: Timestamp,
) -> Result<(), StoreError> {
    scope
        .update::<webhook::Entity>()
        .col_expr(webhook::Column::PausedFor, Some(reason.as_str()).into())
        .col_expr(webhook::Column::PausedAt, Some(at).into())
        .filter(webhook::Column::Id.eq(id))
        .exec(conn)
        .await?;
    scope
        .update::<webhook_delivery::Entity>()
        .col_expr(webhook_delivery::Column::DueAt, None::<Timestamp>.into())
        .filter(webhook_delivery::Column::WebhookId.eq(id))
        .filter(waiting())
        .exec(conn)
        .await?;
    Ok(())
}

/// Takes a webhook up again: what waits is tried anew, for another day.
pub async fn resume<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    id: WebhookId,
    at: Timestamp,
) -> Result<(), StoreError> {
    scope
        .update::<webhook::Entity>()
        .col_expr(webhook::Column::PausedFor, None::<String>.into())
        .col_expr(webhook::Column::PausedAt, None::<Timestamp>.into())
        .col_expr(webhook::Column::FailingSince, None::<Timestamp>.into())
        .filter(webhook::Column::Id.eq(id))
        .exec(conn)
        .await?;
    scope
        .update::<webhook_delivery::Entity>()
        .col_expr(webhook_delivery::Column::Tries, 0_i64.into())
        .filter(webhook_delivery::Column::WebhookId.eq(id))
        .filter(waiting())
        .exec(conn)
        .await?;
    release(conn, scope, Some(id), Held::All, at).await
}

/// Deletes a webhook. Nobody sees it any more; its deliveries go in steps.
pub async fn remove<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    id: WebhookId,
    at: Timestamp,
) -> Result<(), StoreError> {
    pause(conn, scope, id, WebhookPause::ByAdmin, at).await?;
    scope
        .update::<webhook::Entity>()
        .col_expr(webhook::Column::DeletedAt, Some(at).into())
        .filter(webhook::Column::Id.eq(id))
        .exec(conn)
        .await?;
    Ok(())
}

/// Whether a delivery waits: as a text of its own, since the index of those is not found by a value that comes later.
fn waiting() -> Expr {
    debug_assert_eq!(WebhookDeliveryState::Waiting.as_str(), "waiting");
    Expr::cust("\"webhook_delivery\".\"state\" = 'waiting'")
}
