//! `GET /api/v1/webhooks/{webhook_id}/deliveries`.

use crate::actions::webhooks;
use crate::api::paging::{Limit, open_cursor, seal_cursor};
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::{PathId, ValidQuery};
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use serde::Deserialize;
use types::id::WebhookId;
use types::page::Page;
use types::webhooks::{WebhookDelivery, WebhookDeliveryState};

/// Which deliveries.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListDeliveries {
    /// `next_cursor` of the page before; absent for the first.
    cursor: Option<String>,
    /// How many, from 1 to 100; 50 when absent.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 100)]
    limit: Limit,
    /// Only those of which this has become.
    state: Option<WebhookDeliveryState>,
}

/// Lists what a webhook was told and is to be told, newest first. What is older than 30 days is not there any more.
#[utoipa::path(
    tag = "webhooks",
    security(("agent" = [])),
    params(("webhook_id" = WebhookId, Path, description = "The webhook."), ListDeliveries),
    responses((status = 200, description = "A page of deliveries.", body = Page<WebhookDelivery>), Forbidden, NotFound),
)]
#[get("/api/v1/webhooks/{webhook_id}/deliveries")]
pub(crate) async fn list_webhook_deliveries(
    state: Data<AppState>,
    agent: AnyAgent,
    PathId(webhook_id): PathId<WebhookId>,
    ValidQuery(query): ValidQuery<ListDeliveries>,
) -> ApiResult<Json<Page<WebhookDelivery>>> {
    let list = format!("webhook deliveries {webhook_id} {:?}", query.state);
    let cursor = open_cursor(&state.keys.cursor, &list, query.cursor.as_deref())?;
    let place = (cursor, query.limit.items()?);
    let mut page = webhooks::list_deliveries(&state, &agent, webhook_id, query.state, place).await?;
    page.next_cursor = page.next_cursor.map(|cursor| seal_cursor(&state.keys.cursor, &list, &cursor));
    Ok(Json(page))
}
