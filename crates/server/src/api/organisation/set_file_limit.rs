//! `PUT /api/v1/organisation/file-limit`.

use crate::actions::organisation;
use crate::api::problems::Forbidden;
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::ValidJson;
use crate::state::AppState;
use actix_web::put;
use actix_web::web::{Data, Json};
use types::attachments::FileLimit;

/// Sets how large a file may be in the organisation's channels, from the next one on. It is in the audit log.
#[utoipa::path(
    tag = "organisation",
    security(("agent" = [])),
    request_body = FileLimit,
    responses((status = 200, description = "The limit as it is now.", body = FileLimit), Forbidden),
)]
#[put("/api/v1/organisation/file-limit")]
pub(crate) async fn set_file_limit(
    state: Data<AppState>,
    admin: Admin,
    ValidJson(request): ValidJson<FileLimit>,
) -> ApiResult<Json<FileLimit>> {
    organisation::set_file_limit(&state, &admin, request).await.map(Json)
}
