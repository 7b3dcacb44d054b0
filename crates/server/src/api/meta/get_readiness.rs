//! `GET /healthz/ready`.

use super::get_health::check;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use types::error::Problem;
use types::server_info::Health;

/// Tells whether requests should be sent here: the database can be read, writes reach its disk, and the server is not about
/// to stop.
#[utoipa::path(
    tag = "meta",
    responses(
        (status = 200, description = "Send requests.", body = Health),
        (status = 503, description = "Send none for now.", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[get("/healthz/ready")]
pub(crate) async fn get_readiness(state: Data<AppState>) -> ApiResult<Json<Health>> {
    if state.hub.is_leaving() {
        return Err(ApiError::stopping());
    }
    check(&state).await.map(Json)
}
