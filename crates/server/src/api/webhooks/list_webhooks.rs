//! `GET /api/v1/webhooks`.

use crate::actions::webhooks;
use crate::api::problems::Forbidden;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use types::webhooks::Webhooks;

/// Lists the webhooks of the organisation, oldest first.
#[utoipa::path(
    tag = "webhooks",
    security(("agent" = [])),
    responses((status = 200, description = "The webhooks.", body = Webhooks), Forbidden),
)]
#[get("/api/v1/webhooks")]
pub(crate) async fn list_webhooks(state: Data<AppState>, agent: AnyAgent) -> ApiResult<Json<Webhooks>> {
    webhooks::list_webhooks(&state, &agent).await.map(Json)
}
