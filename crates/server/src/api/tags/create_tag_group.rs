//! `POST /api/v1/tag-groups`.

use crate::actions::tags;
use crate::api::problems::{Conflict, Forbidden};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::ValidJson;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use types::tags::{CreateTagGroup, TagGroup};

/// Adds a group of tags, behind the others. An organisation has at most 50.
#[utoipa::path(
    tag = "tags",
    security(("agent" = [])),
    request_body = CreateTagGroup,
    responses((status = 201, description = "The new group.", body = TagGroup), Conflict, Forbidden),
)]
#[post("/api/v1/tag-groups")]
pub(crate) async fn create_tag_group(
    state: Data<AppState>,
    admin: Admin,
    ValidJson(request): ValidJson<CreateTagGroup>,
) -> ApiResult<HttpResponse> {
    let group = tags::create_tag_group(&state, &admin, request).await?;
    Ok(HttpResponse::Created().json(group))
}
