//! `POST /api/v1/auth/sessions`.

use super::cookie;
use crate::actions::auth::{self, Device};
use crate::error::ApiResult;
use crate::extract::{ClientIp, UserAgent, ValidJson};
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use types::auth::{Login, SignedIn};
use types::error::Problem;

/// Signs in: begins a session.
///
/// The refresh token comes as the `HttpOnly` cookie `parlor_refresh`. An unknown account gets the same answer as a wrong
/// password. After ten failures of one account or sixty from one address within 15 minutes, signing in has to wait.
#[utoipa::path(
    tag = "auth",
    request_body = Login,
    responses(
        (status = 201, description = "Signed in.", body = SignedIn, headers(("set-cookie" = String, description = "The refresh token."))),
        (status = 401, description = "Account or password is wrong.", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/api/v1/auth/sessions")]
pub(crate) async fn login(
    state: Data<AppState>,
    ip: ClientIp,
    agent: UserAgent,
    body: ValidJson<Login>,
) -> ApiResult<HttpResponse> {
    let device = Device { ip: ip.0, user_agent: agent.0 };
    let done = auth::login(&state, body.0, device).await?;
    Ok(HttpResponse::Created().cookie(cookie::set(&state.config, &done.refresh)).json(done.signed_in))
}
