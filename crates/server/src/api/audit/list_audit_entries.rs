//! `GET /api/v1/audit`.

use crate::api::paging::{Paged, open_cursor, seal_cursor};
use crate::api::problems::Forbidden;
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::ValidQuery;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use store::audit;
use types::audit::AuditEntry;
use types::page::Page;

/// Lists the audit log, newest first: who cleared or deleted conversations, and who was put on the blacklist or taken off it.
#[utoipa::path(
    tag = "audit",
    security(("agent" = [])),
    params(Paged),
    responses((status = 200, description = "A page of entries.", body = Page<AuditEntry>), Forbidden),
)]
#[get("/api/v1/audit")]
pub(crate) async fn list_audit_entries(
    state: Data<AppState>,
    admin: Admin,
    ValidQuery(query): ValidQuery<Paged>,
) -> ApiResult<Json<Page<AuditEntry>>> {
    let cursor = open_cursor(&state.keys.cursor, "audit", query.cursor())?;
    let mut page = audit::list(state.db.reader(), admin.scope(), cursor, query.items()?).await?;
    page.next_cursor = page.next_cursor.map(|cursor| seal_cursor(&state.keys.cursor, "audit", &cursor));
    Ok(Json(page))
}
