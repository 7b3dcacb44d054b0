//! `DELETE /api/v1/tags/{tag_id}`.

use crate::actions::tags;
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, delete};
use types::id::TagId;

/// Deletes a tag, which is taken off its contacts. It is in the audit log.
#[utoipa::path(
    tag = "tags",
    security(("agent" = [])),
    params(("tag_id" = TagId, Path, description = "The tag.")),
    responses((status = 204, description = "It is gone."), Forbidden, NotFound),
)]
#[delete("/api/v1/tags/{tag_id}")]
pub(crate) async fn delete_tag(
    state: Data<AppState>,
    admin: Admin,
    PathId(tag_id): PathId<TagId>,
) -> ApiResult<HttpResponse> {
    tags::delete_tag(&state, &admin, tag_id).await?;
    Ok(HttpResponse::NoContent().finish())
}
