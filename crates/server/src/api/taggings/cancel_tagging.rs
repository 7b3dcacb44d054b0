//! `DELETE /api/v1/taggings/{tagging_id}`.

use crate::actions::taggings;
use crate::api::problems::NotFound;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, delete};
use types::id::TaggingId;

/// Stops a tagging of the caller's. The tags that it has given stay, and it stays in the list; one that has ended is left as it is.
#[utoipa::path(
    tag = "tags",
    security(("agent" = [])),
    params(("tagging_id" = TaggingId, Path, description = "The tagging.")),
    responses((status = 204, description = "It goes on no more."), NotFound),
)]
#[delete("/api/v1/taggings/{tagging_id}")]
pub(crate) async fn cancel_tagging(
    state: Data<AppState>,
    agent: AnyAgent,
    PathId(tagging_id): PathId<TaggingId>,
) -> ApiResult<HttpResponse> {
    taggings::cancel_tagging(&state, &agent, tagging_id).await?;
    Ok(HttpResponse::NoContent().finish())
}
