//! `GET /api/v1/me/second-factor`.

use crate::actions::second_factor;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use types::second_factor::SecondFactor;

/// Tells whether one's own second factor is on, and how many recovery codes are left.
#[utoipa::path(
    tag = "me",
    security(("agent" = [])),
    responses((status = 200, description = "The second factor.", body = SecondFactor)),
)]
#[get("/api/v1/me/second-factor")]
pub(crate) async fn get_second_factor(state: Data<AppState>, agent: AnyAgent) -> ApiResult<Json<SecondFactor>> {
    second_factor::get_second_factor(&state, &agent).await.map(Json)
}
