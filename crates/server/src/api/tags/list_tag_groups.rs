//! `GET /api/v1/tag-groups`.

use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use store::tags;
use types::tags::TagGroups;

/// Lists every group of tags of the organisation with its tags, in their order.
#[utoipa::path(
    tag = "tags",
    security(("agent" = [])),
    responses((status = 200, description = "The groups.", body = TagGroups)),
)]
#[get("/api/v1/tag-groups")]
pub(crate) async fn list_tag_groups(state: Data<AppState>, agent: AnyAgent) -> ApiResult<Json<TagGroups>> {
    Ok(Json(TagGroups { items: tags::list(state.db.reader(), agent.scope()).await? }))
}
