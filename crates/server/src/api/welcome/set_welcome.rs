//! `PUT /api/v1/welcome`.

use crate::actions::welcome;
use crate::api::problems::Forbidden;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::ValidJson;
use crate::state::AppState;
use actix_web::put;
use actix_web::web::{Data, Json};
use types::welcome::{SetWelcome, Welcome};

/// Sets what new visitors are greeted with: they see it before they write, and it is the first message of every conversation that
/// begins from now on, with the author `automatic`. An empty text takes it away. For admins,
/// and for whoever is set to edit automatic replies. It is in the audit log.
#[utoipa::path(
    tag = "automatic replies",
    security(("agent" = [])),
    request_body = SetWelcome,
    responses((status = 200, description = "The welcome as it is now.", body = Welcome), Forbidden),
)]
#[put("/api/v1/welcome")]
pub(crate) async fn set_welcome(
    state: Data<AppState>,
    agent: AnyAgent,
    ValidJson(request): ValidJson<SetWelcome>,
) -> ApiResult<Json<Welcome>> {
    welcome::set_welcome(&state, &agent, request).await.map(Json)
}
