//! `POST /api/v1/auth/sessions`.

use super::cookie;
use crate::actions::auth::{self, Device, LoginStep};
use crate::error::ApiResult;
use crate::extract::{ClientIp, UserAgent, ValidJson};
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use types::auth::{Login, SignedIn};
use types::error::Problem;
use types::second_factor::SecondFactorNeeded;

/// Signs in: begins a session.
///
/// The refresh token comes as the `HttpOnly` cookie `parlor_refresh`. An unknown account gets the same answer as a wrong
/// password. After too many failures of one account or from one address within 15 minutes (as many as the settings say),
/// signing in has to wait, and after some of them it needs a solved challenge (`proof_required`); a browser that has signed in before (the cookie `parlor_device`) is counted apart. Over https the names of both cookies
/// begin with `__Host-`. A session that the browser had before ends.
///
/// Where the account has a second factor, the answer is 202 and nobody is signed in yet: `finish_login` takes its token and a code.
#[utoipa::path(
    tag = "auth",
    request_body = Login,
    responses(
        (status = 201, description = "Signed in.", body = SignedIn, headers(("set-cookie" = String, description = "The refresh token, and another one with the mark of a known browser."))),
        (status = 202, description = "The password is right; the second factor is asked for.", body = SecondFactorNeeded),
        (status = 401, description = "Account or password is wrong.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "There were several wrong passwords: a solved challenge is needed.", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/api/v1/auth/sessions")]
pub(crate) async fn login(
    state: Data<AppState>,
    request: HttpRequest,
    ip: ClientIp,
    agent: UserAgent,
    body: ValidJson<Login>,
) -> ApiResult<HttpResponse> {
    let config = &state.config;
    let device = Device { ip: ip.0, user_agent: agent.0, mark: cookie::read_device(config, &request) };
    match auth::login(&state, body.0, device, cookie::read(config, &request)).await? {
        LoginStep::Done(done) => Ok(cookie::signed_in(config, *done)),
        LoginStep::SecondFactor(needed) => Ok(HttpResponse::Accepted().json(needed)),
    }
}
