//! `PUT /api/v1/me/saved-views`.

use crate::actions::me;
use crate::api::problems::Conflict;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::ValidJson;
use crate::state::AppState;
use actix_web::put;
use actix_web::web::{Data, Json};
use types::agents::Me;
use types::saved_views::SavedViews;

/// Sets the views of the list of conversations that the caller keeps, all of them in their order: what is left out is gone. `get_me`
/// has them. 409 when they were changed since the `revision` that the caller has seen.
#[utoipa::path(
    tag = "me",
    security(("agent" = [])),
    request_body = SavedViews,
    responses((status = 200, description = "The account as it is now.", body = Me), Conflict),
)]
#[put("/api/v1/me/saved-views")]
pub(crate) async fn set_saved_views(
    state: Data<AppState>,
    agent: AnyAgent,
    body: ValidJson<SavedViews>,
) -> ApiResult<Json<Me>> {
    me::set_saved_views(&state, &agent, body.0).await.map(Json)
}
