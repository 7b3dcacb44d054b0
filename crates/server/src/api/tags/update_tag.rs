//! `PATCH /api/v1/tags/{tag_id}`.

use crate::actions::tags;
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::{PathId, ValidJson};
use crate::state::AppState;
use actix_web::patch;
use actix_web::web::{Data, Json};
use types::id::TagId;
use types::tags::{TagGroup, TagPatch};

/// Edits a tag, or moves it within its group; what the body leaves out stays.
#[utoipa::path(
    tag = "tags",
    security(("agent" = [])),
    params(("tag_id" = TagId, Path, description = "The tag.")),
    request_body = TagPatch,
    responses((status = 200, description = "The tag's group as it is now.", body = TagGroup), Forbidden, NotFound),
)]
#[patch("/api/v1/tags/{tag_id}")]
pub(crate) async fn update_tag(
    state: Data<AppState>,
    admin: Admin,
    PathId(tag_id): PathId<TagId>,
    ValidJson(request): ValidJson<TagPatch>,
) -> ApiResult<Json<TagGroup>> {
    tags::update_tag(&state, &admin, tag_id, request).await.map(Json)
}
