//! `GET /api/v1/taggings`.

use crate::actions::taggings;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use types::contact_list::Taggings;

/// Lists the caller's last ten taggings, newest first: how far the one that goes on has come, and what the others came to.
#[utoipa::path(
    tag = "tags",
    security(("agent" = [])),
    responses((status = 200, description = "The taggings.", body = Taggings)),
)]
#[get("/api/v1/taggings")]
pub(crate) async fn list_taggings(state: Data<AppState>, agent: AnyAgent) -> ApiResult<Json<Taggings>> {
    taggings::list_taggings(&state, &agent).await.map(Json)
}
