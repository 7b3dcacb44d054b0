//! `GET /api/v1/me`.

use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use store::agents;
use types::agents::Me;

/// Shows one's own account.
#[utoipa::path(
    tag = "me",
    security(("agent" = [])),
    responses((status = 200, description = "The account.", body = Me)),
)]
#[get("/api/v1/me")]
pub(crate) async fn get_me(state: Data<AppState>, agent: AnyAgent) -> ApiResult<Json<Me>> {
    let me = agents::me(state.db.reader(), agent.scope(), agent.agent_id, agent.session_id).await?;
    me.map(Json).ok_or_else(ApiError::unauthenticated)
}
