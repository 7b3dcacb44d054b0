//! `POST /api/v1/me/second-factor/recovery-codes`.

use crate::actions::second_factor;
use crate::api::problems::Conflict;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::ValidJson;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use types::second_factor::{BothFactors, RecoveryCodes};

/// Makes ten new recovery codes, which are shown this once; those before are good for nothing any more.
///
/// A wrong password is the field error `password`: `wrong`, a wrong code `code`: `wrong`; 409 when the second factor is off.
#[utoipa::path(
    tag = "me",
    security(("agent" = [])),
    request_body = BothFactors,
    responses((status = 201, description = "The new codes.", body = RecoveryCodes), Conflict),
)]
#[post("/api/v1/me/second-factor/recovery-codes")]
pub(crate) async fn renew_recovery_codes(
    state: Data<AppState>,
    agent: AnyAgent,
    body: ValidJson<BothFactors>,
) -> ApiResult<HttpResponse> {
    let codes = second_factor::renew_recovery_codes(&state, &agent, body.0).await?;
    Ok(HttpResponse::Created().json(codes))
}
