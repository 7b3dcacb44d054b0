//! `POST /api/v1/taggings/{tagging_id}/cancel`.

use crate::actions::taggings;
use crate::api::problems::NotFound;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::post;
use actix_web::web::{Data, Json};
use types::contact_list::Tagging;
use types::id::TaggingId;

/// Stops a tagging of the caller's. The tags that it has given stay; one that has ended is left as it is.
#[utoipa::path(
    tag = "tags",
    security(("agent" = [])),
    params(("tagging_id" = TaggingId, Path, description = "The tagging.")),
    responses((status = 200, description = "The tagging, which goes on no more.", body = Tagging), NotFound),
)]
#[post("/api/v1/taggings/{tagging_id}/cancel")]
pub(crate) async fn cancel_tagging(
    state: Data<AppState>,
    agent: AnyAgent,
    PathId(tagging_id): PathId<TaggingId>,
) -> ApiResult<Json<Tagging>> {
    taggings::cancel_tagging(&state, &agent, tagging_id).await.map(Json)
}
