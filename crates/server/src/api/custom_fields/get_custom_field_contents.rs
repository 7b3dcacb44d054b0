//! `GET /api/v1/custom-fields/{field_id}/contents`.

use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::{ApiError, ApiResult};
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use store::custom_fields;
use types::custom_fields::CustomFieldContents;
use types::id::CustomFieldId;

/// Counts the contacts that lose what they have in the field when it is deleted.
#[utoipa::path(
    tag = "contacts",
    security(("agent" = [])),
    params(("field_id" = CustomFieldId, Path, description = "The field.")),
    responses((status = 200, description = "The count.", body = CustomFieldContents), Forbidden, NotFound),
)]
#[get("/api/v1/custom-fields/{field_id}/contents")]
pub(crate) async fn get_custom_field_contents(
    state: Data<AppState>,
    admin: Admin,
    PathId(field_id): PathId<CustomFieldId>,
) -> ApiResult<Json<CustomFieldContents>> {
    let contents = custom_fields::contents(state.db.reader(), admin.scope(), field_id).await?;
    contents.map(Json).ok_or_else(|| ApiError::not_found("field"))
}
