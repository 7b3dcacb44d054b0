//! `GET /api/v1/agents`.

use super::seen_by;
use crate::api::paging::{Paged, open_cursor, seal_cursor};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::ValidQuery;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use store::agents;
use types::agents::Agent;
use types::page::Page;

/// Lists the organisation's agents, the oldest account first, with whether they are there. To callers who are neither supervisors
/// nor admins, others' contact details are masked; what is set of them admins alone are told.
#[utoipa::path(
    tag = "agents",
    security(("agent" = [])),
    params(Paged),
    responses((status = 200, description = "A page of agents.", body = Page<Agent>)),
)]
#[get("/api/v1/agents")]
pub(crate) async fn list_agents(
    state: Data<AppState>,
    caller: AnyAgent,
    ValidQuery(query): ValidQuery<Paged>,
) -> ApiResult<Json<Page<Agent>>> {
    let after = open_cursor(&state.keys.cursor, "agents", query.cursor())?;
    let (agents, next) = agents::list(state.db.reader(), caller.scope(), after, query.items()?).await?;
    let next_cursor = next.map(|id| seal_cursor(&state.keys.cursor, "agents", &id.to_string()));
    Ok(Json(Page { items: seen_by(&caller, &state, agents).await?, next_cursor }))
}
