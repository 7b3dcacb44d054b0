//! `DELETE /api/v1/tag-groups/{group_id}`.

use crate::actions::tags;
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, delete};
use types::id::TagGroupId;

/// Deletes a group of tags with its tags, which are taken off their contacts. It is in the audit log.
#[utoipa::path(
    tag = "tags",
    security(("agent" = [])),
    params(("group_id" = TagGroupId, Path, description = "The group.")),
    responses((status = 204, description = "It is gone."), Forbidden, NotFound),
)]
#[delete("/api/v1/tag-groups/{group_id}")]
pub(crate) async fn delete_tag_group(
    state: Data<AppState>,
    admin: Admin,
    PathId(group_id): PathId<TagGroupId>,
) -> ApiResult<HttpResponse> {
    tags::delete_tag_group(&state, &admin, group_id).await?;
    Ok(HttpResponse::NoContent().finish())
}
