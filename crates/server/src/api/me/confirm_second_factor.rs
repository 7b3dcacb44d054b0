//! `PUT /api/v1/me/second-factor`.

use crate::actions::second_factor;
use crate::api::problems::Conflict;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::ValidJson;
use crate::state::AppState;
use actix_web::put;
use actix_web::web::{Data, Json};
use types::second_factor::{ConfirmSecondFactor, RecoveryCodes};

/// Turns one's own second factor on with a code of the app, and gives ten recovery codes, which are shown this once.
///
/// A wrong code is the field error `code`: `wrong`; 409 when nothing was begun, or it is on already. It is in the audit log.
#[utoipa::path(
    tag = "me",
    security(("agent" = [])),
    request_body = ConfirmSecondFactor,
    responses((status = 200, description = "On from now on.", body = RecoveryCodes), Conflict),
)]
#[put("/api/v1/me/second-factor")]
pub(crate) async fn confirm_second_factor(
    state: Data<AppState>,
    agent: AnyAgent,
    body: ValidJson<ConfirmSecondFactor>,
) -> ApiResult<Json<RecoveryCodes>> {
    second_factor::confirm_second_factor(&state, &agent, body.0).await.map(Json)
}
