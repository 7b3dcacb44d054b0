//! `GET /api/v1/channels`.

use crate::actions::channels::channel_of;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use store::channels;
use types::channels::Channels;

/// Lists every channel of the organisation, oldest first.
#[utoipa::path(
    tag = "channels",
    security(("agent" = [])),
    responses((status = 200, description = "The channels.", body = Channels)),
)]
#[get("/api/v1/channels")]
pub(crate) async fn list_channels(state: Data<AppState>, agent: AnyAgent) -> ApiResult<Json<Channels>> {
    let rows = channels::list(state.db.reader(), agent.scope()).await?;
    Ok(Json(Channels { items: rows.into_iter().map(|row| channel_of(row, &state.config)).collect() }))
}
