//! `PUT /api/v1/me/password`.

use crate::actions::me;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::ValidJson;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, put};
use types::agents::ChangePassword;

/// Changes one's own password, which ends every other session.
///
/// A wrong old password is the field error `old_password`: `wrong`; a new one that is tried first is `new_password`:
/// `guessable`.
#[utoipa::path(
    tag = "me",
    security(("agent" = [])),
    request_body = ChangePassword,
    responses((status = 204, description = "Changed.")),
)]
#[put("/api/v1/me/password")]
pub(crate) async fn change_password(
    state: Data<AppState>,
    agent: AnyAgent,
    body: ValidJson<ChangePassword>,
) -> ApiResult<HttpResponse> {
    me::change_password(&state, &agent, body.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
