//! `PUT /api/v1/custom-fields`.

use crate::actions::custom_fields;
use crate::api::problems::{Conflict, Forbidden};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::ValidJson;
use crate::state::AppState;
use actix_web::put;
use actix_web::web::{Data, Json};
use types::custom_fields::{CustomFields, SetCustomFields};

/// Sets all fields of the organisation's contacts, in this order. One that is left out is deleted, with what stands in it; one without an
/// id is new. It is in the audit log. 409 when somebody else has set them since `version`. For admins.
#[utoipa::path(
    tag = "contacts",
    security(("agent" = [])),
    request_body = SetCustomFields,
    responses((status = 200, description = "The fields as they are now.", body = CustomFields), Forbidden, Conflict),
)]
#[put("/api/v1/custom-fields")]
pub(crate) async fn set_custom_fields(
    state: Data<AppState>,
    agent: AnyAgent,
    ValidJson(request): ValidJson<SetCustomFields>,
) -> ApiResult<Json<CustomFields>> {
    custom_fields::set_custom_fields(&state, &agent, request).await.map(Json)
}
