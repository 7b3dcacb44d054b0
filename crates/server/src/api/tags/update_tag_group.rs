//! `PATCH /api/v1/tag-groups/{group_id}`.

use crate::actions::tags;
use crate::api::problems::{Conflict, Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::{PathId, ValidJson};
use crate::state::AppState;
use actix_web::patch;
use actix_web::web::{Data, Json};
use types::id::TagGroupId;
use types::tags::{TagGroup, TagGroupPatch};

/// Edits a group of tags, or moves it; what the body leaves out stays. 409 when contacts have several tags of a group that is to be
/// single-choice.
#[utoipa::path(
    tag = "tags",
    security(("agent" = [])),
    params(("group_id" = TagGroupId, Path, description = "The group.")),
    request_body = TagGroupPatch,
    responses((status = 200, description = "The group as it is now.", body = TagGroup), Conflict, Forbidden, NotFound),
)]
#[patch("/api/v1/tag-groups/{group_id}")]
pub(crate) async fn update_tag_group(
    state: Data<AppState>,
    admin: Admin,
    PathId(group_id): PathId<TagGroupId>,
    ValidJson(request): ValidJson<TagGroupPatch>,
) -> ApiResult<Json<TagGroup>> {
    tags::update_tag_group(&state, &admin, group_id, request).await.map(Json)
}
