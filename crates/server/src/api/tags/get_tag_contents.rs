//! `GET /api/v1/tags/{tag_id}/contents`.

use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::{ApiError, ApiResult};
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use store::tags;
use types::id::TagId;
use types::tags::TagContents;

/// Counts the contacts that lose the tag when it is deleted.
#[utoipa::path(
    tag = "tags",
    security(("agent" = [])),
    params(("tag_id" = TagId, Path, description = "The tag.")),
    responses((status = 200, description = "The count.", body = TagContents), Forbidden, NotFound),
)]
#[get("/api/v1/tags/{tag_id}/contents")]
pub(crate) async fn get_tag_contents(
    state: Data<AppState>,
    admin: Admin,
    PathId(tag_id): PathId<TagId>,
) -> ApiResult<Json<TagContents>> {
    let contents = tags::contents_of_tag(state.db.reader(), admin.scope(), tag_id).await?;
    contents.map(Json).ok_or_else(|| ApiError::not_found("tag"))
}
