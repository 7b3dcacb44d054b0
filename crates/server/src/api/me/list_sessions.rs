//! `GET /api/v1/me/sessions`.

use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::state::AppState;
use crate::user_agent;
use actix_web::get;
use actix_web::web::{Data, Json};
use store::sessions::{self, SessionRow};
use types::agents::{Session, Sessions};
use types::id::SessionId;

/// Lists one's own signed-in devices, newest first.
#[utoipa::path(
    tag = "me",
    security(("agent" = [])),
    responses((status = 200, description = "The devices.", body = Sessions)),
)]
#[get("/api/v1/me/sessions")]
pub(crate) async fn list_sessions(state: Data<AppState>, agent: AnyAgent) -> ApiResult<Json<Sessions>> {
    let rows = sessions::list(state.db.reader(), agent.scope(), agent.agent_id, state.clock.now()).await?;
    Ok(Json(Sessions { items: rows.into_iter().map(|row| session_of(&state, row, agent.session_id)).collect() }))
}

fn session_of(state: &AppState, row: SessionRow, current: SessionId) -> Session {
    Session {
        id: row.id,
        current: row.id == current,
        device: user_agent::describe(&row.user_agent),
        place: row.ip.parse().ok().and_then(|ip| state.geo.region(ip)),
        ip: row.ip,
        created_at: row.created_at,
        last_used_at: row.last_used_at,
    }
}
