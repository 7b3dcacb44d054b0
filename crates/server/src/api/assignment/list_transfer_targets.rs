//! `GET /api/v1/transfer-targets`.

use crate::actions::assigning;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use types::assignment::TransferTargets;

/// Lists to whom conversations can be handed on: agents with what they have to do, and groups with how many of each are there.
#[utoipa::path(
    tag = "conversations",
    security(("agent" = [])),
    responses((status = 200, description = "Agents and groups.", body = TransferTargets)),
)]
#[get("/api/v1/transfer-targets")]
pub(crate) async fn list_transfer_targets(state: Data<AppState>, caller: AnyAgent) -> ApiResult<Json<TransferTargets>> {
    assigning::transfer_targets(&state, &caller).await.map(Json)
}
