//! `POST /api/v1/auth/password-reset-codes`.

use crate::actions::auth;
use crate::error::ApiResult;
use crate::extract::{ClientIp, ValidJson};
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use types::auth::VerificationCodeSent;
use types::error::Problem;
use types::password_reset::SendPasswordResetCode;

/// Sends a code to an account's own mobile number or email address, with which a new password can be set.
///
/// The answer is the same when there is no such account and when it has no such address. `get_server_info` says by which of both this
/// server sends. Once a minute, and as often a day per account, receiving address and asking address as the settings say; each solved
/// puzzle is good for one code.
#[utoipa::path(
    tag = "auth",
    request_body = SendPasswordResetCode,
    responses(
        (status = 202, description = "The code is on its way, if there is such an account.", body = VerificationCodeSent),
        (status = 429, description = "Asked again too soon or too often.", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/api/v1/auth/password-reset-codes")]
pub(crate) async fn send_password_reset_code(
    state: Data<AppState>,
    ip: ClientIp,
    body: ValidJson<SendPasswordResetCode>,
) -> ApiResult<HttpResponse> {
    let sent = auth::send_password_reset_code(&state, body.0, ip.0).await?;
    Ok(HttpResponse::Accepted().json(sent))
}
