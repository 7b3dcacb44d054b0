//! `GET /api/v1/custom-fields`.

use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use store::custom_fields;
use types::custom_fields::CustomFields;

/// Lists the fields that the organisation has added to its contacts, in their order. What stands in them, a contact says.
#[utoipa::path(
    tag = "contacts",
    security(("agent" = [])),
    responses((status = 200, description = "The fields.", body = CustomFields)),
)]
#[get("/api/v1/custom-fields")]
pub(crate) async fn list_custom_fields(state: Data<AppState>, agent: AnyAgent) -> ApiResult<Json<CustomFields>> {
    Ok(Json(custom_fields::get(state.db.reader(), agent.scope()).await?))
}
