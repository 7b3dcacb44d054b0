//! `GET /api/v1/events`.

use crate::api::paging::Limit;
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::extract::ValidQuery;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use rules::masking;
use serde::Deserialize;
use types::error::FieldCode;
use types::events::{EventsAfter, LedgerEvent};
use types::limits;

/// From where on.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListEvents {
    /// The point reached so far; absent: no events, only the present cursor.
    #[param(minimum = 0)]
    after: Option<i64>,
    /// How many events, from 1 to 500; 500 when absent.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 500)]
    limit: Option<Limit>,
}

/// Lists what happened after a point of the ledger, as far as the caller may see it.
#[utoipa::path(
    tag = "events",
    security(("agent" = [])),
    params(ListEvents),
    responses((status = 200, description = "The events, in order.", body = EventsAfter)),
)]
#[get("/api/v1/events")]
pub(crate) async fn list_events(
    state: Data<AppState>,
    agent: AnyAgent,
    ValidQuery(query): ValidQuery<ListEvents>,
) -> ApiResult<Json<EventsAfter>> {
    if query.after.is_some_and(|after| after < 0) {
        return Err(ApiError::field("after", FieldCode::OutOfRange, "must not be negative"));
    }
    let limit = query.limit.map_or(Ok(limits::EVENTS_MAX), |limit| limit.up_to(limits::EVENTS_MAX))?;
    let viewer = agent.viewer();
    let mut events = store::events::after(state.db.reader(), viewer, query.after, limit).await?;
    events.items = events
        .items
        .into_iter()
        .map(|item| LedgerEvent { event: masking::event_for(viewer.sees_details, item.event), ..item })
        .collect();
    Ok(Json(events))
}
