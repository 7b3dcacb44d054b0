//! `POST /api/v1/auth/sessions/second-factor`.

use super::cookie;
use crate::actions::auth::{self, Device};
use crate::error::ApiResult;
use crate::extract::{ClientIp, UserAgent, ValidJson};
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use types::auth::SignedIn;
use types::second_factor::FinishLogin;

/// Signs in: the second step, with a code of the authenticator app or a recovery code.
///
/// Each code is good once. A wrong one is the field error `code`: `wrong`; after as many as there may be wrong passwords, it has to
/// wait. When the token's five minutes are over, it was used, or the password was changed: `second_factor_token`: `expired`.
#[utoipa::path(
    tag = "auth",
    request_body = FinishLogin,
    responses(
        (status = 201, description = "Signed in.", body = SignedIn, headers(("set-cookie" = String, description = "The refresh token, and another one with the mark of a known browser."))),
    ),
)]
#[post("/api/v1/auth/sessions/second-factor")]
pub(crate) async fn finish_login(
    state: Data<AppState>,
    request: HttpRequest,
    ip: ClientIp,
    agent: UserAgent,
    body: ValidJson<FinishLogin>,
) -> ApiResult<HttpResponse> {
    let config = &state.config;
    let device = Device { ip: ip.0, user_agent: agent.0, mark: cookie::read_device(config, &request) };
    let done = auth::finish_login(&state, body.0, device, cookie::read(config, &request)).await?;
    Ok(cookie::signed_in(config, done))
}
