//! `GET /api/v1/welcome`.

use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use store::welcome;
use types::welcome::Welcome;

/// Gets what new visitors are greeted with.
#[utoipa::path(
    tag = "automatic replies",
    security(("agent" = [])),
    responses((status = 200, description = "The welcome; its text is empty when there is none.", body = Welcome)),
)]
#[get("/api/v1/welcome")]
pub(crate) async fn get_welcome(state: Data<AppState>, agent: AnyAgent) -> ApiResult<Json<Welcome>> {
    let text = welcome::get(state.db.reader(), agent.scope()).await?;
    Ok(Json(Welcome { text: text.unwrap_or_default() }))
}
