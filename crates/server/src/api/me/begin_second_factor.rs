//! `POST /api/v1/me/second-factor`.

use crate::actions::second_factor;
use crate::api::problems::Conflict;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::ValidJson;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use types::second_factor::{BeginSecondFactor, SecondFactorSetup};

/// Makes a secret for an authenticator app (RFC 6238: SHA-1, 6 digits, 30 seconds).
///
/// Nothing is asked for at sign-in until `confirm_second_factor` has taken a code of it. Beginning again makes another secret. A wrong
/// password is the field error `password`: `wrong`; 409 when the second factor is on.
#[utoipa::path(
    tag = "me",
    security(("agent" = [])),
    request_body = BeginSecondFactor,
    responses((status = 201, description = "The secret.", body = SecondFactorSetup), Conflict),
)]
#[post("/api/v1/me/second-factor")]
pub(crate) async fn begin_second_factor(
    state: Data<AppState>,
    agent: AnyAgent,
    body: ValidJson<BeginSecondFactor>,
) -> ApiResult<HttpResponse> {
    let setup = second_factor::begin_second_factor(&state, &agent, body.0).await?;
    Ok(HttpResponse::Created().json(setup))
}
