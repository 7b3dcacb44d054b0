//! `PATCH /api/v1/me`.

use crate::actions::me;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::ValidJson;
use crate::state::AppState;
use actix_web::patch;
use actix_web::web::{Data, Json};
use types::agents::{Me, MePatch};

/// Changes one's own account; what is absent stays.
///
/// Another email address or mobile number asks for the password, since a forgotten one is reset by them: without it the field error
/// `password`: `required`. The address before is told, where the server sends mail.
#[utoipa::path(
    tag = "me",
    security(("agent" = [])),
    request_body = MePatch,
    responses((status = 200, description = "The account as it is now.", body = Me)),
)]
#[patch("/api/v1/me")]
pub(crate) async fn update_me(state: Data<AppState>, agent: AnyAgent, body: ValidJson<MePatch>) -> ApiResult<Json<Me>> {
    me::update_me(&state, &agent, body.0).await.map(Json)
}
