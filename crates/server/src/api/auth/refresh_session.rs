//! `POST /api/v1/auth/refresh`.

use super::cookie;
use crate::actions::auth::{self, Device};
use crate::api::problems::ForeignPage;
use crate::error::{ApiError, ApiResult};
use crate::extract::{self, ClientIp, UserAgent};
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, ResponseError, post};
use types::auth::SignedIn;
use types::error::{ErrorCode, Problem};

/// Exchanges the refresh token in the cookie for a fresh access token and a fresh refresh token.
///
/// Each refresh token is good once. The one before the present one is taken for ten more seconds, because tabs of one
/// browser share the cookie; used later, it ends the session.
#[utoipa::path(
    tag = "auth",
    security(("refresh" = [])),
    responses(
        (status = 200, description = "A fresh access token.", body = SignedIn, headers(("set-cookie" = String, description = "The fresh refresh token."))),
        (status = 401, description = "No session belongs to the cookie; it is cleared.", body = Problem, content_type = "application/problem+json"),
        ForeignPage,
    ),
)]
#[post("/api/v1/auth/refresh")]
pub(crate) async fn refresh_session(
    state: Data<AppState>,
    request: HttpRequest,
    ip: ClientIp,
    agent: UserAgent,
) -> ApiResult<HttpResponse> {
    if !extract::is_from_own_page(&state, &request) {
        // `SameSite` lets the pages of sibling hosts through.
        return Err(ApiError::new(ErrorCode::Forbidden, "Only this server's own pages refresh a session"));
    }
    let token = cookie::read(&state.config, &request).ok_or_else(ApiError::unauthenticated)?;
    let device = Device { ip: ip.0, user_agent: agent.0, mark: None };
    match auth::refresh_session(&state, token, device).await {
        Ok(done) => {
            let mut response = HttpResponse::Ok();
            if let Some(fresh) = &done.refresh {
                response.cookie(cookie::set(&state.config, fresh));
            }
            Ok(response.json(done.signed_in))
        }
        Err(error) if error.problem().code == ErrorCode::Unauthenticated => {
            let mut response = error.error_response();
            response.add_cookie(&cookie::clear(&state.config)).map_err(ApiError::internal)?;
            Ok(response)
        }
        Err(error) => Err(error),
    }
}
