//! `POST /api/v1/contact-imports/{import_id}/failure-exports`.

use crate::actions::contact_imports::failures;
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::{PathId, ValidJson};
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use types::contact_imports::CreateImportFailureExport;
use types::contact_list::ContactExport;
use types::id::ContactImportId;

/// Gives the address of the rows of an import that have a fault, good for one minute and once: CSV with the columns as they came, the row's
/// number, the column that is wrong, and why. Mended, it can be imported. For admins.
#[utoipa::path(
    tag = "contacts",
    security(("agent" = [])),
    params(("import_id" = ContactImportId, Path, description = "The import.")),
    request_body = CreateImportFailureExport,
    responses((status = 201, description = "Where the table is fetched.", body = ContactExport), Forbidden, NotFound),
)]
#[post("/api/v1/contact-imports/{import_id}/failure-exports")]
pub(crate) async fn create_import_failure_export(
    state: Data<AppState>,
    admin: Admin,
    PathId(import_id): PathId<ContactImportId>,
    ValidJson(request): ValidJson<CreateImportFailureExport>,
) -> ApiResult<HttpResponse> {
    let export = failures::create_import_failure_export(&state, &admin, import_id, request.language).await?;
    Ok(HttpResponse::Created().json(export))
}
