//! `GET /healthz`.

use crate::error::{ApiError, ApiResult};
use crate::pulse::NoPulse;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use types::error::Problem;
use types::server_info::Health;

/// Tells whether the server and its database answer.
#[utoipa::path(
    tag = "meta",
    responses(
        (status = 200, description = "Both answer.", body = Health),
        (status = 503, description = "The database does not answer.", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[get("/healthz")]
pub(crate) async fn get_health(state: Data<AppState>) -> ApiResult<Json<Health>> {
    check(&state).await.map(Json)
}

/// Whether the database can be read and writes reach its disk.
pub(super) async fn check(state: &AppState) -> ApiResult<Health> {
    state.pulse.feel(&state.db, &state.writer).await.map_err(|nothing| match nothing {
        NoPulse::Found(error) => ApiError::unavailable().because(error),
        NoPulse::FoundByAnother => ApiError::unavailable(),
    })?;
    Ok(Health { status: "ok".to_owned() })
}
