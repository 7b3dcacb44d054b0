//! What is cleared away: deliveries whose time is over, and what deleted webhooks leave behind.

use super::deliveries::{Held, release};
use super::waiting;
use crate::error::StoreError;
use crate::scope::{OrgScope, before_tenant};
use crate::tables::{webhook, webhook_delivery};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;
use types::id::{ConversationId, OrgId, WebhookDeliveryId, WebhookId};
use types::time::Timestamp;

/// Rows of one step of a purge.
const PURGED: u64 = 500;

/// Deliveries of an organisation whose time is over.
pub type Old = (OrgId, Vec<WebhookDeliveryId>);

/// Some deliveries that came about before this time.
pub async fn old<C: ConnectionTrait>(conn: &C, before: Timestamp) -> Result<Vec<Old>, StoreError> {
    let rows: Vec<(OrgId, WebhookDeliveryId)> = before_tenant::<webhook_delivery::Entity>()
        .filter(webhook_delivery::Column::CreatedAt.lt(before))
        .order_by_asc(webhook_delivery::Column::CreatedAt)
        .limit(PURGED)
        .select_only()
        .columns([webhook_delivery::Column::OrgId, webhook_delivery::Column::Id])
        .into_tuple()
        .all(conn)
        .await?;
    let mut by_org = HashMap::<OrgId, Vec<WebhookDeliveryId>>::new();
    for (org_id, id) in rows {
        by_org.entry(org_id).or_default().push(id);
    }
    Ok(by_org.into_iter().collect())
}

/// Deletes these, and lets those go that have waited behind them.
pub async fn remove_old<C: ConnectionTrait>(conn: &C, (org_id, ids): Old, at: Timestamp) -> Result<(), StoreError> {
    let scope = OrgScope::new(org_id);
    let of_these = webhook_delivery::Column::Id.is_in(ids);
    let freed: Vec<ConversationId> = scope
        .find::<webhook_delivery::Entity>()
        .filter(of_these.clone())
        .filter(waiting())
        .filter(webhook_delivery::Column::ConversationId.is_not_null())
        .select_only()
        .column(webhook_delivery::Column::ConversationId)
        .distinct()
        .into_tuple()
        .all(conn)
        .await?;
    scope.delete::<webhook_delivery::Entity>().filter(of_these).exec(conn).await?;
    release(conn, scope, None, Held::Of(&freed), at).await
}

/// The deleted webhooks of all organisations that still have rows.
pub async fn deleted<C: ConnectionTrait>(conn: &C) -> Result<Vec<(OrgId, WebhookId)>, StoreError> {
    Ok(before_tenant::<webhook::Entity>()
        .filter(webhook::Column::DeletedAt.is_not_null())
        .select_only()
        .columns([webhook::Column::OrgId, webhook::Column::Id])
        .into_tuple()
        .all(conn)
        .await?)
}

/// Deletes some deliveries of a deleted webhook, or, when none is left, the webhook. Whether it is gone.
pub async fn purge_deleted<C: ConnectionTrait>(
    conn: &C,
    (org_id, webhook_id): (OrgId, WebhookId),
    at: Timestamp,
) -> Result<bool, StoreError> {
    let scope = OrgScope::new(org_id);
    let ids: Vec<WebhookDeliveryId> = scope
        .find::<webhook_delivery::Entity>()
        .filter(webhook_delivery::Column::WebhookId.eq(webhook_id))
        .limit(PURGED)
        .select_only()
        .column(webhook_delivery::Column::Id)
        .into_tuple()
        .all(conn)
        .await?;
    if !ids.is_empty() {
        remove_old(conn, (org_id, ids), at).await?;
        return Ok(false);
    }
    let delete = scope.delete::<webhook::Entity>().filter(webhook::Column::Id.eq(webhook_id));
    delete.filter(webhook::Column::DeletedAt.is_not_null()).exec(conn).await?;
    Ok(true)
}
