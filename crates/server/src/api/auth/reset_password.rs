//! `POST /api/v1/auth/password-resets`.

use crate::actions::auth;
use crate::error::ApiResult;
use crate::extract::{self, ValidJson};
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use types::password_reset::ResetPassword;

/// Sets a new password with the code that was sent, which ends every session of the account.
///
/// A wrong code is the field error `code`: `wrong`, `expired` (also: used) or `exhausted` after five wrong tries. Where the account has
/// a second factor: `second_factor`: `required`, then `wrong`. A password that is tried first is `new_password`: `guessable`. It is in
/// the audit log, and the owner is told by email, where the server sends mail.
#[utoipa::path(
    tag = "auth",
    request_body = ResetPassword,
    responses((status = 204, description = "Set; sign in with it.")),
)]
#[post("/api/v1/auth/password-resets")]
pub(crate) async fn reset_password(
    state: Data<AppState>,
    request: HttpRequest,
    body: ValidJson<ResetPassword>,
) -> ApiResult<HttpResponse> {
    auth::reset_password(&state, body.0, extract::origin(&request)?).await?;
    Ok(HttpResponse::NoContent().finish())
}
