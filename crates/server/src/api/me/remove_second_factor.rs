//! `POST /api/v1/me/second-factor/removals`.

use crate::actions::second_factor;
use crate::api::problems::Conflict;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::ValidJson;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use types::second_factor::BothFactors;

/// Turns one's own second factor off; its recovery codes go with it.
///
/// A wrong password is the field error `password`: `wrong`, a wrong code `code`: `wrong`; 409 when it is off. It is in the audit log.
#[utoipa::path(
    tag = "me",
    security(("agent" = [])),
    request_body = BothFactors,
    responses((status = 204, description = "Off."), Conflict),
)]
#[post("/api/v1/me/second-factor/removals")]
pub(crate) async fn remove_second_factor(
    state: Data<AppState>,
    agent: AnyAgent,
    body: ValidJson<BothFactors>,
) -> ApiResult<HttpResponse> {
    second_factor::remove_second_factor(&state, &agent, body.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
