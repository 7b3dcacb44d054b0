//! `POST /api/v1/tag-groups/{group_id}/tags`.

use crate::actions::tags;
use crate::api::problems::{Conflict, Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::{PathId, ValidJson};
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use types::id::TagGroupId;
use types::tags::{CreateTag, TagGroup};

/// Adds a tag to a group, behind the others. A group has at most 100.
#[utoipa::path(
    tag = "tags",
    security(("agent" = [])),
    params(("group_id" = TagGroupId, Path, description = "The group.")),
    request_body = CreateTag,
    responses((status = 201, description = "The group with the new tag, which is its last.", body = TagGroup), Conflict, Forbidden, NotFound),
)]
#[post("/api/v1/tag-groups/{group_id}/tags")]
pub(crate) async fn create_tag(
    state: Data<AppState>,
    admin: Admin,
    PathId(group_id): PathId<TagGroupId>,
    ValidJson(request): ValidJson<CreateTag>,
) -> ApiResult<HttpResponse> {
    let group = tags::create_tag(&state, &admin, group_id, request).await?;
    Ok(HttpResponse::Created().json(group))
}
