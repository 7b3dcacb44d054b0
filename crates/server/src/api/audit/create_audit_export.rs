//! `POST /api/v1/audit-exports`.

use crate::actions::audit_log;
use crate::api::problems::Forbidden;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::ValidJson;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use types::audit::{AuditExport, CreateAuditExport};

/// Gives the address of the audit log as a table, good for one minute and once: CSV in UTF-8 with a byte order mark, for spreadsheets. It is
/// in the audit log itself. For admins.
#[utoipa::path(
    tag = "audit",
    security(("agent" = [])),
    request_body = CreateAuditExport,
    responses((status = 201, description = "Where the table is fetched.", body = AuditExport), Forbidden),
)]
#[post("/api/v1/audit-exports")]
pub(crate) async fn create_audit_export(
    state: Data<AppState>,
    agent: AnyAgent,
    ValidJson(request): ValidJson<CreateAuditExport>,
) -> ApiResult<HttpResponse> {
    let export = audit_log::create_audit_export(&state, &agent, request).await?;
    Ok(HttpResponse::Created().json(export))
}
