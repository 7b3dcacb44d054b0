//! `GET /api/v1/blacklist`.

use crate::api::paging::{Paged, open_cursor, seal_cursor};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::ValidQuery;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use store::blacklist;
use types::contacts::BlockedContact;
use types::page::Page;

/// Lists who is on the blacklist, as far as the caller sees their conversations, newest first.
#[utoipa::path(
    tag = "contacts",
    security(("agent" = [])),
    params(Paged),
    responses((status = 200, description = "A page of contacts.", body = Page<BlockedContact>)),
)]
#[get("/api/v1/blacklist")]
pub(crate) async fn list_blacklist(
    state: Data<AppState>,
    agent: AnyAgent,
    ValidQuery(query): ValidQuery<Paged>,
) -> ApiResult<Json<Page<BlockedContact>>> {
    let cursor = open_cursor(&state.keys.cursor, "blacklist", query.cursor())?;
    let mut page = blacklist::list(state.db.reader(), agent.viewer(), cursor, query.items()?).await?;
    page.next_cursor = page.next_cursor.map(|cursor| seal_cursor(&state.keys.cursor, "blacklist", &cursor));
    Ok(Json(page))
}
