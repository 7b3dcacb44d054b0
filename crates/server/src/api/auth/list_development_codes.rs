//! `GET /api/v1/dev/verification-codes`.

use crate::error::{ApiError, ApiResult};
use crate::senders::CodeSender;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use types::auth::DevelopmentCodes;
use types::error::Problem;

/// Shows the codes that the `console` sender printed. Only in development mode.
#[utoipa::path(
    tag = "auth",
    responses(
        (status = 200, description = "The last codes, newest first.", body = DevelopmentCodes),
        (status = 404, description = "Not in development mode, or codes go elsewhere.", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[get("/api/v1/dev/verification-codes")]
pub(crate) async fn list_development_codes(state: Data<AppState>) -> ApiResult<Json<DevelopmentCodes>> {
    match &state.codes {
        CodeSender::Console(sender) if state.config.development => Ok(Json(DevelopmentCodes { items: sender.sent() })),
        _ => Err(ApiError::not_found("page")),
    }
}
