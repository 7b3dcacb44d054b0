//! `POST /api/v1/auth/verification-codes`.

use crate::actions::auth;
use crate::error::ApiResult;
use crate::extract::{ClientIp, ValidJson};
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use types::auth::{SendVerificationCode, VerificationCodeSent};
use types::error::Problem;

/// Sends a verification code to a mobile number.
///
/// Once a minute, and as often a day per number, mailbox and address as the settings say; each solved puzzle is good for one
/// code.
#[utoipa::path(
    tag = "auth",
    request_body = SendVerificationCode,
    responses(
        (status = 202, description = "The code is on its way.", body = VerificationCodeSent),
        (status = 429, description = "Asked again too soon or too often.", body = Problem, content_type = "application/problem+json"),
        (status = 502, description = "The delivery failed.", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/api/v1/auth/verification-codes")]
pub(crate) async fn send_verification_code(
    state: Data<AppState>,
    ip: ClientIp,
    body: ValidJson<SendVerificationCode>,
) -> ApiResult<HttpResponse> {
    let sent = auth::send_verification_code(&state, body.0, ip.0).await?;
    Ok(HttpResponse::Accepted().json(sent))
}
