//! `GET /api/v1/tag-groups/{group_id}/contents`.

use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::{ApiError, ApiResult};
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use store::tags;
use types::id::TagGroupId;
use types::tags::TagGroupContents;

/// Counts the contacts that lose tags when the group is deleted, and those that have several of them.
#[utoipa::path(
    tag = "tags",
    security(("agent" = [])),
    params(("group_id" = TagGroupId, Path, description = "The group.")),
    responses((status = 200, description = "The counts.", body = TagGroupContents), Forbidden, NotFound),
)]
#[get("/api/v1/tag-groups/{group_id}/contents")]
pub(crate) async fn get_tag_group_contents(
    state: Data<AppState>,
    admin: Admin,
    PathId(group_id): PathId<TagGroupId>,
) -> ApiResult<Json<TagGroupContents>> {
    let contents = tags::contents_of_group(state.db.reader(), admin.scope(), group_id).await?;
    contents.map(Json).ok_or_else(|| ApiError::not_found("group of tags"))
}
